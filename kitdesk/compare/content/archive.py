"""Archives by their members: order, times and compression are no difference."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kitdesk.compare.content import zips
from kitdesk.compare.content.model import Model, Outcome, Property
from kitdesk.compare.content.parts import ArchiveDiff, MemberChange
from kitdesk.compare.content.result import MAX_ENTRIES, Limit
from kitdesk.compare.content.source import Mismatch, Unreadable, exactly
from kitdesk.compare.content.table.stream import blocks, compression_of
from kitdesk.compare.content.words import count
from kitdesk.errors import KitDeskError
from kitdesk.modelkit.tar import reader as tar_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

MAX_MEMBERS = 100_000
MAX_INNER_BYTES = 64 << 20
"""A single compressed file is looked into up to this size."""
CHUNK = 1 << 20
ENDINGS = {"gzip": ".gz", "bzip2": ".bz2", "xz": ".xz"}


def read(side: Bytes, name: str, context: Context) -> Model:
    """A zip, a tar, a compressed tar, or one compressed file of any type."""
    head = exactly(side, 0, min(512, side.size))
    if head.startswith(b"PK"):
        return _zip(side, context)
    compression = compression_of(head)
    if compression is None:
        return _tar(side, context, None)
    first = b"".join(_some(blocks(side, context.budget, compression), 512))
    if first[257:262] == b"ustar":
        return _tar(side, context, compression)
    return _single(side, name, context, compression)


def _some(pieces: Iterator[bytes], wanted: int) -> Iterator[bytes]:
    for piece in pieces:
        yield piece
        wanted -= len(piece)
        if wanted <= 0:
            return


def _zip(side: Bytes, context: Context) -> Model:
    model = Model("archive", "zip")
    found = Members()
    for one in zips.members(side, context.budget):
        if one.encrypted:
            found.encrypted = True
        if not one.name.endswith("/"):
            found.put(one.name, one.size, f"{one.crc:08x}")
    if found.encrypted:
        model.limits.append(Limit("encrypted", "Some members are encrypted."))
    return _finished(model, found)


def _tar(side: Bytes, context: Context, compression: str | None) -> Model:
    model = Model("archive", "tar")
    if compression is not None:
        model.facts["compression"] = Property("Compression", compression, counts=False)
    found = Members()
    stream = Stream(blocks(side, context.budget, compression))
    try:
        for entry, content in tar_reader.read(stream):
            if entry.kind == "dir":
                continue
            if len(found.members) >= MAX_MEMBERS:
                raise Unreadable(f"it has more than {MAX_MEMBERS:,} members", "members")
            mark = hashlib.sha256(f"{entry.kind} {entry.link}".encode("utf-8", "surrogateescape"))
            while piece := content.read(CHUNK):
                mark.update(piece)
            found.put(entry.path, entry.size, mark.hexdigest())
    except KitDeskError as error:
        if not found.members:
            raise Mismatch("it is no tar") from error
        model.limits.append(Limit("damaged", "The archive could not be read to its end."))
    return _finished(model, found)


def _finished(model: Model, found: Members) -> Model:
    model.parts["members"] = found
    model.about = f"{model.format} archive, {count(len(found.members), 'member')}"
    return model


def _single(side: Bytes, name: str, context: Context, compression: str) -> Model:
    """One compressed file: what is inside, by its own type."""
    from kitdesk.compare.content import detect
    from kitdesk.compare.content.source import MemoryBytes

    pieces = io.BytesIO()
    for piece in blocks(side, context.budget, compression):
        pieces.write(piece)
        if pieces.tell() > MAX_INNER_BYTES:
            raise Unreadable("it inflates to more than is read", "size")
    if compression_of(pieces.getvalue()[:8]):
        raise Unreadable("it is compressed more than once", "compressed")
    inner = name.removesuffix(ENDINGS[compression])
    model = detect.read(MemoryBytes(pieces.getvalue(), side.place), inner, context)
    model.facts["compression"] = Property("Compression", compression, counts=False)
    return model


class Stream:
    """Pieces as a file that is read forwards."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int = -1, /) -> bytes:
        """Up to ``size`` bytes; empty at the end."""
        if not self._rest:
            self._rest = next(self._pieces, b"")
        wanted = len(self._rest) if size < 0 else size
        data, self._rest = self._rest[:wanted], self._rest[wanted:]
        return data


@dataclass(slots=True)
class Members:
    """The members of one side; the second of a name is told apart by its number."""

    members: dict[tuple[str, int], tuple[int, str]] = field(default_factory=dict)
    """(path, number) -> (size in bytes, checksum)."""
    encrypted: bool = False
    _seen: Counter[str] = field(default_factory=Counter)

    def put(self, path: str, size: int, mark: str) -> None:
        """One more."""
        self.members[path, self._seen[path]] = (size, mark)
        self._seen[path] += 1

    @classmethod
    def differ(cls, left: Members | None, right: Members | None, context: Context) -> Outcome:
        """By path."""
        old = left.members if left else {}
        new = right.members if right else {}
        context.budget.check()
        changes = []
        for key in dict.fromkeys((*old, *new)):
            a, b = old.get(key), new.get(key)
            if a == b:
                continue
            sign = "A" if a is None else "D" if b is None else "M"
            changes.append(
                MemberChange(key[0], sign, a[0] if a else None, b[0] if b else None)  # type: ignore[arg-type]  # mypy widens the letters to str
            )
        signs = Counter(one.sign for one in changes)
        words = [
            f"{count(signs[sign], 'member')} {word}"  # type: ignore[index]  # the letters, as above
            for sign, word in (("M", "changed"), ("A", "added"), ("D", "removed"))
            if signs[sign]  # type: ignore[index]  # the letters, as above
        ]
        limits: tuple[Limit, ...] = ()
        if len(changes) > MAX_ENTRIES:
            limits = (Limit("long", f"Only the first {MAX_ENTRIES:,} members are listed."),)
        return Outcome(
            ArchiveDiff(tuple(changes[:MAX_ENTRIES]), len(changes)),
            equal=not changes,
            words=(", ".join(words),) if words else (),
            limits=limits,
        )
