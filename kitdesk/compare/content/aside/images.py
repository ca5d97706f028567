"""Images, decoded by Pillow."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.aside.serve import window
from kitdesk.compare.content.source import Unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from kitdesk.compare.content.aside.serve import Answer, PipeBytes

MAX_PIXELS = 24_000_000
MAX_FRAMES = 10_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP")


def _opened(side: PipeBytes) -> Image.Image:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS * 4
    warnings.simplefilter("ignore")
    try:
        return Image.open(window(side), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise Unreadable("it has too many pixels", "pixels") from error


def facts(sides: Sequence[PipeBytes], _arguments: dict[str, Any]) -> Answer:
    """Size, channels, frames, format of one image."""
    with _opened(sides[0]) as image:
        frames = min(int(getattr(image, "n_frames", 1)), MAX_FRAMES)
        return {
            "width": image.width,
            "height": image.height,
            "channels": len(image.getbands()),
            "frames": frames,
            "format": (image.format or "").lower(),
        }, b""


def _pixels(side: PipeBytes) -> Any:
    import numpy as np

    with _opened(side) as image:
        if image.width * image.height > MAX_PIXELS:
            raise Unreadable("it has too many pixels", "pixels")
        return np.asarray(image.convert("RGBA"))


def compare(sides: Sequence[PipeBytes], _arguments: dict[str, Any]) -> Answer:
    """How the pixels of the first frames differ; the sizes agree."""
    import numpy as np

    left, right = (_pixels(side) for side in sides)
    if left.shape != right.shape:
        raise Unreadable("the sizes differ")
    gap = np.maximum(left, right) - np.minimum(left, right)
    most = gap.max(axis=2)
    changed = int(np.count_nonzero(most))
    box = None
    if changed:
        rows, columns = np.flatnonzero(most.any(axis=1)), np.flatnonzero(most.any(axis=0))
        box = [int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1]
    return {
        "compared": int(most.size),
        "changed": changed,
        "max_delta": int(most.max()) if most.size else 0,
        "box": box,
    }, b""


def picture(sides: Sequence[PipeBytes], arguments: dict[str, Any]) -> Answer:
    """The pixels of one image for the window, four bytes each, no side over ``longest``."""
    longest = int(arguments["longest"])
    with _opened(sides[0]) as image:
        full = image.size
        if image.width * image.height > MAX_PIXELS:
            raise Unreadable("it has too many pixels", "pixels")
        small = image.convert("RGBA")
        small.thumbnail((longest, longest))
        about = {"width": small.width, "height": small.height,
                 "full_width": full[0], "full_height": full[1]}  # fmt: skip
        return about, small.tobytes()


JOBS = {"facts": facts, "compare": compare, "picture": picture}
