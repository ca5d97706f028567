"""The versions as a thin tree model: a version a row, a moved tag's old digest below it."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from kitdesk import text as texts
from kitdesk.session.state.project import VersionRow, View
from kitdesk.session.state.workspace import Workspace

ROW = Qt.ItemDataRole.UserRole + 1
"""The :class:`VersionRow` of a version."""
SIDE = Qt.ItemDataRole.UserRole + 2
"""``before``, ``after``, ``shown`` or empty."""
NOTE = Qt.ItemDataRole.UserRole + 3
"""(word, rest) of the line below a version whose tag moved."""
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


def doing(row: VersionRow) -> str:
    """``uploading 59 %`` while it is on its way, else its age."""
    if row.transfer is None:
        return texts.age(row.when)
    verb = {"push": "uploading", "pull": "downloading", "pack": "packing"}[row.transfer.verb]
    return f"{verb} {row.transfer.percent} %"


def spoken(row: VersionRow, side: str) -> str:
    """All pills and icons of a row in words, for screen readers."""
    if row.local and row.remote:
        places = "on this machine and in the registry"
    else:
        places = "on this machine" if row.local else "in the registry" if row.remote else ""
    shown = {"": "", "shown": "shown"}.get(side, f"{side} of the comparison")
    parts = (
        row.title,
        *row.tags[1:],
        "this folder" if row.here else "",
        "tag moved" if row.moved_from else "",
        shown,
        places,
        "registry not reached" if row.stale else "",
        doing(row),
        texts.size(row.size) if row.size is not None else "",
    )
    return ", ".join(part for part in parts if part)


ROW_FLAGS = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
NOTE_FLAGS = Qt.ItemFlag.NoItemFlags
Shape = list[tuple[str, bool]]


def _shape(rows: tuple[VersionRow, ...]) -> Shape:
    """What rows there are, and which of them have a note."""
    return [(row.digest, bool(row.moved_from)) for row in rows]


def added_runs(old: Shape, new: Shape) -> list[tuple[int, int]] | None:
    """(first, last) of the runs that have to be put into ``old``, in order, to make ``new``; None
    if something left or changed places.
    """
    runs: list[tuple[int, int]] = []
    at = 0
    for place, row in enumerate(new):
        if at < len(old) and old[at] == row:
            at += 1
        elif runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs if at == len(old) else None


class VersionModel(QAbstractItemModel):
    """Rows of the workspace that pass the filter; id 0 = a version, else the note below the version
    whose serial number it is.
    """

    more_wanted = Signal()
    """Somebody scrolled to the end, and the remote has more tags."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[VersionRow, ...] = ()
        self.rows: tuple[VersionRow, ...] = ()
        self._serials: dict[str, int] = {}
        """Digest -> a number that stays while rows are put in above it."""
        self._places: dict[int, int] = {}
        self._sides: dict[str, str] = {}
        self._filter = ""
        self._more = False

    def read(self, workspace: Workspace) -> bool:
        """Take the rows of the workspace; return whether rows came or went."""
        sides: dict[str, str] = {}
        if workspace.state.view is View.ABOUT:
            sides[workspace.state.about_side] = "shown"
        else:
            sides[workspace.state.before] = "before"
            sides[workspace.state.after] = "after"
        remote = workspace.state.remote
        self._more = bool(remote.more) and not remote.loading and remote.reachable is True
        return self._show(workspace.state.versions, sides, self._filter)

    def filter(self, text: str) -> bool:
        """Show rows whose tag, digest, name or version has the text; return whether any changed."""
        return self._show(self._all, self._sides, text.strip().lower())

    def _show(self, rows: tuple[VersionRow, ...], sides: dict[str, str], text: str) -> bool:
        same_sides = sides == self._sides
        self._all, self._sides, self._filter = rows, sides, text
        shown = tuple(row for row in rows if self._passes(row))
        old, new = _shape(self.rows), _shape(shown)
        if old == new:
            before, self.rows = self.rows, shown
            self._tell_changed(before, same_sides=same_sides)
            return False
        runs = added_runs(old, new)
        if runs is None or not old:
            self.beginResetModel()
            self._take(shown)
            self.endResetModel()
            return True
        for first, last in runs:
            self.beginInsertRows(QModelIndex(), first, last)
            self._take((*self.rows[:first], *shown[first : last + 1], *self.rows[first:]))
            self.endInsertRows()
        self._take(shown)
        self.dataChanged.emit(self.index(0, 0), self.index(len(shown) - 1, 0))
        return True

    def _tell_changed(self, before: tuple[VersionRow, ...], *, same_sides: bool) -> None:
        """Say which rows say something else now; the view lays these out anew."""
        changed = [
            at
            for at, (old, new) in enumerate(zip(before, self.rows, strict=True))
            if not same_sides or (old is not new and old != new)
        ]
        if changed:
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], 0))

    def _take(self, rows: tuple[VersionRow, ...]) -> None:
        self.rows = rows
        for row in rows:
            self._serials.setdefault(row.digest, len(self._serials) + 1)
        self._places = {self._serials[row.digest]: at for at, row in enumerate(rows)}

    def _passes(self, row: VersionRow) -> bool:
        if not self._filter:
            return True
        hay = " ".join((row.title, *row.tags, row.digest, row.name, row.version)).lower()
        return all(part in hay for part in self._filter.split())

    def index_of(self, digest: str) -> QModelIndex:
        """The index of a digest; invalid when it is not shown."""
        for at, row in enumerate(self.rows):
            if row.digest == digest:
                return self.index(at, 0)
        return QModelIndex()

    # QAbstractItemModel ------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        if not parent.isValid():  # the view lays out every row with it: a short way
            inside = column == 0 and 0 <= row < len(self.rows)
            return self.createIndex(row, 0, 0) if inside else QModelIndex()
        if column != 0 or not 0 <= row < self.rowCount(parent):
            return QModelIndex()
        return self.createIndex(row, 0, self._serials[self.rows[parent.row()].digest])

    def parent(self, child: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        above = self._places.get(child.internalId()) if child.isValid() else None
        return self.createIndex(above, 0, 0) if above is not None else QModelIndex()

    def canFetchMore(self, parent: Index = _NOWHERE) -> bool:
        """A filter asks for what it looks for by itself."""
        return not parent.isValid() and self._more and not self._filter

    def fetchMore(self, _parent: Index = _NOWHERE) -> None:
        """Rows arrive with the workspace."""
        self._more = False
        self.more_wanted.emit()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        if not parent.isValid():
            return len(self.rows)
        if parent.internalId() or parent.column() != 0:
            return 0
        return 1 if self.rows[parent.row()].moved_from else 0

    def columnCount(self, _parent: Index = _NOWHERE) -> int:
        return 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Notes are no stops for the keys."""
        return ROW_FLAGS if index.isValid() and not index.internalId() else NOTE_FLAGS

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if index.internalId():
            return self._note(self.rows[self._places[index.internalId()]], role)
        row = self.rows[index.row()]
        side = self._sides.get(row.digest, "")
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(row, side)
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(part for part in (texts.exact(row.when), row.digest) if part)
        if role == ROW:
            return row
        return side if role == SIDE else None

    def _note(self, row: VersionRow, role: int) -> object:
        until = f" until {texts.day(row.moved_at)}" if row.moved_at else ""
        rest = f"{texts.short(row.moved_from)}{until}"
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"was {rest}"
        return ("was", rest) if role == NOTE else None
