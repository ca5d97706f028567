"""Data frames inside a pickle: how many rows, which columns."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass
from typing import Any

from kitdesk.compare.content.objects import arrays
from kitdesk.compare.content.objects.symbols import Call, Global, Mapping, Sequence, arguments_of
from kitdesk.compare.content.source import Unreadable
from kitdesk.compare.content.tree import Moment

MAX_LABELS = 10_000
MAX_LEVELS = 8
MAX_INNER = 16
"""How far an array is looked for inside of others: symbols may go in circles."""
FRAMES = frozenset(("pandas.DataFrame", "pandas.core.frame.DataFrame"))
MANAGERS = ("BlockManager", "SingleBlockManager", "ArrayManager")


@dataclass(frozen=True, slots=True)
class Frame:
    """What is told of a data frame."""

    rows: int | None
    columns: list[str] | None


def frame_of(call: Call) -> Frame | None:
    """The axes of a pandas.DataFrame; None for all else."""
    if not isinstance(call.what, Global) or call.what.full not in FRAMES:
        return None
    state = arrays.attributes(call.state)
    manager = state.get("_mgr", state.get("_data"))
    axes = _axes(manager)
    if len(axes) < 2:
        return Frame(None, None)
    return Frame(_length(axes[1]), _labels(axes[0]))


def _axes(manager: Any) -> list[Any]:
    """The indexes of columns and rows: an argument, or in the state."""
    if not isinstance(manager, Call) or not manager.name.endswith(MANAGERS):
        return []
    for one in arguments_of(manager):
        if isinstance(one, Sequence) and one.kind == "list":
            return one.items
    state = manager.state
    if isinstance(state, Sequence):
        for one in state.items:
            if isinstance(one, Sequence) and one.kind == "list" and one.items:
                return one.items
            if isinstance(one, Mapping):
                inner = arrays.attributes(one).get("0.14.1")
                axes = arrays.attributes(inner).get("axes")
                if isinstance(axes, Sequence):
                    return axes.items
    return []


def _parts(index: Any) -> dict[str, Any]:
    """What an index is made of: data and name, or start, stop and step."""
    if not isinstance(index, Call):
        return {}
    found: dict[str, Any] = {}
    for one in (*arguments_of(index), index.state):
        if isinstance(one, Mapping):
            found |= arrays.attributes(one)
    return found


def _length(index: Any) -> int | None:
    parts = _parts(index)
    start, stop, step = parts.get("start"), parts.get("stop"), parts.get("step")
    if isinstance(start, int) and isinstance(stop, int) and isinstance(step, int) and step:
        return max(0, (stop - start + step - (1 if step > 0 else -1)) // step)
    tensor = _array(parts.get("data"))
    if tensor is not None and tensor.shape:
        return int(tensor.shape[0])
    return None


def _arguments(thing: Any) -> list[Any]:
    return arguments_of(thing)[:MAX_INNER] if isinstance(thing, Call) else []


def _array(data: Any, level: int = 0) -> Any:
    if not isinstance(data, Call) or level > 2:
        return None
    try:
        found = arrays.array_of(data)
    except Unreadable:
        return None
    if found is None:  # an array of an extension type around another one
        held = [*_arguments(data), data.state, *arrays.attributes(data.state).values()]
        for one in held[: 2 * MAX_INNER]:
            inner = _array(one, level + 1)
            if inner is not None:
                return inner
            if isinstance(one, Sequence):
                for each in one.items[:MAX_INNER]:
                    inner = _array(each, level + 1)
                    if inner is not None:
                        return inner
    return found


def _labels(index: Any) -> list[str] | None:
    parts = _parts(index)
    start, stop, step = parts.get("start"), parts.get("stop"), parts.get("step")
    if isinstance(start, int) and isinstance(stop, int) and isinstance(step, int) and step:
        numbers = range(start, stop, step)
        return [str(one) for one in numbers[:MAX_LABELS]]
    texts = _arrow_texts(parts.get("data"))
    if texts is not None:
        return texts
    tensor = _array(parts.get("data"))
    if tensor is None:
        return None
    if isinstance(tensor.opaque, Sequence):
        return [_label(one) for one in tensor.opaque.items[:MAX_LABELS]]
    data = tensor.bytes()
    if (
        data is not None
        and tensor.code
        and tensor.code[1] in "iu"
        and tensor.elements <= MAX_LABELS
    ):
        size = tensor.itemsize
        raw = data.read(0, size * tensor.elements)
        return [
            str(int.from_bytes(raw[at : at + size], "little", signed=tensor.code[1] == "i"))
            for at in range(0, len(raw), size)
        ]
    return None


def _label(one: Any) -> str:
    if isinstance(one, str):
        return one[:1000]
    if isinstance(one, float) or (isinstance(one, int) and one.bit_length() < 400):
        return str(one)
    return "?"


def _arrow_texts(data: Any) -> list[str] | None:
    """The texts of pandas' ArrowStringArray: an array of Arrow, pickled as its buffers."""
    if not isinstance(data, Call) or not data.name.endswith("ArrowStringArray"):
        return None
    found = arrays.attributes(data.state).get("_pa_array")
    for _ in range(MAX_LEVELS):
        if isinstance(found, Call) and found.name == "pyarrow.lib._restore_array":
            break
        items = found.items if isinstance(found, Sequence) else _arguments(found)
        found = next((one for one in items if isinstance(one, Call | Sequence)), None)
    if not isinstance(found, Call):
        return None
    first = arguments_of(found)[:1]
    items = first[0].items if first and isinstance(first[0], Sequence) else []
    if len(items) < 5 or not isinstance(items[4], Sequence) or len(items[4].items) < 3:
        return None
    length, start = items[1], items[3]
    offsets, texts = (_buffer(one) for one in items[4].items[1:3])
    wide = "large" in str([one for one in arguments_of(items[0]) if isinstance(one, str)])
    size = 8 if wide else 4
    if not isinstance(length, int) or not isinstance(start, int):
        return None
    places = [
        int.from_bytes(offsets[at * size : at * size + size], "little")
        for at in range(start, start + min(length, MAX_LABELS) + 1)
    ]
    return [texts[a:b].decode("utf-8", "replace") for a, b in itertools.pairwise(places)]


def _buffer(thing: Any) -> bytes:
    """The bytes inside ``py_buffer(bytearray(b"…"))``."""
    for _ in range(MAX_LEVELS):
        thing = next(iter(_arguments(thing)), None) if isinstance(thing, Call) else thing
    return thing if isinstance(thing, bytes) else b""


def moment(name: str, data: bytes) -> Any:
    """A date or time from the bytes that it pickles itself as."""
    try:
        if name == "datetime.date" and len(data) == 4:
            return Moment(datetime.date(data[0] * 256 + data[1], data[2], data[3]).isoformat())
        if name == "datetime.datetime" and len(data) == 10:
            micro = int.from_bytes(data[7:10], "big")
            made = datetime.datetime(
                data[0] * 256 + data[1], data[2] & 0x7F, data[3], data[4], data[5], data[6], micro
            )
            return Moment(made.isoformat())
    except ValueError:
        pass
    return Moment(data.hex())
