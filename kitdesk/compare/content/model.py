"""What a reader hands over: facts, parts that know how to differ, and the limits that it met."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from kitdesk.compare.content.source import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Self

    from kitdesk.compare.content.result import Content, Kind, Limit, Part
    from kitdesk.compare.content.source import Budget, Bytes


class Decoder(Protocol):
    """The child process in which native libraries decode (``kitdesk.services.aside``)."""

    def call(
        self,
        job: str,
        sides: Sequence[Bytes],
        arguments: dict[str, Any],
        seconds: float,
        check: Callable[[], None],
    ) -> tuple[dict[str, Any], bytes]:
        """Have ``job`` done over the sides; gives its answer and raw bytes that belong to it.

        The answer holds ``done``, or ``failed`` with a code and a text.
        """


@dataclass(frozen=True, slots=True)
class Context:
    """What a comparison of one file brings along."""

    budget: Budget
    decoder: Decoder | None = None
    """None: what needs a native decoder says what its header says, with limit ``missing``."""
    key: tuple[str, ...] | None = None
    """Columns that the user named as the key of tables; empty: the rows are compared as sets,
    None: the reader chooses."""
    publish: Callable[[Content], None] | None = None
    """Takes results in steps; the last one is the one that is returned."""

    told: Callable[[Outcome], None] | None = None
    """Takes what a part knows before it is done: counts before statistics."""

    def decode(
        self, job: str, sides: Sequence[Bytes], **arguments: Any
    ) -> tuple[dict[str, Any], bytes]:
        """Have something decoded aside; Unreadable when that fails or there is no child."""
        if self.decoder is None:
            raise Unreadable("it can only be decoded in a process of its own", "missing")
        budget = self.budget
        answer, raw = self.decoder.call(job, sides, arguments, budget.left, budget.check)
        failed = answer.get("failed")
        if failed is not None:
            raise Unreadable(str(failed.get("text")), failed.get("code", "damaged"))
        done = answer.get("done")
        return (done if isinstance(done, dict) else {}), raw


@dataclass(frozen=True, slots=True)
class Property:
    """A fact of one side."""

    name: str
    value: object
    counts: bool = True
    """False: how it is written, not what it means (compression, line ends)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the comparison of one part found."""

    part: Part | None
    equal: bool
    words: tuple[str, ...] = ()
    """What differs, biggest first, as halves of a sentence."""
    limits: tuple[Limit, ...] = ()
    facts: Mapping[str, tuple[str, object, object]] = field(default_factory=dict)
    """Facts that only the comparison brings to light: id -> (name, left, right)."""


class Comparable(Protocol):
    """A part of a model: text, values, rows, tensors."""

    @classmethod
    def differ(cls, left: Self | None, right: Self | None, context: Context) -> Outcome:
        """Compare two of a kind; None where a side has none (never both)."""


@dataclass(slots=True)
class Model:
    """One side, understood."""

    kind: Kind
    format: str
    facts: dict[str, Property] = field(default_factory=dict)
    parts: dict[str, Comparable] = field(default_factory=dict)
    """By the name of the part, in the order in which they are told."""
    limits: list[Limit] = field(default_factory=list)
    fingerprint: str = ""
    """Of all meaning that neither facts nor parts hold; sides with two of them are not equal."""
    about: str = ""
    """What it is, in words: ``60 rows, 5 columns``."""
    hidden: dict[str, str] = field(default_factory=dict)
    """Facts that need a name only when they differ."""
