"""What can be wrong with a Kitfile, where, and how it could be mended."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Severity(enum.StrEnum):
    """How bad a problem is."""

    ERROR = "error"
    """Kit of the chosen profile refuses the Kitfile."""
    WARNING = "warning"
    """Kit takes it, but something is lost or a newer kit refuses it."""
    HINT = "hint"
    """It could be better."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replaces the characters ``start`` to ``end`` (offsets in the decoded text) by ``text``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair that can be applied as it stands."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a place; lines and columns count from 1, ends are exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int
    severity: Severity
    rule: str
    """Stable name in kebab-case."""
    message: str
    fix: Fix | None = None
