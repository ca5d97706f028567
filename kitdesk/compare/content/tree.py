"""Structured values against each other, by path."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.model import Outcome
from kitdesk.compare.content.result import MAX_ENTRIES, Limit, ValueChange, ValuesDiff
from kitdesk.compare.content.source import Unreadable
from kitdesk.compare.content.words import MAX_TEXT, count, label, value

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.parts import Sign

MAX_DEPTH = 200
MAX_NODES = 1_000_000
"""After aliases: a billion laughs is stopped here."""
MAX_ITEMS = 1_000
"""Longer lists of plain values are told by their length."""
MAX_NAME_BITS = 4_096
"""Longer integers name nothing."""
NAMES = ("name", "id", "key")
"""A list of objects is matched by the first of these that all have and none has twice."""
Path = tuple[str | int, ...]


class Moment(str):
    """A date or time: its text, but no text."""

    __slots__ = ()


class LongNumber(str):
    """The digits of an integer too long to be computed with."""

    __slots__ = ()


class Instance(dict[Any, Any]):
    """The attributes of an object, whose class has a name."""

    __slots__ = ("name",)

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.name = ""


def is_plain(thing: object) -> bool:
    """Neither a list nor an object."""
    return not isinstance(thing, list | tuple | dict)


def is_class(thing: object) -> bool:
    """The name of a class: an object to JSON, one value to us."""
    return isinstance(thing, dict) and len(thing) == 1 and isinstance(thing.get("class"), str)


def same(left: object, right: object, depth: int = 0) -> bool:
    """Equal in value: 1 is 1.0 and NaN is NaN, but true is not 1 and "1" is not 1."""
    if left is right:
        return True
    if isinstance(left, bool) or isinstance(right, bool):
        return isinstance(left, bool) and isinstance(right, bool) and left == right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right or (left != left and right != right)
    if depth > MAX_DEPTH:
        raise Unreadable("it is nested too deep", "depth")
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(
            same(a, b, depth + 1) for a, b in zip(left, right, strict=True)
        )
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            same(one, right[key], depth + 1) for key, one in left.items()
        )
    return type(left) is type(right) and left == right


@dataclass(slots=True)
class Tree:
    """The values of one side."""

    root: Any
    heading: str = "value"
    """What one entry is called in the sentence."""

    @classmethod
    def differ(cls, left: Tree | None, right: Tree | None, context: Context) -> Outcome:
        """By path; an added or removed file has no values that differ."""
        if left is None or right is None:
            return Outcome(ValuesDiff((), 0), equal=False)
        found = _Differences(context)
        try:
            found.compare((), left.root, right.root, 0)
        except Unreadable as error:
            found.limits[error.code] = Limit(
                error.code, f"Not every value was compared: {error.text}."
            )
        changes = tuple(found.changes)
        return Outcome(
            ValuesDiff(changes, found.count),
            equal=found.count == 0 and not found.limits,
            words=_words(changes, found.count),
            limits=tuple(found.limits.values()),
        )


def _words(changes: tuple[ValueChange, ...], total: int) -> tuple[str, ...]:
    """``learning_rate 0.1 → 0.05``: changed ones first, then how many came and went."""
    public = tuple(one for one in changes if not any(str(step)[:1] == "_" for step in one.path))
    if changes and not public:
        return (f"{count(total, 'internal value')} changed",)
    total -= len(changes) - len(public)
    changes = public
    changed = [one for one in changes if one.sign == "M"]
    words = [
        f"{label('.'.join(map(str, one.path)) or 'value', 80)} "
        f"{value(one.left, 40)} → {value(one.right, 40)}"
        for one in changed[:2]
    ]
    if len(changed) > len(words):
        words.append(f"{len(changed) - len(words)} more values changed")
    for sign, word in (("A", "added"), ("D", "removed")):
        some = sum(one.sign == sign for one in changes)
        if some:
            words.append(f"{count(some, 'value')} {word}")
    if total > len(changes):
        words.insert(0, f"{total:,} values differ")
    return tuple(words)


@dataclass(slots=True)
class _Differences:
    context: Context
    equal: set[tuple[int, int]] = field(default_factory=set)
    """Pairs of containers that are equal, wherever they stand again."""
    open: set[tuple[int, int]] = field(default_factory=set)
    """Pairs around the present one: values may go in circles."""
    changes: list[ValueChange] = field(default_factory=list)
    count: int = 0
    nodes: int = 0
    limits: dict[str, Limit] = field(default_factory=dict)

    def compare(self, path: Path, left: Any, right: Any, depth: int) -> None:
        """Everything below one path."""
        self._visit(depth)
        if left is right:
            return
        if is_plain(left) or is_plain(right):
            if not same(left, right):
                self._add(path, left, right, "M")
            return
        pair = (id(left), id(right))
        if pair in self.equal or pair in self.open:
            return
        self.open.add(pair)
        before = self.count
        self._containers(path, left, right, depth)
        self.open.discard(pair)
        if self.count == before:
            self.equal.add(pair)

    def _containers(self, path: Path, left: Any, right: Any, depth: int) -> None:
        if isinstance(left, Instance) and isinstance(right, Instance) and left.name != right.name:
            self._add(path, {"class": left.name}, {"class": right.name}, "M")
        if (
            isinstance(left, dict)
            and isinstance(right, dict)
            and not (is_class(left) or is_class(right))
        ):
            for key in left:
                if key in right:
                    self.compare((*path, key), left[key], right[key], depth + 1)
                else:
                    self._leaves((*path, key), left[key], "D", depth + 1)
            for key in right:
                if key not in left:
                    self._leaves((*path, key), right[key], "A", depth + 1)
            return
        if isinstance(left, list | tuple) and isinstance(right, list | tuple):
            if all(map(is_plain, left)) and all(map(is_plain, right)):
                if not same(left, right):
                    self._add(path, left, right, "M")
                return
            self._lists(path, left, right, depth)
            return
        if not same(left, right):
            self._add(path, left, right, "M")

    def _lists(self, path: Path, left: Any, right: Any, depth: int) -> None:
        names = _named(left, right)
        if names:
            before = {str(one[names]): one for one in left}
            after = {str(one[names]): one for one in right}
            self._containers(path, before, after, depth)
            return
        for place in range(max(len(left), len(right))):
            if place >= len(left):
                self._leaves((*path, place), right[place], "A", depth + 1)
            elif place >= len(right):
                self._leaves((*path, place), left[place], "D", depth + 1)
            else:
                self.compare((*path, place), left[place], right[place], depth + 1)

    def _leaves(self, path: Path, one: Any, sign: Sign, depth: int) -> None:
        """An added or removed object leaf by leaf."""
        self._visit(depth)
        if isinstance(one, dict) and one and not is_class(one):
            for key, inner in one.items():
                self._leaves((*path, key), inner, sign, depth + 1)
        elif isinstance(one, list | tuple) and not all(map(is_plain, one)):
            for place, inner in enumerate(one):
                self._leaves((*path, place), inner, sign, depth + 1)
        else:
            self._add(path, None if sign == "A" else one, one if sign == "A" else None, sign)

    def _visit(self, depth: int) -> None:
        self.nodes += 1
        if depth > MAX_DEPTH:
            raise Unreadable("it is nested too deep", "depth")
        if self.nodes > MAX_NODES:
            raise Unreadable("it has too many values", "size")
        if self.nodes % 1024 == 0:
            self.context.budget.check()

    def _add(self, path: Path, left: Any, right: Any, sign: Sign) -> None:
        self.count += 1
        if self.count > MAX_ENTRIES:
            self._limit(f"Only the first {MAX_ENTRIES:,} differences are listed.")
            return
        self.changes.append(ValueChange(path, self._shown(left), self._shown(right), sign))

    def _shown(self, thing: Any) -> Any:
        if isinstance(thing, list | tuple) and len(thing) > MAX_ITEMS:
            self._limit(f"Lists of more than {MAX_ITEMS:,} values are told by their length.")
            return {"items": len(thing)}
        if isinstance(thing, str) and len(thing) > MAX_TEXT:
            self._limit("Long texts are cut.")
            return thing[:MAX_TEXT] + "…"
        return thing

    def _limit(self, text: str) -> None:
        self.limits.setdefault(text, Limit("long", text))


def _named(left: Any, right: Any) -> str:
    """The field that names the objects of both lists, or nothing."""
    if not all(isinstance(one, dict) for one in (*left, *right)):
        return ""
    for name in NAMES:
        if all(_distinct([one.get(name) for one in side]) for side in (left, right)):
            return name
    return ""


def _distinct(names: list[Any]) -> bool:
    if not all(isinstance(one, str | int) and not isinstance(one, bool) for one in names):
        return False
    if any(isinstance(one, int) and one.bit_length() > MAX_NAME_BITS for one in names):
        return False
    return len({str(one) for one in names}) == len(names)
