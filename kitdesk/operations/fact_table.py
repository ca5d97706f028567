"""Facts of many files in columns: a folder may hold 100,000, and each object is 200 bytes."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kitdesk.compare.values import FileFacts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kitdesk.services.layer_list import LayerFile

_HASH = 32


class FactTable(Mapping[str, FileFacts]):
    """Path -> facts; each is made when it is asked for."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._sizes = array("q")
        self._modes = array("H")
        self._hashes = bytearray()
        self._hashed = bytearray()
        self._kinds: list[str] = []

    def put(self, path: str, facts: FileFacts) -> None:
        """Add a file; one that is there already is replaced."""
        self._numbers[path] = len(self._sizes)
        self._sizes.append(facts.size)
        self._modes.append(facts.mode)
        self._hashed.append(facts.sha256 is not None)
        self._hashes += bytes.fromhex(facts.sha256) if facts.sha256 else bytes(_HASH)
        self._kinds.append(facts.layer)

    def __getitem__(self, path: str) -> FileFacts:
        at = self._numbers[path]
        digest = self._hashes[at * _HASH : at * _HASH + _HASH].hex() if self._hashed[at] else None
        return FileFacts(self._sizes[at], digest, self._modes[at], self._kinds[at])

    def __contains__(self, path: object) -> bool:
        return path in self._numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


class ListedFacts(Mapping[str, FileFacts]):
    """The same over the list of a layer, which has its columns already."""

    def __init__(self, listed: Sequence[LayerFile], kind: str, path: str) -> None:
        self._listed, self._kind = listed, kind
        self._numbers = {
            one.path or path: number for number, one in enumerate(listed) if one.kind == "file"
        }

    def __getitem__(self, path: str) -> FileFacts:
        one = self._listed[self._numbers[path]]
        return FileFacts(one.size, one.sha256 or None, one.mode, self._kind)

    def __contains__(self, path: object) -> bool:
        return path in self._numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)
