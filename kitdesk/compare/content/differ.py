"""The entry point: two files, whatever they are, and what differs between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from kitdesk.compare.content.detect import FOREIGN, read
from kitdesk.compare.content.model import Context, Decoder, Model, Outcome
from kitdesk.compare.content.result import Content, Fact, Limit
from kitdesk.compare.content.source import BudgetSpent, Unreadable
from kitdesk.compare.content.words import label, value

if TYPE_CHECKING:
    from kitdesk.compare.content.parts import Sign
    from kitdesk.compare.content.result import Part
    from kitdesk.compare.content.source import Budget, Bytes

Publish = Callable[[Content], None]
ASKS = "asks for "
"""How a sentence about a dangerous import begins: it comes first, always."""
MAX_WORDS = 3
"""Halves of a sentence that make the summary."""


def differ(
    left: Bytes | None,
    left_name: str,
    right: Bytes | None,
    right_name: str,
    budget: Budget,
    report: Publish | None = None,
    *,
    decoder: Decoder | None = None,
    key: tuple[str, ...] | None = None,
) -> Content:
    """What differs inside two files; None where the file was added or removed.

    ``report`` takes what is known after each step; ``key`` names the columns that identify the rows
    of a table: none of them compares the rows as sets, None lets the reader choose. Raises
    Cancelled and nothing else: what cannot be read is said in the limits.
    """
    context = Context(budget, decoder, key, report)
    with budget.resources:
        return _differ(left, left_name, right, right_name, context)


def _differ(
    left: Bytes | None, left_name: str, right: Bytes | None, right_name: str, context: Context
) -> Content:
    old = read(left, left_name, context) if left is not None else None
    new = read(right, right_name, context) if right is not None else None
    if old is not None and new is not None and _apart(old, new):
        old, new = _together(old, new, left, left_name, right, right_name, context)
    return compare(old, new, context)


def _apart(old: Model, new: Model) -> bool:
    """One side fell back to bytes or text while the other was understood."""
    weak = {"binary", "text"}
    return old.kind != new.kind and (old.kind in weak or new.kind in weak)


def _together(
    old: Model,
    new: Model,
    left: Bytes | None,
    left_name: str,
    right: Bytes | None,
    right_name: str,
    context: Context,
) -> tuple[Model, Model]:
    """Both as text, where both are; else both as bytes. The better side keeps its facts."""
    from kitdesk.compare.content import binary

    if "text" in old.parts and "text" in new.parts:
        return old, new
    for model, side, name in ((old, left, left_name), (new, right, right_name)):
        if side is not None and "bytes" not in model.parts:
            model.parts["bytes"] = binary.read(side, name, context).parts["bytes"]
    return old, new


def compare(old: Model | None, new: Model | None, context: Context) -> Content:
    """Compare two models part by part; what fails on the way is a limit, not an error."""
    best = new if new is not None else old
    assert best is not None, "a comparison has at least one side"
    if old is not None and new is not None and best.kind in {"binary", "text"}:
        best = new if new.kind not in {"binary", "text"} else old
    limits: list[Limit] = [*(old.limits if old else ()), *(new.limits if new else ())]
    facts = _facts(old, new)
    equal = old is not None and new is not None and old.fingerprint == new.fingerprint
    equal = equal and not any(one.sign != "=" and _counts(one.id, old, new) for one in facts)
    words: list[str] = []
    parts: list[Part] = []
    formats = (old.format if old else None, new.format if new else None)
    names = dict.fromkeys((*(old.parts if old else ()), *(new.parts if new else ())))

    def publish(step: Outcome | None = None) -> None:
        if context.publish is None:
            return
        part = step.part if step is not None else None
        known = [*words, *(step.words if step is not None else ())]
        context.publish(
            Content(
                best.kind,
                formats,
                _summary(old, new, facts, known, equal=False, whole=False),
                False,
                tuple(facts),
                tuple(limits),
                (*parts, part) if part is not None else tuple(parts),
            )
        )

    steps = replace(context, told=publish)
    for name in names:
        publish()
        outcome = _outcome(name, old, new, steps, limits)
        if outcome is None:
            equal = False
            continue
        equal = equal and outcome.equal
        words += outcome.words
        limits += outcome.limits
        if outcome.part is not None:
            parts.append(outcome.part)
        facts += [
            Fact(id_, label(title), a, b, _sign(a, b, True, True))
            for id_, (title, a, b) in outcome.facts.items()
        ]
    equal = equal and not limits
    kept = tuple(dict.fromkeys(limits))
    summary = _summary(old, new, facts, words, equal=equal)
    return Content(best.kind, formats, summary, equal, tuple(facts), kept, tuple(parts))


def _outcome(
    name: str, old: Model | None, new: Model | None, context: Context, limits: list[Limit]
) -> Outcome | None:
    left = old.parts.get(name) if old else None
    right = new.parts.get(name) if new else None
    one = right if right is not None else left
    if one is None or (left is not None and right is not None and type(left) is not type(right)):
        return None
    try:
        return type(one).differ(left, right, context)
    except Unreadable as error:
        limits.append(Limit(error.code, _sentence(error)))
    except OSError as error:  # of temporary files; reading is Torn
        limits.append(
            Limit("damaged", f"Could not be compared: the disk refused ({error.strerror}).")
        )
    except FOREIGN as error:
        limits.append(Limit("damaged", f"could not be compared: {label(type(error).__name__)}"))
    return None


def _sentence(error: Unreadable) -> str:
    if isinstance(error, BudgetSpent):
        return f"Not everything was compared: {error.text}."
    return f"Could not be compared whole: {error.text}."


def _counts(id_: str, old: Model | None, new: Model | None) -> bool:
    found = [m.facts[id_].counts for m in (old, new) if m is not None and id_ in m.facts]
    return any(found)


def _facts(old: Model | None, new: Model | None) -> list[Fact]:
    """Facts of both; where the formats differ too, those that both have come first."""
    result = []
    left = old.facts if old else {}
    right = new.facts if new else {}
    for id_ in dict.fromkeys((*right, *left)):
        a, b = left.get(id_), right.get(id_)
        one = b or a
        assert one is not None
        # A property of one side only, of how it is written, is null on the other: no "added".
        style = not one.counts and old is not None and new is not None
        sign = _sign(
            a.value if a else None,
            b.value if b else None,
            a is not None or style,
            b is not None or style,
        )
        result.append(Fact(id_, one.name, a.value if a else None, b.value if b else None, sign))
    if old and new and old.fingerprint != new.fingerprint:
        for id_, name in {**old.hidden, **new.hidden}.items():
            a_text, b_text = old.fingerprint[:12], new.fingerprint[:12]
            result.append(Fact(id_, name, a_text, b_text, "M"))
    return result


def _sign(left: object, right: object, has_left: bool, has_right: bool) -> Sign:
    if not has_left:
        return "A"
    if not has_right:
        return "D"
    from kitdesk.compare.content.tree import same

    return "=" if same(left, right) else "M"


def _summary(
    old: Model | None,
    new: Model | None,
    facts: list[Fact],
    words: list[str],
    *,
    equal: bool,
    whole: bool = True,
) -> str:
    """One sentence: what differs, biggest first."""
    danger = [one for one in words if one.startswith(ASKS)]
    if old is None or new is None:
        only = old or new
        assert only is not None
        return label("; ".join((*danger, only.about or f"a {only.format} file")), 500)
    if equal:
        return label("; ".join((*danger, "same content, written differently")), 500)
    words = [one for one in words if one not in danger]
    if old.format != new.format:
        abouts = [f"{old.about} → {new.about}"] if old.about and new.about and not words else []
        words = [f"{old.format} → {new.format}", *abouts, *words]
    told = [
        f"{one.name} {value(one.left, 30)} → {value(one.right, 30)}"
        for one in facts
        if one.sign == "M" and _counts(one.id, old, new)
    ]
    hidden = {**old.hidden, **new.hidden}
    told += [f"{one.name} differ" for one in facts if one.sign == "M" and one.id in hidden]
    told += [f"{one.name} added" for one in facts if one.sign == "A"]
    told += [f"{one.name} removed" for one in facts if one.sign == "D"]
    class_changed = any(one.id == "class" and one.sign == "M" for one in facts)
    tables = [one for one in facts if one.id.startswith("table") and one.sign != "="]
    facts_first = class_changed or tables or new.kind in {"audio", "image"}
    first = told if facts_first else []
    chosen = [*danger, *first, *words, *(one for one in told if one not in first)]
    if not chosen and not whole:
        return label(new.about or new.format, 500)
    if not chosen:
        return "no difference found, but not everything was read"
    more = len(chosen) - MAX_WORDS
    text = "; ".join(chosen[:MAX_WORDS]) + (f"; {more} more" if more > 0 else "")
    return label(text, 500)
