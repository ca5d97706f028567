"""Files of torch: a pickle of tensors over storages, in a zip or in the form before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content import zips
from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.objects.convert import ABSENT, Converter
from kitdesk.compare.content.objects.machine import Machine
from kitdesk.compare.content.objects.names import class_of
from kitdesk.compare.content.objects.pickles import fill
from kitdesk.compare.content.objects.symbols import (
    Call,
    Global,
    Persistent,
    Sequence,
    arguments_of,
)
from kitdesk.compare.content.source import Part, Unreadable, exactly
from kitdesk.compare.content.tensors.part import Tensors
from kitdesk.compare.content.tensors.plan import CODES, Tensor, checked_shape, size_of
from kitdesk.compare.content.tensors.safetensors import is_far
from kitdesk.compare.content.words import count

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""The pickle of torch's magic number."""
STORAGES = {
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16", "LongStorage": "int64", "IntStorage": "int32",
    "ShortStorage": "int16", "CharStorage": "int8", "ByteStorage": "uint8",
    "BoolStorage": "bool", "ComplexFloatStorage": "complex64",
    "ComplexDoubleStorage": "complex128", "UntypedStorage": "uint8",
    "QInt8Storage": "int8", "QUInt8Storage": "uint8", "QInt32Storage": "int32",
}  # fmt: skip
SCALARS = {
    "float": "float32", "double": "float64", "half": "float16", "long": "int64", "int": "int32",
    "short": "int16", "float8_e4m3fn": "float8_e4m3fn", "float8_e5m2": "float8_e5m2",
}  # fmt: skip
MAX_STORAGES = 1_000_000
CONTAINERS = frozenset(("dict", "collections.OrderedDict", "list", "tuple"))


@dataclass(slots=True)
class Storages:
    """Where the bytes of a storage lie, by its key."""

    find: Callable[[str], Callable[[], Bytes] | None]
    sizes: dict[str, int] = field(default_factory=dict)
    """Bytes of each storage, as the pickle announces them."""
    order: str = "<"

    def external(self, converter: Converter, thing: Any, path: tuple[str | int, ...]) -> Any:
        """Tensors, parameters and storages among the symbols."""
        if isinstance(thing, Persistent):
            return {"class": "torch storage"}
        if not isinstance(thing, Call):
            return NotImplemented
        name, arguments = thing.name, arguments_of(thing)
        if name in {
            "torch._utils._rebuild_parameter",
            "torch._utils._rebuild_parameter_with_state",
        }:
            return converter.convert(arguments[0] if arguments else None, path)
        if name == "torch._tensor._rebuild_from_type_v2" and len(arguments) > 2:
            return converter.convert(Call(arguments[0], arguments[2]), path)
        if name.startswith("torch._utils._rebuild_sparse"):
            converter.limit("missing", "Sparse tensors are named, not compared.")
            return {"class": "torch sparse tensor"}
        if name.startswith("torch._utils._rebuild_qtensor"):
            return self._tensor(converter, arguments, path, "quantised ")
        if name.startswith("torch._utils._rebuild_tensor"):
            return self._tensor(converter, arguments, path, "")
        if name.startswith(("torch._utils._rebuild", "torch.storage")):
            converter.limit("missing", "Some tensors are of a form that is not compared.")
            return {"class": name}
        return NotImplemented

    def _tensor(
        self, converter: Converter, arguments: list[Any], path: tuple[str | int, ...], prefix: str
    ) -> Any:
        if len(arguments) < 4 or not isinstance(arguments[0], Persistent):
            raise Unreadable("a tensor has no storage")
        key, dtype = storage_of(arguments[0].id)
        last = arguments[6] if len(arguments) > 6 else None
        if isinstance(last, Global) and last.module == "torch":
            dtype = SCALARS.get(last.name, last.name)
        shape = checked_shape(_numbers(arguments[2]))
        strides = _numbers(arguments[3])
        offset = arguments[1] if isinstance(arguments[1], int) else -1
        code = CODES.get(dtype)
        if code is not None and self.order == ">" and code[0] == "<":
            code = ">" + code[1:]
        if len(strides) != len(shape) or offset < 0 or any(one < 0 for one in strides):
            raise Unreadable("a tensor points outside of its storage")
        tensor = Tensor(prefix + dtype, shape, code, strides=tuple(strides), offset=offset)
        load = self.find(key)
        if load is None or code is None:
            converter.limit("missing", "Some storages are not there.")
        else:
            self._place(tensor, load, offset, strides)
        converter.place(path, tensor)
        return ABSENT

    def _place(
        self, tensor: Tensor, load: Callable[[], Bytes], offset: int, strides: list[int]
    ) -> None:
        """Contiguous tensors are a stretch of their storage, others keep their strides."""
        size = size_of(tensor.code or "<u1")
        expected = 1
        plain = True
        for one, stride in zip(reversed(tensor.shape), reversed(strides), strict=True):
            if one != 1 and stride != expected:
                plain = False
            expected *= one
        if tensor.elements == 0 or plain:
            tensor.strides, tensor.offset = None, 0
            tensor.load = lambda: Part(load(), offset * size, tensor.elements * size)
        else:
            tensor.load = load


def _numbers(thing: Any) -> list[int]:
    if isinstance(thing, Call):  # torch.Size
        inner = arguments_of(thing)
        thing = inner[0] if inner else None
    items = thing.items if isinstance(thing, Sequence) else []
    if not all(isinstance(one, int) and not isinstance(one, bool) for one in items):
        raise Unreadable("a tensor has no shape that can be")
    return items


def storage_of(persistent: Any) -> tuple[str, str]:
    """(key, dtype) of ``('storage', FloatStorage, key, location, size)``."""
    items = persistent.items if isinstance(persistent, Sequence) else []
    if len(items) < 5 or items[0] != "storage":
        raise Unreadable("a tensor has no storage")
    kind = items[1].name if isinstance(items[1], Global) else "?"
    key = (
        items[2]
        if isinstance(items[2], str)
        else str(items[2])
        if isinstance(items[2], int)
        else ""
    )
    return key, STORAGES.get(kind, kind)


def read_zip(side: Bytes, members: list[zips.Member], context: Context) -> Model:
    """``data.pkl`` and the storages beside it; TorchScript has its code there, too."""
    by_name = {one.name: one for one in members}
    pickled = next((one for one in by_name if one == "data.pkl" or one.endswith("/data.pkl")), None)
    assert pickled is not None, "the caller looked for it"
    root_name = pickled.removesuffix("data.pkl")
    script = f"{root_name}constants.pkl" in by_name
    whole = zips.content(side, by_name[pickled], context.budget)
    order = by_name.get(f"{root_name}byteorder")
    big = order is not None and zips.content(side, order, context.budget).read(0, 3) == b"big"

    def find(key: str) -> Callable[[], Bytes] | None:
        member = by_name.get(f"{root_name}data/{key}")
        if member is None:
            return None
        return lambda: zips.content(side, member, context.budget)

    storages = Storages(find, order=">" if big else "<")
    machine = Machine(whole, context.budget)
    model = Model("tensors", "torchscript" if script else "torch")
    model.facts["container"] = Property("Container", "zip", counts=False)
    _fill(model, machine, machine.run(), storages, context, side)
    if script:
        parts = [
            f"{one.name.removeprefix(root_name)} {one.crc:08x}"
            for one in members
            if one.name.startswith((f"{root_name}code/", f"{root_name}constants"))
            and not one.name.endswith(".debug_pkl")
        ]
        model.fingerprint = "\n".join(sorted(parts))
        model.hidden["code"] = "Code"
    return model


def read(side: Bytes, name: str, context: Context) -> Model:
    """The form before the zip: magic, protocol, facts, object, keys, storages."""
    budget = context.budget
    at = 0
    root: Any = None
    machine: Machine | None = None
    for number in range(4):
        current = Machine(side, budget, at)
        found = current.run()
        at = current.cursor.at
        if number == 3:
            root, machine = found, current
    keys_machine = Machine(side, budget, at)
    keys = keys_machine.run()
    at = keys_machine.cursor.at
    assert machine is not None
    dtypes: dict[str, str] = {}
    _storages_in(root, dtypes, budget)
    places: dict[str, Part] = {}
    for key in keys.items if isinstance(keys, Sequence) else []:
        budget.check()
        if not isinstance(key, str) or len(places) > MAX_STORAGES:
            raise Unreadable("its keys are no texts")
        length = int.from_bytes(exactly(side, at, 8), "little", signed=True)
        size = size_of(CODES.get(dtypes.get(key, "uint8"), "<u1"))
        places[key] = Part(side, at + 8, length * size)
        at += 8 + length * size

    def find(key: str) -> Callable[[], Bytes] | None:
        part = places.get(key)
        return None if part is None else lambda: part

    model = Model("tensors", "torch")
    model.facts["container"] = Property("Container", "legacy", counts=False)
    _fill(model, machine, root, Storages(find), context, side)
    return model


def _storages_in(root: Any, dtypes: dict[str, str], budget: Any) -> None:
    """The type of each storage, found by walking all symbols once."""
    waiting, seen = [root], set[int]()
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or thing is None or isinstance(thing, str | bytes | int | float):
            continue
        seen.add(id(thing))
        if len(seen) % 4096 == 0:
            budget.check()
        if isinstance(thing, Persistent):
            key, dtype = storage_of(thing.id)
            dtypes[key] = dtype
        elif isinstance(thing, Sequence):
            waiting += thing.items
        elif isinstance(thing, Call):
            waiting += [thing.arguments, thing.keywords, thing.state, *thing.items]
            waiting += [one for pair in thing.pairs for one in pair]
        elif hasattr(thing, "pairs"):
            waiting += [one for pair in thing.pairs for one in pair]


def _fill(
    model: Model, machine: Machine, root: Any, storages: Storages, context: Context, side: Bytes
) -> None:
    kind = class_of(root)
    if kind not in CONTAINERS and not (isinstance(root, Call) and root.name.startswith("torch.")):
        model.facts["class"] = Property("Class", kind.removeprefix("__torch__."))
    fill(model, root, Converter(context.budget, storages.external), machine)
    tensors = model.parts["tensors"]
    assert isinstance(tensors, Tensors)
    tensors.noun, tensors.renames, tensors.remote = "tensor", True, is_far(side)
    model.about = count(len(tensors.tensors), "tensor")
