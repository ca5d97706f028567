"""From a YAML tree to a Kitfile's values, with everything that kit refuses on the way.

Follows the decoder of kit's YAML library field by field (FORMAT.md, 1.3 and 2.1); instead of
stopping at the first problem it collects them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from kitdesk.modelkit.kitfile import builder, grammar, quick_fixes
from kitdesk.modelkit.kitfile.diagnostics import Fix, Problem, Severity
from kitdesk.modelkit.kitfile.model import Kitfile, Profile
from kitdesk.modelkit.kitfile.parameters import ParameterReader
from kitdesk.modelkit.primitives.json_value import MISSING, Loose
from kitdesk.modelkit.yaml.encoding import UnreadableTextError, decode_text, line_and_column
from kitdesk.modelkit.yaml.nodes import Node, YamlSyntaxError, compose
from kitdesk.modelkit.yaml.resolver import BadScalarError, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

Path = tuple[str | int, ...]
_ALIAS_RATIO_FROM, _ALIAS_RATIO_TO = 400_000, 4_000_000


@dataclass(slots=True)
class Reading:
    """What came out: the values as far as they could be read, and the problems."""

    text: str = ""
    root: Node | None = None
    kitfile: Kitfile = field(default_factory=Kitfile)
    problems: list[Problem] = field(default_factory=list)
    places: dict[Path, Node] = field(default_factory=dict)
    """Where each value stands: ``("code", 0, "path")``; items that kit drops are not counted."""

    def add(
        self,
        node: Node,
        rule: str,
        message: str,
        severity: Severity = Severity.ERROR,
        fix: Fix | None = None,
    ) -> None:
        """Note a problem at a node."""
        end = (node.end_line + 1, node.end_column + 1)
        if node.style == "block" or end < (node.line + 1, node.column + 1):
            end = (node.line + 1, node.column + 1)
        self.problems.append(
            Problem(node.line + 1, node.column + 1, *end, severity, rule, message, fix)
        )

    def add_at(self, line: int, column: int, rule: str, message: str) -> None:
        """Note an error at a 1-based place."""
        self.problems.append(
            Problem(line, column, line, column, Severity.ERROR, rule, message, None)
        )


class _TooMuchAliasingError(Exception):
    pass


def decode_kitfile(data: bytes, profile: Profile) -> Reading:
    """Read a Kitfile's bytes as kit of ``profile`` would; never raises on bad input."""
    reading = Reading()
    try:
        reading.text = decode_text(data)
    except UnreadableTextError as problem:
        place = line_and_column(problem.before, len(problem.before))
        reading.add_at(*place, "bad-characters", problem.message)
        return reading
    try:
        reading.root = compose(reading.text)
    except YamlSyntaxError as problem:
        reading.add_at(problem.line + 1, problem.column + 1, "bad-yaml", problem.message)
        return reading
    if reading.root is None:
        reading.add_at(1, 1, "empty-kitfile", "The Kitfile is empty.")
        return reading
    reader = _Reader(reading, profile)
    try:
        values = reader.unmarshal(reading.root, lambda node: reader.object(node, "kitfile", ()))
    except _TooMuchAliasingError:
        reading.add_at(1, 1, "too-many-aliases", "Aliases make this Kitfile excessively large.")
        return reading
    reading.kitfile = builder.kitfile_from(values if isinstance(values, dict) else {})
    return reading


class _Reader:
    def __init__(self, reading: Reading, profile: Profile) -> None:
        self.reading = reading
        self.profile = profile
        self.parameters = ParameterReader(self.unmarshal, reading.add)
        self._open_aliases: set[int] = set()
        self._decoded = 0
        self._from_aliases = 0

    def unmarshal(self, node: Node, handle: Callable[[Node], Any]) -> Loose:
        """Follow an alias and handle the node; counts as kit's guard against alias bombs does."""
        self._decoded += 1
        self._from_aliases += bool(self._open_aliases)
        if (
            self._from_aliases > 100
            and self._decoded > 1000
            and self._from_aliases / self._decoded > _allowed_ratio(self._decoded)
        ):
            raise _TooMuchAliasingError
        if node.target is None:
            return handle(node)
        if id(node) in self._open_aliases:
            self.reading.add(node, "alias-loop", f"The anchor “{node.value}” contains itself.")
            return MISSING
        self._open_aliases.add(id(node))
        try:
            return self.unmarshal(node.target, handle)
        finally:
            self._open_aliases.discard(id(node))

    def object(self, node: Node, of: str, path: Path, into: dict[str, Any] | None = None) -> Loose:
        """Return the fields of a mapping as a dict; MISSING if it is null or no mapping."""
        spec = grammar.OBJECTS[of]
        if node.kind != "map":
            if not self._is_null(node):
                fix = quick_fixes.wrap_item(self.reading.text, node, spec)
                message = f"Here belongs {spec.title} with named fields, not {_what(node)}."
                self.reading.add(node, "wrong-type", message, fix=fix)
            return MISSING
        repeated = self._repeated(node)
        values: dict[str, Any] = {} if into is None else into
        merge: Node | None = None
        own: set[str] = set()
        for key_node, value_node in node.pairs():
            if key_node.is_merge:
                merge = value_node
                continue
            key = self.unmarshal(key_node, self.text)
            if not isinstance(key, str):
                continue
            if into is not None and key in values:
                continue
            found = spec.field(key)
            if found is None or not found.known_to(self.profile):
                self._unknown(key_node, key, node, spec, found)
                values.setdefault(key, MISSING)
                continue
            if key in own:
                if key_node not in repeated:
                    self.reading.add(key_node, "duplicate-key", f"“{key}” is already set.")
                continue
            own.add(key)
            here = (*path, key)
            self.reading.places.setdefault(here, value_node)
            values[key] = self._field(value_node, found, here)
        if merge is not None:
            self._merge(merge, of, path, values)
        return values

    def _field(self, node: Node, found: grammar.FieldSpec, path: Path) -> Loose:
        match found.kind:
            case "text":
                return self.unmarshal(node, self.text)
            case "any":
                return self.unmarshal(node, self.parameters.value)
            case "object":
                return self.unmarshal(node, lambda n: self.object(n, found.type, path))
            case "texts":
                return self.unmarshal(node, lambda n: self._list(n, found, path))
            case "objects":
                return self.unmarshal(node, lambda n: self._list(n, found, path))

    def _list(self, node: Node, found: grammar.FieldSpec, path: Path) -> Loose:
        if node.kind != "seq":
            if not self._is_null(node):
                fix = quick_fixes.wrap_list(self.reading.text, node, found)
                message = f"“{found.name}” must be a list, not {_what(node)}."
                self.reading.add(node, "wrong-type", message, fix=fix)
            return MISSING
        items: list[Any] = []
        for item in node.content:
            here = (*path, len(items))
            handle = (
                self.text
                if found.kind == "texts"
                else partial(self.object, of=found.type, path=here)
            )
            value = self.unmarshal(item, handle)
            if value is not MISSING:
                self.reading.places[here] = item
                items.append(value)
        return items

    def text(self, node: Node) -> Loose:
        """Return the source text of a scalar; MISSING for null."""
        if node.kind != "scalar":
            fix = quick_fixes.unwrap(self.reading.text, node)
            message = f"Here belongs a text, not {_what(node)}."
            self.reading.add(node, "wrong-type", message, fix=fix)
            return MISSING
        if node.tag in ("!!str", "!!merge"):
            return node.value
        try:
            tag, value = resolve(node.tag, node.value)
        except BadScalarError as problem:
            self.reading.add(node, "bad-tag", str(problem))
            return MISSING
        if value is None:
            return MISSING
        return value if tag == "!!binary" else node.value

    def _is_null(self, node: Node) -> bool:
        return node.kind == "scalar" and self.text(node) is MISSING

    def _repeated(self, node: Node) -> list[Node]:
        """Note keys that stand twice in a mapping; kit compares their texts, not their types."""
        seen: dict[tuple[str, str], Node] = {}
        repeated = []
        for key, _value in node.pairs():
            first = seen.setdefault((key.kind, key.value), key)
            if first is not key:
                repeated.append(key)
                message = f"“{key.value}” already stands in line {first.line + 1}."
                self.reading.add(key, "duplicate-key", message)
        return repeated

    def _merge(self, merge: Node, of: str, path: Path, values: dict[str, Any]) -> None:
        sources = merge.content if merge.kind == "seq" else [merge]
        for source in sources:
            if source.resolved.kind != "map":
                self.reading.add(source, "bad-merge", "“<<” needs a mapping or a list of mappings.")
                continue
            self.unmarshal(source, lambda node: self.object(node, of, path, values))

    def _unknown(
        self,
        node: Node,
        key: str,
        mapping: Node,
        spec: grammar.ObjectSpec,
        found: grammar.FieldSpec | None,
    ) -> None:
        if found is not None:
            message = f"“{key}” needs kit {found.since}; {self.profile} refuses it."
            self.reading.add(node, "needs-newer-kit", message)
            return
        message = f"“{key}” is not a field of {spec.title}."
        expected = quick_fixes.suggest_field(key, spec, self.profile)
        fix = None
        if expected:
            message += f" Did you mean “{expected}”?"
            if all(other.value != expected for other, _value in mapping.pairs()):
                fix = quick_fixes.rename(node, expected)
        self.reading.add(node, "unknown-field", message, fix=fix)


def _allowed_ratio(decoded: int) -> float:
    """Share of values that may come out of aliases (decoder of yaml.v3)."""
    if decoded <= _ALIAS_RATIO_FROM:
        return 0.99
    if decoded >= _ALIAS_RATIO_TO:
        return 0.10
    return 0.99 - 0.89 * (decoded - _ALIAS_RATIO_FROM) / (_ALIAS_RATIO_TO - _ALIAS_RATIO_FROM)


def _what(node: Node) -> str:
    if node.kind == "map":
        return "named fields"
    if node.kind == "seq":
        return "a list"
    shown = node.value if len(node.value) <= 20 else node.value[:19] + "…"
    return f"the text “{shown}”"
