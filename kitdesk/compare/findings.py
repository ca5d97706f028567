"""The first sentence of a comparison, made from what is known of the contents of its files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitdesk.compare.content.differ import ASKS
from kitdesk.compare.content.result import TableDiff, ValuesDiff
from kitdesk.compare.content.words import count, label, value
from kitdesk.compare.row_words import change_words, is_scalar_change
from kitdesk.compare.values import Comparison, FieldChange, Verdict
from kitdesk.modelkit.metrics.comparing import is_better
from kitdesk.modelkit.metrics.names import direction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kitdesk.compare.content.result import Content

MAX_FINDINGS = 3
"""Parts of the sentence; dangers come in addition."""
MAX_DANGERS = 2
MEASURES = re.compile(r"metric|eval|score|result", re.IGNORECASE)
"""File names of which a value like ``accuracy`` is a measure."""
TOLD = frozenset({"table", "tensors", "graph", "trees", "notebook", "database", "object"})
"""Kinds that lead the sentence; code and prose are told by the rows."""


def headline_of(found: Comparison, contents: Mapping[str, Content]) -> str:
    """``rmse 0.82 → 0.99, worse; n_components 20 → 50; ratings: 3 rows added.``

    The headline of the comparison where nothing better is known.
    """
    if found.verdict is not Verdict.DIFFERENT or not contents or found.problems:
        return found.headline
    dangers = [
        f"{label(_name(path), 60)} {content.summary.partition('; ')[0]}"
        for path, content in contents.items()
        if content.summary.startswith(ASKS)
    ][:MAX_DANGERS]
    fields = [one for one in found.fields if _parameter(one)]
    measures = list(_field_measures(fields)) + list(_file_measures(contents))
    others = [*_parameters(fields, contents), *_tables(contents), *_others(contents)]
    parts = [*dangers, *list(dict.fromkeys([*measures, *others]))[:MAX_FINDINGS]]
    if parts:
        text = "; ".join(parts)
        return text if text.endswith("…") else f"{text}."
    changed = [one for one in found.files if one.path in contents]
    if changed and not found.fields and all(contents[one.path].equal for one in changed):
        some = count(len(changed), "file is", "files are")
        return f"{some} written differently; the content is the same."
    return found.headline


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _parameter(field: FieldChange) -> str:
    """Name of the parameter of a Kitfile's field; "" for other fields."""
    return field.path.partition(".parameters.")[2]


def better(name: str, left: float, right: float) -> str:
    """``better`` or ``worse`` where the name of a measure tells; else ""."""
    way = direction(name)
    if is_better(way, right, left):
        return "better"
    return "worse" if is_better(way, left, right) else ""


def _measure(name: str, left: object, right: object) -> str:
    if not _is_number(left) or not _is_number(right):
        return ""
    assert isinstance(left, int | float)
    assert isinstance(right, int | float)
    how = better(name, left, right)
    return f"{label(name, 60)} {value(left)} → {value(right)}, {how}" if how else ""


def _is_number(thing: object) -> bool:
    return isinstance(thing, int | float) and not isinstance(thing, bool)


def _field_measures(fields: list[FieldChange]) -> Iterator[str]:
    for field in fields:
        told = _measure(_parameter(field), field.left, field.right)
        if told:
            yield told


def _file_measures(contents: Mapping[str, Content]) -> Iterator[str]:
    for path, content in contents.items():
        if not MEASURES.search(_name(path)):
            continue
        for part in content.parts:
            if isinstance(part, ValuesDiff):
                for one in part.changes:
                    name = str(one.path[-1]) if one.path else ""
                    told = _measure(name, one.left, one.right)
                    if told:
                        yield told


def _parameters(fields: list[FieldChange], contents: Mapping[str, Content]) -> Iterator[str]:
    for field in fields:
        plain = isinstance(field.left, str | int | float) and isinstance(
            field.right, str | int | float
        )
        if plain and not _measure(_parameter(field), field.left, field.right):
            name = label(_parameter(field), 60)
            yield f"{name} {value(field.left, 40)} → {value(field.right, 40)}"
    for path, content in contents.items():
        if content.kind not in {"object", "values"} or MEASURES.search(_name(path)):
            continue
        for part in content.parts:
            if isinstance(part, ValuesDiff):
                yield from (change_words(one) for one in part.changes if is_scalar_change(one))


def _tables(contents: Mapping[str, Content]) -> Iterator[str]:
    for path, content in contents.items():
        rows = next((one.rows for one in content.parts if isinstance(one, TableDiff)), None)
        if rows is None or content.equal or None in content.formats:
            continue
        told = [
            f"{count(number, 'row') if at == 0 else number} {verb}"
            for at, (number, verb) in enumerate(
                (number, verb)
                for number, verb in (
                    (rows.added, "added"),
                    (rows.removed, "removed"),
                    (rows.changed, "changed"),
                )
                if number
            )
        ]
        if told:
            yield f"{_stem(path)}: {', '.join(told)}"


def _others(contents: Mapping[str, Content]) -> Iterator[str]:
    for path, content in contents.items():
        plain = any(
            isinstance(part, TableDiff)
            or (isinstance(part, ValuesDiff) and any(map(is_scalar_change, part.changes)))
            for part in content.parts
        )
        if content.kind not in TOLD or content.equal or plain or None in content.formats:
            continue
        if content.summary.startswith(ASKS) or not content.summary:
            continue
        yield f"{_stem(path)}: {_class(content) or label(content.summary.partition('; ')[0], 120)}"


def _class(content: Content) -> str:
    """``DataFrame → TruncatedSVD`` where an object is of another class."""
    for fact in content.facts:
        if fact.id == "class" and fact.sign == "M":
            names = [str(one).rpartition(".")[2] for one in (fact.left, fact.right)]
            if names[0] != names[1]:
                return label(" → ".join(names), 120)
    return ""


def _stem(path: str) -> str:
    name = _name(path)
    return label(name.partition(".")[0] or name, 60)
