"""F6: the panes of the window in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from kitdesk.session.state.project import View

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from kitdesk.ui.window.main_window import MainWindow


class FocusOrder:
    """Tool bar, versions, bar of the centre, files, content, strip."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def step(self, *, forward: bool) -> None:
        """Focus the next or previous pane that is in sight."""
        stops = [w for w in self._stops() if w.isVisible() and w.isEnabled()]
        if not stops:
            return
        focus = self._window.focusWidget()
        at = next(
            (i for i, w in enumerate(stops) if focus and (w is focus or w.isAncestorOf(focus))), -1
        )
        if at < 0 and not forward:
            at = 0
        stops[(at + (1 if forward else -1)) % len(stops)].setFocus(
            Qt.FocusReason.ShortcutFocusReason
        )

    def first(self) -> None:
        """The focus starts where the keys do most: in the versions."""
        window, state = self._window, self._window.workspace.state
        if state.error is not None:
            window.error_card.again.setFocus()
        elif state.view is View.STORE:
            window.pages.store.tree.setFocus()
        elif state.folder is None:
            window.pages.start.first.setFocus()
        elif state.versions:
            window.side.tree.setFocus()

    def _stops(self) -> list[QWidget]:
        window = self._window
        stops: list[QWidget] = [window.tool_bar.project, window.side.tree]
        view = window.workspace.state.view
        if view is View.COMPARE:
            stops += [
                window.compare.verdict.title,
                window.compare.table,
                window.compare.content.focus_target(),
            ]
        elif view is View.KITFILE:
            stops += [window.pages.kitfile.editor]
        elif view is View.ABOUT:
            stops += [window.pages.about.readme]
        elif view is View.STORE:
            stops += [window.pages.store.tree]
        else:
            stops += [window.pages.start.first]
        return [*stops, window.strip.more]
