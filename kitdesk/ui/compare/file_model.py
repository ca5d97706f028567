"""The files that differ (and, when asked for, those that are equal) as a table model."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from kitdesk import text as texts
from kitdesk.compare.values import UNREAD, Comparison, FileChange, FileFacts, FileKind
from kitdesk.ui.widgets import layer_kinds
from kitdesk.ui.widgets.badges import NAMES

FILE, WHAT, OLD_SIZE, NEW_SIZE, OLD_HASH, NEW_HASH = range(6)
SIGN = Qt.ItemDataRole.UserRole + 1
KIND = Qt.ItemDataRole.UserRole + 2
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


def weight(change: FileChange) -> int:
    """How large a change is: the bytes of the larger side; rows are sorted by it."""
    return max(side.size if side else 0 for side in (change.left, change.right))


def what(change: FileChange) -> str:
    """What changed, in words."""
    if change.words:
        return change.words
    if change.kind is FileKind.RENAMED:
        return f"was {change.old_path}"
    if change.kind is FileKind.MODE and change.left and change.right:
        return f"same bytes, mode {change.left.mode:04o} → {change.right.mode:04o}"
    return {FileKind.ADDED: "added", FileKind.REMOVED: "removed"}.get(change.kind, "changed")


def hash_start(facts: FileFacts | None) -> str:
    """The first eight digits; ``?`` where nobody knows it, a dash where there is no file."""
    if facts is None:
        return "–"
    return facts.sha256[:8] if facts.sha256 and facts.sha256 != UNREAD else "?"


class FileModel(QAbstractTableModel):
    """Six columns: file, what changed, two sizes, two hashes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.changes: tuple[FileChange, ...] = ()
        self.same: tuple[str, ...] = ()
        self.names = ("", "")

    def show_comparison(self, comparison: Comparison | None, *, with_same: bool) -> None:
        """Show its files, largest change first, then the equal ones if wanted."""
        self.beginResetModel()
        files = comparison.files if comparison else ()
        self.changes = tuple(sorted(files, key=weight, reverse=True))
        self.same = comparison.same if comparison and with_same else ()
        self.names = (comparison.left.name, comparison.right.name) if comparison else ("", "")
        self.endResetModel()

    def path(self, row: int) -> str:
        """The path of a row, "" outside."""
        if 0 <= row < len(self.changes):
            return self.changes[row].path
        row -= len(self.changes)
        return self.same[row] if 0 <= row < len(self.same) else ""

    def row_of(self, path: str) -> int:
        """The row of a path, -1 when it is not shown."""
        paths = [change.path for change in self.changes] + list(self.same)
        return paths.index(path) if path in paths else -1

    # QAbstractTableModel -----------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.changes) + len(self.same)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else 6

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        old, new = self.names
        hashes = (f"hash {name.removeprefix('this ')}" for name in self.names)
        return ("Files", "What changed", old, new, *hashes)[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if index.row() >= len(self.changes):
            return self._equal(self.path(index.row()), index.column(), role)
        change = self.changes[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(change, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if index.column() != FILE:
                return self._text(change, index.column())
            kind = layer_kinds.word(change.layer).lower() if change.layer else "no layer"
            return f"{NAMES[change.sign]}: {change.path}, {kind}, {what(change)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return texts.escape_tooltip(self._text(change, index.column()))
        if role == SIGN:
            return change.sign
        return change.layer if role == KIND else None

    def _text(self, change: FileChange, column: int) -> str:
        match column:
            case 0:
                return change.path
            case 1:
                return what(change)
            case 2:
                return texts.size(change.left.size if change.left else None)
            case 3:
                return texts.size(change.right.size if change.right else None)
            case 4:
                return hash_start(change.left)
            case _:
                return hash_start(change.right)

    def _equal(self, path: str, column: int, role: int) -> object:
        if role == SIGN:
            return "="
        if role == Qt.ItemDataRole.AccessibleTextRole and column == FILE:
            return f"the same: {path}"
        if role == Qt.ItemDataRole.DisplayRole:
            return path if column == FILE else "same bytes" if column == WHAT else ""
        return "" if role == KIND else None
