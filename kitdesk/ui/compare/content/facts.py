"""Facts of both sides: audio, tree models, graphs, and what else has facts only."""

from __future__ import annotations

from kitdesk.compare.content.result import Content, TensorsDiff, ValuesDiff
from kitdesk.ui.compare.content.node_model import Node
from kitdesk.ui.compare.content.nodes import (
    SHOWN,
    array_nodes,
    fact_nodes,
    section,
    value_nodes,
)
from kitdesk.ui.compare.content.sentences import part_of
from kitdesk.ui.compare.content.tree_body import TreeBody


class FactsBody(TreeBody):
    """A row for each fact, those that differ first."""

    name = "Facts of both sides"

    def nodes(self, content: Content) -> list[Node]:
        """Facts alone."""
        return fact_nodes(content.facts)


class GraphBody(TreeBody):
    """A graph: its facts, operator counts, layers; its weights have a view of their own."""

    name = "What the graph is made of"

    def nodes(self, content: Content) -> list[Node]:
        """Facts, then the values of its layers."""
        found = fact_nodes(content.facts)
        values = part_of(content, ValuesDiff)
        if values is not None and values.changes:
            found.append(section("Layers", value_nodes(values)))
        return found


class TreesBody(TreeBody):
    """A model of trees: objective, sizes, parameters."""

    name = "What the trees are made of"

    def nodes(self, content: Content) -> list[Node]:
        """Facts, values and arrays, as far as there are some."""
        found = fact_nodes(content.facts)
        values, arrays = part_of(content, ValuesDiff), part_of(content, TensorsDiff)
        if values is not None and values.changes:
            found.append(section("Values", value_nodes(values)))
        if arrays is not None and arrays.changes:
            found.append(section("Arrays", array_nodes(arrays), most=SHOWN))
        return found
