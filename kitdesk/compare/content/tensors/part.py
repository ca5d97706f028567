"""The tensors of one side as a part of a model, by name."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kitdesk.compare.content.model import Outcome
from kitdesk.compare.content.result import (
    MAX_ENTRIES,
    Delta,
    Limit,
    TensorChange,
    TensorsDiff,
)
from kitdesk.compare.content.source import BudgetSpent, Unreadable
from kitdesk.compare.content.tensors.delta import compare
from kitdesk.compare.content.tensors.renames import renamed
from kitdesk.compare.content.words import count, decimal, label, large

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.tensors.plan import Tensor

MAX_TENSORS = 1_000_000


@dataclass(slots=True)
class Tensors:
    """By name, in the order of the file."""

    tensors: dict[str, Tensor] = field(default_factory=dict)
    noun: str = "tensor"
    remote: bool = False
    """Their bytes lie in a registry and are fetched only when that was asked for."""
    renames: bool = True
    """Equal bytes under another name are one tensor; not inside objects."""

    @classmethod
    def differ(cls, left: Tensors | None, right: Tensors | None, context: Context) -> Outcome:
        """Types and shapes, then values, the greatest differences first."""
        old = left.tensors if left else {}
        new = right.tensors if right else {}
        one = right or left
        assert one is not None
        look = context.budget.values or not any(s.remote for s in (left, right) if s)
        found = _Comparison(context, look=look)
        try:
            if look and one.renames and left and right:
                found.rename(old, new)
            for name, tensor in new.items():
                found.take(name, old, tensor)
        except BudgetSpent as error:
            found.limit(error, "Not every tensor was compared")
        for name, tensor in old.items():
            if name not in new and name not in found.gone:
                found.changes.append(TensorChange(name, "D", tensor.facts, None))
        if not look and left and right and found.unseen:
            found.limits["remote"] = Limit(
                "remote", "The values lie in a registry and were not fetched."
            )
        return found.outcome(left, right, one.noun)


class _Comparison:
    def __init__(self, context: Context, *, look: bool) -> None:
        self.context = context
        self.look = look
        self.names: dict[str, str] = {}
        self.gone: set[str] = set()
        self.changes: list[TensorChange] = []
        self.limits: dict[str, Limit] = {}
        self.same = self.unseen = 0

    def rename(self, old: dict[str, Tensor], new: dict[str, Tensor]) -> None:
        """Find equal bytes among those whose names the other side lacks."""
        vanished = {name: one for name, one in old.items() if name not in new}
        fresh = {name: one for name, one in new.items() if name not in old}
        self.names = renamed(vanished, fresh, self.context)
        self.gone = set(self.names.values())

    def take(self, name: str, old: dict[str, Tensor], tensor: Tensor) -> None:
        """One tensor of the right side."""
        self.context.budget.check()
        if name in self.names:
            was = self.names[name]
            change = TensorChange(name, "M", old[was].facts, tensor.facts, None, was)
            self.changes.append(change)
            return
        before = old.get(name)
        if before is None:
            self.changes.append(TensorChange(name, "A", None, tensor.facts))
            return
        typed = (before.dtype, before.shape) == (tensor.dtype, tensor.shape)
        if not self.look:
            if typed:
                self.unseen += 1
            else:
                self.changes.append(TensorChange(name, "M", before.facts, tensor.facts))
            return
        try:
            equal, delta = compare(before, tensor, self.context)
        except BudgetSpent:
            raise
        except Unreadable as error:
            self.limit(error, f"Tensor {label(name, 80)} was not compared")
            if not typed:
                self.changes.append(TensorChange(name, "M", before.facts, tensor.facts))
            return
        if equal:
            self.same += 1
        else:
            self.changes.append(TensorChange(name, "M", before.facts, tensor.facts, delta))

    def limit(self, error: Unreadable, words: str) -> None:
        """Say what was not compared, once for each reason."""
        self.limits.setdefault(error.code, Limit(error.code, f"{words}: {error.text}."))

    def outcome(self, left: Tensors | None, right: Tensors | None, noun: str) -> Outcome:
        """Counts and the list, changed values first, the greatest before the smaller ones."""
        signs = Counter(one.sign for one in self.changes if one.old_name is None)
        moved = sum(one.old_name is not None for one in self.changes)
        self.changes.sort(key=_rank)
        sides = (left, right)
        totals = [sum(t.elements for t in s.tensors.values()) if s else None for s in sides]
        if len(self.changes) > MAX_ENTRIES:
            text = f"Only the first {MAX_ENTRIES:,} tensors are listed."
            self.limits["long"] = Limit("long", text)
        diff = TensorsDiff(
            len(left.tensors) if left else None, len(right.tensors) if right else None,
            signs["A"], signs["D"], signs["M"], moved, self.same, (totals[0], totals[1]),
            tuple(self.changes[:MAX_ENTRIES]),
        )  # fmt: skip
        words = self._words(diff, noun) if left and right else ()
        return Outcome(
            diff,
            equal=not self.changes and not self.unseen,
            words=words,
            limits=tuple(self.limits.values()),
        )

    def _words(self, diff: TensorsDiff, noun: str) -> tuple[str, ...]:
        words = []
        if diff.changed:
            total = diff.right or 0
            words.append(f"{diff.changed:,} of {count(total, noun)} changed")
            first = next(one for one in self.changes if one.sign == "M" and not one.old_name)
            words.append(_told(first))
        for number, word in (
            (diff.added, "added"), (diff.removed, "removed"), (diff.renamed, "renamed"),
        ):  # fmt: skip
            if number:
                words.append(f"{count(number, noun)} {word}")
        if words and diff.parameters[1] and noun == "tensor":
            words.append(f"{large(diff.parameters[1])} parameters")
        return tuple(words)


def _told(one: TensorChange) -> str:
    """``fc2.weight: 1,240 of 4,096 values changed, mean |Δ| 0.013``."""
    name = label(one.name, 80)
    if one.left and one.right and one.left.shape != one.right.shape:
        return f"{name}: shape {list(one.left.shape)} → {list(one.right.shape)}"
    if one.delta is None or one.delta.mean_abs is None:
        left, right = (one.left.dtype if one.left else ""), (one.right.dtype if one.right else "")
        return f"{name}: {left} → {right}" if left != right else f"{name}: other values"
    delta = one.delta
    return (
        f"{name}: {delta.changed:,} of {count(delta.elements, 'value')} changed, "
        f"mean |Δ| {decimal(one.delta.mean_abs)}"
    )


def _rank(one: TensorChange) -> tuple[int, float]:
    order = {"M": 0, "A": 1, "D": 2, "=": 3}[one.sign] if one.old_name is None else 4
    delta: Delta | None = one.delta
    return order, -(delta.mean_abs or 0.0) if delta else -float("inf")
