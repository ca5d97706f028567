"""The window's splitters and place, remembered from one start to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSplitter, QWidget

if TYPE_CHECKING:
    from kitdesk.ui.window.main_window import MainWindow


def named_splitters(root: QWidget, compare: QWidget) -> dict[str, QSplitter]:
    """The splitters of the window's content, by names that stay."""
    inner = compare.findChildren(QSplitter)
    outer = [one for one in root.findChildren(QSplitter) if one not in inner]
    named = {"side": outer[0]} if outer else {}
    return {**named, **{f"compare-{at}": one for at, one in enumerate(inner)}}


def put_splitters(window: MainWindow) -> None:
    """Give the splitters the sizes they had."""
    if window.placement is not None and window.content is not None:
        window.placement.put_splitters(named_splitters(window.content, window.compare))


def save_place(window: MainWindow) -> None:
    """Remember where the window is, and its splitters."""
    if window.placement is not None and window.content is not None:
        window.placement.save(window, named_splitters(window.content, window.compare))
