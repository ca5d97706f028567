"""Sides that lie in a registry: few requests, few bytes, and what was not fetched is said."""

from __future__ import annotations

import pickle
import struct
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from kitdesk.compare.content.differ import differ
from kitdesk.compare.content.groups import companions, leads
from kitdesk.compare.content.result import Content, TableDiff, TensorsDiff
from kitdesk.compare.content.source import Budget, FileBytes, MemoryBytes
from tests.compare.content.golden import ROOT


class Remote(MemoryBytes):
    """Counts what a registry would be asked for."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data, "remote")
        self.requests = self.bytes = 0

    def read(self, offset: int, length: int) -> bytes:
        self.requests += 1
        self.bytes += length
        return super().read(offset, length)


def safetensors(tensors: dict[str, np.ndarray]) -> bytes:
    import json

    head, body = {}, b""
    for name, array in tensors.items():
        raw = array.tobytes()
        place = [len(body), len(body) + len(raw)]
        head[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": place}
        body += raw
    text = json.dumps(head).encode()
    return struct.pack("<Q", len(text)) + text + body


def torch(tensors: dict[str, np.ndarray]) -> bytes:
    """A torch zip without torch: the pickle is written by hand, opcode by opcode."""

    def text(word: str) -> bytes:
        return b"X" + struct.pack("<I", len(word)) + word.encode()

    body = b"\x80\x02}("
    for number, (name, array) in enumerate(tensors.items()):
        storage = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text(str(number))
        storage += text("cpu") + b"J" + struct.pack("<i", array.size) + b"tQ"
        numbers = [b"J" + struct.pack("<i", n) for n in (*array.shape, array.shape[1], 1)]
        shape, strides = b"(" + b"".join(numbers[:2]) + b"t", b"(" + b"".join(numbers[2:]) + b"t"
        body += text(name) + b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"K\0"
        body += shape + strides + b"\x89}tR"
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("archive/data.pkl", body + b"u.")
        file.writestr("archive/byteorder", "little")
        for number, array in enumerate(tensors.values()):
            file.writestr(f"archive/data/{number}", array.tobytes())
    return out.getvalue()


def some(shift: float) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    made = {f"l.{n}": rng.random((512, 512), np.float32) for n in range(6)}
    made["l.0"] = made["l.0"] + np.float32(shift)
    return made


def compared(make: object, name: str, *, values: bool) -> tuple[Content, Remote, Remote]:
    left, right = (Remote(make(some(shift))) for shift in (0, 1))  # type: ignore[operator]
    return differ(left, name, right, name, Budget(values=values)), left, right


@pytest.mark.parametrize(("make", "name"), [(safetensors, "m.safetensors"), (torch, "m.pt")])
def test_names_and_shapes_cost_four_requests(make: object, name: str) -> None:
    content, *sides = compared(make, name, values=False)
    assert max(side.requests for side in sides) <= 4
    assert max(side.bytes for side in sides) < 500_000
    assert [limit.code for limit in content.limits] == ["remote"]
    part = next(part for part in content.parts if isinstance(part, TensorsDiff))
    assert (part.left, part.right, part.parameters[0]) == (6, 6, 6 * 512 * 512)


@pytest.mark.parametrize(("make", "name"), [(safetensors, "m.safetensors"), (torch, "m.pt")])
def test_values_are_fetched_when_that_is_wanted(make: object, name: str) -> None:
    content, *_ = compared(make, name, values=True)
    part = next(part for part in content.parts if isinstance(part, TensorsDiff))
    assert content.complete
    assert [change.name for change in part.changes] == ["l.0"]
    delta = part.changes[0].delta
    assert delta is not None
    assert delta.mean_abs == pytest.approx(1, abs=1e-5)


def test_a_large_table_is_not_fetched() -> None:
    body = b"id,a\n" + b"".join(b"%d,%d\n" % (n, n) for n in range(500_000))
    left, right = Remote(body), Remote(body + b"x,y\n")
    content = differ(left, "t.csv", right, "t.csv", Budget())
    assert left.bytes < 500_000
    assert "remote" in [limit.code for limit in content.limits]
    assert not content.equal
    table = next(part for part in content.parts if isinstance(part, TableDiff))
    assert [(column.name, column.right_type) for column in table.columns] == [
        ("id", "integer"), ("a", "integer"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a.txt", "a.json", "README.md", "a.jsonl", "a.ipynb"])
def test_other_large_files_are_not_fetched(name: str) -> None:
    side = Remote(b"[" + b"1, " * 3_000_000 + b"1]")
    content = differ(side, name, Remote(b"[1]"), name, Budget())
    assert side.bytes < 500_000
    assert "remote" in [limit.code for limit in content.limits]


def test_a_pickle_of_large_arrays_is_passed_over() -> None:
    arrays = {f"a{n}": np.zeros(1_000_000) for n in range(5)}
    side = Remote(pickle.dumps(arrays, protocol=4))
    content = differ(side, "m.pkl", None, "m.pkl", Budget())
    assert content.summary == "dict, 5 arrays"
    assert side.bytes < 3_000_000


def test_the_files_of_a_group() -> None:
    index = ROOT / "safetensors" / "resharded" / "after" / "model.safetensors.index.json"
    with FileBytes(index) as side:
        found = companions(side, index.name, Budget())
    assert found == tuple(sorted(p.name for p in index.parent.glob("*.safetensors")))
    model = ROOT / "onnx" / "external-data" / "after" / "model.onnx"
    with FileBytes(model) as side:
        (weights,) = companions(side, model.name, Budget())
    assert (model.parent / weights).is_file()
    assert companions(MemoryBytes(b"junk"), "x.onnx", Budget()) == ()
    assert leads(str(Path("a/model.onnx")))
    assert not leads("a.csv")
