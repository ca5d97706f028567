"""A recent project: its name, its path, its version and its state."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot

from kitdesk import text as texts
from kitdesk.ui.theme import theme
from kitdesk.ui.widgets.badges import Mark
from kitdesk.ui.widgets.buttons import icon_button
from kitdesk.ui.widgets.labels import RIGHT, Elide, IconLabel, ending, label
from kitdesk.ui.widgets.layouts import Box, Item, column, line, row

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent

    from kitdesk.session.state.pages import RecentProject
    from kitdesk.ui.host import WindowHost


def short_path(path: Path) -> str:
    """The path with the home folder as ``~``."""
    try:
        return f"~/{path.relative_to(Path.home()).as_posix()}"
    except ValueError:
        return str(path)


class RecentRow(Box):
    """A click or Return opens it; the cross forgets it."""

    def __init__(self, window_host: WindowHost, project: RecentProject) -> None:
        super().__init__("plain", "h", (4, 0, 4, 0), 10)
        self._window_host = window_host
        self._project = project
        self.setFixedHeight(theme.SIZE["row_version"])
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(texts.escape_tooltip(str(project.path)))
        path = Elide(short_path(project.path), "small", "faint")
        names = column("*", Elide(project.name, weight=600), path, "*", gap=0)
        at = ending(project.at, weight=500)
        at.setFixedWidth(84)
        what = ending(project.state, "small", "muted")
        what.setFixedWidth(136)
        ago = label(texts.age(project.opened), "small", "faint")
        ago.setFixedWidth(84)
        ago.setAlignment(RIGHT)
        ago.setToolTip(texts.exact(project.opened))
        forget = icon_button("x", f"Forget {project.name}")
        forget.clicked.connect(self._forget)
        self.add(IconLabel("folder-off" if project.missing else "folder"))
        self.inner.addWidget(names, 1)
        self.add(at, _sign(project), what, ago, forget)
        said = (project.name, project.at, project.state, texts.age(project.opened))
        self.setAccessibleName(", ".join(part for part in said if part))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self._window_host.session.project.open(self._project.path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._window_host.session.project.open(self._project.path)
        elif event.key() == Qt.Key.Key_Delete:
            self._forget()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _forget(self) -> None:
        self._window_host.session.project.forget_recent(self._project.path)


def _sign(project: RecentProject) -> IconLabel | Mark:
    if project.missing or project.state == "does not answer":
        return IconLabel("alert-triangle", "changed", 18)
    if "not packed" in project.state:
        return Mark("M")
    if project.state.startswith("no changes"):
        return IconLabel("check", "added", 18)
    return IconLabel("clock", "faint", 18)


def recent_rows(window_host: WindowHost) -> list[Item]:
    """Head and rows; a sentence while there are none."""
    projects = window_host.workspace.state.recent
    result: list[Item] = [row(label("Recent", weight=600), "*"), 6]
    if not projects:
        return [
            *result,
            line(),
            10,
            label("The folders you open will be listed here.", "small", "muted"),
        ]
    for project in projects:
        result += [line(), RecentRow(window_host, project)]
    return [*result, line()]
