"""Packages that a file requires."""

from __future__ import annotations

from kitdesk.compare.content.parts import PackagesDiff
from kitdesk.compare.content.result import Content
from kitdesk.compare.content.words import label
from kitdesk.ui.compare.content.node_model import Node
from kitdesk.ui.compare.content.nodes import fact_nodes
from kitdesk.ui.compare.content.sentences import part_of
from kitdesk.ui.compare.content.tree_body import NONE, TreeBody

CHANGES = {
    "major": "major version",
    "minor": "minor version",
    "patch": "patch version",
    "specifier": "another specifier",
}
ORDER = {"major": 0, "minor": 1, "patch": 2, "specifier": 3, "added": 4, "removed": 5}


class PackagesBody(TreeBody):
    """A row a package, the steps of the major version first."""

    name = "Packages that differ"

    def nodes(self, content: Content) -> list[Node]:
        """Packages, then facts."""
        part = part_of(content, PackagesDiff)
        listed = sorted(part.packages if part else (), key=lambda one: ORDER.get(one.change, 6))
        found = [
            Node(
                one.sign,
                label(one.name),
                (_specifier(one.left), _specifier(one.right)),
                CHANGES.get(one.change, ""),
            )
            for one in listed
        ]
        return [*found, *fact_nodes(content.facts)]


def _specifier(text: str | None) -> str:
    if text is None:
        return NONE
    return label(text, 200) or "any version"
