"""What kit checks after reading: equal and absolute paths, types of parts (FORMAT.md, 1.5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitdesk.modelkit.kitfile.diagnostics import Severity
from kitdesk.modelkit.kitfile.model import Entry, Profile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitdesk.modelkit.kitfile.decoder import Path, Reading
    from kitdesk.modelkit.yaml.nodes import Node

PART_TYPE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
PART_TYPE_BYTES = 64


def located(reading: Reading) -> Iterator[tuple[Entry, Path, str]]:
    """Yield every entry with its place in the Kitfile and a name for messages, in layer order."""
    kitfile = reading.kitfile
    if kitfile.model is not None:
        yield kitfile.model.entry, ("model",), "the model"
        for index, part in enumerate(kitfile.model.parts):
            yield part, ("model", "parts", index), _label("model part", index, part)
    for section, title, entries in (
        ("code", "code entry", kitfile.code),
        ("datasets", "dataset", kitfile.datasets),
        ("docs", "docs entry", kitfile.docs),
        ("prompts", "prompt", kitfile.prompts),
    ):
        for index, entry in enumerate(entries):
            yield entry, (section, index), _label(title, index, entry)


def _label(title: str, index: int, entry: Entry) -> str:
    return f"{title} “{entry.name}”" if entry.name else f"{title} {index + 1}"


def place_of(reading: Reading, path: Path, field: str) -> Node:
    """Return the node of a field, or of the entry that lacks it."""
    places = reading.places
    node = places.get((*path, field)) or places.get(path) or reading.root
    if node is None:
        raise LookupError(path)
    return node


def validate(reading: Reading, profile: Profile) -> None:
    """Add the problems that kit finds after reading."""
    users: dict[str, str] = {}
    for entry, path, label in located(reading):
        node = place_of(reading, path, "path")
        if entry.kind == "prompt":
            _prompt(reading, profile, entry, node)
            continue
        written = entry.path or "."
        if written in users:
            message = f"{_capital(users[written])} and {label} use the same path “{written}”."
            reading.add(node, "same-path", message)
        else:
            users[written] = label
        if written.startswith("/"):
            _absolute(reading, node, written)
        if entry.kind == "modelpart" and entry.type:
            _part_type(reading, path, entry)


def _prompt(reading: Reading, profile: Profile, entry: Entry, node: Node) -> None:
    """Kit does not validate prompts; KitDesk's own profile refuses absolute paths."""
    if entry.path.startswith("/"):
        severity = Severity.ERROR if profile is Profile.CURRENT else Severity.WARNING
        _absolute(reading, node, entry.path, severity)


def _absolute(reading: Reading, node: Node, path: str, severity: Severity = Severity.ERROR) -> None:
    message = f"“{path}” is an absolute path; paths start at the project folder."
    reading.add(node, "absolute-path", message, severity)


def _part_type(reading: Reading, path: Path, entry: Entry) -> None:
    node = place_of(reading, path, "type")
    if not PART_TYPE.fullmatch(entry.type):
        message = (
            "The type of a model part starts with a letter, digit or “_” and holds only these, "
            "“.” and “-”."
        )
        reading.add(node, "part-type", message)
    if len(entry.type.encode("utf-8", "surrogateescape")) > PART_TYPE_BYTES:
        message = f"The type of a model part has at most {PART_TYPE_BYTES} bytes."
        reading.add(node, "part-type-length", message)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
