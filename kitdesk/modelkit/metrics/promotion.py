"""How a promotion ended, for whoever shows it."""

from __future__ import annotations

import enum


class PromotionState(enum.StrEnum):
    """How a promotion ended."""

    MOVED = "moved"
    ALREADY = "already"
    """The tag named this version before."""
    REFUSED = "refused"
    """The gate does not let it through, and nobody forced it."""
    OVERTAKEN = "overtaken"
    """Somebody else moved the tag meanwhile."""
