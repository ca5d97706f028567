"""The whole local store as a tree: repositories, and their versions below them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from kitdesk import text as texts

if TYPE_CHECKING:
    from datetime import datetime

    from kitdesk.session.state.pages import StoreState, StoreVersion

NAME, TAGS, COUNT, SIZE, FREES, SEEN = range(6)
HEADS = ("Repository", "Tags", "Versions", "On disk", "Deleting frees", "Packed")
ENTRY = Qt.ItemDataRole.UserRole + 1
"""A :class:`Repository` or a StoreVersion."""
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Repository:
    """Versions that share a name, newest first; sizes in bytes."""

    name: str
    versions: tuple[StoreVersion, ...]

    @property
    def disk(self) -> int:
        """What its versions take at least: the largest, and what only the others have."""
        alone = sum(version.frees for version in self.versions)
        return max((v.size + alone - v.frees for v in self.versions), default=0)

    @property
    def tags(self) -> tuple[str, ...]:
        """All its tags, newest version first."""
        return tuple(tag for version in self.versions for tag in version.tags)

    @property
    def when(self) -> datetime | None:
        """When the newest was packed."""
        return max((v.when for v in self.versions if v.when), default=None)


def repositories(
    store: StoreState, text: str = "", *, untagged: bool = False
) -> tuple[Repository, ...]:
    """Group the versions that pass the search, largest repository first."""
    groups: dict[str, list[StoreVersion]] = {}
    for version in store.versions:
        hay = " ".join((version.repository, *version.tags, version.digest)).lower()
        if all(part in hay for part in text.lower().split()) and not (untagged and version.tags):
            groups.setdefault(version.repository, []).append(version)
    found = [Repository(name, tuple(versions)) for name, versions in groups.items()]
    return tuple(sorted(found, key=_by_size))


def _by_size(repository: Repository) -> tuple[int, str]:
    return -repository.disk, repository.name


class StoreModel(QAbstractItemModel):
    """Id 0 = a repository, n + 1 = a version of repository n."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.repositories: tuple[Repository, ...] = ()

    def show_repositories(self, found: tuple[Repository, ...]) -> bool:
        """Show these; return whether anything is different."""
        if found == self.repositories:
            return False
        self.beginResetModel()
        self.repositories = found
        self.endResetModel()
        return True

    def index_of(self, digest: str) -> QModelIndex:
        """The index of a version; invalid when it is not shown."""
        for at, repository in enumerate(self.repositories):
            for row, version in enumerate(repository.versions):
                if version.digest == digest:
                    return self.index(row, 0, self.index(at, 0))
        return QModelIndex()

    # QAbstractItemModel ------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        if row < 0 or column < 0 or row >= self.rowCount(parent) or column >= len(HEADS):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, child: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        above = child.internalId() if child.isValid() else 0
        return self.createIndex(above - 1, 0, 0) if above else QModelIndex()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        if not parent.isValid():
            return len(self.repositories)
        if parent.internalId() or parent.column() != 0:
            return 0
        return len(self.repositories[parent.row()].versions)

    def columnCount(self, _parent: Index = _NOWHERE) -> int:
        return len(HEADS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        above = index.internalId()
        entry: Repository | StoreVersion = (
            self.repositories[above - 1].versions[index.row()]
            if above
            else self.repositories[index.row()]
        )
        if role == ENTRY:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(entry, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == NAME:
            texts = (_text(entry, column) for column in range(len(HEADS)))
            names = ("", "", "", "", "deleting frees ", "")
            return ", ".join(
                f"{name}{text}" for name, text in zip(names, texts, strict=True) if text
            )
        return None


def _text(entry: Repository | StoreVersion, column: int) -> str:
    match column:
        case 0 if isinstance(entry, Repository):
            return entry.name or "without a name"
        case 0:
            return entry.tags[0] if entry.tags else "no tag"
        case 1 if isinstance(entry, Repository):
            return " ".join(entry.tags)
        case 1:
            return " ".join(entry.tags[1:])
        case 2:
            return texts.number(len(entry.versions)) if isinstance(entry, Repository) else ""
        case 3:
            return texts.size(entry.disk if isinstance(entry, Repository) else entry.size)
        case 4:
            return "" if isinstance(entry, Repository) else texts.size(entry.frees)
        case _:
            return texts.age(entry.when)
