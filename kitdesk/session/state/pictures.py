"""Pictures of a comparison as plain pixels: decoded in a process of their own, never here."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 1024
"""Pixels of the longer side of a picture at most: larger ones come scaled down."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The first frame of an image."""

    width: int
    """Of the pixels given here."""
    height: int
    rgba: bytes
    """Four bytes a pixel, row by row, alpha not multiplied in; width × height × 4 of them."""
    full_width: int
    """Of the image itself."""
    full_height: int
