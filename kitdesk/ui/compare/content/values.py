"""Structured values (JSON, YAML, TOML): what differs, by path."""

from __future__ import annotations

from kitdesk import text as texts
from kitdesk.compare.content.result import Content, ValuesDiff
from kitdesk.ui.compare.content.node_model import Node
from kitdesk.ui.compare.content.nodes import fact_nodes, value_nodes
from kitdesk.ui.compare.content.sentences import part_of
from kitdesk.ui.compare.content.tree_body import TreeBody


class ValuesBody(TreeBody):
    """Values that differ, then the facts of how the file is written."""

    name = "Values that differ"

    def nodes(self, content: Content) -> list[Node]:
        """Comments, order and style are no difference, so they are no rows."""
        values = part_of(content, ValuesDiff)
        python = content.kind in {"object", "tensors"}
        found = value_nodes(values, python=python) if values is not None else []
        return [*found, *fact_nodes(content.facts)]

    def last_words(self, content: Content) -> None:
        """How many are not listed."""
        values = part_of(content, ValuesDiff)
        if values is not None and values.count > len(values.changes):
            shown, total = texts.number(len(values.changes)), texts.number(values.count)
            self.last.say(f"The first {shown} of {total} values that differ", icon="info-circle")
        else:
            self.last.say("")
