"""README.md: what its front matter says, then the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.compare.content import text
from kitdesk.compare.content.source import Unreadable
from kitdesk.compare.content.tree import Tree

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context, Model
    from kitdesk.compare.content.source import Bytes

MAX_FRONT = 1 << 20
"""Characters of a front matter."""


def read(side: Bytes, name: str, context: Context) -> Model:
    """A text whose first part between two lines of ``---`` is YAML."""
    from kitdesk.compare.content.yaml_values import parse_yaml

    model = text.read(side, name, context)
    part = model.parts["text"]
    assert isinstance(part, text.Text)
    lines = text.split(part.written[:MAX_FRONT])
    root: object = {}
    if lines and lines[0].strip() == "---":
        ends = [at for at, line in enumerate(lines) if at and line.rstrip() in {"---", "..."}]
        if ends:
            try:
                root = parse_yaml("\n".join(lines[1 : ends[0]]), context.budget)
            except Unreadable:
                root = {}
    model.parts = {"values": Tree(root if isinstance(root, dict) else {}), **model.parts}
    return model
