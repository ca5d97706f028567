"""The head of the content: letter, name, sizes, place of the bytes; the walk, views, copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from kitdesk import text as texts
from kitdesk.ui.widgets.badges import Mark
from kitdesk.ui.widgets.buttons import Segmented, icon_button
from kitdesk.ui.widgets.labels import Elide, IconLabel, label
from kitdesk.ui.widgets.layouts import Box

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from kitdesk.compare.values import FileChange

HEIGHT = 40
WIDE = 1000
"""Pixels under which the words of the place give way to its icon."""
EXPORTS = (
    ("text", "Copy as text"),
    ("markdown", "Copy as Markdown"),
    ("csv", "Copy changed rows as CSV"),
    ("html", "Save a report of all files…"),
)


class ContentHead(Box):
    """40 pixels over every body."""

    stepped = Signal(bool)
    """The next (True) or previous change is wanted."""
    picked = Signal(int)
    """Another view of the content."""
    export_wanted = Signal(str)
    """text, markdown, csv or html."""

    def __init__(self) -> None:
        super().__init__("surface", "h", (24, 0, 16, 0), 8)
        self._mark = Mark("M")
        self._name = Elide("", weight=600, snug=True)
        self.amount = label("", "small", "muted")
        self._cloud = IconLabel("cloud", "muted", 14)
        self._far = label("", "small", "muted")
        self._place = label("", "small", "muted")
        self._up = icon_button("chevron-up", "Previous change (Shift+F7)")
        self._down = icon_button("chevron-down", "Next change (F7)")
        self._copy = icon_button("copy", "Copy or save what differs")
        self._up.clicked.connect(self._previous)
        self._down.clicked.connect(self._next)
        self._copy.clicked.connect(self._open_menu)
        self.views = Segmented("View", ("",))
        self._words: tuple[str, ...] = ()
        self.add(self._mark, self._name, self.amount, 4, self._cloud, self._far, "*",
                 self._place, self._up, self._down, self._copy, 4, self.views)  # fmt: skip
        self.views.hide()
        self.setFixedHeight(HEIGHT)

    def show_file(self, change: FileChange | None, path: str, far: str) -> None:
        """Letter, name, sizes; ``far`` says which side lies in a registry, "" for none."""
        self._mark.show_sign(change.sign if change else "=")
        self._name.setText(path.rpartition("/")[2])
        self._name.setToolTip(texts.escape_tooltip(path))
        old = change.left.size if change and change.left else None
        new = change.right.size if change and change.right else None
        self.amount.setText(texts.pair(old, new) if change else "")
        self._far.setText(far)
        self._cloud.setToolTip(texts.escape_tooltip(far))
        self._cloud.setAccessibleName(far)
        self._cloud.setVisible(bool(far))
        self._far.setVisible(bool(far) and self.width() >= WIDE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._far.setVisible(bool(self._far.text()) and event.size().width() >= WIDE)

    def show_views(self, words: tuple[str, ...], on: int) -> None:
        """Offer these views; one alone is no choice."""
        if words != self._words:
            self._words = words
            former = self.views
            self.views = Segmented("View", words or ("",), on)
            self.views.picked.connect(self.picked)
            self.inner.replaceWidget(former, self.views)
            former.hide()
            former.deleteLater()
        elif words:
            self.views.choose(on)
        self.views.setVisible(len(words) > 1)

    def show_tools(self, place: tuple[int, int], *, copies: bool) -> None:
        """``Change 3 of 68`` with its buttons; and whether there is something to copy."""
        at, count = place
        for widget in (self._place, self._up, self._down):
            widget.setVisible(count > 0)
        total = texts.counted(count, "change")
        self._place.setText(f"Change {texts.number(at)} of {texts.number(count)}" if at else total)
        self._copy.setVisible(copies)

    @property
    def words(self) -> str:
        """``Change 3 of 68``, for tests."""
        return self._place.text()

    def copy_menu(self) -> QMenu:
        """What can be copied."""
        menu = QMenu(self)
        menu.setAccessibleName("Copy or save what differs")
        for kind, text in EXPORTS:
            action = menu.addAction(text)
            action.setData(kind)
            action.triggered.connect(self._export)
        return menu

    @Slot()
    def _open_menu(self) -> None:
        menu = self.copy_menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._copy.mapToGlobal(self._copy.rect().bottomLeft()))

    @Slot()
    def _export(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.export_wanted.emit(str(action.data()))

    @Slot()
    def _next(self) -> None:
        self.stepped.emit(True)

    @Slot()
    def _previous(self) -> None:
        self.stepped.emit(False)
