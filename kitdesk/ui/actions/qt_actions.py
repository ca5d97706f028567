"""The table of actions as QActions, kept enabled or disabled with the reason in their tooltips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from kitdesk import text as texts
from kitdesk.ui.actions.table import ACTIONS, VERSION_MENU
from kitdesk.ui.theme import icons

if TYPE_CHECKING:
    from kitdesk.ui.actions.action import Action
    from kitdesk.ui.host import WindowHost


def keys_of(action: Action) -> str:
    """Its first key as the desktop writes it; "" = none."""
    if not action.keys:
        return ""
    return QKeySequence(action.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)


class QtAction(QAction):
    """One action of the table, bound to a window."""

    def __init__(self, spec: Action, window_host: WindowHost, parent: QObject) -> None:
        super().__init__(spec.text, parent)
        self.spec = spec
        self.keys = keys_of(spec)
        """Its first key, as the desktop writes it."""
        self._window_host = window_host
        self._tip = ""
        self.setObjectName(spec.id)
        self.setShortcuts([QKeySequence(key) for key in spec.keys])
        self.setShortcutContext(
            Qt.ShortcutContext.WidgetShortcut
            if spec.scope == "versions"
            else Qt.ShortcutContext.WindowShortcut
        )
        self.triggered.connect(self.run)

    def refresh(self, chosen: str) -> None:
        """Ask the workspace whether it can be done now to the ``chosen`` version.

        Qt is called for what changed only: beside a busy worker every call may wait for the
        interpreter's lock, and all commands are asked at every change of the workspace.
        """
        state = self._window_host.workspace.state
        why = self.spec.reason(state, chosen)
        name = self.spec.text.rstrip("…")
        row = self.spec.target(state, chosen) if self.spec.target else None
        if row is not None:
            name = self.spec.about.format(version=row.title).rstrip("…")
        tip = texts.escape_tooltip(why or (f"{name} ({self.keys})" if self.keys else name))
        if tip != self._tip:  # the reason stands in it, so it changes whenever that does
            self._tip = tip
            self.setEnabled(why is None)
            self.setToolTip(tip)

    def refresh_theme(self) -> None:
        """Draw the icon in the colours in force."""
        if self.spec.icon:
            self.setIcon(icons.icon(self.spec.icon))

    @Slot()
    def run(self) -> None:
        """Do it; behind an open sheet nothing is done."""
        if self._window_host.root().property("sheet"):
            return
        self.spec.run(self._window_host)


class QtActions(QObject):
    """All commands of a window by id."""

    def __init__(self, window_host: WindowHost, window: QWidget) -> None:
        super().__init__(window)
        self._window_host = window_host
        self.by_id = {spec.id: QtAction(spec, window_host, self) for spec in ACTIONS}
        self._drawn = False
        for command in self.by_id.values():
            if command.spec.scope == "window":
                window.addAction(command)

    def __getitem__(self, name: str) -> QtAction:
        return self.by_id[name]

    def refresh(self) -> None:
        """Ask the workspace again for every command."""
        chosen = self._window_host.chosen()
        for command in self.by_id.values():
            command.refresh(chosen)

    def draw(self) -> None:
        """Draw the icons that a menu is about to show; 300 pictures that no start waits for."""
        if not self._drawn:
            self._drawn = True
            self.refresh_theme()

    def refresh_theme(self) -> None:
        """Draw every icon again, if there are any."""
        if self._drawn:
            for command in self.by_id.values():
                command.refresh_theme()

    def lend(self, view: QWidget) -> None:
        """Let the keys of a version work in ``view``."""
        view.addActions([c for c in self.by_id.values() if c.spec.scope == "versions"])

    def window_menu(self, parent: QWidget) -> QMenu:
        """The menu of the window, in groups."""
        self.draw()
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)
        menu.setAccessibleName("Menu")
        for group in ("Project", "Version", "View", "Kitfile"):
            part = menu.addMenu(group)
            part.setToolTipsVisible(True)
            part.addActions(self._of(group))
        menu.addSeparator()
        menu.addActions(self._of("Window"))
        return menu

    def _of(self, group: str) -> list[QAction]:
        return [c for c in self.by_id.values() if c.spec.group == group and c.spec.menu]

    def version_menu(self, title: str, parent: QWidget) -> QMenu:
        """The menu of a version; its texts name the version."""
        self.draw()
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)
        menu.setAccessibleName(f"Menu of {title}")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chosen = self._window_host.chosen()
        row = self._window_host.workspace.state.version(chosen)
        senseless = {"pull"} if row is not None and row.local else {"push"}
        for name in VERSION_MENU:
            if not name:
                menu.addSeparator()
            if not name or name in senseless:
                continue
            command = self.by_id[name]
            command.refresh(chosen)
            entry = QAction(command.spec.about.format(version=title), menu)
            entry.setIcon(command.icon())
            entry.setEnabled(command.isEnabled())
            entry.setToolTip(command.toolTip())
            if command.keys:
                entry.setText(f"{entry.text()}\t{command.keys}")
            entry.triggered.connect(command.run)
            menu.addAction(entry)
        return menu
