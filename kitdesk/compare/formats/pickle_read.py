"""What a pickle would build, found out without building it.

A pickle is a program for a stack machine. This machine runs the program on symbols only: a class is
a name, a call is a note that something would be called, nothing is ever imported or called.
(Opcodes: CPython Lib/pickletools.py.)
"""

from __future__ import annotations

import pickletools
from dataclasses import dataclass, field
from typing import Any

MAX_OPCODES = 2_000_000
"""A model's pickle has thousands; more is not worth the wait."""


BITS = 256
"""Of an integer that is written out."""
FEW = 8
_FLAT = frozenset({str, bytes, float, int, bool, type(None)})


@dataclass(frozen=True, slots=True)
class Global:
    """A name that would be imported."""

    module: str
    name: str

    @property
    def full(self) -> str:
        """``module.name``"""
        return f"{self.module}.{self.name}"


@dataclass(eq=False, slots=True)
class Call:
    """Something that would be called, and what it would then be given."""

    what: Any
    arguments: Any
    state: Any = None
    items: list[Any] = field(default_factory=list)


class Other:
    """Something that nobody looks into."""

    def __repr__(self) -> str:
        return "…"


class Unreadable(Exception):
    """Not a pickle, or one this machine does not follow."""


class _Mark:
    pass


_MARK = _Mark()
_PUSH = {
    "NONE": None,
    "NEWTRUE": True,
    "NEWFALSE": False,
    "EMPTY_TUPLE": (),
}
_VALUES = frozenset(
    "INT BININT BININT1 BININT2 LONG LONG1 LONG4 STRING BINSTRING SHORT_BINSTRING BINBYTES "
    "SHORT_BINBYTES BINBYTES8 BYTEARRAY8 UNICODE SHORT_BINUNICODE BINUNICODE BINUNICODE8 FLOAT "
    "BINFLOAT".split()
)
_NOTHING = frozenset({"PROTO", "FRAME", "READONLY_BUFFER"})


def read(data: bytes) -> tuple[Any, tuple[Global, ...]]:
    """(the root as symbols, everything that would be imported). Raises :class:`Unreadable`."""
    machine = _Machine()
    try:
        for number, (opcode, argument, _) in enumerate(pickletools.genops(data)):
            if number > MAX_OPCODES:
                raise Unreadable("too long")
            if opcode.name == "STOP":
                return machine.stack[-1], tuple(dict.fromkeys(machine.imports))
            machine.step(opcode.name, argument)
    except (ArithmeticError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise Unreadable(str(error)) from error
    raise Unreadable("no end")


class _Machine:
    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.imports: list[Global] = []

    def step(self, name: str, argument: Any) -> None:
        """One opcode."""
        stack = self.stack
        if name in _NOTHING:
            return
        if name in _PUSH:
            stack.append(_PUSH[name])
        elif name in _VALUES:
            stack.append(argument)
        elif name in ("PUT", "BINPUT", "LONG_BINPUT"):
            self.memo[int(argument)] = stack[-1]
        elif name == "MEMOIZE":
            self.memo[len(self.memo)] = stack[-1]
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            stack.append(self.memo[int(argument)])
        else:
            getattr(self, f"_{name.lower()}")(argument)

    def _import(self, module: str, name: str) -> None:
        if not isinstance(module, str) or not isinstance(name, str):
            raise Unreadable("a name that is no text")
        found = Global(module, name)
        self.imports.append(found)
        self.stack.append(found)

    def _taken(self) -> list[Any]:
        at = len(self.stack) - 1
        while self.stack[at] is not _MARK:
            at -= 1
        items = self.stack[at + 1 :]
        del self.stack[at:]
        return items

    # the opcodes that do more than push, by their name
    def _mark(self, _: object) -> None:
        self.stack.append(_MARK)

    def _pop(self, _: object) -> None:
        self.stack.pop()

    def _pop_mark(self, _: object) -> None:
        self._taken()

    def _dup(self, _: object) -> None:
        self.stack.append(self.stack[-1])

    def _global(self, argument: str) -> None:
        module, _, name = argument.partition(" ")
        self._import(module, name)

    def _stack_global(self, _: object) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        self._import(module, name)

    def _empty_list(self, _: object) -> None:
        self.stack.append([])

    def _empty_dict(self, _: object) -> None:
        self.stack.append({})

    def _empty_set(self, _: object) -> None:
        self.stack.append([])

    def _list(self, _: object) -> None:
        self.stack.append(self._taken())

    def _tuple(self, _: object) -> None:
        self.stack.append(tuple(self._taken()))

    def _frozenset(self, _: object) -> None:
        self.stack.append(tuple(self._taken()))

    def _tuple1(self, _: object) -> None:
        self.stack[-1:] = [tuple(self.stack[-1:])]

    def _tuple2(self, _: object) -> None:
        self.stack[-2:] = [tuple(self.stack[-2:])]

    def _tuple3(self, _: object) -> None:
        self.stack[-3:] = [tuple(self.stack[-3:])]

    def _dict(self, _: object) -> None:
        items = self._taken()
        self.stack.append(_pairs(items))

    def _append(self, _: object) -> None:
        item = self.stack.pop()
        _extend(self.stack[-1], [item])

    def _appends(self, _: object) -> None:
        items = self._taken()
        _extend(self.stack[-1], items)

    _additems = _appends

    def _setitem(self, _: object) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        _update(self.stack[-1], [key, value])

    def _setitems(self, _: object) -> None:
        items = self._taken()
        _update(self.stack[-1], items)

    def _reduce(self, _: object) -> None:
        arguments, what = self.stack.pop(), self.stack.pop()
        self.stack.append(Call(what, arguments))

    _newobj = _reduce

    def _newobj_ex(self, _: object) -> None:
        keywords, arguments, what = self.stack.pop(), self.stack.pop(), self.stack.pop()
        self.stack.append(Call(what, (arguments, keywords)))

    def _build(self, _: object) -> None:
        state = self.stack.pop()
        if isinstance(self.stack[-1], Call):
            self.stack[-1].state = state

    def _inst(self, argument: str) -> None:
        module, _, name = argument.partition(" ")
        arguments = tuple(self._taken())
        self._import(module, name)
        self.stack[-1] = Call(self.stack[-1], arguments)

    def _obj(self, _: object) -> None:
        what, *arguments = self._taken()
        self.stack.append(Call(what, tuple(arguments)))

    def _persid(self, argument: str) -> None:
        self.stack.append(Call("persistent", argument))

    def _binpersid(self, _: object) -> None:
        self.stack.append(Call("persistent", self.stack.pop()))

    def _next_buffer(self, _: object) -> None:
        self.stack.append(Call("buffer", ()))


def _pairs(items: list[Any]) -> dict[Any, Any]:
    result: dict[Any, Any] = {}
    _update(result, items)
    return result


def _update(target: Any, items: list[Any]) -> None:
    for key, value in zip(items[::2], items[1::2], strict=True):
        if isinstance(target, dict):
            target[_key(key)] = value
        elif isinstance(target, Call):
            target.items.append((key, value))


def _key(key: Any) -> Any:
    """A key that can be hashed at once; of any other one nothing is asked but its identity.

    Hashing or printing what a pickle nests may end the process, or never end.
    """
    if key is None or isinstance(key, str | bytes | float | Global):
        return key
    if isinstance(key, int) and key.bit_length() <= BITS:
        return key
    if isinstance(key, tuple) and len(key) <= FEW and all(type(one) in _FLAT for one in key):
        return (
            key
            if all(not isinstance(one, int) or one.bit_length() <= BITS for one in key)
            else Other()
        )
    return Other()


def _extend(target: Any, items: list[Any]) -> None:
    if isinstance(target, list):
        target += items
    elif isinstance(target, Call):
        target.items += items
