"""One block of a tar header, as Go's writer makes it (FORMAT.md, 4)."""

from __future__ import annotations

from zlib import adler32

BLOCK = 512
NAME, PREFIX = 100, 155
"""Bytes of the two fields for a name."""
_UID = 1000


def plain(name: bytes, mode: int, size: int, is_dir: bool) -> bytes:
    """Return the common header from a template: only what differs is summed up."""
    known = _TEMPLATES.get((mode, is_dir))
    if known is None:
        known = _TEMPLATES[mode, is_dir] = _template(mode, is_dir)
    checksum, between, tail = known
    size_text = b"%011o" % size
    # adler32's lower half is 1 + the sum of the bytes, below 65,521: a tenth of the time of sum()
    added = (adler32(name + size_text) & 0xFFFF) - 1
    return b"%b%b%b\x0000000000000\0%06o\0 %b" % (
        name.ljust(NAME, b"\0"),
        between,
        size_text,
        checksum + added,
        tail,
    )


def block(
    name: bytes,
    mode: int,
    size: int,
    kind: bytes,
    prefix: bytes = b"",
    *,
    extension: bool = False,
) -> bytes:
    """Return a header block; ``kind`` is the type flag, ``extension`` marks a PAX header."""
    uid = 0 if extension else _UID
    devices = bytes(16) if extension else b"0000000\0" * 2
    made = b"".join(
        (
            name.ljust(100, b"\0"),
            b"%07o\0%07o\0%07o\0%011o\0%011o\0" % (mode, uid, 0, size, 0),
            b"        ",
            kind,
            bytes(100),
            b"ustar\00000",
            bytes(64),
            devices,
            prefix.ljust(PREFIX, b"\0"),
            bytes(12),
        )
    )
    return made[:148] + b"%06o\0 " % sum(made) + made[156:]


def _template(mode: int, is_dir: bool) -> tuple[int, bytes, bytes]:
    """Checksum of a header without name and size, and what stands around the size."""
    made = block(b"", mode, 0, b"5" if is_dir else b"0")
    return int(made[148:154], 8) - sum(b"0" * 11), made[NAME:124], made[156:]


_TEMPLATES: dict[tuple[int, bool], tuple[int, bytes, bytes]] = {}
"""At most 8,192: there are no more modes."""
