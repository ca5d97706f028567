"""Values as YAML text, for edits inside a document that a person wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from kitdesk.modelkit.yaml import resolver

Value = str | int | float | bool | Sequence["Value"] | Mapping[str, "Value"]
"""What can be written: scalars, lists and mappings."""

_INDICATORS = r"\s\-?:,\[\]{}#&*!|>'\"%@`“„«"
_SPECIAL = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"
_PLAIN = re.compile(f"[^{_INDICATORS}{_SPECIAL}][^{_SPECIAL}]*")
_DASHED = re.compile(r"-[A-Za-z0-9._/-]+")
_OLD_WORDS = re.compile(r"(?i:y|n|yes|no|on|off)|[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?")
_ONE_LINE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]*")
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
INDENT = "  "


def scalar_text(value: str, style: str = "", *, flow: bool = False) -> str:
    """Return ``value`` as a YAML scalar on one line; ``style`` is the quote to keep if it can be.

    The text means exactly ``value`` for kit, in a string field and inside ``parameters``.
    """
    if style == '"':
        return double_quoted(value)
    if style == "'" and _ONE_LINE.fullmatch(value):
        return "'" + value.replace("'", "''") + "'"
    if is_plain(value, flow=flow):
        return value
    if '"' in value and "'" not in value and _ONE_LINE.fullmatch(value):
        return "'" + value + "'"
    return double_quoted(value)


def is_plain(value: str, *, flow: bool = False) -> bool:
    """Whether ``value`` can stand without quotes and still is this text."""
    if not (_PLAIN.fullmatch(value) or _DASHED.fullmatch(value)) or value != value.strip():
        return False
    if re.search(r":\s|\s#", value) or value.endswith(":"):
        return False
    if flow and re.search(r"[,\[\]{}?:]", value):
        return False
    if re.match(r"(?:---|\.\.\.)(?:\s|\Z)", value) or value == "=":
        return False
    return resolver.tag_of(value) == "!!str" and not _OLD_WORDS.fullmatch(value)


def double_quoted(value: str) -> str:
    """Return ``value`` in double quotes, all special characters escaped."""
    shown = json.dumps(value, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", shown)


def flow_text(value: Value, style: str = "") -> str:
    """Return a value as it stands inside brackets, or as a scalar anywhere."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return scalar_text(value, style, flow=True)
    if isinstance(value, Mapping):
        pairs = (f"{flow_text(key)}: {flow_text(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(flow_text(item) for item in value) + "]"
    return repr(value)


def after_key(value: Value, indent: str, newline: str) -> str:
    """Return what follows ``key:`` in block style; ``indent`` is the key's own."""
    if isinstance(value, Mapping) and value:
        return newline + mapping_lines(value, indent + INDENT, newline)
    if isinstance(value, str):
        block = _literal(value, indent + INDENT, newline)
        return " " + (scalar_text(value) if block is None else block)
    mappings = _mappings(value)
    if mappings:
        return newline + newline.join(item_text(m, indent + INDENT, newline) for m in mappings)
    return " " + flow_text(value)


def item_text(value: Value, indent: str, newline: str) -> str:
    """Return a list item in block style with its dash, without line break at its end."""
    if isinstance(value, Mapping) and value:
        inner = mapping_lines(value, indent + INDENT, newline)
        return f"{indent}- {inner.lstrip()}"
    if isinstance(value, str):
        return f"{indent}- {scalar_text(value)}"
    return f"{indent}- {flow_text(value)}"


def mapping_lines(value: Mapping[str, Value], indent: str, newline: str) -> str:
    """Return ``key: value`` lines in block style, without line break at the end."""
    return newline.join(
        f"{indent}{scalar_text(key)}:{after_key(item, indent, newline)}"
        for key, item in value.items()
    )


def _mappings(value: Value) -> list[Mapping[str, Value]]:
    """Return the items of a list that holds mappings only; else an empty list."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    found = [item for item in value if isinstance(item, Mapping)]
    return found if len(found) == len(value) else []


def _literal(value: str, indent: str, newline: str) -> str | None:
    """Return a text of several lines as a literal block, or None where quotes are safer."""
    body = value.removesuffix("\n")
    lines = body.split("\n")
    if len(lines) == 1 or newline != "\n" or value[:1].isspace() or not lines[-1].strip():
        return None
    if not all(_ONE_LINE.fullmatch(line) for line in lines) or "\t" in value:
        return None
    shown = "\n".join(indent + line if line else "" for line in lines)
    return ("|" if value.endswith("\n") else "|-") + f"\n{shown}"
