"""Rows that differ as a tree: plain nodes, and a thin model over them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from kitdesk import text as texts
from kitdesk.ui.widgets.badges import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Index = QModelIndex | QPersistentModelIndex
Look = Literal["code", "word", "group", "section", "more"]
SPOKEN = {**NAMES, "R": "renamed", "!": "dangerous", "": ""}
_NOWHERE = QModelIndex()


@dataclass(slots=True, eq=False)
class Node:
    """One row; ``cells`` are the texts of the columns after the name."""

    sign: str
    """A D M = R, ! for what is dangerous, "" for none."""
    name: str
    cells: tuple[str, ...] = ()
    note: str = ""
    look: Look = "code"
    """code: a name of the file; word: a name of ours; group and section: heads of rows; more: the
    line that stands for ``rest``."""
    share: float | None = None
    """Length of the bar, 0 to 1."""
    children: list[Node] = field(default_factory=list)
    rest: list[Node] = field(default_factory=list)
    """Of a line "13 more": the rows that take its place."""
    opened: bool = False
    parent: Node | None = None
    row: int = 0
    key: int = 0

    @property
    def depth(self) -> int:
        """0 for a row at the top."""
        return 0 if self.parent is None else self.parent.depth + 1

    def leaves(self) -> Iterator[Node]:
        """Every row below that has none below itself, also those behind "13 more"."""
        for child in (*self.children, *self.rest):
            if child.children or child.rest:
                yield from child.leaves()
            else:
                yield child


class NodeModel(QAbstractItemModel):
    """Column 0 holds the letter, 1 the name, then the cells, at last the note."""

    def __init__(self, heads: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.heads = tuple(heads)
        """Names of the columns after the name; the last one is the note's."""
        self.roots: list[Node] = []
        self._known: list[Node] = []

    def show_nodes(self, nodes: list[Node]) -> None:
        """Show these instead of what was there."""
        self.beginResetModel()
        self.roots, self._known = nodes, []
        self._take(nodes, None)
        self.endResetModel()

    def _take(self, nodes: list[Node], parent: Node | None) -> None:
        for row, node in enumerate(nodes):
            node.parent, node.row, node.key = parent, row, len(self._known)
            self._known.append(node)
            self._take(node.children, node)

    def changes(self) -> list[Node]:
        """Every row that stands for one difference, in order."""
        found: list[Node] = []
        for node in self.roots:
            alone = not node.children and not node.rest
            found += [node] if alone else node.leaves()
        return [one for one in found if one.sign not in ("=", "") and one.look != "more"]

    def reveal(self, more: Node) -> None:
        """Put the rows behind "13 more" in its place."""
        above = more.parent
        siblings = above.children if above is not None else self.roots
        parent = self.index_of(above) if above is not None else QModelIndex()
        self.beginRemoveRows(parent, more.row, more.row)
        siblings.remove(more)
        self.endRemoveRows()
        if not more.rest:
            return
        first = len(siblings)
        self.beginInsertRows(parent, first, first + len(more.rest) - 1)
        siblings += more.rest
        for row, node in enumerate(more.rest, first):
            node.parent, node.row, node.key = above, row, len(self._known)
            self._known.append(node)
            self._take(node.children, node)
        self.endInsertRows()

    def holder_of(self, node: Node) -> Node | None:
        """The line "13 more" behind which a row stands, None when it is shown."""
        if node.key < len(self._known) and self._known[node.key] is node:
            return None
        return next((one for one in self._known if node in one.rest), None)

    def node(self, index: Index) -> Node | None:
        """The node of an index, None outside."""
        return self._known[index.internalId()] if index.isValid() else None

    def index_of(self, node: Node, column: int = 0) -> QModelIndex:
        """Where a node stands that is shown."""
        return self.createIndex(node.row, column, node.key)

    def spoken(self, node: Node) -> str:
        """The row in words: name, letter, cells under their heads."""
        parts = [node.name, SPOKEN[node.sign]]
        for head, text in zip(self.heads, node.cells, strict=False):
            if text and text != "–":
                parts.append(f"{head} {text}" if head else text)
        return ", ".join(part for part in (*parts, node.note) if part)

    # QAbstractItemModel ------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        above = self.node(parent)
        siblings = above.children if above is not None else self.roots
        if not (0 <= row < len(siblings) and 0 <= column < self.columnCount()):
            return QModelIndex()
        if parent.isValid() and parent.column() != 0:
            return QModelIndex()
        return self.createIndex(row, column, siblings[row].key)

    def parent(self, index: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        node = self.node(index)
        if node is None or node.parent is None:
            return QModelIndex()
        return self.index_of(node.parent)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        if parent.isValid() and parent.column() != 0:
            return 0
        above = self.node(parent)
        return len(above.children if above is not None else self.roots)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 2 + len(self.heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.heads[section - 2] if section >= 2 else ("", "Name")[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        node = self.node(index)
        if node is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(node, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if index.column() <= 1:
                return self.spoken(node)
            return self._text(node, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return texts.escape_tooltip(self._text(node, index.column()))
        return None

    def _text(self, node: Node, column: int) -> str:
        if column == 0:
            return node.sign
        if column == 1:
            return node.name
        if column == self.columnCount() - 1 and len(node.cells) < len(self.heads):
            return node.note
        return node.cells[column - 2] if column - 2 < len(node.cells) else ""
