"""YAML as kit writes it when it unpacks a Kitfile (FORMAT.md, 7.1)."""

from __future__ import annotations

import functools
import io
import re
from typing import TYPE_CHECKING, Any

import yaml
from yaml.emitter import Emitter, ScalarAnalysis

from kitdesk.modelkit.primitives import go_json
from kitdesk.modelkit.primitives.json_value import Json
from kitdesk.modelkit.yaml import resolver

if TYPE_CHECKING:
    from collections.abc import Iterable

_OLD_WORDS = ("y", "n", "yes", "no", "on", "off")
_OLD_BOOLS = frozenset(
    form for word in _OLD_WORDS for form in (word, word.capitalize(), word.upper())
)
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_LONGEST_KEY = 128
_WORD = 1 << 64
"""Kit's library counts in 64 bits and lets numbers overflow."""
_LARGEST_BASIC = "\uffff"
_SMALLEST_EXPONENT, _LARGEST_EXPONENT = -4, 6


class FlowList(list[Json]):
    """A list that stands in brackets on one line."""


class Ordered(dict[str, Json]):
    """A mapping that keeps its order; others are sorted as kit sorts."""


class _Emitter(Emitter):
    """PyYAML's emitter with the habits of kit's."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def analyze_scalar(self, scalar: str) -> ScalarAnalysis:
        analysis = super().analyze_scalar(scalar)
        if any(character > _LARGEST_BASIC for character in scalar):
            analysis.allow_flow_plain = analysis.allow_block_plain = False
            analysis.allow_single_quoted = analysis.allow_block = False
        return analysis

    def check_simple_key(self) -> bool:
        simple = super().check_simple_key()
        event, analysis = self.event, self.analysis
        if isinstance(event, yaml.ScalarEvent) and analysis and not analysis.multiline:
            return len(event.value.encode()) <= _LONGEST_KEY
        return bool(simple)


def dump(data: Json) -> str:
    """Return a YAML document; numbers are written as 64-bit floats, as kit does."""
    stream = io.StringIO()
    emitter = _Emitter(stream, width=10**9, allow_unicode=True)
    emitter.emit(yaml.StreamStartEvent())
    emitter.emit(yaml.DocumentStartEvent(explicit=False))
    for event in _events(data, in_flow=False):
        emitter.emit(event)
    emitter.emit(yaml.DocumentEndEvent(explicit=False))
    emitter.open_ended = False
    emitter.emit(yaml.StreamEndEvent())
    return stream.getvalue()


def _events(data: Json, *, in_flow: bool) -> Iterable[Any]:
    if isinstance(data, dict):
        yield yaml.MappingStartEvent(None, None, implicit=True, flow_style=in_flow or not data)
        keys = list(data) if isinstance(data, Ordered) else sorted(data, key=_natural)
        for key in keys:
            yield _text(key, in_flow=in_flow)
            yield from _events(data[key], in_flow=in_flow)
        yield yaml.MappingEndEvent()
    elif isinstance(data, list):
        flow = in_flow or isinstance(data, FlowList)
        yield yaml.SequenceStartEvent(None, None, implicit=True, flow_style=flow or not data)
        for item in data:
            yield from _events(item, in_flow=flow)
        yield yaml.SequenceEndEvent()
    elif isinstance(data, str):
        yield _text(data, in_flow=in_flow)
    else:
        yield _scalar(_word(data))


def _word(data: bool | float | None) -> str:
    if data is None:
        return "null"
    if isinstance(data, bool):
        return "true" if data else "false"
    try:
        return number(float(data))
    except OverflowError:
        return number(float("inf"))


def _text(value: str, *, in_flow: bool) -> yaml.ScalarEvent:
    if "\n" in value:
        return _scalar(value, '"' if in_flow else "|")
    plain = (
        resolver.tag_of(value) == "!!str"
        and value not in _OLD_BOOLS
        and not _BASE_60.fullmatch(value)
    )
    return _scalar(value, None if plain else '"')


def _scalar(value: str, style: str | None = None) -> yaml.ScalarEvent:
    return yaml.ScalarEvent(None, None, (True, True), value, style=style)


def number(x: float) -> str:
    """Return a float as Go's ``FormatFloat(x, 'g', -1, 64)``."""
    sign, digits, point = go_json.shortest(x)
    exponent = point - 1
    if not digits or _SMALLEST_EXPONENT <= exponent < _LARGEST_EXPONENT:
        return go_json.plain(sign, digits, point)
    tail = "." + digits[1:] if digits[1:] else ""
    return f"{sign}{digits[0]}{tail}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _compare(a: str, b: str) -> int:
    """Order of keys in kit's YAML library: runs of digits by value, letters after the rest."""
    digits = False
    for i, (left, right) in enumerate(zip(a, b, strict=False)):
        if left == right:
            digits = left.isdecimal()
            continue
        if left.isalpha() and right.isalpha():
            return -1 if left < right else 1
        if left.isalpha() or right.isalpha():
            return -1 if (left if digits else right).isalpha() else 1
        return _compare_numbers(a, b, i)
    return (len(a) > len(b)) - (len(a) < len(b))


def _compare_numbers(a: str, b: str, i: int) -> int:
    start = 0
    if "0" in (a[i], b[i]):
        before = a[len(a[:i].rstrip("0123456789")) : i]
        start = int(before.strip("0") != "")
    left, left_size = _number_at(a, i, start)
    right, right_size = _number_at(b, i, start)
    if left != right:
        return -1 if left < right else 1
    if left_size != right_size:
        return -1 if left_size < right_size else 1
    return -1 if a[i] < b[i] else 1


def _number_at(text: str, i: int, start: int) -> tuple[int, int]:
    number_, end = start, i
    while end < len(text) and text[end].isdecimal():
        number_ = (number_ * 10 + ord(text[end]) - ord("0")) % _WORD
        end += 1
    return number_ - _WORD * (number_ >= _WORD // 2), end


_natural = functools.cmp_to_key(_compare)
