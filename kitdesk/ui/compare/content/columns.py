"""Columns of a table one by one; tables of a database one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk import text as texts
from kitdesk.compare.content.result import Content, DatabaseDiff, TableDiff
from kitdesk.compare.content.words import label
from kitdesk.ui.compare.content.grid import opened
from kitdesk.ui.compare.content.node_model import Node
from kitdesk.ui.compare.content.nodes import fact_nodes, pair_of, section, written
from kitdesk.ui.compare.content.scale import measured
from kitdesk.ui.compare.content.sentences import part_of
from kitdesk.ui.compare.content.table_model import change_words
from kitdesk.ui.compare.content.tree_body import NONE, TreeBody

if TYPE_CHECKING:
    from kitdesk.compare.content.result import ColumnChange, Statistics

STATISTICS = (
    ("nulls", "empty"),
    ("distinct", "distinct"),
    ("min", "smallest"),
    ("max", "largest"),
    ("mean", "mean"),
)


def column_node(column: ColumnChange) -> Node:
    """A column with its type on both sides, and its statistics below."""
    cells = pair_of(column.sign, column.left_type or "", column.right_type or "")
    node = Node(column.sign, label(column.name), cells, change_words(column), look="group")
    for name, word in STATISTICS:
        pair = [_statistic(side, name) for side in (column.left, column.right)]
        if set(pair) != {NONE}:
            same = pair[0] == pair[1] or column.sign in "AD"
            node.children.append(Node("=" if same else "M", word, tuple(pair), look="word"))
    return node


def _statistic(side: Statistics | None, name: str) -> str:
    found = getattr(side, name) if side is not None else None
    if found is None:
        return NONE
    if name == "mean" and isinstance(found, float):
        return measured(found)
    if found == "over":
        return "over 100,000"
    return texts.number(found) if isinstance(found, int) else written(found)


class ColumnsBody(TreeBody):
    """Every column, those that differ first; then how the file is written."""

    name = "Columns of both sides"

    def nodes(self, content: Content) -> list[Node]:
        """Columns and facts."""
        table = part_of(content, TableDiff)
        found = opened([column_node(one) for one in table.columns]) if table is not None else []
        facts = fact_nodes(content.facts)
        return [*found, section("Written as", facts)] if facts else found


class DatabaseBody(TreeBody):
    """Tables that differ with their counts, and below them the columns that differ."""

    name = "Tables that differ"

    def nodes(self, content: Content) -> list[Node]:
        """Tables, then facts."""
        stored = part_of(content, DatabaseDiff)
        found = []
        for one in stored.tables if stored is not None else ():
            rows = one.table.rows
            cells = (_rows(rows.left), _rows(rows.right))
            counts = ((rows.added, "added"), (rows.removed, "removed"), (rows.changed, "changed"))
            words = [f"{texts.number(count)} {word}" for count, word in counts if count]
            node = Node(one.sign, label(one.name), cells, ", ".join(words), look="group")
            node.children = [column_node(c) for c in one.table.columns if c.sign != "="]
            node.opened = True
            found.append(node)
        return [*found, *fact_nodes(content.facts)]


def _rows(count: int | None) -> str:
    return NONE if count is None else texts.counted(count, "row")
