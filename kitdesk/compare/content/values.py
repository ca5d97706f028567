"""JSON, YAML and TOML as values: comments, order and style are no difference."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content import text
from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.source import Unreadable, exactly
from kitdesk.compare.content.tree import LongNumber, Moment, Tree
from kitdesk.compare.content.words import count

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

MAX_JSON_BYTES = 64 << 20
MAX_SLOW_BYTES = 8 << 20
"""YAML and TOML are parsed in Python."""
MAX_DIGITS = 4_000
MAX_NESTED = 200
PARAMETERS = frozenset(
    "config.json generation_config.json metrics.json params.yaml params.yml params.json".split()
)
DOTS = re.compile(r"^[^=\n]{400,}", re.MULTILINE)
"""Headers and keys this long are dotted paths that take quadratic time."""


def read(side: Bytes, name: str, context: Context) -> Model:
    """The values of one file, with its text beside; Unreadable when it has none."""
    kind = kind_of(name)
    if side.size > (MAX_JSON_BYTES if kind == "json" else MAX_SLOW_BYTES):
        raise Unreadable("it is too large to be read as values", "size")
    data = exactly(side, 0, side.size)
    written, encoding = text.decoded(data)
    context.budget.check()
    if kind == "json":
        root = parse_json(written)
    elif kind == "toml":
        root = parse_toml(written)
    else:
        from kitdesk.compare.content.yaml_values import parse_yaml

        root = parse_yaml(written, context.budget)
    model = Model("values", kind)
    if isinstance(root, dict) and isinstance(root.get("model"), dict):
        _tokenizer(root["model"], model)
    last = name.rpartition("/")[2].lower()
    model.parts["values"] = Tree(root, "parameter" if last in PARAMETERS else "value")
    model.parts["text"] = text.Text(written, encoding, kind, counts=False)
    entries = len(root) if isinstance(root, dict | list) else 1
    model.about = f"{kind.upper()}, {count(entries, 'entry', 'entries')} at the top"
    return model


def kind_of(name: str) -> str:
    """json, yaml or toml, by the ending."""
    ending = name.rpartition(".")[2].lower()
    last = name.rpartition("/")[2].lower().lstrip(".")
    if ending in {"yaml", "yml"} or last == "kitfile":
        return "yaml"
    return "toml" if ending == "toml" else "json"


def parse_json(written: str) -> Any:
    """JSON values, integers of any size; Unreadable for anything else."""
    try:
        return json.loads(written, parse_int=integer)
    except RecursionError as error:
        raise Unreadable("it is nested too deep", "depth") from error
    except ValueError as error:
        raise Unreadable("it is not valid JSON") from error


def integer(digits: str) -> int | LongNumber:
    """An integer, or its digits where computing with them would take for ever."""
    return int(digits) if len(digits) <= MAX_DIGITS else LongNumber(digits)


def parse_toml(written: str) -> Any:
    """TOML values; dates are moments."""
    for match in DOTS.finditer(written):
        if match[0].count(".") > MAX_NESTED:
            raise Unreadable("it is nested too deep", "depth")
    try:
        root = tomllib.loads(written)
    except RecursionError as error:
        raise Unreadable("it is nested too deep", "depth") from error
    except ValueError as error:
        raise Unreadable("it is not valid TOML") from error
    return _dated(root, 0)


def _dated(thing: Any, depth: int) -> Any:
    if depth > MAX_NESTED:
        raise Unreadable("it is nested too deep", "depth")
    if isinstance(thing, dict):
        return {key: _dated(one, depth + 1) for key, one in thing.items()}
    if isinstance(thing, list):
        return [_dated(one, depth + 1) for one in thing]
    if thing is None or isinstance(thing, str | int | float):
        return thing
    return Moment(thing.isoformat())


def _tokenizer(inner: dict[str, Any], model: Model) -> None:
    """What a tokenizer.json says of itself."""
    vocabulary = inner.get("vocab")
    if not isinstance(vocabulary, dict | list):
        return
    model.facts["tokenizer"] = Property("Tokenizer", str(inner.get("type", "?"))[:200])
    model.facts["vocabulary"] = Property("Vocabulary", len(vocabulary))
    merges = inner.get("merges")
    if isinstance(merges, list):
        model.facts["merges"] = Property("Merges", len(merges))
        if all(isinstance(one, list) for one in merges):  # newer files write pairs
            inner["merges"] = [" ".join(map(str, one)) for one in merges]
