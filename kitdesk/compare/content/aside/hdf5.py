"""HDF5, decoded by h5py: what is inside, and datasets piece by piece."""

from __future__ import annotations

import hashlib
import json
import math
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.aside.serve import window
from kitdesk.compare.content.source import Unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitdesk.compare.content.aside.serve import Answer, PipeBytes

MAX_OBJECTS = 100_000
MAX_DEPTH = 64
MAX_ATTRIBUTE_BYTES = 8 << 20
MAX_TEXT = 8 << 20
SLAB_BYTES = 32 << 20
MAX_CHUNK_BYTES = 256 << 20
_open: dict[str, Any] = {}
"""The file that is open, and the rows of it that were read last."""


def _file(side: PipeBytes) -> Any:
    import h5py

    key = f"{side._side} {side.size}"  # noqa: SLF001  (the pipe's own number)
    if _open.get("key") != key:
        old = _open.pop("file", None)
        if old is not None:
            old.close()
        _open.clear()
        _open["stream"] = window(side)
        _open["file"] = h5py.File(_open["stream"], "r")
        _open["key"] = key
    return _open["file"]


def contents(sides: Sequence[PipeBytes], _arguments: dict[str, Any]) -> Answer:
    """Every group and dataset with its attributes."""
    import h5py

    _open.clear()
    found: list[dict[str, Any]] = []
    waiting: list[tuple[str, Any, int]] = [("", _file(sides[0]), 0)]
    seen: set[Any] = set()
    while waiting:
        path, thing, depth = waiting.pop()
        if len(found) >= MAX_OBJECTS or depth > MAX_DEPTH:
            raise Unreadable("it holds too much", "members")
        where = h5py.h5o.get_info(thing.id)
        mark = (where.fileno, where.addr)
        again = mark in seen
        seen.add(mark)
        entry: dict[str, Any] = {"path": path, "attributes": _attributes(thing)}
        if isinstance(thing, h5py.Dataset):
            entry |= _dataset(thing)
        found.append(entry)
        if isinstance(thing, h5py.Group) and not again:
            for name in sorted(thing, reverse=True):
                link = thing.get(name, getlink=True)
                if isinstance(link, h5py.ExternalLink | h5py.SoftLink):
                    continue  # never out of the file, never in circles
                inner = f"{path}/{name}" if path else name
                waiting.append((inner, thing[name], depth + 1))
    return {"entries": found}, b""


def _dataset(thing: Any) -> dict[str, Any]:
    dtype = thing.dtype
    native = dtype.kind in "fiubcUSMm" and thing.shape is not None
    chunks = thing.chunks
    if chunks is not None and math.prod(chunks) * max(dtype.itemsize, 1) > MAX_CHUNK_BYTES:
        native = False
    outside = getattr(thing, "external", None) or getattr(thing, "is_virtual", False)
    return {
        "dtype": "object" if dtype.kind == "O" else "struct" if dtype.kind == "V" else dtype.name,
        "code": dtype.newbyteorder("<").str if native and not outside else None,
        "shape": list(thing.shape or ()),
        "outside": bool(outside),
        "texts": dtype.kind == "O",
    }


def _attributes(thing: Any) -> dict[str, Any]:
    made = {}
    for name in thing.attrs:
        try:
            size = thing.attrs.get_id(name).get_storage_size()
        except RuntimeError:  # nothing is stored
            size = 0
        if size > MAX_ATTRIBUTE_BYTES:
            made[name] = f"{size:,} bytes"
            continue
        try:
            made[name] = _plain(thing.attrs[name])
        except (OSError, RuntimeError, TypeError, ValueError):
            made[name] = "not readable"
    return made


def _plain(value: Any) -> Any:
    import h5py
    import numpy as np

    if isinstance(value, h5py.Empty):
        return None
    if isinstance(value, bytes):
        return value[:MAX_TEXT].decode("utf-8", "replace")
    if isinstance(value, str):
        return value[:MAX_TEXT]
    if isinstance(value, np.ndarray):
        if value.size > 100_000:
            return f"{value.size:,} values"
        return [_plain(one) for one in value.reshape(-1).tolist()]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, bool | int | float) else str(value)[:1000]


def read(sides: Sequence[PipeBytes], arguments: dict[str, Any]) -> Answer:
    """Bytes ``offset`` to ``offset + length`` of a dataset, as if it lay there in C order."""
    import numpy as np

    file = _file(sides[0])
    data = file[arguments["path"]]
    offset, length = arguments["offset"], arguments["length"]
    dtype = data.dtype.newbyteorder("<")
    if not data.shape:
        raw = np.asarray(data[()], dtype).tobytes()
        return {}, raw[offset : offset + length]
    row = dtype.itemsize * math.prod(data.shape[1:])
    if row > MAX_CHUNK_BYTES * 2:
        raise Unreadable("its rows are too long", "size")
    first, last = offset // row, -(-(offset + length) // row)
    slab = _open.get("slab")
    if slab is None or slab[0] != arguments["path"] or not slab[1] <= first <= last <= slab[2]:
        end = min(data.shape[0], max(last, first + max(1, SLAB_BYTES // row)))
        _open["slab"] = None
        raw = np.ascontiguousarray(data[first:end], dtype).tobytes()
        slab = _open["slab"] = (arguments["path"], first, end, raw)
    start = offset - slab[1] * row
    return {}, slab[3][start : start + length]


def texts(sides: Sequence[PipeBytes], arguments: dict[str, Any]) -> Answer:
    """A hash of a dataset of texts of any length."""
    data = _file(sides[0])[arguments["path"]]
    mark = hashlib.sha256()
    step = 10_000
    total = data.shape[0] if data.shape else 1
    for at in range(0, total, step):
        part = data[at : at + step] if data.shape else [data[()]]
        for one in part:
            text = one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one)
            mark.update(json.dumps(text).encode())
    return {"hash": mark.hexdigest()}, b""


JOBS = {"contents": contents, "read": read, "texts": texts}
