"""Two pickled models as a table of facts: class, shape, parameters, arrays, what they import."""

from __future__ import annotations

import math
from itertools import islice
from typing import Any

from kitdesk.compare.formats.pickle_read import BITS, Call, Global, Unreadable, read
from kitdesk.compare.values import Fact, FactsDiff, Sign

NOTHING = "–"
COMMANDS = frozenset(
    "os posix nt subprocess sys shutil socket pty commands runpy importlib ctypes webbrowser "
    "multiprocessing asyncio code codeop timeit bdb pdb tempfile pathlib io pip".split()
)
"""Modules that a model has no reason to name: they run commands or open files."""
BUILTINS = frozenset({"eval", "exec", "compile", "open", "__import__", "getattr", "input"})
MAX_ROWS = 40
MOST_FACTS = 1000
"""Entries of the root's state that are looked at."""
DIMENSIONS = 32
"""Of an array; numpy has no more."""
DTYPES = {
    "f8": "float64",
    "f4": "float32",
    "f2": "float16",
    "i8": "int64",
    "i4": "int32",
    "i2": "int16",
    "i1": "int8",
    "u1": "uint8",
    "u4": "uint32",
    "u8": "uint64",
    "b1": "bool",
}


def compare(left: bytes, right: bytes) -> FactsDiff | None:
    """Facts of both sides; None when neither can be read (empty bytes = the side has no file)."""
    facts: list[dict[str, str]] = []
    imports: list[tuple[Global, ...]] = []
    for data in (left, right):
        if not data:
            facts.append({})
            imports.append(())
            continue
        try:
            root, names = read(data)
        except Unreadable:
            return None
        facts.append(describe(root, names))
        imports.append(names)
    rows = [
        _fact(name, facts[0].get(name), facts[1].get(name))
        for name in list(dict.fromkeys((*facts[0], *facts[1])))[:MAX_ROWS]
    ]
    return FactsDiff(tuple(rows), _note([one for names in imports for one in names]))


def _fact(name: str, old: str | None, new: str | None) -> Fact:
    sign: Sign = "=" if old == new else "A" if old is None else "D" if new is None else "M"
    return Fact(sign, name, old or NOTHING, new or NOTHING)


def _note(imports: list[Global]) -> str:
    bad = sorted(
        {
            one.full
            for one in imports
            if one.module.partition(".")[0] in COMMANDS
            or (one.module in {"builtins", "__builtin__"} and one.name in BUILTINS)
        }
    )
    if bad:
        return f"Read without running the pickle. Take care: it asks for {', '.join(bad[:3])}."
    return "Read without running the pickle. Nothing in it asks to run a command or open a file."


def describe(root: object, imports: tuple[Global, ...]) -> dict[str, str]:
    """Facts of one pickle, in the order in which they are shown."""
    facts = {"Class": class_of(root)}
    table = _table(root)
    if table:
        facts["Table"] = table
    shape = _array(root)
    if shape:
        facts["Array"] = shape
    state = root.state if isinstance(root, Call) else root
    if isinstance(state, dict) and not table:
        for key, value in islice(state.items(), MOST_FACTS):
            name = short(key)
            if name == "_sklearn_version":
                facts["Written by"] = f"scikit-learn {short(value)}"
            elif not name.startswith("_"):
                facts[name] = short(value)
    elif isinstance(root, list | tuple):
        facts["Length"] = f"{len(root):,}"
    packages = sorted({one.module.partition(".")[0] for one in imports} - {"builtins", "copyreg"})
    if packages:
        facts["Imports"] = ", ".join(packages)
    return facts


def class_of(value: object) -> str:
    """Full name of the class that the root would have."""
    if isinstance(value, Call):
        what = value.what
        if isinstance(what, Global):
            made = what.full == "copyreg._reconstructor" or what.name == "_reconstruct"
            given = value.arguments if isinstance(value.arguments, tuple) else ()
            return _named(given[0]) if made and given else what.full
        return _named(what)
    return type(value).__name__


def _named(value: object) -> str:
    """A class as it is named; what would be called to find it is not followed."""
    if isinstance(value, Global):
        return value.full
    return short(value) if isinstance(value, str) else "…"


def short(value: object) -> str:
    """A value in a cell."""
    if isinstance(value, Global):
        return value.full
    if isinstance(value, Call):
        return _array(value) or _scalar(value) or class_of(value)
    if isinstance(value, dict):
        return f"{len(value):,} entries"
    if isinstance(value, list | tuple) and len(value) > 6:
        return f"{len(value):,} items"
    if isinstance(value, bytes | bytearray):
        return f"{len(value):,} bytes"
    text = value if isinstance(value, str) else _written(value, 0)
    return f"{text[:59]}…" if len(text) > 60 else text


def _written(value: object, depth: int) -> str:
    """A value as Python writes it, no deeper and no longer than a cell shows."""
    if isinstance(value, int) and value.bit_length() > BITS:
        return f"a number of {value.bit_length():,} bits"
    if isinstance(value, str | bytes | bytearray):
        return repr(value[:60])
    if isinstance(value, list | tuple) and value:
        if depth >= 2 or len(value) > 6:
            return "…"
        inner = ", ".join(_written(one, depth + 1) for one in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    if isinstance(value, dict | Call | Global):
        return short(value)
    return repr(value)


def _array(value: object) -> str:
    """``610 × 610, float64`` of a numpy array (state: version, shape, dtype, order, bytes)."""
    if not isinstance(value, Call) or not isinstance(value.what, Global):
        return ""
    found = _shape_and_type(value)
    if found is None:
        return ""
    shape, dtype = found
    size = " × ".join(f"{part:,}" for part in shape) if shape else "scalar"
    return f"{size}, {_dtype(dtype)}"


def _shape_and_type(value: Call) -> tuple[tuple[int, ...], object] | None:
    if not isinstance(value.what, Global):
        return None
    given, state = value.arguments, value.state
    shape: object
    if value.what.name == "_reconstruct" and isinstance(state, tuple) and len(state) > 2:
        shape, dtype = state[1], state[2]
    elif value.what.name == "_frombuffer" and isinstance(given, tuple) and len(given) > 2:
        dtype, shape = given[1], given[2]
    else:
        return None
    if not isinstance(shape, tuple) or len(shape) > DIMENSIONS:
        return None
    sizes = tuple(part for part in shape if isinstance(part, int) and part.bit_length() < 64)
    return (sizes, dtype) if len(sizes) == len(shape) else None


def _dtype(value: object) -> str:
    if isinstance(value, Call) and isinstance(value.arguments, tuple) and value.arguments:
        name = short(value.arguments[0])
        return "object" if name == "O8" else DTYPES.get(name, name)
    return "unknown"


def _scalar(value: Call) -> str:
    if isinstance(value.what, Global) and value.what.name == "scalar":
        return "a number"
    return ""


def _table(root: object) -> str:
    """``610 rows × 610 columns, float64`` of a pandas DataFrame."""
    if not class_of(root).endswith("DataFrame"):
        return ""
    best: tuple[int, str] = (0, "")
    for shape, dtype in _arrays(root, set(), 0):
        if len(shape) == 2 and math.prod(shape) > best[0]:
            columns, rows = shape
            words = f"{rows:,} rows × {columns:,} columns, {dtype}"
            best = (math.prod(shape), words)
    return best[1]


def _arrays(value: Any, seen: set[int], depth: int) -> list[tuple[tuple[int, ...], str]]:
    if id(value) in seen or depth > 12:
        return []
    seen.add(id(value))
    found: list[tuple[tuple[int, ...], str]] = []
    if isinstance(value, Call):
        state = value.state
        array = _shape_and_type(value)
        if array is not None:
            found.append((array[0], _dtype(array[1])))
        inner = [value.arguments, state, value.items]
    elif isinstance(value, dict):
        inner = list(value.values())
    elif isinstance(value, list | tuple):
        inner = list(value)[:64]
    else:
        return []
    for one in inner:
        found += _arrays(one, seen, depth + 1)
    return found
