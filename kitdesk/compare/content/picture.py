"""An image of a comparison as plain pixels: decoded in the child process, never by its reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.compare.content.source import Unreadable

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

MAX_SIDE = 1024
"""Pixels of the longer side of a picture: larger images come scaled down."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The first frame of an image."""

    width: int
    """Of the pixels given here."""
    height: int
    rgba: bytes
    """Four bytes a pixel, row by row, alpha not multiplied in; width x height x 4 of them."""
    full_width: int
    """Of the image itself."""
    full_height: int


def decode_picture(side: Bytes, context: Context) -> Picture:
    """The first frame, no side longer than MAX_SIDE.

    Raises Unreadable where the file is damaged, has too many pixels or takes too long, Cancelled,
    and what reading ``side`` raises.
    """
    found, rgba = context.decode("images.picture", (side,), longest=MAX_SIDE)
    numbers = [found.get(name) for name in ("width", "height", "full_width", "full_height")]
    width, height, full_width, full_height = (
        one if isinstance(one, int) and one > 0 else 0 for one in numbers
    )
    if max(width, height) > MAX_SIDE or not width or len(rgba) != width * height * 4:
        raise Unreadable("its pixels do not fit its size")
    return Picture(width, height, rgba, full_width, full_height)
