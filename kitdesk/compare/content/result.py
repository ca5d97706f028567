"""What the comparison of two files says: plain frozen values that cross threads and pipes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from kitdesk.compare.content.parts import (
    ArchiveDiff,
    ImageDiff,
    ImportsDiff,
    NotebookDiff,
    PackagesDiff,
)

if TYPE_CHECKING:
    from kitdesk.compare.content.lines import TextRow
    from kitdesk.compare.content.parts import Sign

Kind = Literal[
    "text",
    "values",
    "table",
    "notebook",
    "packages",
    "object",
    "tensors",
    "graph",
    "trees",
    "image",
    "audio",
    "archive",
    "database",
    "binary",
]
LimitCode = Literal[
    "remote",
    "size",
    "rows",
    "depth",
    "opcodes",
    "members",
    "pixels",
    "time",
    "long",
    "damaged",
    "missing",
    "compressed",
    "encrypted",
]
MAX_ENTRIES = 10_000
"""Longer lists of differences end here with the limit ``long``; their counts stay exact."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Why something was not looked at, in a word for programs and a sentence for people."""

    code: LimitCode
    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One property of both sides; None where a side has none (the sign tells it from null)."""

    id: str
    name: str
    """The label that people read."""
    left: object
    right: object
    sign: Sign


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A value that differs; ``path`` leads to it by keys (texts) and places (numbers from 0)."""

    path: tuple[str | int, ...]
    left: object
    right: object
    sign: Sign


@dataclass(frozen=True, slots=True)
class ValuesDiff:
    """Structured values that differ, by path."""

    changes: tuple[ValueChange, ...]
    count: int
    """All of them, also those beyond MAX_ENTRIES."""


@dataclass(frozen=True, slots=True)
class TextDiff:
    """Two texts side by side; too long ones have no rows, only counts."""

    rows: tuple[TextRow, ...]
    added: int
    removed: int
    language: str


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Rows of both sides; ``key`` names the columns that matched them, None: as a multiset."""

    key: tuple[str, ...] | None
    left: int | None
    right: int | None
    added: int | None = None
    removed: int | None = None
    changed: int | None = None
    same: int | None = None


@dataclass(frozen=True, slots=True)
class Statistics:
    """One column of one side; ``distinct`` is a number, or ``over`` beyond 100,000."""

    nulls: int | None = None
    distinct: int | str | None = None
    min: object = None
    max: object = None
    mean: float | None = None


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """One column on both sides; ``old_name`` where it was renamed."""

    name: str
    sign: Sign
    left_type: str | None
    right_type: str | None
    changed: int | None = None
    """Cells that differ, over the rows that have a partner."""
    rewritten: int | None = None
    """Cells that hold the same number in other words (1.50 and 1.5)."""
    left: Statistics | None = None
    right: Statistics | None = None
    old_name: str | None = None


@dataclass(frozen=True, slots=True)
class RowSample:
    """A row that differs; of a changed one only the cells that do."""

    sign: Sign
    key: tuple[str, ...]
    left: dict[str, str] | None
    right: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class TableDiff:
    """Rows by key, then columns, then the first rows that differ."""

    rows: RowCounts
    columns: tuple[ColumnChange, ...]
    samples: tuple[RowSample, ...] = ()


@dataclass(frozen=True, slots=True)
class TensorFacts:
    """One tensor on one side, in numpy's words (GGUF: in its own)."""

    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    """How much two tensors of one shape differ, in float64 over pairs of finite values."""

    elements: int
    changed: int
    """A number against NaN counts, NaN against NaN does not."""
    mean_abs: float | None
    max_abs: float | None
    cosine: float | None


@dataclass(frozen=True, slots=True)
class TensorChange:
    """One tensor that differs; ``old_name`` where equal bytes have a new name."""

    name: str
    sign: Sign
    left: TensorFacts | None
    right: TensorFacts | None
    delta: Delta | None = None
    old_name: str | None = None


@dataclass(frozen=True, slots=True)
class TensorsDiff:
    """Tensors by name. Counts that only their bytes could tell are None."""

    left: int | None
    right: int | None
    added: int
    removed: int
    changed: int
    renamed: int
    same: int
    parameters: tuple[int | None, int | None]
    """Elements of all tensors, left and right."""
    changes: tuple[TensorChange, ...]


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table of a database that differs."""

    name: str
    sign: Sign
    table: TableDiff


@dataclass(frozen=True, slots=True)
class DatabaseDiff:
    """Tables that differ; views are named in the facts only."""

    tables: tuple[StoredTable, ...]


Part = (
    TextDiff
    | TableDiff
    | ValuesDiff
    | TensorsDiff
    | NotebookDiff
    | ImageDiff
    | ArchiveDiff
    | DatabaseDiff
    | PackagesDiff
    | ImportsDiff
)


@dataclass(frozen=True, slots=True)
class Content:
    """What differs inside one file, or one group of files."""

    kind: Kind
    formats: tuple[str | None, str | None]
    """Format of the left and of the right side; None where there is no file."""
    summary: str
    equal: bool
    """The same in meaning, although the bytes differ."""
    facts: tuple[Fact, ...] = ()
    limits: tuple[Limit, ...] = ()
    parts: tuple[Part, ...] = field(default=())

    @property
    def complete(self) -> bool:
        """Both sides were understood whole."""
        return not self.limits
