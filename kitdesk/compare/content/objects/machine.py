"""Runs a pickle on symbols: a class is a name, a call a note that something would be called.

Opcodes: CPython Lib/pickletools.py. Everything is bounded: opcodes, stack, memo, lengths; what is
taken from the file is never hashed, compared or printed here.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.objects.cursor import Cursor, Payload
from kitdesk.compare.content.objects.symbols import (
    Call,
    Global,
    Mapping,
    Persistent,
    Sequence,
)
from kitdesk.compare.content.source import Unreadable
from kitdesk.compare.content.words import MAX_DIGITS

if TYPE_CHECKING:
    from kitdesk.compare.content.source import Budget, Bytes

MAX_OPCODES = 2_000_000
MAX_IMPORTS = 100_000
MAX_NAME = 1_000
MAX_LONG_BYTES = 1 << 20
"""Of an integer; longer ones are not numbers of a model."""
CHECK_EVERY = 4_096
HIGHEST_PROTOCOL = 5


class _Mark:
    __slots__ = ()


MARK = _Mark()
Built = Callable[["Machine", Call], None]


class Machine:
    """One pickle; ``built`` is called after every BUILD (joblib's arrays follow it)."""

    def __init__(
        self, side: Bytes, budget: Budget, at: int = 0, built: Built | None = None, level: int = 0
    ) -> None:
        self.cursor = Cursor(side, at)
        self.budget = budget
        self.level = level
        self.protocol = 0
        self.imports: dict[str, Global] = {}
        self.opcodes = 0
        self._built = built
        self._stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self._buffers = 0

    def run(self) -> Any:
        """The root as symbols; Unreadable for everything that is no whole pickle."""
        from kitdesk.compare.content.objects.opcodes import TABLE

        read, table = self.cursor.read, TABLE
        stop = b"."
        while True:
            code = read(1)
            self.opcodes += 1
            if self.opcodes > MAX_OPCODES:
                raise Unreadable(f"it has more than {MAX_OPCODES:,} opcodes", "opcodes")
            if self.opcodes % CHECK_EVERY == 0:
                self.budget.check()
            if code == stop:
                return self.pop()
            method = table.get(code)
            if method is None:
                raise Unreadable("it has an opcode that does not exist")
            method(self)

    # The stack ----------------------------------------------------------------------------------

    def push(self, thing: Any) -> None:
        """On top."""
        self._stack.append(thing)

    def pop(self) -> Any:
        """From the top; Unreadable when there is nothing, or a mark."""
        if not self._stack or self._stack[-1] is MARK:
            raise Unreadable("its stack runs empty")
        return self._stack.pop()

    def top(self) -> Any:
        """The top, left there."""
        if not self._stack or self._stack[-1] is MARK:
            raise Unreadable("its stack runs empty")
        return self._stack[-1]

    def taken(self) -> list[Any]:
        """Everything above the last mark, which goes too."""
        at = len(self._stack) - 1
        while at >= 0 and self._stack[at] is not MARK:
            at -= 1
        if at < 0:
            raise Unreadable("its stack runs empty")
        items = self._stack[at + 1 :]
        del self._stack[at:]
        return items

    def global_(self, module: Any, name: Any) -> Global:
        """A name, noted among the imports."""
        if not isinstance(module, str) or not isinstance(name, str):
            module, name = "?", "?"
        found = Global(module[:MAX_NAME], name[:MAX_NAME])
        if len(self.imports) < MAX_IMPORTS:
            self.imports.setdefault(found.full, found)
        return found

    def number(self, size: int) -> int:
        """An unsigned little-endian integer."""
        return int.from_bytes(self.cursor.read(size), "little")

    # Opcodes that do more than push a constant --------------------------------------------------

    def proto(self) -> None:
        """PROTO"""
        self.protocol = max(self.protocol, self.number(1))
        if self.protocol > HIGHEST_PROTOCOL:
            raise Unreadable("its protocol is not known")

    def frame(self) -> None:
        """FRAME"""
        if self.number(8) > self.cursor.side.size:
            raise Unreadable("it announces more bytes than it has")

    def text(self, size: int) -> None:
        """BINUNICODE and its like"""
        found = self.cursor.payload(self.number(size))
        self.push(found if isinstance(found, Payload) else found.decode("utf-8", "surrogatepass"))

    def old_text(self, size: int) -> None:
        """BINSTRING: texts of Python 2, or the bytes of its arrays"""
        found = self.cursor.payload(self.number(size))
        self.push(found if isinstance(found, Payload) else found.decode("latin-1"))

    def raw(self, size: int) -> None:
        """BINBYTES and its like"""
        self.push(self.cursor.payload(self.number(size)))

    def long(self, size: int) -> None:
        """LONG1, LONG4"""
        length = self.number(size)
        if length > MAX_LONG_BYTES:
            raise Unreadable("it has an integer that is too long", "size")
        self.push(int.from_bytes(self.cursor.read(length), "little", signed=True))

    def int_line(self) -> None:
        """INT, LONG: decimal text; 00 and 01 are false and true"""
        line = self.cursor.line()
        if line in (b"00", b"01"):
            self.push(line == b"01")
            return
        digits = line.rstrip(b"L")
        if len(digits) > MAX_DIGITS:
            raise Unreadable("it has an integer that is too long", "size")
        self.push(int(digits))

    def float_line(self) -> None:
        """FLOAT"""
        line = self.cursor.line()
        self.push(float(line[:400]))

    def string_line(self) -> None:
        """STRING: a quoted text of Python 2"""
        line = self.cursor.line().strip()
        if len(line) < 2 or line[:1] != line[-1:] or line[:1] not in b"\"'":
            raise Unreadable("it has a text without quotes")
        self.push(codecs.escape_decode(line[1:-1])[0].decode("latin-1"))

    def get(self, key: int) -> None:
        """GET and its like"""
        if key not in self.memo:
            raise Unreadable("it names something that it never kept")
        self.push(self.memo[key])

    def put(self, key: int) -> None:
        """PUT and its like"""
        self.memo[key] = self.top()

    def appends(self, items: list[Any]) -> None:
        """APPEND, APPENDS, ADDITEMS"""
        target = self.top()
        if isinstance(target, Sequence | Call):
            target.items += items

    def setitems(self, items: list[Any]) -> None:
        """SETITEM, SETITEMS"""
        target = self.top()
        if isinstance(target, Mapping | Call):
            target.pairs += zip(items[::2], items[1::2], strict=False)

    def setitem(self) -> None:
        """SETITEM"""
        value, key = self.pop(), self.pop()
        self.setitems([key, value])

    def tuple_of(self, size: int) -> None:
        """TUPLE1 to TUPLE3"""
        items = [self.pop() for _ in range(size)]
        self.push(Sequence("tuple", items[::-1]))

    def reduce(self) -> None:
        """REDUCE, NEWOBJ"""
        arguments, what = self.pop(), self.pop()
        self.push(Call(what, arguments))

    def newobj_ex(self) -> None:
        """NEWOBJ_EX"""
        keywords, arguments, what = self.pop(), self.pop(), self.pop()
        self.push(Call(what, arguments, keywords))

    def build(self) -> None:
        """BUILD"""
        state = self.pop()
        target = self.top()
        if isinstance(target, Call):
            target.state = state
            if self._built is not None:
                self._built(self, target)

    def inst(self) -> None:
        """INST"""
        module, name = self._two_lines()
        self.push(Call(self.global_(module, name), Sequence("tuple", self.taken())))

    def obj(self) -> None:
        """OBJ"""
        items = self.taken()
        if not items:
            raise Unreadable("its stack runs empty")
        self.push(Call(items[0], Sequence("tuple", items[1:])))

    def _two_lines(self) -> tuple[str, str]:
        return tuple(self.cursor.line().decode("utf-8", "replace") for _ in range(2))  # type: ignore[return-value]  # two, always

    def global_lines(self) -> None:
        """GLOBAL"""
        self.push(self.global_(*self._two_lines()))

    def stack_global(self) -> None:
        """STACK_GLOBAL"""
        name, module = self.pop(), self.pop()
        self.push(self.global_(module, name))

    def dup(self) -> None:
        """DUP"""
        self.push(self.top())

    def pop_one(self) -> None:
        """POP: also a mark"""
        if not self._stack:
            raise Unreadable("its stack runs empty")
        self._stack.pop()

    def next_buffer(self) -> None:
        """NEXT_BUFFER: bytes that are kept outside"""
        self._buffers += 1
        self.push(Persistent(f"buffer {self._buffers}"))

    def extension(self, size: int) -> None:
        """EXT1 to EXT4: a name by number of a registry that nobody has"""
        self.push(self.global_("copyreg", f"extension {self.number(size)}"))

    def dict_of(self) -> None:
        """DICT"""
        items = self.taken()
        self.push(Mapping(list(zip(items[::2], items[1::2], strict=False))))
