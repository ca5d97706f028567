"""The JSON of a compared content (``compare --content --json``)."""

from __future__ import annotations

import math
from typing import Any

from kitdesk.compare.content import parts as p
from kitdesk.compare.content import result as r
from kitdesk.compare.content.words import MAX_DIGITS, MAX_TEXT, big, inert, label

DEEPEST = 210
"""Values are never nested deeper than a reader follows."""


def content_json(content: r.Content) -> dict[str, Any]:
    """Everything that is known of the difference, as JSON values only."""
    left, right = content.formats
    done: dict[str, Any] = {
        "kind": content.kind,
        "format": {"left": left, "right": right},
        "summary": inert(content.summary),
        "equal": content.equal,
        "complete": content.complete,
        "limits": [{"code": one.code, "text": inert(one.text)} for one in content.limits],
        "facts": [
            {
                "id": label(fact.id),
                "name": label(fact.name),
                "left": plain(fact.left),
                "right": plain(fact.right),
                "sign": fact.sign,
            }
            for fact in content.facts
        ],
    }
    for part in content.parts:
        done.update(_part(part))
    return done


def plain(value: object, depth: int = 0) -> Any:
    """A JSON value: no NaN, no endless number or text, nothing that is not inert."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if value.bit_length() < MAX_DIGITS * 3.32 else big(value)
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return value
    if isinstance(value, str):
        return inert(value if len(value) <= MAX_TEXT else value[:MAX_TEXT] + "…")
    if depth > DEEPEST:
        return "…"
    if isinstance(value, list | tuple):
        return [plain(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {label(str(key), 10_000): plain(one, depth + 1) for key, one in value.items()}
    return label(type(value).__name__)


def _part(part: r.Part) -> dict[str, Any]:
    match part:
        case r.TextDiff():
            done: dict[str, Any] = {"lines": {"added": part.added, "removed": part.removed}}
            if part.rows:
                from kitdesk.compare.content.lines import unified

                done["diff"] = inert(unified(part.rows))
            return done
        case r.ValuesDiff():
            return {
                "values": [
                    {
                        "path": [plain(step) for step in one.path],
                        "left": plain(one.left),
                        "right": plain(one.right),
                        "sign": one.sign,
                    }
                    for one in part.changes
                ]
            }
        case r.TableDiff():
            return _table(part)
        case r.TensorsDiff():
            return {"tensors": _tensors(part)}
        case p.NotebookDiff():
            return {"cells": _cells(part)}
        case p.ImageDiff():
            return {
                "pixels": {
                    "compared": part.compared,
                    "changed": part.changed,
                    "max_delta": part.max_delta,
                    "box": list(part.box) if part.box else None,
                }
            }
        case p.ArchiveDiff():
            return {"members": [_member(one) for one in part.members]}
        case r.DatabaseDiff():
            return {
                "tables": [
                    {"name": label(one.name), "sign": one.sign, **_table(one.table)}
                    for one in part.tables
                ]
            }
        case p.PackagesDiff():
            return {
                "packages": [
                    {
                        "name": label(one.name),
                        "sign": one.sign,
                        "left": None if one.left is None else label(one.left, 1000),
                        "right": None if one.right is None else label(one.right, 1000),
                        "change": one.change,
                    }
                    for one in part.packages
                ]
            }
        case p.ImportsDiff():
            return {
                "imports": {
                    "left": [label(one) for one in part.left],
                    "right": [label(one) for one in part.right],
                    "dangerous": [label(one) for one in part.dangerous],
                }
            }


def _member(one: p.MemberChange) -> dict[str, Any]:
    return {
        "path": label(one.path, 4096),
        "sign": one.sign,
        "left": None if one.left is None else {"size": one.left},
        "right": None if one.right is None else {"size": one.right},
    }


def _table(part: r.TableDiff) -> dict[str, Any]:
    rows = part.rows
    return {
        "rows": {
            "key": None if rows.key is None else [label(one) for one in rows.key],
            "left": rows.left,
            "right": rows.right,
            "added": rows.added,
            "removed": rows.removed,
            "changed": rows.changed,
            "same": rows.same,
        },
        "columns": [_column(one) for one in part.columns],
        "samples": [
            {
                "sign": one.sign,
                "key": [plain(text) for text in one.key],
                "left": _cells_of(one.left),
                "right": _cells_of(one.right),
            }
            for one in part.samples
        ],
    }


def _cells_of(cells: dict[str, str] | None) -> dict[str, Any] | None:
    return None if cells is None else {label(name): plain(text) for name, text in cells.items()}


def _column(one: r.ColumnChange) -> dict[str, Any]:
    done: dict[str, Any] = {"name": label(one.name)}
    if one.old_name is not None:
        done["from"] = label(one.old_name)
    done |= {
        "sign": one.sign,
        "type": {"left": one.left_type, "right": one.right_type},
        "changed": one.changed,
        "rewritten": one.rewritten,
        "left": _statistics(one.left),
        "right": _statistics(one.right),
    }
    return done


def _statistics(one: r.Statistics | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "nulls": one.nulls,
        "distinct": one.distinct,
        "min": plain(one.min),
        "max": plain(one.max),
        "mean": plain(one.mean),
    }


def _tensors(part: r.TensorsDiff) -> dict[str, Any]:
    return {
        "left": part.left,
        "right": part.right,
        "added": part.added,
        "removed": part.removed,
        "changed": part.changed,
        "renamed": part.renamed,
        "same": part.same,
        "parameters": {"left": part.parameters[0], "right": part.parameters[1]},
        "list": [_tensor(one) for one in part.changes],
    }


def _tensor(one: r.TensorChange) -> dict[str, Any]:
    done: dict[str, Any] = {"name": label(one.name, 1000)}
    if one.old_name is not None:
        done["from"] = label(one.old_name, 1000)
    done |= {"sign": one.sign, "left": _facts(one.left), "right": _facts(one.right)}
    if one.delta is not None:
        delta = one.delta
        done["delta"] = {
            "elements": delta.elements,
            "changed": delta.changed,
            "mean_abs": plain(delta.mean_abs),
            "max_abs": plain(delta.max_abs),
            "cosine": plain(delta.cosine),
        }
    return done


def _facts(one: r.TensorFacts | None) -> dict[str, Any] | None:
    return None if one is None else {"dtype": label(one.dtype), "shape": list(one.shape)}


def _cells(part: p.NotebookDiff) -> dict[str, Any]:
    return {
        "left": part.left,
        "right": part.right,
        "added": part.added,
        "removed": part.removed,
        "changed": part.changed,
        "moved": part.moved,
        "outputs": part.outputs,
        "same": part.same,
        "list": [
            {
                "sign": one.sign,
                "type": label(one.type),
                "left": one.left,
                "right": one.right,
                "source": one.source,
                "outputs": one.outputs,
            }
            for one in part.cells
        ],
    }
