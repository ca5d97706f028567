"""What is written down about a swap: its steps, and how far it is. Read back without trust."""

from __future__ import annotations

import enum
import json
import os
import posixpath
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_RECORD = 512 << 20
"""Bytes of a record; 100,000 steps are some 20 MB."""
LEAVES = -1
"""``after_mode`` of a move that brings nothing: the path is free afterwards."""
Direction = Literal["forward", "backward"]


class Phase(enum.StrEnum):
    """How far a swap is."""

    STAGED = "staged"
    """Prepared; the project has not been touched."""
    SWAPPING = "swapping"
    """Under way: neither one state nor the other."""
    DONE = "done"
    ABANDONED = "abandoned"
    """Turned back before it was ever done: no step to undo, but files may lie here."""


class StepKind(enum.StrEnum):
    """What a step does on the way forward; backward it does the reverse."""

    MOVE = "move"
    MKDIR = "mkdir"
    RMDIR = "rmdir"
    CHMOD = "chmod"


@dataclass(frozen=True, slots=True)
class Step:
    """One path. ``slot`` numbers its place in ``before`` and ``after``."""

    kind: StepKind
    path: str
    slot: int = -1
    before_mode: int = 0
    after_mode: int = 0
    seen: tuple[int, int, int] | None = None
    """(size, mtime_ns, inode) of the live file in the preview, where another file stops the first
    run; in a later run as it was when that began."""
    brings: tuple[int, int, int] | None = None
    """The same of what the run towards the goal brings in: what differs later was edited."""
    had: bool = False
    """The run towards the goal found something live that goes aside."""
    incoming: bool = False
    """The run towards the goal has something to bring in."""
    skip: bool = False
    """Only in records of older KitDesks: not to be done, a turned-back run had not begun it."""
    staged: str = ""
    """Hex SHA-256 of what was staged for this path: only such bytes may be thrown away."""


@dataclass(frozen=True, slots=True)
class TransactionRecord:
    """What ``swap.json`` holds."""

    id: str
    project: str
    verb: str
    created: str
    changed: str
    phase: Phase
    direction: Direction
    """Of the run under way, or the last one."""
    first: bool
    """No run has ended yet: live files must be as the preview saw them."""
    before_digest: str
    before_label: str
    after_digest: str
    after_label: str
    steps: tuple[Step, ...]
    goal: Direction = "forward"
    """Where the verb under way is bound for; a run that was turned back has the other direction."""
    device: int = 0
    inode: int = 0
    born: int = 0
    """Identity of the project's folder, which may have another path by now."""
    slots: str = ""
    """Folder of ``before`` and ``after``; "" = beside the record."""

    @property
    def applied(self) -> bool:
        """True when the project is in the ``after`` state (once the phase is done)."""
        return self.direction == "forward"

    @property
    def bound_for(self) -> tuple[str, str]:
        """(digest, label) of the state in which the verb under way was to leave the folder."""
        return self.end(self.goal)

    def end(self, direction: Direction) -> tuple[str, str]:
        """(digest, label) of the state to which that direction leads."""
        if direction == "forward":
            return self.after_digest, self.after_label
        return self.before_digest, self.before_label


def read_record(data: bytes, name: str) -> TransactionRecord:
    """Read ``swap.json`` of the swap of that name; raises ValueError, TypeError, KeyError for what
    no record of ours holds: a step that leads out of the project, for one.
    """
    raw = json.loads(data)
    steps = tuple(_step(step) for step in raw.pop("steps"))
    known = {field.name for field in fields(TransactionRecord)}
    raw = {key: value for key, value in raw.items() if key in known}
    raw.setdefault("goal", raw["direction"])
    record = TransactionRecord(**{**raw, "phase": Phase(raw["phase"]), "steps": steps})
    if record.id != name or {record.direction, record.goal} - {"forward", "backward"}:
        raise ValueError("it is the record of something else")
    return record


def _step(raw: dict[str, Any]) -> Step:
    path = raw["path"]
    facts = {name: tuple(raw[name]) if raw.get(name) else None for name in ("seen", "brings")}
    parts = path.split("/")
    if posixpath.normpath(path) != path or path[:1] == "/" or ".." in parts or "\0" in path:
        raise ValueError(f"{path!r} leads out of the project")
    if os.name == "nt" and (set(path) & {"\\", ":"}):
        raise ValueError(f"{path!r} leads out of the project")
    numbers = raw["slot"], raw["before_mode"], raw["after_mode"]
    if not all(isinstance(number, int) for number in numbers) or raw["slot"] < -1:
        raise ValueError("a step has no number")
    known = {**raw, "kind": StepKind(raw["kind"]), **facts}
    if path == "." and known["kind"] is not StepKind.CHMOD:
        raise ValueError("a step would move the project itself")
    return Step(**known)


def in_order(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Steps in the order in which they can be done: what leaves, empty folders, new folders, what
    comes, modes. The reverse order is right for the way back.
    """

    def key(step: Step) -> tuple[int, int, str]:
        depth = step.path.count("/")
        match step.kind:
            case StepKind.MOVE:
                return (0 if step.after_mode == LEAVES else 3, 0, step.path)
            case StepKind.RMDIR:
                return (1, -depth, step.path)
            case StepKind.MKDIR:
                return (2, depth, step.path)
            case StepKind.CHMOD:
                return (4, depth, step.path)

    return tuple(sorted(steps, key=key))
