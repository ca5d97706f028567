"""The record of a folder transaction: its steps, phase and direction, as JSON."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable


OWNER_RIGHTS = 0o700
"""What the owner of a folder needs to change what is in it."""


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
    expected_stat: tuple[int, int, int] | None = None
    """(size, mtime_ns, inode) of the live file in the preview: another file stops the first run."""
    had_live: bool = False
    """This run found something live that goes aside."""
    has_incoming: bool = False
    """This run has something to bring in."""
    not_started: bool = False
    """A turned-back run had not begun this step."""


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

    @property
    def applied(self) -> bool:
        """True when the project is in the ``after`` state (once the phase is done)."""
        return self.direction == "forward"


_FORMER_NAMES = {
    "seen": "expected_stat",
    "had": "had_live",
    "incoming": "has_incoming",
    "skip": "not_started",
}
"""Names of fields in records that versions before 0.2 wrote."""


def _step(raw: dict[str, Any]) -> Step:
    named = {_FORMER_NAMES.get(name, name): value for name, value in raw.items()}
    seen = named.get("expected_stat")
    fields = {
        **named,
        "kind": StepKind(named["kind"]),
        "expected_stat": tuple(seen) if seen else None,
    }
    return Step(**fields)


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


LEAVES = -1
"""``after_mode`` of a move that brings nothing: the path is free afterwards."""
