"""What every body is: it shows one part of a content, and walks through its differences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from kitdesk.ui.widgets.layouts import Box

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from kitdesk.compare.content.result import Content
    from kitdesk.ui.host import WindowHost


class Body(Box):
    """Made by the content pane when its first content comes; lives as long as the pane."""

    moved = Signal()
    """Another difference is the current one."""

    def __init__(self, host: WindowHost) -> None:
        super().__init__("surface")
        self.host = host
        self.tools: QWidget | None = None
        """What stands at the right end of the summary line."""

    def show_content(
        self, content: Content, names: tuple[str, str], path: str, mode: int = 0
    ) -> None:
        """Show it; ``names`` are those of the sides, ``mode`` is the chosen view of the body."""
        raise NotImplementedError

    def focus_target(self) -> QWidget:
        """What takes the focus when the pane is entered."""
        raise NotImplementedError

    @property
    def place(self) -> tuple[int, int]:
        """(number of the current difference, number of them); (0, 0): there is no walk."""
        return 0, 0

    def step(self, *, forward: bool) -> None:
        """F7, Shift+F7: go to the next or previous difference."""
