"""The opcodes of pickle by their byte (CPython Lib/pickletools.py)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.objects.machine import MARK, Machine
from kitdesk.compare.content.objects.symbols import Mapping, Persistent, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable


def _opcodes() -> dict[bytes, Callable[[Machine], Any]]:
    """The table of CPython's opcodes."""
    return {
        b"\x80": Machine.proto,
        b"\x95": Machine.frame,
        b"(": lambda m: m.push(MARK),
        b"0": Machine.pop_one,
        b"1": Machine.taken,
        b"2": Machine.dup,
        b"N": lambda m: m.push(None),
        b"\x88": lambda m: m.push(True),
        b"\x89": lambda m: m.push(False),
        b"I": Machine.int_line,
        b"L": Machine.int_line,
        b"F": Machine.float_line,
        b"S": Machine.string_line,
        b"V": lambda m: m.push(m.cursor.line().decode("raw-unicode-escape", "replace")),
        b"J": lambda m: m.push(struct.unpack("<i", m.cursor.read(4))[0]),
        b"K": lambda m: m.push(m.number(1)),
        b"M": lambda m: m.push(m.number(2)),
        b"G": lambda m: m.push(struct.unpack(">d", m.cursor.read(8))[0]),
        b"\x8a": lambda m: m.long(1),
        b"\x8b": lambda m: m.long(4),
        b"U": lambda m: m.old_text(1),
        b"T": lambda m: m.old_text(4),
        b"X": lambda m: m.text(4),
        b"\x8c": lambda m: m.text(1),
        b"\x8d": lambda m: m.text(8),
        b"B": lambda m: m.raw(4),
        b"C": lambda m: m.raw(1),
        b"\x8e": lambda m: m.raw(8),
        b"\x96": lambda m: m.raw(8),
        b"]": lambda m: m.push(Sequence("list", [])),
        b"}": lambda m: m.push(Mapping([])),
        b")": lambda m: m.push(Sequence("tuple", [])),
        b"\x8f": lambda m: m.push(Sequence("set", [])),
        b"l": lambda m: m.push(Sequence("list", m.taken())),
        b"t": lambda m: m.push(Sequence("tuple", m.taken())),
        b"\x91": lambda m: m.push(Sequence("set", m.taken())),
        b"d": Machine.dict_of,
        b"\x85": lambda m: m.tuple_of(1),
        b"\x86": lambda m: m.tuple_of(2),
        b"\x87": lambda m: m.tuple_of(3),
        b"a": lambda m: m.appends([m.pop()]),
        b"e": lambda m: m.appends(m.taken()),
        b"\x90": lambda m: m.appends(m.taken()),
        b"s": Machine.setitem,
        b"u": lambda m: m.setitems(m.taken()),
        b"p": lambda m: m.put(int(m.cursor.line()[:20])),
        b"q": lambda m: m.put(m.number(1)),
        b"r": lambda m: m.put(m.number(4)),
        b"\x94": lambda m: m.put(len(m.memo)),
        b"g": lambda m: m.get(int(m.cursor.line()[:20])),
        b"h": lambda m: m.get(m.number(1)),
        b"j": lambda m: m.get(m.number(4)),
        b"c": Machine.global_lines,
        b"\x93": Machine.stack_global,
        b"R": Machine.reduce,
        b"\x81": Machine.reduce,
        b"\x92": Machine.newobj_ex,
        b"b": Machine.build,
        b"i": Machine.inst,
        b"o": Machine.obj,
        b"P": lambda m: m.push(Persistent(m.cursor.line().decode("utf-8", "replace"))),
        b"Q": lambda m: m.push(Persistent(m.pop())),
        b"\x97": Machine.next_buffer,
        b"\x98": lambda _m: None,
        b"\x82": lambda m: m.extension(1),
        b"\x83": lambda m: m.extension(2),
        b"\x84": lambda m: m.extension(4),
    }


TABLE = _opcodes()
