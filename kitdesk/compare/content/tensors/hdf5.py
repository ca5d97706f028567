"""HDF5: datasets as tensors, attributes as facts; decoded aside."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.result import Limit
from kitdesk.compare.content.source import Unreadable
from kitdesk.compare.content.tensors.part import Tensors
from kitdesk.compare.content.tensors.plan import Tensor, checked_shape, size_of
from kitdesk.compare.content.words import count, label

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes, Place

MAX_READ = 16 << 20


@dataclass(slots=True)
class Entry:
    """A group or a dataset."""

    path: str
    attributes: dict[str, Any]
    tensor: Tensor | None = None


@dataclass(slots=True)
class Contents:
    """All of a file."""

    entries: list[Entry]
    limits: list[Limit] = field(default_factory=list)


def contents(side: Bytes, context: Context) -> Contents:
    """Groups and datasets in the order of their names."""
    answer, _ = context.decode("hdf5.contents", (side,))
    made = Contents([])
    for one in answer["entries"]:
        entry = Entry(one["path"], one["attributes"])
        if "dtype" in one:
            entry.tensor = _tensor(side, one, context, made)
        made.entries.append(entry)
    return made


def _tensor(side: Bytes, one: dict[str, Any], context: Context, made: Contents) -> Tensor:
    shape, code, path = checked_shape(one["shape"]), one["code"], one["path"]
    if code is not None and code[1:2] in "mM":
        code = code[0] + "i8"
    if code is not None:
        code = code.replace("|", "<") if code[1:2] != "S" else code
        if size_of(code) == 0:
            code = None
    tensor = Tensor(one["dtype"], shape, code)
    if code is not None:
        tensor.data = Dataset(side, path, math.prod(shape) * size_of(code), context)
    elif one["texts"]:
        try:
            tensor.opaque = context.decode("hdf5.texts", (side,), path=path)[0]["hash"]
        except Unreadable as error:
            made.limits.append(Limit(error.code, f"{label(path, 80)}: {error.text}."))
    else:
        made.limits.append(
            Limit("missing", f"{label(path, 80)} is of a type that is not compared.")
        )
    return tensor


class Dataset:
    """The elements of a dataset as bytes, fetched from the child process."""

    def __init__(self, side: Bytes, path: str, size: int, context: Context) -> None:
        self._side, self._path, self._context = side, path, context
        self.size = size
        self.place: Place = side.place

    def read(self, offset: int, length: int) -> bytes:
        """Exactly these bytes."""
        pieces = []
        while length > 0:
            step = min(length, MAX_READ)
            _, raw = self._context.decode(
                "hdf5.read", (self._side,), path=self._path, offset=offset, length=step
            )
            if len(raw) != step:
                raise Unreadable("a dataset is shorter than it announces")
            pieces.append(raw)
            offset += step
            length -= step
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def beside(self, name: str) -> Bytes | None:
        """Nothing."""
        return None


def read(side: Bytes, name: str, context: Context) -> Model:
    """A file of datasets; one that Keras wrote is a graph."""
    found = contents(side, context)
    root = found.entries[0].attributes if found.entries else {}
    if "model_config" in root or ("layer_names" in root and "keras_version" in root):
        from kitdesk.compare.content.graphs import keras

        return keras.from_h5(found)
    model = Model("tensors", "hdf5")
    for entry in found.entries:
        for key, value in entry.attributes.items():
            id_ = f"attr.{entry.path}@{key}"
            model.facts[id_] = Property(label(f"{entry.path}@{key}", 200), value)
    tensors = {one.path: one.tensor for one in found.entries if one.tensor is not None}
    model.parts["tensors"] = Tensors(tensors, "dataset")
    model.limits += found.limits
    model.about = count(len(tensors), "dataset")
    return model
