"""The models of the bodies keep Qt's contract, cost nothing unseen, and say rows in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import overload

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from kitdesk.compare.content.parts import ImportsDiff
from kitdesk.compare.content.result import (
    ColumnChange,
    Content,
    Delta,
    RowCounts,
    RowSample,
    TableDiff,
    TensorChange,
    TensorFacts,
    TensorsDiff,
    ValueChange,
    ValuesDiff,
)
from kitdesk.ui.compare.content.binary import hex_rows
from kitdesk.ui.compare.content.diff_panes import safe
from kitdesk.ui.compare.content.node_model import Node, NodeModel
from kitdesk.ui.compare.content.nodes import array_nodes, fact_nodes, value_nodes
from kitdesk.ui.compare.content.object import import_nodes
from kitdesk.ui.compare.content.scale import log_scale, measured, scale_of
from kitdesk.ui.compare.content.sentences import part_of
from kitdesk.ui.compare.content.table_model import RowsModel
from kitdesk.ui.compare.content.tensor_nodes import percent, prefix_of, tensor_nodes
from kitdesk.ui.compare.content.tree_body import differing
from tests.fakes import contents, drawn

ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole
HEADS = ("before", "after", "")


def watched(model: QAbstractItemModel) -> QAbstractItemModelTester:
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    return QAbstractItemModelTester(model, mode)


def rows_of(model: QAbstractItemModel, parent: QModelIndex | None = None) -> list[QModelIndex]:
    """Every row, in the order in which it is read."""
    above = parent or QModelIndex()
    found = []
    for row in range(model.rowCount(above)):
        index = model.index(row, 0, above)
        found += [index, *rows_of(model, index)]
    return found


def tree(nodes: list[Node], heads: tuple[str, ...] = HEADS) -> NodeModel:
    model = NodeModel(heads)
    model.show_nodes(nodes)
    return model


def spoken(model: NodeModel) -> list[str]:
    return [str(index.data(ACCESSIBLE)) for index in rows_of(model)]


@pytest.mark.usefixtures("qapp")
def test_values_are_a_tree_by_path_and_private_names_come_last() -> None:
    changes = (
        ValueChange(("_cache",), 1, 2, "M"),
        ValueChange(("steps", "svd", "n_components"), 20, 50, "M"),
        ValueChange(("steps", "svd", "seed"), None, 42, "A"),
        ValueChange(("steps", "clf"), "A", None, "D"),
        ValueChange(("layers", 0), None, False, "A"),
    )
    model = NodeModel(HEADS)
    tester = watched(model)
    model.show_nodes(value_nodes(ValuesDiff(changes, 5), python=True))
    assert spoken(model) == [
        "steps, changed",
        "svd, changed",
        "n_components, changed, before 20, after 50",
        "seed, added, after 42",
        "clf, removed, before A",
        "layers, added",
        "[0], added, after False",
        "_cache, changed, before 1, after 2",
    ]
    tester.deleteLater()


@pytest.mark.usefixtures("qapp")
def test_rows_behind_a_line_come_when_they_are_wanted() -> None:
    changes = tuple(ValueChange(("vocabulary", f"w{at}"), at, -at, "M") for at in range(30))
    model = NodeModel(HEADS)
    tester = watched(model)
    model.show_nodes(value_nodes(ValuesDiff(changes, 30)))
    head = model.roots[0]
    more = head.children[-1]
    assert (more.look, more.name, len(head.children)) == ("more", "18 more", 13)
    assert len(model.changes()) == 30, "F7 walks also through what is folded"
    assert model.holder_of(more.rest[0]) is more
    model.reveal(more)
    assert len(head.children) == 30
    assert model.holder_of(head.children[-1]) is None
    assert model.node(model.index_of(head.children[-1])) is head.children[-1]
    tester.deleteLater()


def test_equal_rows_and_empty_heads_can_be_hidden() -> None:
    content = contents.golden("onnx/opset")
    kept = differing(fact_nodes(content.facts))
    every = [one for node in kept for one in (node, *node.leaves())]
    assert every
    assert all(one.sign != "=" for one in every)


@pytest.mark.usefixtures("qapp")
def test_tensors_are_grouped_and_the_biggest_change_comes_first() -> None:
    diff = part_of(drawn.encoder(), TensorsDiff)
    assert diff is not None
    model = NodeModel(("shape", "type", "values", "share", "mean", "max"))
    tester = watched(model)
    model.show_nodes(tensor_nodes(diff.changes, scale_of(diff.changes)))
    assert [node.name for node in model.roots] == [
        "classifier", "transformer.layer.5", "transformer.layer.4", "transformer.layer.3",
        "transformer.layer.2", "pre_classifier",
    ]  # fmt: skip
    layer = model.roots[1]
    assert [one.name for one in layer.children] == [
        "ffn.lin2.weight", "ffn.lin1.weight", "attention.v_lin.weight",
        "13 more, each below 0.00231",
    ]  # fmt: skip
    assert [node.sign for node in model.roots][-1] == "R"
    assert "was head.dense · 2 tensors, same bytes" in model.roots[-1].note
    said = spoken(model)
    assert (
        "ffn.lin2.weight, changed, shape 768 × 3,072, type float32, values 2,356,936, "
        "share 99.8 %, mean 0.00312, max 0.184"
    ) in said
    assert any("another shape: values not compared" in one for one in said)
    tester.deleteLater()


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("transformer.layer.5.ffn.lin2.weight", "transformer.layer.5"),
        ("fc.weight", "fc"),
        ("lm_head", ""),
        ("train/x/y", "train/x"),
        ("a.b.c.d.e", "a.b.c"),
    ],
)
def test_a_prefix_ends_after_a_number(name: str, prefix: str) -> None:
    assert prefix_of(name) == prefix


def test_a_share_is_cut_and_never_rounded_up() -> None:
    assert percent(9_999, 10_000) == "99.9 %"
    assert percent(10_000, 10_000) == "100 %"
    assert percent(1, 1_000_000) == "< 0.1 %"


@given(st.lists(st.floats(min_value=1e-300, max_value=1e300), min_size=1))
def test_the_scale_holds_every_value_in_whole_decades(values: list[float]) -> None:
    scale = log_scale(values)
    assert scale.high - scale.low >= 2
    assert all(0 <= scale.share(one) <= 1 for one in values)
    assert 10.0**scale.low <= min(values) * (1 + 1e-9)


def test_measures_are_short() -> None:
    assert [measured(one) for one in (0.00312, 0.000835, 52294.4, 6.3e-19, 0.0, None)] == [
        "0.00312", "0.00084", "52,294", "6.3e−19", "0", "",
    ]  # fmt: skip


def test_arrays_say_how_much_differs() -> None:
    same = TensorFacts("float64", (20,))
    delta = Delta(20, 19, 0.0031, 0.01, None)
    found = array_nodes(
        TensorsDiff(
            2, 2, 0, 0, 2, 0, 0, (None, None),
            (
                TensorChange("mean_", "M", same, same, delta),
                TensorChange("w", "M", same, TensorFacts("float64", (30,))),
            ),
        )
    )  # fmt: skip
    assert [one.note for one in found] == ["19 of 20 values", "another shape"]
    assert found[0].cells[:2] == ("20, float64", "20, float64")
    assert found[0].share is not None


def test_a_dangerous_import_is_first_and_red() -> None:
    part = ImportsDiff(("numpy.dtype",), ("numpy.dtype", "posix.system"), ("posix.system",))
    first, second = import_nodes(part)
    assert (first.sign, first.cells) == ("!", ("–", "posix.system"))
    assert second.sign == "="


# tables ------------------------------------------------------------------------------------


class Counted(Sequence[RowSample]):
    """A million rows that are made when they are asked for, and counted."""

    def __init__(self, length: int) -> None:
        self.length, self.asked = length, 0

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, at: int) -> RowSample: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[RowSample]: ...
    def __getitem__(self, at: int | slice) -> RowSample | Sequence[RowSample]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(self.length))]
        if at >= self.length:
            raise IndexError
        self.asked += 1
        return RowSample("M", (str(at),), {"age": str(at)}, {"age": str(at + 1)})


def table_of(samples: Sequence[RowSample]) -> TableDiff:
    columns = (
        ColumnChange("age", "M", "integer", "integer", len(samples)),
        ColumnChange("id", "=", "integer", "integer", 0),
    )
    rows = RowCounts(("id",), len(samples), len(samples), 0, 0, len(samples), 0)
    return TableDiff(rows, columns, samples)  # type: ignore[arg-type]


@pytest.mark.usefixtures("qapp")
def test_a_row_says_what_became_of_each_cell() -> None:
    sample = RowSample("M", ("20118",), {"age": "41", "plan": "free"}, {"age": "42", "plan": ""})
    columns = tuple(ColumnChange(one, "M", "text", "text", 1) for one in ("age", "plan", "note"))
    diff = TableDiff(RowCounts(("id",), 1, 1, 0, 0, 1, 0), columns, (sample,))
    model = RowsModel()
    tester = watched(model)
    model.show_rows(diff, columns, range(1))
    said = [str(model.index(0, at).data(ACCESSIBLE)) for at in range(3)]
    assert said[0].startswith("age, changed, before 41, after 42; row id 20118, changed")
    assert said[1].startswith("plan, changed, before free, after empty")
    assert said[2].startswith("note, the same")
    assert model.index(0, 0).data() == "41 → 42"
    tester.deleteLater()


@pytest.mark.usefixtures("qapp")
def test_a_key_stands_on_both_sides_of_a_changed_row_and_on_one_of_an_added() -> None:
    diff = part_of(contents.golden("csv/basic"), TableDiff)
    assert diff is not None
    key = tuple(one for one in diff.columns if one.name == "id")
    model = RowsModel()
    model.show_rows(diff, key, range(len(diff.samples)))
    signs = [model.sample(row).sign for row in range(model.rowCount())]
    cells = [model.cell(row, 0) for row in range(model.rowCount())]
    for sign, cell in zip(signs, cells, strict=True):
        assert cell.text
        assert (cell.old is None, cell.new is None) == (sign == "A", sign == "D")


def test_every_golden_content_fits_its_trees() -> None:
    for name in (
        "json/tokenizer",
        "pickle/frame",
        "trees/catboost",
        "keras/wider",
        "toml/pyproject",
    ):
        content: Content = contents.golden(name)
        values = part_of(content, ValuesDiff)
        model = tree([*fact_nodes(content.facts), *(value_nodes(values) if values else [])])
        assert all(said and "\n" not in said for said in spoken(model)), name


# text and bytes ----------------------------------------------------------------------------


@given(st.text())
@example("a\u2028b\u2029c\u202ed\x1be\x85f\x0bg\x0ch")
def test_a_line_of_text_stays_one_line_of_the_same_length(text: str) -> None:
    shown = safe(text)
    assert len(shown) == len(text)
    assert not set(shown) & set("\n\r\x0b\x0c\x1b\x85\u2028\u2029\u202e")


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_hex_marks_exactly_the_bytes_that_differ(left: bytes, right: bytes) -> None:
    rows = hex_rows(left.hex(), right.hex(), 0)
    for row, at in zip(rows, range(0, 200, 8), strict=False):
        old, new = left[at : at + 8], right[at : at + 8]
        assert row.changed == (old != new)
        if row.left is None:
            assert not old
            continue
        marked = {
            (column - 10) // 3
            for span in row.left.marks
            for column in range(span.start, span.end)
            if (column - 10) % 3 < 2
        }
        assert marked == {n for n in range(len(old)) if n >= len(new) or old[n] != new[n]}


@pytest.mark.usefixtures("qapp")
def test_a_million_rows_cost_nothing_until_they_are_seen() -> None:
    samples = Counted(1_000_000)
    diff = table_of(samples)
    model = RowsModel()
    model.show_rows(diff, diff.columns, range(len(samples)))
    assert model.rowCount() == 1_000_000
    assert samples.asked == 0
    assert model.index(999_999, 0).data() == "999999 → 1000000"
    assert samples.asked < 5


def test_replaced_parts_are_found_by_their_class() -> None:
    content = replace(contents.golden("csv/basic"), parts=())
    assert part_of(content, TableDiff) is None
