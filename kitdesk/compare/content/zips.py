"""The directory of a zip and its members, read from the end: few reads, every length checked."""

from __future__ import annotations

import os
import struct
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.compare.content.source import MemoryBytes, Part, Unreadable, exactly
from kitdesk.compare.content.table.stream import inflated

if TYPE_CHECKING:
    from kitdesk.compare.content.source import Budget, Bytes, Place

TAIL_BYTES = 65_557
"""The end record and the longest comment behind it."""
MAX_DIRECTORY_BYTES = 64 << 20
MAX_MEMBERS = 100_000
IN_MEMORY_BYTES = 16 << 20
"""Members that inflate to more go into a nameless file."""
END = struct.Struct("<4s4H2LH")
END64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR = struct.Struct("<4sLQL")
ENTRY = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
STORED, DEFLATED, BZIP2, LZMA = 0, 8, 12, 14
FULL = 0xFFFFFFFF
EXTRA_BYTES = 256
"""What the local head may hold besides the name; torch aligns its members there."""
FEW_BYTES = 1 << 20
"""Members up to here are read together with their head."""


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of the directory, unchecked but for its own bounds."""

    name: str
    size: int
    packed: int
    """Bytes in the file."""
    crc: int
    method: int
    offset: int
    """Of its local header."""
    encrypted: bool


def members(side: Bytes, budget: Budget) -> list[Member]:
    """All entries in the order of the directory; Unreadable for lies."""
    tail_size = min(side.size, TAIL_BYTES)
    start = side.size - tail_size
    tail = exactly(side, start, tail_size)
    at = tail.rfind(b"PK\5\6")
    if at < 0 or at + END.size > len(tail):
        raise Unreadable("it has no directory")
    _, _, _, _, number, size, offset, _ = END.unpack_from(tail, at)
    end = start + at
    if at >= LOCATOR.size and tail[at - LOCATOR.size : at - LOCATOR.size + 4] == b"PK\6\7":
        _, _, where, _ = LOCATOR.unpack_from(tail, at - LOCATOR.size)
        mark, _, _, _, _, _, _, number, size, offset = END64.unpack(
            exactly(side, where, END64.size)
        )
        if mark != b"PK\6\6":
            raise Unreadable("its directory is damaged")
        end = where
    if size > MAX_DIRECTORY_BYTES:
        raise Unreadable("its directory is too large", "size")
    if number > MAX_MEMBERS:
        raise Unreadable(f"it has more than {MAX_MEMBERS:,} members", "members")
    shift = end - size - offset  # bytes before the archive: a program that unpacks itself
    if shift < 0:
        raise Unreadable("its directory is damaged")
    inside = offset + shift - start
    data = tail[inside : inside + size] if inside >= 0 else exactly(side, offset + shift, size)
    return _entries(data, number, shift, budget)


def _entries(data: bytes, number: int, shift: int, budget: Budget) -> list[Member]:
    found: list[Member] = []
    at = 0
    while at + ENTRY.size <= len(data) and len(found) < number:
        if len(found) % 4096 == 0:
            budget.check()
        (
            mark, _, _, flags, method, _, _, crc, packed, size, name_size, extra_size, comment_size,
            _, _, _, offset,
        ) = ENTRY.unpack_from(data, at)  # fmt: skip
        if mark != b"PK\1\2":
            raise Unreadable("its directory is damaged")
        at += ENTRY.size
        raw = data[at : at + name_size]
        extra = data[at + name_size : at + name_size + extra_size]
        at += name_size + extra_size + comment_size
        size, packed, offset = _wide(extra, size, packed, offset)
        name = raw.decode("utf-8" if flags & 0x800 else "cp437", "surrogateescape")
        found.append(Member(name, size, packed, crc, method, offset + shift, bool(flags & 1)))
    if len(found) < number:
        raise Unreadable("its directory ends too early")
    return found


def _wide(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """The 64-bit numbers of the zip64 field."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        field = extra[at + 4 : at + 4 + length]
        if kind == 1:
            numbers = iter(struct.unpack_from(f"<{len(field) // 8}Q", field))
            size = next(numbers, size) if size == FULL else size
            packed = next(numbers, packed) if packed == FULL else packed
            offset = next(numbers, offset) if offset == FULL else offset
        at += 4 + length
    return size, packed, offset


def content(side: Bytes, member: Member, budget: Budget) -> Bytes:
    """The bytes of a member; stored ones where they lie, others inflated."""
    if member.encrypted:
        raise Unreadable("it is encrypted", "encrypted")
    named = LOCAL.size + len(member.name.encode("utf-8", "replace")) + EXTRA_BYTES
    both = min(named + member.packed, side.size - member.offset)
    few = both <= FEW_BYTES  # then head and content come in one read
    head = exactly(side, member.offset, max(both, LOCAL.size) if few else LOCAL.size)
    mark, *_, name_size, extra_size = LOCAL.unpack_from(head)
    if mark != b"PK\3\4":
        raise Unreadable("a member is not where the directory says")
    inside = LOCAL.size + name_size + extra_size
    start = member.offset + inside
    if member.method == STORED:
        if inside + member.size <= len(head):
            return MemoryBytes(head[inside : inside + member.size], side.place)
        return Part(side, start, member.size)
    methods = {DEFLATED: "deflate", BZIP2: "bzip2"}
    if member.method not in methods:
        raise Unreadable("its compression is not known", "compressed")
    if start + member.packed > side.size:
        raise Unreadable("it announces more bytes than it has")
    pieces: list[bytes] = []
    got = 0
    spill: SpillBytes | None = None
    for piece in inflated(side, start, member.packed, budget, methods[member.method]):
        got += len(piece)
        if got > member.size:
            raise Unreadable("a member inflates to more than it announces")
        if spill is None and got > IN_MEMORY_BYTES:
            spill = SpillBytes(side.place, budget)
            for one in pieces:
                spill.append(one)
            pieces.clear()
        if spill is not None:
            spill.append(piece)
        else:
            pieces.append(piece)
    if got != member.size:
        raise Unreadable("a member is shorter than it announces")
    return spill if spill is not None else MemoryBytes(b"".join(pieces), side.place)


class SpillBytes:
    """Bytes in a nameless file, which goes with the comparison."""

    def __init__(self, place: Place, budget: Budget) -> None:
        file = tempfile.TemporaryFile()  # noqa: SIM115  (the budget closes it)
        self._file = budget.resources.enter_context(file)
        self.size = 0
        self.place: Place = place

    def append(self, piece: bytes) -> None:
        """More at the end."""
        self._file.write(piece)
        self.size += len(piece)

    def read(self, offset: int, length: int) -> bytes:
        """Exactly the bytes asked for."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise Unreadable("it announces more bytes than it has")
        self._file.seek(offset, os.SEEK_SET)
        return self._file.read(length)

    def beside(self, name: str) -> Bytes | None:
        """Nothing."""
        return None
