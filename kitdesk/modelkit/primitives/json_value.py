"""Plain data as JSON knows it, and the mark for a value that is not there."""

from __future__ import annotations

import enum
from typing import Any, Final, Literal

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
"""Values that stand under ``parameters``; treat them as frozen."""


class Missing(enum.Enum):
    """The type of :data:`MISSING`; ``parameters: null`` is missing, ``parameters: {}`` is not."""

    MISSING = "missing"

    def __bool__(self) -> Literal[False]:
        return False


MISSING: Final = Missing.MISSING

Loose = Any
"""A value on its way from YAML or JSON to a typed one."""
