"""What killed jobs have left is removed before a verb that writes begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.cli.context import Context
from kitdesk.operations.leftovers import sweep

if TYPE_CHECKING:
    from pathlib import Path


def sweep_leftovers(context: Context, folder: Path | None = None) -> None:
    """Remove it from the store, and from a project's folder; never fails."""
    sweep(context.services, folder)
