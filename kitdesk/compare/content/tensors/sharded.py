"""A model in several files: the index names the file of each tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.compare.content import detect, text, values
from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.result import Limit
from kitdesk.compare.content.source import Mismatch, Unreadable, exactly
from kitdesk.compare.content.tensors.part import Tensors
from kitdesk.compare.content.words import count, label

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes
    from kitdesk.compare.content.tensors.plan import Tensor

MAX_BYTES = 64 << 20
MAX_SHARDS = 1_000


def shards(side: Bytes) -> dict[str, list[str]]:
    """File -> names of its tensors; Mismatch for JSON that is no index."""
    if side.size > MAX_BYTES:
        raise Unreadable("it is too large for an index", "size")
    root = values.parse_json(text.decoded(exactly(side, 0, side.size))[0])
    places = root.get("weight_map") if isinstance(root, dict) else None
    if not isinstance(places, dict):
        raise Mismatch("it is no index")
    found: dict[str, list[str]] = {}
    for tensor, file in places.items():
        if isinstance(file, str):
            found.setdefault(file, []).append(tensor)
    if len(found) > MAX_SHARDS:
        raise Unreadable(f"it names more than {MAX_SHARDS:,} files", "members")
    return found


def read(side: Bytes, name: str, context: Context) -> Model:
    """The tensors of all files that lie beside the index."""
    places = shards(side)
    kind = "safetensors" if ".safetensors." in name.lower() else "torch"
    model = Model("tensors", f"{kind}-sharded")
    model.facts["shards"] = Property("Files", len(places), counts=False)
    found: dict[str, Tensor] = {}
    remote = False
    for file, names in places.items():
        context.budget.check()
        part = side.beside(file)
        if part is None:
            text_ = f"{label(file, 200)} is not there: {count(len(names), 'tensor')} unknown."
            model.limits.append(Limit("missing", text_))
            continue
        inner = detect.read(part, file, context)
        model.limits += inner.limits
        tensors = inner.parts.get("tensors")
        if isinstance(tensors, Tensors):
            found |= tensors.tensors
            remote = remote or tensors.remote
    model.parts["tensors"] = Tensors(found, remote=remote)
    model.about = f"{count(len(found), 'tensor')} in {count(len(places), 'file')}"
    return model
