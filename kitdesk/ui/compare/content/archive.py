"""Members of an archive: order, times and compression are no difference."""

from __future__ import annotations

from kitdesk import text as texts
from kitdesk.compare.content.parts import ArchiveDiff
from kitdesk.compare.content.result import Content
from kitdesk.compare.content.words import label
from kitdesk.ui.compare.content.node_model import Node
from kitdesk.ui.compare.content.nodes import fact_nodes
from kitdesk.ui.compare.content.sentences import part_of
from kitdesk.ui.compare.content.tree_body import TreeBody


class ArchiveBody(TreeBody):
    """A row a member, with its size on both sides."""

    name = "Members that differ"

    def nodes(self, content: Content) -> list[Node]:
        """Members, the largest first, then facts."""
        part = part_of(content, ArchiveDiff)
        members = sorted(
            part.members if part else (), key=lambda one: -max(one.left or 0, one.right or 0)
        )
        found = [
            Node(
                one.sign,
                label(one.path, 1000),
                (texts.size(one.left), texts.size(one.right)),
                "other bytes of the same size" if one.left == one.right else "",
            )
            for one in members
        ]
        return [*found, *fact_nodes(content.facts)]

    def last_words(self, content: Content) -> None:
        """How many are not listed."""
        part = part_of(content, ArchiveDiff)
        if part is not None and part.count > len(part.members):
            shown, total = texts.number(len(part.members)), texts.number(part.count)
            self.last.say(f"The first {shown} of {total} members that differ", icon="info-circle")
        else:
            self.last.say("")
