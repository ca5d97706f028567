"""Where in a Kitfile's text a change has to go, so that everything around it stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitdesk.modelkit.kitfile import grammar
from kitdesk.modelkit.kitfile.diagnostics import Edit
from kitdesk.modelkit.kitfile.emitter import (
    Value,
    after_key,
    flow_text,
    item_text,
    mapping_lines,
    scalar_text,
)

if TYPE_CHECKING:
    from kitdesk.modelkit.yaml.nodes import Node

_PROPERTIES = re.compile(r"(?:[&!]\S*+\s++)*+")
_ANCHOR = re.compile(r"&[^\s,\[\]{}]+")


class Patcher:
    """Makes edits of one text; indentation, line breaks and quoting follow what is there."""

    def __init__(self, text: str) -> None:
        self.text = text
        found = re.search(r"\r\n|\n|\r", text)
        self.newline = found[0] if found else "\n"

    def real_end(self, node: Node) -> int:
        """Where the node's own text ends; block collections end with their last child."""
        if node.content and node.style == "block":
            last = node.content[-1]
            return max(
                self.real_end(last), self.real_end(node.content[-2]) if node.kind == "map" else 0
            )
        return node.end

    def line_start(self, offset: int) -> int:
        """Offset of the first character of the line."""
        return max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1

    def line_end(self, offset: int) -> int:
        """Offset of the line's break, or of the end of the text."""
        found = re.compile(r"[\r\n]").search(self.text, offset)
        return found.start() if found else len(self.text)

    def past_break(self, offset: int) -> int:
        """Offset behind the line break that stands at ``offset``, if one does."""
        found = re.compile(r"\r\n|[\r\n]").match(self.text, offset)
        return found.end() if found else offset

    def new_line(self, after: int, line: str) -> Edit:
        """Insert a whole line behind the one in which ``after`` lies."""
        if after and self.text[after - 1] in "\r\n":  # behind a block scalar
            return Edit(after, after, line + self.newline)
        at = self.line_end(after)
        return Edit(at, at, self.newline + line + self._end_of_block(at, line))

    def _end_of_block(self, at: int, shown: str) -> str:
        """The break that a block scalar at the very end of the text needs to keep its own."""
        return self.newline if at == len(self.text) and "|\n" in shown else ""

    def replace(
        self, key: Node | None, node: Node, value: Value, indent: str, *, flow: bool
    ) -> Edit:
        """Write another value; an anchor stays, quotes stay if they can."""
        end = self.real_end(node)
        if node.style in ("|", ">"):
            end = node.start + len(self.text[node.start : node.end].rstrip())
        alone = key is not None and not self.text[end : self.line_end(end)].strip()
        if flow or (isinstance(value, str) and (not alone or node.style in ("'", '"'))):
            shown = " " + self._on_one_line(value, node.style, flow=flow)
        else:
            shown = after_key(value, indent, self.newline)
        if node.start == node.end:  # nothing stands there yet
            colon = key is not None and ":" not in self.text[key.end : node.start]
            return Edit(node.start, node.end, ":" * colon + shown)
        properties = _PROPERTIES.match(self.text, node.start, node.end)
        anchor = _ANCHOR.search(properties[0]) if properties else None
        in_block = node.kind == "seq" and node.style == "block" and anchor is None
        if in_block and isinstance(value, list) and value:
            column = self.dash_column(node)
            lines = self.newline.join(item_text(item, column, self.newline) for item in value)
            return Edit(node.start, end, lines.lstrip())
        if shown.startswith(" "):
            return Edit(node.start, end, (anchor[0] if anchor else "") + shown[not anchor :])
        start = node.start
        while self.text[start - 1 : start] == " ":
            start -= 1
        return Edit(start, end, shown + self._end_of_block(end, shown))

    @staticmethod
    def _on_one_line(value: Value, style: str, *, flow: bool) -> str:
        return scalar_text(value, style, flow=flow) if isinstance(value, str) else flow_text(value)

    def insert_pair(self, mapping: Node, key: str, value: Value, of: str) -> Edit:
        """Add a field to a mapping, behind those that kit writes before it."""
        if mapping.style == "flow":
            shown = f"{flow_text(key)}: {flow_text(value)}"
            return self._insert_flow(mapping, shown)
        keys = mapping.content[::2]
        column = " " * keys[0].column
        line = mapping_lines({key: value}, column, self.newline)
        before = _before(of, key)
        after = [i for i, node in enumerate(keys) if node.value in before]
        explicit = self.text[self.line_start(keys[0].start) : keys[0].start].strip() == "?"
        if before and not after and not explicit:
            start = keys[0].start
            return Edit(start, start, line.lstrip() + self.newline + column)
        last = keys[after[-1]] if after else keys[-1]
        if not before:
            last = keys[-1]
        pair_value = mapping.content[mapping.content.index(last) + 1]
        end = max(self.real_end(last), self.real_end(pair_value))
        return self.new_line(end, line)

    def insert_item(self, sequence: Node, value: Value) -> Edit:
        """Add an item at the end of a list."""
        if sequence.style == "flow":
            return self._insert_flow(sequence, flow_text(value))
        line = item_text(value, self.dash_column(sequence), self.newline)
        return self.new_line(self.real_end(sequence), line)

    def _insert_flow(self, node: Node, shown: str) -> Edit:
        if not node.content:
            return Edit(node.end - 1, node.end - 1, shown)
        end = max(self.real_end(child) for child in node.content[-2:])
        end = min(end, len(self.text[: node.end - 1].rstrip()))
        comma = "" if self.text[:end].endswith(",") else ","
        return Edit(end, end, f"{comma} {shown}")

    def dash_column(self, sequence: Node) -> str:
        """Return the indentation of a block list's dashes."""
        if self.text[sequence.start] == "-":
            return " " * sequence.column
        dash = self.text.rfind("-", 0, sequence.content[0].start)
        return " " * (dash - self.line_start(dash))

    def remove(self, parent: Node, index: int, width: int) -> Edit:
        """Take out ``width`` children from ``index`` on: an item, or a key with its value."""
        if len(parent.content) == width:
            return self._emptied(parent)
        first = parent.content[index]
        end = max(self.real_end(node) for node in parent.content[index : index + width])
        following = parent.content[index + width : index + width + 1]
        start = first.start
        if parent.style == "flow":
            if following:
                return Edit(start, following[0].start, "")
            previous = max(self.real_end(node) for node in parent.content[index - width : index])
            return Edit(previous, end, "")
        if parent.kind == "seq":
            start = self.text.rfind("-", 0, start)
        line = self.line_start(start)
        if self.text[line:start].strip(" ?"):
            return Edit(start, following[0].start, "") if following else self._emptied(parent)
        if end and self.text[end - 1] in "\r\n":
            return Edit(line, end, "")
        stop = self.past_break(self.line_end(end))
        if stop == len(self.text) and line and self.text[stop - 1] not in "\r\n":
            return Edit(line - len(self._break_before(line)), stop, "")
        return Edit(line, stop, "")

    def _break_before(self, offset: int) -> str:
        return "\r\n" if self.text[:offset].endswith("\r\n") else self.text[offset - 1 : offset]

    def _emptied(self, parent: Node) -> Edit:
        shown = "{}" if parent.kind == "map" else "[]"
        end = self.real_end(parent)
        if end and self.text[end - 1] in "\r\n":
            shown += self.newline
        anchor = _ANCHOR.match(self.text, parent.start)
        prefix = anchor[0] + " " if anchor else ""
        return Edit(parent.start, end, prefix + shown)


def _before(of: str, key: str) -> set[str]:
    """Return the names of the fields that kit writes before ``key``; empty if it is none."""
    if of not in grammar.OBJECTS:
        return set()
    names = [field.name for field in grammar.OBJECTS[of].fields]
    if key not in names:
        return set()
    return {*names[: names.index(key)], ""}
