"""Symbols as values by path: parameters, arrays, and what they say of the library inside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content import words
from kitdesk.compare.content.objects import arrays, frames
from kitdesk.compare.content.objects.cursor import Payload
from kitdesk.compare.content.objects.imports import is_code
from kitdesk.compare.content.objects.names import (
    MAX_KEY,
    class_name,
    class_of,
    inline,
    is_private,
    is_reconstructor,
    key_text,
    raw,
    steps_of,
)
from kitdesk.compare.content.objects.symbols import (
    Call,
    Global,
    Mapping,
    Persistent,
    Sequence,
    arguments_of,
)
from kitdesk.compare.content.result import Limit
from kitdesk.compare.content.tree import Instance, is_plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.compare.content.source import Budget
    from kitdesk.compare.content.tensors.plan import Tensor

MAX_DEPTH = 200
ABSENT = object()
"""An array: it is told among the tensors, not among the values."""
PLAIN_CALLS = {
    "collections.OrderedDict": "OrderedDict",
    "collections.defaultdict": "defaultdict",
    "collections.Counter": "Counter",
    "builtins.dict": "dict",
}
SEQUENCES = frozenset(
    ("builtins.set", "builtins.frozenset", "builtins.list", "builtins.tuple", "collections.deque",
     "torch.Size")
)  # fmt: skip
TEXTS = frozenset(
    ("decimal.Decimal", "fractions.Fraction", "uuid.UUID", "pathlib.PosixPath",
     "pathlib.WindowsPath", "pathlib._local.PosixPath", "pathlib._local.WindowsPath",
     "pathlib.PurePosixPath", "builtins.complex", "torch.device")
)  # fmt: skip
VERSIONS = {"_sklearn_version": "scikit-learn", "_xgboost_version": "xgboost"}
MODULE_PARTS = frozenset(("_parameters", "_buffers", "_modules"))
Path = tuple[str | int, ...]


@dataclass(slots=True)
class Converter:
    """Turns the symbols of one pickle into values; each object once."""

    budget: Budget
    external: Callable[[Converter, Any, Path], Any] | None = None
    """What a call or persistent reference of another library stands for; ABSENT: an array,
    NotImplemented: nothing special."""
    tensors: dict[str, Tensor] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    tables: dict[Path, frames.Frame] = field(default_factory=dict)
    limits: dict[str, Limit] = field(default_factory=dict)
    done: dict[int, Any] = field(default_factory=dict)
    kept: list[Any] = field(default_factory=list)
    """Keeps what ``done`` names by identity."""
    placed: dict[int, Tensor] = field(default_factory=dict)
    last: Tensor | None = None
    """The array that was placed last."""
    count: int = 0

    def convert(self, thing: Any, path: Path = (), depth: int = 0) -> Any:
        """The value of a symbol; ABSENT for arrays."""
        if thing is None or isinstance(thing, bool | int | float | str):
            return thing
        self.count += 1
        if self.count % 4096 == 0:
            self.budget.check()
        if isinstance(thing, bytes | Payload):
            return raw(thing)
        if isinstance(thing, Global):
            return {"class": class_name(thing)}
        if depth > MAX_DEPTH:
            self.limit("depth", f"Only {MAX_DEPTH} levels are followed.")
            return {"class": "…"}
        if id(thing) in self.done:
            if id(thing) in self.placed:  # the same array under one more name: tied weights
                self.tensors[array_name(path)] = self.placed[id(thing)]
            return self.done[id(thing)]
        self.kept.append(thing)
        if isinstance(thing, Sequence):
            return self._sequence(thing, path, depth)
        if isinstance(thing, Mapping):
            made: dict[Any, Any] = {}
            self.done[id(thing)] = made
            self._fill(made, thing.pairs, path, depth)
            return made
        made_or_not = self.external(self, thing, path) if self.external else NotImplemented
        if made_or_not is not NotImplemented:
            self.done[id(thing)] = made_or_not
            if made_or_not is ABSENT and self.last is not None:
                self.placed[id(thing)] = self.last
            return made_or_not
        if isinstance(thing, Persistent):
            return {"class": "outside of the pickle"}
        if isinstance(thing, Call):
            return self._call(thing, path, depth)
        return {"class": type(thing).__name__}

    def limit(self, code: Any, text: str) -> None:
        """Say once what was not followed."""
        self.limits.setdefault(text, Limit(code, text))

    def _sequence(self, thing: Sequence, path: Path, depth: int) -> Any:
        steps = steps_of(thing)
        if steps is not None:
            return self._by_first(steps, thing, path, depth)
        made: list[Any] = []
        self.done[id(thing)] = made
        for place, one in enumerate(thing.items):
            value = self.convert(one, (*path, place), depth + 1)
            if value is not ABSENT:
                made.append(value)
        if thing.kind == "set" and all(map(is_plain, made)):
            made.sort(key=lambda one: (type(one).__name__, words.value(one, MAX_KEY)))
        return made

    def _by_first(self, steps: list[Sequence], thing: Sequence, path: Path, depth: int) -> Any:
        """Steps of a pipeline by their names; from the third item on by its number."""
        made: dict[Any, Any] = {}
        self.done[id(thing)] = made
        for step in steps:
            name = str(step.items[0])[:MAX_KEY]
            inner: Any = self.convert(step.items[1], (*path, name), depth + 1)
            rest = {
                place: value
                for place, one in enumerate(step.items[2:], 2)
                if (value := self.convert(one, (*path, name, place), depth + 1)) is not ABSENT
            }
            if rest:
                whole = Instance(inner) if isinstance(inner, dict) else Instance({1: inner})
                whole.name = inner.name if isinstance(inner, Instance) else ""
                whole.update(rest)
                inner = whole
            if inner is not ABSENT:
                made[name] = inner
        return made

    def _fill(
        self, made: dict[Any, Any], pairs: list[tuple[Any, Any]], path: Path, depth: int
    ) -> None:
        for key, one in sorted(pairs, key=is_private):
            name = key_text(key)
            if name in made:
                name = f"{name} ({len(made)})"
            if name in VERSIONS and isinstance(one, str):
                self.versions.setdefault(VERSIONS[name], one[:100])
                continue
            value = self.convert(one, (*path, name), depth + 1)
            if value is not ABSENT:
                made[name] = value

    def _call(self, call: Call, path: Path, depth: int) -> Any:
        array = self._array(call, path, depth)
        if array is not None:
            self.done[id(call)] = ABSENT
            return ABSENT
        name, arguments = call.name, arguments_of(call)
        if name == arrays.SCALAR:
            value = arrays.scalar_of(call)
            return value if value is not call else {"class": "numpy scalar"}
        if name == arrays.DTYPE:
            return {"class": arrays.dtype_of(call)[0]}
        if name == arrays.ENCODE:
            return raw(arrays.encoded(call))
        if name in PLAIN_CALLS:
            return self._mapping(call, arguments, path, depth)
        if name in SEQUENCES:
            inner = [one for one in arguments if isinstance(one, Sequence)]
            items = inner[0].items if inner else []
            kind = "set" if name.endswith("set") else "list"
            return self._sequence(Sequence(kind, [*items, *call.items]), path, depth)
        if name in TEXTS:
            joined = "/" if "pathlib" in name else " "
            parts = [self.convert(one, (*path, at), depth + 1) for at, one in enumerate(arguments)]
            return joined.join(words.value(one, MAX_KEY) for one in parts if is_plain(one))
        if name.startswith("datetime.") and arguments and isinstance(arguments[0], bytes):
            return frames.moment(name, arguments[0])
        if is_code(name):
            self.limit("missing", "Functions that were pickled by value are code: not compared.")
            return {"class": "code, not compared"}
        return self._instance(call, arguments, path, depth)

    def _array(self, call: Call, path: Path, depth: int) -> Tensor | None:
        tensor = (
            arrays.made(*found) if (found := inline(call)) is not None else arrays.array_of(call)
        )
        if tensor is None:
            return None
        if isinstance(tensor.opaque, Sequence):
            held = tensor.opaque
            inner = Converter(self.budget, self.external, done=self.done, kept=self.kept)
            value = inner.convert(held, path, depth + 1)
            tensor.opaque = value
            self.limits.update(inner.limits)
            for one, more in inner.tensors.items():
                self.tensors.setdefault(one, more)
        self.place(path, tensor)
        self.placed[id(call)] = tensor
        return tensor

    def place(self, path: Path, tensor: Tensor) -> None:
        """Tell an array under its path."""
        self.tensors[array_name(path)] = self.last = tensor

    def _mapping(self, call: Call, arguments: list[Any], path: Path, depth: int) -> Any:
        made: dict[Any, Any] = {}
        self.done[id(call)] = made
        pairs = list(call.pairs)
        for one in arguments:
            if isinstance(one, Mapping):
                pairs += one.pairs
            elif isinstance(one, Sequence):
                pairs += [
                    (each.items[0], each.items[1])
                    for each in one.items
                    if isinstance(each, Sequence) and len(each.items) == 2
                ]
        self._fill(made, pairs, path, depth)
        return made

    def _instance(self, call: Call, arguments: list[Any], path: Path, depth: int) -> Any:
        """An object: its attributes under their names."""
        made = Instance()
        made.name = class_of(call)
        self.done[id(call)] = made
        frame = frames.frame_of(call)
        if frame is not None:
            self.tables[path] = frame
        state = call.state
        pairs: list[tuple[Any, Any]] = list(call.pairs)
        if isinstance(state, Mapping):
            pairs += state.pairs
        elif isinstance(state, Sequence) and state.kind == "tuple":
            maps = [one for one in state.items if isinstance(one, Mapping)]
            if maps and len(maps) + state.items.count(None) == len(state.items):
                pairs += [pair for one in maps for pair in one.pairs]  # __dict__ and slots
            else:
                pairs += list(enumerate(state.items))
        elif state is not None:
            pairs.append(("state", state))
        if not pairs and not call.items:
            pairs = list(enumerate(arguments[1:] if is_reconstructor(call) else arguments))
        else:
            for place, one in enumerate(arguments):
                if not isinstance(one, Global):
                    pairs.append((f"_argument {place}", one))
        if isinstance(call.keywords, Mapping):
            pairs += call.keywords.pairs
        self._fill(made, pairs, path, depth)
        if call.items:
            self._fill(made, list(enumerate(call.items)), path, depth)
        return made if made else {"class": made.name}


def array_name(path: Path) -> str:
    """Its path; the parts of a torch module are left out, as in its state_dict."""
    return ".".join(str(step) for step in path if step not in MODULE_PARTS) or "array"
