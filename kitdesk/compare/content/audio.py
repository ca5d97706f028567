"""WAV: what the header says, and the samples by their bytes."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from kitdesk.compare.content.binary import Raw
from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.source import Part, Unreadable, exactly

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

MAX_CHUNKS = 1_000
FORMAT_BYTES = 16


def read(side: Bytes, name: str, context: Context) -> Model:
    """Chunks of RIFF up to ``data``."""
    model = Model("audio", "wav")
    at = 12
    rate = 0
    for _ in range(MAX_CHUNKS):
        if at + 8 > side.size:
            break
        context.budget.check()
        mark, length = struct.unpack("<4sI", exactly(side, at, 8))
        if mark == b"fmt ":
            head = exactly(side, at + 8, FORMAT_BYTES)
            _, channels, frames, rate, _, bits = struct.unpack("<HHIIHH", head)
            model.facts["channels"] = Property("Channels", channels)
            model.facts["rate"] = Property("Samples a second", frames)
            model.facts["bits"] = Property("Bits a sample", bits)
        elif mark == b"data":
            length = min(length, side.size - at - 8)
            if rate:
                model.facts["seconds"] = Property("Seconds", length / rate)
            model.parts["samples"] = Raw(Part(side, at + 8, length))
            seconds = length / rate if rate else 0
            model.about = f"audio, {seconds:.3g} seconds"
            return model
        at += 8 + length + length % 2
    raise Unreadable("it has no samples")
