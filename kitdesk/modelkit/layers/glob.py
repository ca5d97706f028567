"""Patterns of ``.kitignore`` as regular expressions, as moby's matcher and Go's RE2 read them."""

from __future__ import annotations

import re
import string
from typing import Literal, NamedTuple

from kitdesk.modelkit.primitives.linear_match import LinearPattern

_ESCAPED = frozenset(".+(){}|$")
_CLASSES = {
    "d": "0-9",
    "w": "0-9A-Za-z_",
    "s": "\\t\\n\\f\\r ",
}
_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\\x00-\\x7f",
    "blank": "\\t ",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\t\\n\\v\\f\\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_CONTROLS = {"a": "\\x07", "f": "\\f", "t": "\\t", "n": "\\n", "r": "\\r", "v": "\\v"}
_FEW = 2
"""Wildcards that ``re`` may look for: it needs (length of the path) squared steps at most."""
_ANCHORS = {"A": "\\A", "z": "\\Z", "b": "\\b", "B": "\\B"}


class BadExpressionError(ValueError):
    """RE2 refuses the expression that a pattern makes."""


class Translated(NamedTuple):
    """How a pattern is compared, and with what."""

    kind: Literal["exact", "prefix", "suffix", "regex"]
    text: str
    """For ``regex``: an expression in Go's syntax, anchored at both ends."""


def is_valid(pattern: str) -> bool:
    """Whether Go's ``filepath.Match`` finds the pattern well-formed."""
    i, size = 0, len(pattern)

    def single(at: int) -> int:
        if at >= size or pattern[at] in "-]":
            return -1
        at += pattern[at] == "\\"
        return at + 1 if at + 1 < size else -1

    while i < size:
        if pattern[i] == "\\":
            i += 1
            if i >= size:
                return False
        elif pattern[i] == "[":
            i += 1 + (pattern[i + 1 : i + 2] == "^")
            first = True
            while first or pattern[i : i + 1] != "]":
                i = single(i)
                if i >= 0 and pattern[i] == "-":
                    i = single(i + 1)
                if i < 0:
                    return False
                first = False
        i += 1
    return True


def translate(pattern: str) -> Translated:
    """Turn a cleaned pattern into what paths are compared with (FORMAT.md, 3.3)."""
    kind: Literal["exact", "prefix", "suffix", "regex"] = "exact"
    shown: list[str] = ["^"]
    i, turn, size = 0, 0, len(pattern)
    while i < size:
        character = pattern[i]
        i += 1
        if character == "*" and pattern[i : i + 1] == "*":
            i += 1
            i += pattern[i : i + 1] == "/"
            if i < size:
                shown.append("(.*/)?")
                kind = "regex"
            elif kind == "exact":
                kind = "prefix"
            else:
                shown.append(".*")
                kind = "regex"
            if turn == 0:
                kind = "suffix"
        elif character in "*?":
            shown.append("[^/]*" if character == "*" else "[^/]")
            kind = "regex"
        elif character in _ESCAPED:
            shown.append("\\" + character)
        elif character == "\\":
            shown.append("\\" + pattern[i : i + 1])
            i += 1
            kind = "regex"
        else:
            shown.append(character)
            if character in "[]":
                kind = "regex"
        turn += 1
    if kind == "regex":
        return Translated(kind, "".join(shown) + "$")
    if kind == "prefix":
        return Translated(kind, pattern[:-2])
    return Translated(kind, pattern[2:] if kind == "suffix" else pattern)


def compile_go(expression: str) -> re.Pattern[str] | LinearPattern:
    """Compile an expression of Go's RE2 for ``match``; raises BadExpressionError.

    With more than two wildcards Python's own matcher could go back for ever.
    """
    shown = _parts(expression)
    try:
        compiled = re.compile("".join(shown), re.ASCII)
    except re.error as error:
        raise BadExpressionError(str(error)) from None
    return compiled if shown.count("*") <= _FEW else LinearPattern(shown)


def _parts(expression: str) -> list[str]:
    shown: list[str] = []
    i = 0
    while i < len(expression):
        character = expression[i]
        if character == "[":
            i, part = _class(expression, i + 1)
            shown.append(part)
            continue
        if character == "\\":
            i += 1
            shown.append(_escape(expression[i : i + 1], inside=False))
        elif character == "$":
            shown.append("\\Z")
        elif character == "^":
            shown.append("\\A")
        elif character in ".*?()":
            shown.append(character)
        else:
            shown.append(re.escape(character))
        i += 1
    return shown


def _escape(character: str, *, inside: bool) -> str:
    low = character.lower()
    if low in _CLASSES:
        if not inside:
            return f"[{'' if character == low else '^'}{_CLASSES[low]}]"
        return _CLASSES[low] if character == low else f"\\{character}"
    if character in _CONTROLS:
        return _CONTROLS[character]
    if character in _ANCHORS and not inside:
        return _ANCHORS[character]
    if not character or character in string.ascii_letters + string.digits or character > "\x7f":
        raise BadExpressionError(f"unknown escape “\\{character}”")
    return re.escape(character)


def _class(expression: str, i: int) -> tuple[int, str]:
    """Translate a bracket expression that starts before ``i``; return where it ends."""
    negated = expression[i : i + 1] == "^"
    i += negated
    parts: list[str] = []
    first = True
    while first or expression[i : i + 1] != "]":
        first = False
        posix = re.compile(r"\[:(\^?)([a-z]+):\]").match(expression, i)
        if posix:
            if posix[2] not in _POSIX or posix[1]:
                raise BadExpressionError(f"unknown class “{posix[0]}”")
            parts.append(_POSIX[posix[2]])
            i = posix.end()
            continue
        i, low, is_set = _item(expression, i)
        if not is_set and expression[i : i + 1] == "-" and expression[i + 1 : i + 2] != "]":
            i, high, is_set = _item(expression, i + 1)
            if is_set or high < low:
                raise BadExpressionError("the range runs backwards")
            parts.append(f"{_in_class(low)}-{_in_class(high)}")
        else:
            parts.append(low if is_set else _in_class(low))
    return i + 1, f"[{'^' if negated else ''}{''.join(parts)}]"


def _item(expression: str, i: int) -> tuple[int, str, bool]:
    """Read one character or class of characters inside brackets."""
    if i >= len(expression):
        raise BadExpressionError("the closing bracket is missing")
    character = expression[i]
    if character != "\\":
        return i + 1, character, False
    character = expression[i + 1 : i + 2]
    if character.lower() in _CLASSES or character in _CONTROLS:
        shown = _escape(character, inside=True)
        if character in _CONTROLS:
            return i + 2, "\a\f\t\n\r\v"["aftnrv".index(character)], False
        return i + 2, shown, True
    _escape(character, inside=True)
    return i + 2, character, False


def _in_class(character: str) -> str:
    return "\\" + character if character in "\\]^-[&~|" else character
