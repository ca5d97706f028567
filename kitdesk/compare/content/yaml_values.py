"""YAML 1.1 as PyYAML reads it, built from its events: bounded in depth, nodes and aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from kitdesk.compare.content.source import Unreadable
from kitdesk.compare.content.tree import LongNumber, Moment

if TYPE_CHECKING:
    from kitdesk.compare.content.source import Budget

MAX_DEPTH = 200
MAX_NODES = 1_000_000
MAX_DIGITS = 4_000
MERGE = "tag:yaml.org,2002:merge"
INTEGER = "tag:yaml.org,2002:int"
PLAIN = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "timestamp")
)
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Merge:
    """The key ``<<``."""


_MERGE = _Merge()


def parse_yaml(written: str, budget: Budget) -> Any:
    """The values of a document (of several: a list); aliases share one object."""
    builder = _Builder(budget)
    try:
        for event in yaml.parse(written, Loader=LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        raise Unreadable("it is not valid YAML") from error
    if not builder.documents:
        return None
    return builder.documents[0] if len(builder.documents) == 1 else builder.documents


class _Builder:
    """Takes events, keeps a stack of what is open; nothing recurses."""

    def __init__(self, budget: Budget) -> None:
        self.documents: list[Any] = []
        self._budget = budget
        self._open: list[tuple[Any, list[Any]]] = []
        self._anchors: dict[str, Any] = {}
        self._nodes = 0
        self._resolver = yaml.SafeLoader("")

    def take(self, event: Any) -> None:
        """One event of the parser."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise Unreadable("it has too many values", "size")
        if self._nodes % 4096 == 0:
            self._budget.check()
        if isinstance(event, yaml.DocumentStartEvent):
            self._anchors.clear()
        elif isinstance(event, yaml.ScalarEvent):
            self._add(self._scalar(event), event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise Unreadable("it is not valid YAML")
            self._add(self._anchors[event.anchor], None)
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            if len(self._open) >= MAX_DEPTH:
                raise Unreadable("it is nested too deep", "depth")
            made: Any = [] if isinstance(event, yaml.SequenceStartEvent) else {}
            if event.anchor:
                self._anchors[event.anchor] = made
            self._open.append((made, []))
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            made, items = self._open.pop()
            if isinstance(made, list):
                made += items
            else:
                self._fill(made, items)
            self._add(made, None)

    def _add(self, thing: Any, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = thing
        if self._open:
            self._open[-1][1].append(thing)
        else:
            self.documents.append(thing)

    def _fill(self, made: dict[Any, Any], items: list[Any]) -> None:
        """Keys and values in turn; merged keys come in where there is no own one."""
        merged: list[Any] = []
        for key, thing in zip(items[::2], items[1::2], strict=False):
            if key is _MERGE:
                merged += thing if isinstance(thing, list) else [thing]
            else:
                made[_key(key)] = thing
        for other in merged:
            if isinstance(other, dict):
                self._nodes += len(other)
                if self._nodes > MAX_NODES:
                    raise Unreadable("it has too many values", "size")
                for key, thing in tuple(other.items()):
                    made.setdefault(key, thing)

    def _scalar(self, event: Any) -> Any:
        """Its value by the tag that PyYAML resolves; other tags keep their name."""
        tag = event.tag
        if tag is None or tag == "!":
            tag = self._resolver.resolve(  # type: ignore[no-untyped-call]  # PyYAML has no types here
                yaml.ScalarNode, event.value, event.implicit
            )
        if tag == MERGE:
            return _MERGE
        if tag == INTEGER and len(event.value) > MAX_DIGITS:
            return LongNumber(event.value)
        if tag in PLAIN:
            node = yaml.ScalarNode(tag, event.value)
            try:
                made = yaml.SafeLoader.yaml_constructors[tag](self._resolver, node)
            except (ValueError, LookupError, AttributeError, OverflowError):
                return event.value
            if made is None or isinstance(made, bool | int | float):
                return made
            return Moment(made.isoformat())
        if tag in {"tag:yaml.org,2002:str", "tag:yaml.org,2002:value"}:
            return event.value
        return {tag: event.value}


def _key(key: Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    if key is None:
        return "null"
    if isinstance(key, str | int | float):
        return str(key)
    return f"({type(key).__name__})"
