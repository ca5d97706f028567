"""SavedModel: signatures and operators, from protocol buffers that are written here by hand."""

from __future__ import annotations

from typing import Any

from kitdesk.compare.content.differ import differ
from kitdesk.compare.content.json_form import content_json
from kitdesk.compare.content.source import Budget, MemoryBytes


def number(value: int) -> bytes:
    value &= (1 << 64) - 1
    made = b""
    while value > 0x7F:
        made += bytes([value & 0x7F | 0x80])
        value >>= 7
    return made + bytes([value])


def field(at: int, value: bytes | str | int) -> bytes:
    if isinstance(value, int):
        return number(at << 3) + number(value)
    data = value.encode() if isinstance(value, str) else value
    return number(at << 3 | 2) + number(len(data)) + data


def tensor(dtype: int, *shape: int) -> bytes:
    sizes = b"".join(field(2, field(1, size)) for size in shape)
    return field(1, "x:0") + field(2, dtype) + field(3, sizes)


def model(operators: list[str], width: int) -> bytes:
    nodes = b"".join(field(1, field(1, f"n{n}") + field(2, op)) for n, op in enumerate(operators))
    function = field(2, field(1, field(3, field(1, "f") + field(2, "MatMul"))))
    inputs = field(1, field(1, "x") + field(2, tensor(1, -1, width)))
    outputs = field(2, field(1, "y") + field(2, tensor(9, -1)))
    signature = field(5, field(1, "serving_default") + field(2, inputs + outputs))
    about = field(1, field(5, "2.18.0"))
    return field(1, 1) + field(2, about + field(2, nodes + function) + signature)


def told(left: bytes, right: bytes) -> dict[str, Any]:
    name = "export/saved_model.pb"
    return content_json(differ(MemoryBytes(left), name, MemoryBytes(right), name, Budget()))


def test_signatures_and_operators() -> None:
    content = told(model(["Relu", "Add"], 4), model(["Relu", "Relu"], 8))
    facts = {fact["id"]: (fact["left"], fact["right"], fact["sign"]) for fact in content["facts"]}
    assert (content["kind"], content["format"]["left"]) == ("graph", "savedmodel")
    assert facts["ops.Relu"] == (1, 2, "M")
    assert facts["ops.Add"] == (1, None, "D")
    assert facts["ops.MatMul"] == (1, 1, "=")
    assert facts["version.tensorflow"] == ("2.18.0", "2.18.0", "=")
    assert facts["input.x"] == (
        {"dtype": "float32", "shape": [None, 4]}, {"dtype": "float32", "shape": [None, 8]}, "M",
    )  # fmt: skip
    assert facts["output.y"][0] == {"dtype": "int64", "shape": [None]}


def test_variables_are_said_not_to_be_compared() -> None:
    content = told(model(["Relu"], 4), model(["Relu"], 4))
    assert not content["equal"]
    assert [limit["code"] for limit in content["limits"]] == ["missing"]


def test_other_protocol_buffers_are_none() -> None:
    assert told(b"\x08\x01\0", b"\x08\x02\0")["kind"] == "binary"
