"""The tool bar: project, the five verbs, the remote, finder and menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QMenu

from kitdesk import text as texts
from kitdesk.session.state.project import View
from kitdesk.ui.actions import targets
from kitdesk.ui.theme import theme
from kitdesk.ui.widgets.buttons import Button, icon_button
from kitdesk.ui.widgets.labels import IconLabel
from kitdesk.ui.widgets.layouts import Box, line, row
from kitdesk.ui.window.project_menu import project_menu

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from kitdesk.changes import Changes
    from kitdesk.ui.actions.qt_actions import QtAction, QtActions
    from kitdesk.ui.host import WindowHost


class Tool(Button):
    """A button that follows a command: enabled, tooltip, and whether it is the next step."""

    def __init__(self, command: QtAction) -> None:
        super().__init__(command.spec.text, "flat", command.spec.icon)
        self._command = command
        self.show_icon(command.spec.icon, size=theme.SIZE["icon_tool"])
        self.clicked.connect(command.trigger)
        command.changed.connect(self.follow)
        self.follow()

    @Slot()
    def follow(self) -> None:
        """Take what the command says of itself."""
        self.setEnabled(self._command.isEnabled())
        self.setToolTip(self._command.toolTip())
        name = self._command.spec.text.rstrip("…")
        self.setAccessibleName(f"{name}, {self.count} waiting" if self.count else name)

    def refresh_theme(self) -> None:
        super().refresh_theme()
        if self._icon:
            self.setIconSize(QSize(self._size + 4, self._size))


class ToolBar(Box):
    """52 pixels high; at most one filled button: the next step."""

    def __init__(self, window_host: WindowHost, commands: QtActions) -> None:
        super().__init__("window", "h", (8, 0, 12, 0), 4)
        self.setFixedHeight(theme.SIZE["toolbar"])
        self._window_host = window_host
        self._commands = commands
        self.project = Button("", "flat", "folder")
        self.project.setFont(theme.font("body", 600))
        self.project.setProperty("resting", True)
        self.project.clicked.connect(self._switch)
        self._holder = row(self.project, IconLabel("selector", "faint", 14), "*", gap=0)
        self._back = Button("Back", "flat", "arrow-left")
        self._back.setToolTip("Esc")
        self._back.clicked.connect(self._go_back)
        self.add(self._holder, self._back, 8)
        self.tools = {
            name: Tool(commands[name]) for name in ("pack", "push", "pull", "unpack", "rollback")
        }
        self._gap = row(line("v", 20), margins=(4, 0, 4, 0))
        for name, tool in self.tools.items():
            if name == "rollback":
                self.add(self._gap)
            self.add(tool)
        self.add("*")
        self.remote = Button("", "flat", "cloud")
        self.remote.clicked.connect(self._open_remote)
        self.finder = icon_button("search", "Find an action or a version (Ctrl+K)")
        self.finder.clicked.connect(commands["find"].trigger)
        self.menu = icon_button("menu-2", "Menu (F10)")
        self.menu.clicked.connect(self.pop_menu)
        self.add(self.remote, self.finder, self.menu)
        window_host.workspace.changed.connect(self._changed)
        self._read()

    @Slot(object)
    def _changed(self, _changes: Changes) -> None:
        self._read()

    def _read(self) -> None:
        state = self._window_host.workspace.state
        page = state.view is View.STORE or state.folder is None
        name = state.folder.name if state.folder else "KitDesk"
        if state.view is View.STORE:
            name = "On this machine"
        self.project.setText(texts.escape_mnemonic(name))
        self.project.show_icon("device-laptop" if state.view is View.STORE else "folder")
        self.project.setAccessibleName(f"Project {name}, switch project")
        self.project.setToolTip(
            texts.escape_tooltip(str(state.folder.path)) if state.folder else ""
        )
        if page:
            self._holder.setMinimumWidth(0)
            self._holder.setMaximumWidth(16777215)
        else:
            self._holder.setFixedWidth(theme.SIZE["side"] - 4)
        self._back.setVisible(state.view is View.STORE)
        self._back.setText(
            texts.escape_mnemonic(f"Back to {state.folder.name}") if state.folder else "Back"
        )
        # while a question stands in the centre, the next step is its answer
        step = "" if state.kitfile.question else targets.next_step(state)
        waiting = {"push": targets.not_pushed(state), "pull": targets.not_pulled(state)}
        for key, tool in self.tools.items():
            tool.setVisible(not page)
            tool.become("primary" if key == step else "flat")
            tool.show_count("" if not waiting.get(key) or key == step else str(waiting[key]))
            tool.follow()
        self._gap.setVisible(not page)
        self._read_remote(page)

    def _read_remote(self, page: bool) -> None:
        state = self._window_host.workspace.state
        remote = state.remote
        self.remote.setVisible(not page or state.view is View.START)
        if page:
            signed_in = any(one.signed_in for one in state.accounts)
            said = "Registries and accounts…" if signed_in else "Sign in to a registry…"
            self.remote.setText(said)
            self.remote.show_icon("key" if signed_in else "login")
            self.remote.setToolTip("")
            self.remote.setAccessibleName(said.rstrip("…"))
            return
        host = remote.address.partition("/")[0]
        if remote.address.startswith("oci:"):
            host = remote.address.rstrip("/").rpartition("/")[2]
        narrow = self.width() < 1200
        if not remote.address:
            said, icon, tone = "Choose a remote…", "cloud", "muted"
        elif remote.loading:
            said, icon, tone = host, "refresh", "muted"
        elif remote.reachable is False:
            said, icon, tone = (
                ("not reached" if narrow else f"{host} · not reached"),
                "cloud-off",
                "changed",
            )
        else:
            said, icon, tone = host, "cloud", "muted"
            account = self._window_host.workspace.state.account(host)
            if account is not None and account.signed_in and account.usable:
                said, icon, tone = f"{host} · {account.user or 'token'}", "shield-check", "added"
        if narrow and remote.address and remote.reachable is not False:
            said = ""
        self.remote.setText(said)
        self.remote.show_icon(icon, tone)
        self.remote.setToolTip(texts.escape_tooltip(remote.address) or "No remote is chosen")
        self.remote.setAccessibleName(f"Remote: {said or host}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        state = self._window_host.workspace.state
        self._read_remote(state.view is View.STORE or state.folder is None)

    def _pop(self, menu: QMenu, under: Button, *, right: bool) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        place = under.mapToGlobal(under.rect().bottomLeft())
        if right:
            place.setX(under.mapToGlobal(under.rect().bottomRight()).x() - menu.sizeHint().width())
        menu.popup(place)

    @Slot()
    def pop_menu(self) -> None:
        """F10."""
        self._commands.refresh()
        self._pop(self._commands.window_menu(self), self.menu, right=True)

    @Slot()
    def _switch(self) -> None:
        self._pop(project_menu(self._window_host, self._commands, self), self.project, right=False)

    @Slot()
    def _open_remote(self) -> None:
        """Without a remote the one sensible step; else what can be done about it."""
        state = self._window_host.workspace.state
        if state.folder is None:
            signed_in = any(one.signed_in for one in state.accounts)
            self._window_host.open_sheet("accounts" if signed_in else "sign_in")
            return
        if not state.remote.address:
            self._window_host.open_sheet("remote")
            return
        menu = QMenu(self)
        menu.setAccessibleName("Remote")
        self._commands.draw()
        menu.addActions([self._commands[name] for name in ("remote", "sign-in", "accounts")])
        self._pop(menu, self.remote, right=True)

    @Slot()
    def _go_back(self) -> None:
        state = self._window_host.workspace.state
        self._window_host.session.show(View.COMPARE if state.folder else View.START)
