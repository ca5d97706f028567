"""What the machine builds instead of objects. Nothing here hashes, compares or prints its parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Global:
    """A name that would be imported."""

    module: str
    name: str

    @property
    def full(self) -> str:
        """``module.name``, numpy's two spellings as one, builtins of Python 2 as those of 3."""
        module = self.module
        if module == "numpy.core" or module.startswith("numpy.core."):
            module = "numpy._core" + module.removeprefix("numpy.core")
        elif module == "__builtin__":
            module = "builtins"
        elif module == "copy_reg":
            module = "copyreg"
        return f"{module}.{self.name}"


@dataclass(eq=False, slots=True)
class Sequence:
    """A list, tuple, set or frozenset."""

    kind: str
    items: list[Any]

    __repr__ = object.__repr__


@dataclass(eq=False, slots=True)
class Mapping:
    """A dict, as pairs: keys are anything, and hashing them would run their depth."""

    pairs: list[tuple[Any, Any]]

    __repr__ = object.__repr__


@dataclass(eq=False, slots=True)
class Call:
    """Something that would be called, and what it would then be given."""

    what: Any
    arguments: Any
    keywords: Any = None
    state: Any = None
    items: list[Any] = field(default_factory=list)
    pairs: list[tuple[Any, Any]] = field(default_factory=list)

    __repr__ = object.__repr__

    @property
    def name(self) -> str:
        """Full name of what would be called, or nothing."""
        return self.what.full if isinstance(self.what, Global) else ""


@dataclass(eq=False, slots=True)
class Persistent:
    """A reference to something outside of the pickle."""

    id: Any

    __repr__ = object.__repr__


@dataclass(eq=False, slots=True)
class Inline:
    """An array whose bytes follow the opcode that builds it (joblib)."""

    dtype: Any
    shape: Any
    order: str
    data: Any
    """A payload, or the root of a nested pickle for arrays of objects."""

    __repr__ = object.__repr__


def arguments_of(call: Call) -> list[Any]:
    """Its positional arguments."""
    return call.arguments.items if isinstance(call.arguments, Sequence) else []
