"""What differs in the meaning of two Kitfiles: value by value, and in sentences."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from kitdesk.compare.values import FieldChange, Sentence, Sign

SECTIONS = {"code": "Code", "datasets": "Dataset", "docs": "Docs", "prompts": "Prompt"}
LONG = 60
"""Characters of a value that a sentence quotes."""


def field_changes(left: Mapping[str, Any], right: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """Every value that differs. List items are matched by name, else path, else place.

    Paths read like ``package.version``, ``datasets[ratings].path``, ``model.parameters.rmse``.
    """
    return tuple(_walk("", left, right))


def _walk(path: str, left: object, right: object) -> Iterable[FieldChange]:
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        for key in dict.fromkeys((*left, *right)):
            inner = f"{path}.{key}" if path else str(key)
            yield from _side(inner, key in left, key in right, left.get(key), right.get(key))
    elif _is_items(left) and _is_items(right):
        old, new = _named(left), _named(right)
        for name in dict.fromkeys((*old, *new)):
            inner = f"{path}[{name}]"
            yield from _side(inner, name in old, name in new, old.get(name), new.get(name))
    elif not _equal(left, right):
        yield FieldChange(path, "changed", left, right)


def _equal(left: object, right: object) -> bool:
    """Equal in value and type: 1 is not True, and 1 is not 1.0."""
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(_equal, left, right))
    return type(left) is type(right) and left == right


def _side(
    path: str,
    in_left: bool,
    in_right: bool,
    left: object,
    right: object,
) -> Iterable[FieldChange]:
    if in_left and in_right:
        yield from _walk(path, left, right)
    elif in_left:
        yield FieldChange(path, "removed", left, None)
    else:
        yield FieldChange(path, "added", None, right)


def _is_items(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, Mapping) for item in value)


def _named(items: Any) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for number, item in enumerate(items):
        name = str(item.get("name") or item.get("path") or number)
        while name in result:
            name += "′"
        result[name] = item
    return result


# sentences -----------------------------------------------------------------------------------


def sentences(changes: Iterable[FieldChange]) -> tuple[Sentence, ...]:
    """One sentence a difference, in the order of the Kitfile; parameters are told together."""
    result: list[Sentence] = []
    parameters: list[FieldChange] = []
    for change in changes:
        if ".parameters" in change.path or change.path.endswith(".parameters"):
            parameters.append(change)
        else:
            result.append(_sentence(change))
    return tuple(result + _parameter_sentences(parameters))


_SIGNS: dict[str, Sign] = {"added": "A", "removed": "D", "changed": "M"}


def _sentence(change: FieldChange) -> Sentence:
    sign = _SIGNS[change.kind]
    section, _, rest = change.path.partition("[")
    if rest and rest.endswith("]") and section in SECTIONS:
        return _item(sign, SECTIONS[section], rest[:-1], change)
    if rest and section in SECTIONS:
        name, _, what = rest.partition("].")
        return _value(sign, f"{SECTIONS[section]} ", name, f"’s {_word(what)}", change)
    if change.path == "model":
        name = _name(change.right or change.left)
        verb = " was added." if sign == "A" else " is no longer packed."
        return Sentence(sign, (("Model ", False), (name, True), (verb, False)))
    if change.path.startswith("model."):
        return _value(sign, "", "", f"The model’s {_word(change.path[6:])}", change)
    if change.path.startswith("package."):
        what = _word(change.path[8:])
        return _value(sign, "", "", f"The {what}", change)
    return _value(sign, "", "", f"The {_word(change.path)}", change)


def _item(sign: Sign, kind: str, name: str, change: FieldChange) -> Sentence:
    value = change.right if sign == "A" else change.left
    path = value.get("path", "") if isinstance(value, Mapping) else ""
    if sign == "A":
        tail = f" was added, from {path}." if path and path != name else " was added."
    else:
        tail = " is no longer packed."
    return Sentence(sign, ((f"{kind} ", False), (name, True), (tail, False)))


def _value(sign: Sign, head: str, strong: str, what: str, change: FieldChange) -> Sentence:
    lead = ((head, False), (strong, True), (what, False)) if strong else ((what, False),)
    if sign == "A":
        rest = ((" is new: ", False), (_quote(change.right), True), (".", False))
    elif sign == "D":
        rest = ((" is gone; it was ", False), (_quote(change.left), True), (".", False))
    else:
        rest = (
            (" is now ", False),
            (_quote(change.right), True),
            (f"; it was {_quote(change.left)}.", False),
        )
    return Sentence(sign, (*lead, *rest))


def _parameter_sentences(changes: list[FieldChange]) -> list[Sentence]:
    flat = [leaf for change in changes for leaf in _leaves(change)]
    result = []
    groups: dict[tuple[str, str], list[FieldChange]] = {}
    for change in flat:
        owner = change.path.partition(".parameters")[0]
        groups.setdefault((owner, change.kind), []).append(change)
    for (owner, kind), members in groups.items():
        of = "" if owner == "model" else f" of {owner}"
        result.append(_parameter_sentence(of, kind, members))
    return result


def _parameter_sentence(of: str, kind: str, members: list[FieldChange]) -> Sentence:
    many = len(members) > 1
    parts: list[tuple[str, bool]] = [("Parameters " if many else "Parameter ", False)]
    for number, change in enumerate(members):
        if number:
            parts.append((" and " if number == len(members) - 1 else ", ", False))
        name = change.path.partition(".parameters.")[2] or "parameters"
        if kind == "added":
            parts.append((f"{name} = {_quote(change.right)}", True))
        elif kind == "removed":
            parts.append((name, True))
        else:
            parts += [(name, True), (f" went from {_quote(change.left)}", False)]
            parts.append((f" to {_quote(change.right)}", False))
    if kind == "changed":
        parts.append((f"{of}.", False))
    else:
        done = "added" if kind == "added" else "removed"
        parts.append((f"{of} {'were' if many else 'was'} {done}.", False))
    return Sentence(_SIGNS[kind], tuple(parts))


def _leaves(change: FieldChange) -> Iterable[FieldChange]:
    """A whole map of parameters that came or went, one by one."""
    value = change.right if change.kind == "added" else change.left
    if change.kind != "changed" and isinstance(value, Mapping) and value:
        for key, inner in value.items():
            left, right = (None, inner) if change.kind == "added" else (inner, None)
            yield from _leaves(FieldChange(f"{change.path}.{key}", change.kind, left, right))
    else:
        yield change


def _name(value: object) -> str:
    if isinstance(value, Mapping):
        return str(value.get("name") or value.get("path") or "")
    return ""


def _word(path: str) -> str:
    words = {"license": "licence", "manifestVersion": "manifest version"}
    return words.get(path, path)


def _quote(value: object) -> str:
    if isinstance(value, str):
        text = " ".join(value.split())
        return f"“{text[: LONG - 1]}…”" if len(text) > LONG else f"“{text}”"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return f"{text[: LONG - 1]}…" if len(text) > LONG else text
