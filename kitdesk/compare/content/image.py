"""Images: size, channels, frames, and how many pixels differ; decoded aside."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.model import Model, Outcome, Property
from kitdesk.compare.content.parts import ImageDiff
from kitdesk.compare.content.result import Limit
from kitdesk.compare.content.source import Unreadable

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

MAX_PIXELS = 24_000_000
MAX_BYTES = 512 << 20


def read(side: Bytes, name: str, context: Context) -> Model:
    """What the head says; the pixels are compared later."""
    if side.size > MAX_BYTES:
        raise Unreadable("it is too large for an image", "size")
    found, _ = context.decode("images.facts", (side,))
    width, height, frames = found["width"], found["height"], found["frames"]
    model = Model("image", found["format"])
    model.facts["width"] = Property("Width", width)
    model.facts["height"] = Property("Height", height)
    model.facts["channels"] = Property("Channels", found["channels"])
    model.facts["image_format"] = Property("Format", found["format"], counts=False)
    if frames > 1 or found["format"] in {"gif", "webp", "tiff"}:
        model.facts["frames"] = Property("Frames", frames)
    if frames > 1:  # only the first is compared: the bytes decide about the others
        mark = hashlib.sha256()
        for at in range(0, side.size, 1 << 20):
            mark.update(side.read(at, min(1 << 20, side.size - at)))
        model.fingerprint = mark.hexdigest()
        model.hidden["bytes"] = "Bytes of all frames"
    model.parts["pixels"] = Pixels(side, width, height)
    model.about = f"{found['format']} image, {width} × {height}"
    return model


@dataclass(slots=True)
class Pixels:
    """The pixels of one side."""

    side: Bytes
    width: int
    height: int

    @classmethod
    def differ(cls, left: Pixels | None, right: Pixels | None, context: Context) -> Outcome:
        """Over RGBA of the first frame, when the sizes agree."""
        if left is None or right is None:
            return Outcome(None, equal=False)
        if (left.width, left.height) != (right.width, right.height):
            return Outcome(None, equal=False)
        if left.width * left.height > MAX_PIXELS:
            limit = Limit("pixels", "The image has more than 24 megapixels: not compared.")
            return Outcome(None, equal=False, limits=(limit,))
        found: dict[str, Any]
        found, _ = context.decode("images.compare", (left.side, right.side))
        box = tuple(found["box"]) if found["box"] else None
        diff = ImageDiff(found["compared"], found["changed"], found["max_delta"], box)
        if not diff.changed:
            return Outcome(diff, equal=True)
        share = 100 * diff.changed / max(diff.compared, 1)
        return Outcome(diff, equal=False, words=(f"{share:.2g} % of the pixels differ",))
