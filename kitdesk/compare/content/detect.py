"""What a file is, by its bytes first, and the one table of readers."""

from __future__ import annotations

import csv
import importlib
import lzma
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from kitdesk.compare.content.result import Limit
from kitdesk.compare.content.source import BudgetSpent, Mismatch, Unreadable

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context, Model
    from kitdesk.compare.content.source import Bytes

FOREIGN = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RecursionError,
    MemoryError,
    EOFError,
    NotImplementedError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    csv.Error,
)
"""What damaged and hostile data make readers throw: a limit, never an error of the program."""
HEAD_BYTES = 4096
FAR_BYTES = 4 << 20
"""Files in a registry up to this size are fetched whole."""
Test = Callable[[bytes, str, "Bytes"], bool]


@dataclass(frozen=True, slots=True)
class Reader:
    """One type: how it is known, and the module whose ``read`` makes a model of it."""

    module: str
    """Below ``kitdesk.compare.content``; imported when the type is met."""
    test: Test
    """(first 4 KiB, name in lower case without folders, the file) -> it is probably this type."""
    whole: bool = False
    """Reads the file from end to end: not for large ones that lie in a registry."""


def _starts(*magic: bytes) -> Test:
    return lambda head, _name, _side: head.startswith(magic)


def _named(*endings: str) -> Test:
    return lambda _head, name, _side: name.endswith(endings)


def _zip(*endings: str) -> Test:
    return lambda head, name, _side: head.startswith(b"PK") and name.endswith(endings)


def _brace(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def _riff(kind: bytes) -> Test:
    return lambda head, _name, _side: head.startswith(b"RIFF") and head[8:12] == kind


def _packages(_head: bytes, name: str, _side: Bytes) -> bool:
    if name in {"environment.yml", "environment.yaml", "conda.yml", "conda.yaml"}:
        return True
    if name in {"poetry.lock", "uv.lock", "pipfile.lock", "pdm.lock"}:
        return True
    return ("requirements" in name or name == "constraints.txt") and name.endswith((".txt", ".in"))


def _archive(head: bytes, _name: str, _side: Bytes) -> bool:
    magic = (b"PK\3\4", b"PK\5\6", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")
    return head.startswith(magic) or head[257:262] == b"ustar"


def _image(head: bytes, _name: str, side: Bytes) -> bool:
    magic = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
    if head.startswith(b"BM"):  # two letters prove little: the size stands behind them
        return int.from_bytes(head[2:6], "little") in {side.size, 0}
    return head.startswith(magic) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def _xgboost(head: bytes, name: str, _side: Bytes) -> bool:
    binary = head[:1] == b"{" and head[1:2] in (b"i", b"U", b"I", b"l", b"L") and head[2:3] < b" "
    return binary or (name.endswith(".json") and b'"learner"' in head)


def _arrow(head: bytes, name: str, _side: Bytes) -> bool:
    stream = head.startswith(b"\xff\xff\xff\xff") and name.endswith((".arrow", ".arrows", ".ipc"))
    return head.startswith(b"ARROW1") or stream


def _safetensors(head: bytes, name: str, side: Bytes) -> bool:
    fits = head[8:9] == b"{" and int.from_bytes(head[:8], "little") <= side.size
    return fits or name.endswith(".safetensors")


PICKLES = (".pkl", ".pickle", ".joblib", ".p", ".sav", ".pk", ".dill", ".cloudpickle")


def _pickle(head: bytes, name: str, _side: Bytes) -> bool:
    binary = len(head) > 2 and head[0] == 0x80 and head[1] in range(2, 6)
    return binary or name.endswith(PICKLES)


READERS: tuple[Reader, ...] = (
    Reader("database", _starts(b"SQLite format 3\0"), whole=True),
    Reader("table.parquet", _starts(b"PAR1")),
    Reader("table.arrow", _arrow),
    Reader("audio", _riff(b"WAVE")),
    Reader("image", _image, whole=True),
    Reader("tensors.hdf5", _starts(b"\x89HDF\r\n\x1a\n")),
    Reader("graphs.tflite", lambda head, _name, _side: head[4:8] == b"TFL3"),
    Reader("graphs.onnx", _named(".onnx")),
    Reader("graphs.savedmodel", _named("saved_model.pb"), whole=True),
    Reader("trees.catboost", _starts(b"CBM1"), whole=True),
    Reader("trees.lightgbm", _starts(b"tree\n", b"tree\r\n"), whole=True),
    Reader("trees.xgboost", _xgboost, whole=True),
    Reader("notebook", _named(".ipynb"), whole=True),
    Reader("packages", _packages, whole=True),
    Reader("table.delimited", _named(".csv.gz", ".tsv.gz")),
    Reader("table.jsonl", _named(".jsonl.gz", ".ndjson.gz"), whole=True),
    Reader("tensors.npy", _starts(b"\x93NUMPY")),
    Reader("tensors.gguf", _starts(b"GGUF")),
    Reader("tensors.torch", _starts(b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.")),
    Reader("tensors.safetensors", _safetensors),
    Reader("tensors.sharded", _named(".safetensors.index.json", ".bin.index.json")),
    Reader("objects.pickles", _pickle),
    Reader("zipped", _starts(b"PK\3\4")),
    Reader("archive", _archive),
    Reader("card", _named(".md", ".markdown"), whole=True),
    Reader("values", _named(".json", ".yaml", ".yml", ".toml", "kitfile"), whole=True),
    Reader("table.jsonl", _named(".jsonl", ".ndjson"), whole=True),
    Reader("table.delimited", _named(".csv", ".tsv", ".tab")),
    Reader("text", lambda *_: True, whole=True),
)
"""Tried in this order; the first that reads the file wins."""


def read(side: Bytes, name: str, context: Context) -> Model:
    """The model of a file: of the first reader that understands it, else text, else bytes.

    A reader that knew the type but could not read this file leaves its reason as a limit.
    """
    from kitdesk.compare.content import binary

    last = name.rpartition("/")[2].lower()
    reason: Unreadable | None = None
    try:
        head = side.read(0, min(side.size, HEAD_BYTES))
        for reader in READERS:
            if not reader.test(head, last, side):
                continue
            context.budget.check()
            if reader.whole and _is_far(side, context):
                reason = Unreadable("it lies in a registry and is large", "remote")
                break
            try:
                model = module_of(reader).read(side, name, context)
            except BudgetSpent:
                raise
            except Mismatch:
                continue
            except Unreadable as error:
                reason = reason or error
            except OSError as error:  # of temporary files; reading is Torn
                reason = Unreadable(f"the disk refused ({error.strerror})")
            except FOREIGN as error:
                reason = reason or Unreadable(f"its bytes make no sense ({type(error).__name__})")
            else:
                return _explained(model, reason)
    except Unreadable as error:  # no more time, or the file became shorter
        reason = error
    return _explained(binary.read(side, name, context), reason)


def _is_far(side: Bytes, context: Context) -> bool:
    return side.place == "remote" and side.size > FAR_BYTES and not context.budget.values


class _Module:
    """The shape of a reader's module."""

    read: Callable[[Bytes, str, Context], Model]


def module_of(reader: Reader) -> _Module:
    """Its module, imported now."""
    found = importlib.import_module(f"kitdesk.compare.content.{reader.module}")
    return cast("_Module", found)


def _explained(model: Model, reason: Unreadable | None) -> Model:
    if reason is not None:
        model.limits.append(
            Limit(reason.code, f"Could not be read as what it seems: {reason.text}.")
        )
    return model
