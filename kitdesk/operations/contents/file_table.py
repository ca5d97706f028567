"""Facts of many files in columns: a folder may hold 100,000, and each object is 200 bytes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from functools import cached_property
from typing import TYPE_CHECKING

from kitdesk.compare.files import OrderedTree
from kitdesk.compare.values import FileFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitdesk.services.layers.table import LayerFileTable

_HASH = 32


class _Rows(OrderedTree, ABC):
    """Numbered rows, of which a later one replaces an earlier one of the same path."""

    @abstractmethod
    def _path(self, at: int) -> str: ...

    @abstractmethod
    def _facts(self, at: int) -> FileFacts: ...

    @abstractmethod
    def _rows(self) -> Iterator[int]:
        """Numbers of all rows that are files."""

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """Made when somebody looks a path up: it takes as much room as all the columns."""
        return {self._path(at): at for at in self._rows()}

    def ordered(self) -> Iterator[tuple[str, FileFacts]]:
        order = array("I", sorted(self._rows(), key=self._path))
        for place, at in enumerate(order):
            path = self._path(at)
            if place + 1 == len(order) or self._path(order[place + 1]) != path:
                yield path, self._facts(at)

    def __getitem__(self, path: str) -> FileFacts:
        return self._facts(self._numbers[path])

    def __contains__(self, path: object) -> bool:
        return path in self._numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


class FileTable(_Rows):
    """Facts as they are found."""

    def __init__(self) -> None:
        self._paths: list[str] = []
        self._sizes = array("q")
        self._modes = array("H")
        self._hashes = bytearray()
        self._hashed = bytearray()
        self._kinds: list[str] = []

    def put(self, path: str, facts: FileFacts) -> None:
        """Add a file; one that is there already is replaced."""
        self.__dict__.pop("_numbers", None)
        self._paths.append(path)
        self._sizes.append(facts.size)
        self._modes.append(facts.mode)
        self._hashed.append(facts.sha256 is not None)
        self._hashes += bytes.fromhex(facts.sha256) if facts.sha256 else bytes(_HASH)
        self._kinds.append(facts.layer)

    def __bool__(self) -> bool:
        return bool(self._paths)

    def _path(self, at: int) -> str:
        return self._paths[at]

    def _rows(self) -> Iterator[int]:
        return iter(range(len(self._paths)))

    def _facts(self, at: int) -> FileFacts:
        digest = self._hashes[at * _HASH : at * _HASH + _HASH].hex() if self._hashed[at] else None
        return FileFacts(self._sizes[at], digest, self._modes[at], self._kinds[at])


class ListedFiles(_Rows):
    """The same over the list of a layer, which has its columns already.

    ``path`` is where a member without a name of its own belongs.
    """

    def __init__(self, listed: LayerFileTable, kind: str, path: str) -> None:
        self._listed, self._kind, self._own = listed, kind, path

    def __bool__(self) -> bool:
        return bool(len(self._listed))

    def _path(self, at: int) -> str:
        return self._listed.path(at) or self._own

    def _rows(self) -> Iterator[int]:
        return filter(self._listed.is_file, range(len(self._listed)))

    def _facts(self, at: int) -> FileFacts:
        one = self._listed[at]
        return FileFacts(one.size, one.sha256 or None, one.mode, self._kind)
