"""Every regular expression of the program: found, judged by its shape, and run on long texts."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import resource
import string
import sys
from collections.abc import Iterator
from pathlib import Path
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import kitdesk

ROOT = Path(kitdesk.__file__).parent
FUNCTIONS = {
    "compile",
    "match",
    "fullmatch",
    "search",
    "sub",
    "subn",
    "split",
    "findall",
    "finditer",
}
LENGTH = 50_000
"""Characters of a long text: whoever looks at each pair of them needs a minute."""
SECONDS = 5
"""Of the processor, for one pattern and all texts."""


def literals() -> dict[str, tuple[str, int]]:
    """Where -> pattern and flags of every literal handed to :mod:`re` in the code."""
    found: dict[str, tuple[str, int]] = {}
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = node.func.value
            is_re = isinstance(owner, ast.Name) and owner.id == "re" and node.func.attr in FUNCTIONS
            first = node.args[0] if is_re and node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                place = f"{path.relative_to(ROOT.parent)}:{node.lineno}"
                how = node.func.attr if node.func.attr != "compile" else "match"
                found[f"{place} {how}"] = (first.value, 0)
    return found


def compiled() -> dict[str, tuple[str, int]]:
    """The same of every pattern that a module holds; where -> how it is used and the pattern."""
    everything = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py"))
    found: dict[str, tuple[str, int]] = {}
    for info in pkgutil.walk_packages(kitdesk.__path__, "kitdesk."):
        if info.name == "kitdesk.__main__":
            continue
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            for number, pattern in enumerate(_patterns_in(value)):
                methods = set(
                    re.findall(rf"\b{re.escape(name)}\.({'|'.join(FUNCTIONS)})\(", everything)
                )
                if isinstance(value, tuple | dict):
                    methods = {"finditer"}
                for how in methods or {"match"}:
                    found[f"{info.name}.{name}[{number}] {how}"] = (pattern.pattern, pattern.flags)
    return found


def _patterns_in(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _patterns_in(one)
    elif isinstance(value, dict):
        yield from _patterns_in(tuple(value.values()))


REPEATS = {kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT}


def faults(pattern: str, flags: int = 0) -> list[str]:
    """What in a pattern can go back for ever: repetitions of nothing, and of repetitions.

    A repetition inside another one is sound where neither gives back what it took (``*+``).
    """
    found: list[str] = []

    def walk(parts: Any, outer: Any) -> None:
        for kind, arguments in parts:
            if kind in REPEATS:
                _least, most, inner = arguments
                endless = most is kinds.MAXREPEAT or most > 1000
                if endless and inner.getwidth()[0] == 0:
                    found.append("repeats what may be empty")
                if endless and outer is not None and kinds.POSSESSIVE_REPEAT not in (kind, outer):
                    found.append("repeats a repetition")
                if endless and outer is not None and kind is not kinds.POSSESSIVE_REPEAT:
                    found.append("repeats a repetition that gives back")
                walk(inner, kind if endless else outer)
                continue
            for part in _inner(arguments):
                walk(part, outer)

    walk(parser.parse(pattern, flags), None)
    return found


def _inner(arguments: Any) -> Iterator[Any]:
    if isinstance(arguments, parser.SubPattern):
        yield arguments
    elif isinstance(arguments, tuple | list):
        for one in arguments:
            yield from _inner(one)


def texts(pattern: str) -> Iterator[str]:
    """Long texts made of what the pattern itself is about, which just fail at their end."""
    own = sorted(set(pattern) & set(string.printable))
    units = [*own, *(a + b for a in own[:24] for b in own[:24]), " ", "\n", "a", "1", "\\", '"']
    units += [
        "?#",
        "# ",
        "#\n",
        "! ",
        "--- ",
        "a/",
        "a-",
        "](",
        "[](",
        "http://",
        ".dkr.ecr.",
        '\\"',
    ]
    for unit in dict.fromkeys(units):
        yield unit * (LENGTH // len(unit)) + "\x01"
    yield from (unit + " " * LENGTH + "\x01" for unit in own)


def run(where: str, pattern: str, flags: int) -> None:
    """Run one pattern on all texts, as the program does."""
    found = re.compile(pattern, flags & ~re.DEBUG)
    how = where.rpartition(" ")[2]
    for text in texts(pattern):
        if how in ("sub", "subn"):
            getattr(found, how)("", text)
        elif how == "finditer":
            for _match in found.finditer(text):
                pass
        else:
            getattr(found, how)(text)


def main() -> int:
    """Run all; each has its own limit. The signal ends the process, the last line says where."""
    done = 0.0
    for where, (pattern, flags) in {**literals(), **compiled()}.items():
        used = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        resource.setrlimit(resource.RLIMIT_CPU, (int(used) + 1 + SECONDS, resource.RLIM_INFINITY))
        sys.stdout.write(f"{where}: ")
        sys.stdout.flush()
        run(where, pattern, flags)
        done = resource.getrusage(resource.RUSAGE_SELF).ru_utime - used
        sys.stdout.write(f"{done:.2f} s\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
