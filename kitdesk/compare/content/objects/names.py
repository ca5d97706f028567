"""Names of classes and keys, as people write them; nothing is printed without a bound."""

from __future__ import annotations

import hashlib
from typing import Any

from kitdesk.compare.content.objects import arrays
from kitdesk.compare.content.objects.cursor import Payload
from kitdesk.compare.content.objects.symbols import (
    Call,
    Global,
    Inline,
    Mapping,
    Sequence,
    arguments_of,
)
from kitdesk.compare.content.words import big

MAX_KEY = 200
"""Characters of a key."""
SHORT = {
    "pandas.core.frame.DataFrame": "pandas.DataFrame",
    "pandas.core.series.Series": "pandas.Series",
}


def class_name(found: Global) -> str:
    """Builtins without their module, pandas' classes under the names that people use."""
    full = found.full
    return SHORT.get(full, full.removeprefix("builtins."))


def class_of(thing: Any) -> str:
    """The class of a symbol, as people write it."""
    if isinstance(thing, Call):
        if is_reconstructor(thing):
            arguments = arguments_of(thing)
            if arguments and isinstance(arguments[0], Global):
                return class_name(arguments[0])
        if isinstance(thing.what, Global):
            if inline(thing) is not None or thing.name in {
                *arrays.RECONSTRUCT,
                arrays.FROM_BUFFER,
            }:
                return "numpy.ndarray"
            return class_name(thing.what)
        return "?"
    if isinstance(thing, Sequence):
        return thing.kind
    if isinstance(thing, Mapping):
        return "dict"
    if isinstance(thing, Global):
        return class_name(thing)
    if isinstance(thing, Payload):
        return "bytes"
    return "NoneType" if thing is None else type(thing).__name__


def is_reconstructor(call: Call) -> bool:
    """A call that only names the class it builds."""
    return call.name in {
        "copyreg._reconstructor", "copyreg.__newobj__", "copyreg.__reduce_ex__",
        "pandas.core.indexes.base._new_Index",
    }  # fmt: skip


def inline(call: Call) -> tuple[Any, Any, str, Any] | None:
    """The array that follows a wrapper of joblib."""
    found = call.keywords
    return (
        (found.dtype, found.shape, found.order, found.data) if isinstance(found, Inline) else None
    )


def steps_of(thing: Sequence) -> list[Sequence] | None:
    """A list of tuples led by unique texts."""
    if thing.kind != "list" or not thing.items:
        return None
    steps = [
        one
        for one in thing.items
        if isinstance(one, Sequence)
        and one.kind == "tuple"
        and len(one.items) >= 2
        and isinstance(one.items[0], str)
    ]
    if len(steps) < len(thing.items):
        return None
    if len({one.items[0][:MAX_KEY] for one in steps}) < len(steps):
        return None
    return steps


def is_private(pair: tuple[Any, Any]) -> bool:
    """Its name begins with an underscore: told last."""
    return isinstance(pair[0], str) and pair[0].startswith("_")


def key_text(key: Any) -> str:
    """A key of a dict in a path: texts as they are, numbers as text, all else bounded."""
    if isinstance(key, str):
        return key if len(key) <= MAX_KEY else f"{key[:MAX_KEY]}… ({len(key)} characters)"
    if isinstance(key, bool) or key is None:
        return str(key)
    if isinstance(key, int):
        return str(key) if key.bit_length() < 400 else big(key)[:MAX_KEY]
    if isinstance(key, float):
        return repr(key)
    if isinstance(key, Sequence) and len(key.items) <= 8 and all(map(_short, key.items)):
        return "(" + ", ".join(str(one) for one in key.items) + ")"
    if isinstance(key, bytes):
        return repr(key[:MAX_KEY])
    if isinstance(key, Call) and key.name == arrays.SCALAR:
        value = arrays.scalar_of(key)
        return key_text(value) if value is not key else "(scalar)"
    return f"({class_of(key)})"


def _short(one: Any) -> bool:
    if isinstance(one, str):
        return len(one) <= MAX_KEY
    if isinstance(one, int):
        return one.bit_length() < 400
    return one is None or isinstance(one, float)


def raw(thing: bytes | Payload) -> Any:
    """Bytes by their length and hash."""
    if isinstance(thing, Payload):
        if thing.length > 64 << 20:
            return f"{thing.length:,} bytes"
        mark = hashlib.sha256()
        side = thing.bytes()
        for at in range(0, side.size, 1 << 20):
            mark.update(side.read(at, min(1 << 20, side.size - at)))
        return f"{thing.length:,} bytes ({mark.hexdigest()[:12]})"
    if len(thing) <= 64:
        return repr(thing)
    return f"{len(thing):,} bytes ({hashlib.sha256(thing).hexdigest()[:12]})"
