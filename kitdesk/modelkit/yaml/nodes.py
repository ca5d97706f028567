"""The tree of a YAML document with the place of every node: libyaml's events, kit's reading.

Only what the text says stands here; what it means is decided by
:mod:`kitdesk.modelkit.yaml.resolver` and :mod:`kitdesk.modelkit.kitfile.decoder`. Where libyaml is
laxer than kit's library, :func:`compose` refuses what kit refuses (FORMAT.md, 1.3, 1.4 and
1.6).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import yaml

from kitdesk.modelkit.yaml import resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml.error import Mark

    from kitdesk.modelkit.primitives.json_value import Loose

Kind = Literal["scalar", "map", "seq", "alias"]
_LONG = "tag:yaml.org,2002:"
_SLASH_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\/")
_READ_OTHERWISE = (
    re.compile(r"(\ufeff)"),
    re.compile(r"![^\s,\[\]]*+([,\[\]])?"),
    re.compile(r"\?\s*+(?:#[^,:\]\n]*+\s*+)*+([,:\]])?"),
)
"""Where libyaml may *accept* something else than kit, if their group is there: marks inside,
brackets and commas in tags, a question mark without a key. What leads to no group is passed over
at once: nothing inside it could lead elsewhere, and looking again would have no end."""
_CERTAIN = frozenset(
    {
        "mapping values are not allowed in this context",
        "mapping keys are not allowed in this context",
        "block sequence entries are not allowed in this context",
        "could not find expected ':'",
        "found unexpected end of stream",
        "found a tab character that violates indentation",
    }
)
"""What kit refuses wherever libyaml does; asking twice would triple the time of a check."""
_FLOW_FIRST = re.compile(r"^(?:---\s)?[^\S\n]*+(?:[!&]\S*+\s++)*+([\[{])?", re.MULTILINE)
"""Kit may take a document for finished after ``{}``, and then sees nothing of what follows.
Only where the group is there."""
MAX_DEPTH = 200


_NOTHING: list[Node] = []
"""What scalars and aliases contain; shared, since there are thousands of them."""


class YamlSyntaxError(ValueError):
    """The text is no YAML that kit reads; positions count from 0."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


class _OnlyKitKnowsError(Exception):
    """Libyaml took what kit's library may read otherwise or refuse."""


@dataclass(slots=True, eq=False)
class Node:
    """One node; ``start`` and ``end`` are character offsets, lines and columns count from 0."""

    kind: Kind
    tag: str
    """Short form: ``!!str``, ``!!map``, ``!own``; plain scalars have the tag they resolve to."""
    value: str
    """Text of a scalar, name of an alias, else empty."""
    style: str
    """``""`` for plain; a quote, ``|`` or ``>`` for scalars; ``flow`` or ``block`` otherwise."""
    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int
    content: list[Node] = field(default_factory=lambda: _NOTHING)
    """Items of a sequence; keys and values of a mapping in turn."""
    target: Node | None = None
    """What an alias stands for."""

    @property
    def resolved(self) -> Node:
        """The node itself, or what the alias stands for."""
        return self.target if self.target is not None else self

    @property
    def is_null(self) -> bool:
        """Whether it stands for nothing: ``~``, ``null``, an empty plain scalar."""
        return self.resolved.tag == "!!null"

    @property
    def is_merge(self) -> bool:
        """Whether it is the key ``<<`` that merges another mapping."""
        return self.kind == "scalar" and self.tag == "!!merge"

    def pairs(self) -> Iterator[tuple[Node, Node]]:
        """Yield keys with their values."""
        return zip(self.content[::2], self.content[1::2], strict=True)


def compose(text: str) -> Node | None:
    """Build the tree of the first document; None when the text holds no document at all.

    Raises YamlSyntaxError.
    """
    try:
        return _compose(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        raise YamlSyntaxError(_sentence(error), line, column) from None
    except yaml.YAMLError as error:
        raise YamlSyntaxError(str(error), 0, 0) from None


def _compose(text: str) -> Node | None:
    """Let libyaml read it, and ask kit's own scanner wherever libyaml is not to be believed."""
    refused: yaml.YAMLError | None = None
    if not any(_is_somewhere(pattern, text) for pattern in _READ_OTHERWISE):
        try:
            return _Composer(text).document(yaml.parse(text, Loader=yaml.CLoader))
        except _OnlyKitKnowsError:
            pass
        except yaml.MarkedYAMLError as error:
            if error.problem in _CERTAIN and not _is_somewhere(_FLOW_FIRST, text):
                raise
            refused = error
        except yaml.YAMLError as error:
            refused = error
    from kitdesk.modelkit.yaml import scanner

    try:
        return _Composer(text, exact=True).document(scanner.events(text))
    except yaml.YAMLError as error:
        raise refused or error from None


def _is_somewhere(pattern: re.Pattern[str], text: str) -> bool:
    return any(match.lastindex is not None for match in pattern.finditer(text))


def _sentence(error: yaml.MarkedYAMLError) -> str:
    words = [part for part in (error.problem, error.context) if part]
    text = ", ".join(words) or "this is not YAML"
    if "\t" in text or "cannot start any token" in text:
        text += " (no TABs for indentation, and quotes around a text that starts with @ or `)"
    if "mapping values are not allowed" in text:
        text += " (put quotes around a text that holds “: ”)"
    return text[0].upper() + text[1:] + "."


class _Composer:
    def __init__(self, text: str, *, exact: bool = False) -> None:
        self.text = text
        self.exact = exact
        """Whether the events are kit's, so that nothing about them can be doubted."""
        self.anchors: dict[str, Node] = {}

    def document(self, events: Iterator[Any]) -> Node | None:
        root: Node | None = None
        open_nodes: list[Node] = []
        flow_depth = 0
        for event in events:
            kind = type(event)
            if kind is yaml.DocumentStartEvent:
                if event.version not in (None, (1, 1)):
                    raise self._problem("Only %YAML 1.1 documents are read.", event.start_mark)
                continue
            if kind is yaml.DocumentEndEvent:
                if not self.exact and self.text[event.start_mark.index :].strip():
                    raise _OnlyKitKnowsError  # its scanner looks into the next document
                return root
            if kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
                node = open_nodes.pop()
                flow_depth -= node.style == "flow"
                mark = event.end_mark
                node.end, node.end_line, node.end_column = mark.index, mark.line, mark.column
                continue
            if kind is yaml.StreamStartEvent or kind is yaml.StreamEndEvent:
                continue
            node = self._node(event, flow_depth)
            if open_nodes:
                open_nodes[-1].content.append(node)
            else:
                root = node
            if node.kind in ("map", "seq"):
                open_nodes.append(node)
                flow_depth += node.style == "flow"
                if len(open_nodes) > MAX_DEPTH:
                    raise self._problem("This is nested too deeply.", event.start_mark)
        return root

    def _node(self, event: Loose, flow_depth: int) -> Node:
        start, end = event.start_mark, event.end_mark
        places = (start.index, end.index, start.line, start.column, end.line, end.column)
        if type(event) is yaml.AliasEvent:
            target = self.anchors.get(event.anchor or "")
            if target is None:
                raise self._problem(f"There is no anchor “{event.anchor}” before this.", start)
            return Node("alias", "", event.anchor or "", "", *places, target=target)
        tag = _short(event.tag) if event.tag else ""
        if type(event) is yaml.ScalarEvent:
            style = event.style or ""
            if style == '"' and "\\/" in self.text[start.index : end.index]:
                if _SLASH_ESCAPE.search(self.text, start.index, end.index):
                    raise self._problem("The escape “\\/” is unknown in YAML 1.1.", start)
            elif not style and flow_depth and "?" in event.value and not self.exact:
                raise _OnlyKitKnowsError  # it ends a plain text here
            value = event.value
            if not tag or tag == "!":
                tag = "!!str" if style else _plain_tag(value)
            node = Node("scalar", tag, value, style, *places)
        else:
            style = "flow" if event.flow_style else "block"
            mapping = type(event) is yaml.MappingStartEvent
            default = "!!map" if mapping else "!!seq"
            kind: Kind = "map" if mapping else "seq"
            node = Node(kind, tag if tag not in ("", "!") else default, "", style, *places, [])
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    @staticmethod
    def _problem(message: str, mark: Mark) -> YamlSyntaxError:
        return YamlSyntaxError(message, mark.line, mark.column)


def _plain_tag(value: str) -> str:
    return "!!merge" if value == "<<" else resolver.tag_of(value)


def _short(tag: str) -> str:
    return "!!" + tag[len(_LONG) :] if tag.startswith(_LONG) else tag
