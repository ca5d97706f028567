"""What kit of today takes, but a person should know (FORMAT.md, 1.5, 3.1 and 9)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitdesk.modelkit.kitfile.diagnostics import Edit, Fix, Severity
from kitdesk.modelkit.kitfile.model import Entry, Profile
from kitdesk.modelkit.kitfile.validation import located, place_of
from kitdesk.modelkit.primitives.go_paths import clean, is_outside
from kitdesk.modelkit.primitives.reference import is_modelkit_reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.modelkit.kitfile.decoder import Reading
    from kitdesk.modelkit.yaml.nodes import Node

_MANIFEST_VERSION = "1.0.0"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_QUOTES = {"“": "”", "„": "“", "«": "»"}


def lint(reading: Reading, profile: Profile) -> None:
    """Add warnings and hints; none of them stops kit of ``profile``."""
    if reading.root is None:
        return
    _manifest_version(reading)
    seen: dict[str, tuple[str, str]] = {}
    for entry, path, label in located(reading):
        node = place_of(reading, path, "path")
        _path(reading, entry, node)
        _same_place(reading, entry, node, label, seen)
        if profile is Profile.CURRENT and (entry.remote_path or entry.remote_hash):
            message = "A dataset that stays remote needs kit 1.15 or later; it makes no layer."
            remote = place_of(reading, path, "remotePath")
            reading.add(remote, "needs-newer-kit", message, Severity.HINT)
    if reading.kitfile.mcp_servers:
        node = place_of(reading, (), "mcpServers")
        message = "“mcpServers” needs kit 1.15 or later; KitDesk does not pack it."
        reading.add(node, "needs-newer-kit", message, Severity.HINT)
    for place in reading.places.values():
        _typographic(reading, place)


def check_paths_exist(
    reading: Reading,
    exists: Callable[[str], bool],
    nearby: Callable[[str], str | None] | None,
) -> None:
    """Add an error for every layer whose path is not there, as kit's pack does (FORMAT.md, 3.1)."""
    for entry, path, label in located(reading):
        if not entry.path or entry.remote_path:
            continue
        if entry.kind == "model" and is_modelkit_reference(entry.path):
            continue
        if entry.kind != "prompt" and entry.path.startswith("/"):
            continue
        cleaned = clean(entry.path)
        if exists(cleaned):
            continue
        message = f"“{entry.path}” of {label} does not exist."
        other = nearby(cleaned) if nearby is not None else None
        if other is None and "\\" in entry.path and exists(clean(entry.path.replace("\\", "/"))):
            other = clean(entry.path.replace("\\", "/"))
        node = place_of(reading, path, "path")
        fix = None
        if other is not None:
            message += f" Did you mean “{other}”?"
            fix = _replace(node, other)
        reading.add(node, "missing-path", message, fix=fix)


def _manifest_version(reading: Reading) -> None:
    root = reading.root
    if root is None or reading.problems:
        return
    version = reading.kitfile.manifest_version
    if not version:
        fix = None
        if root.kind == "map" and root.style == "block":
            text = f"manifestVersion: {_MANIFEST_VERSION}\n{' ' * root.column}"
            fix = Fix("Add it", (Edit(root.start, root.start, text),))
        if ("manifestVersion",) in reading.places:
            fix = None
        message = f"The Kitfile lacks “manifestVersion: {_MANIFEST_VERSION}”."
        reading.add(root, "manifest-version", message, Severity.HINT, fix)
    elif version != _MANIFEST_VERSION:
        node = place_of(reading, (), "manifestVersion")
        message = f"Newer kit expects “{_MANIFEST_VERSION}” here."
        fix = _replace(node, _MANIFEST_VERSION)
        reading.add(node, "manifest-version", message, Severity.WARNING, fix)


def _path(reading: Reading, entry: Entry, node: Node) -> None:
    if not entry.path:
        if entry.kind == "model":
            message = "The model has no path: no file belongs to it."
            reading.add(node, "no-path", message, Severity.HINT)
        else:
            message = "Without a path, everything in the project is packed here."
            reading.add(node, "no-path", message, Severity.WARNING)
        return
    if entry.kind == "model" and is_modelkit_reference(entry.path):
        return
    if _URL.match(entry.path):
        message = f"“{entry.path}” is taken as the name of a file; newer kit refuses it."
        reading.add(node, "url-as-path", message, Severity.WARNING)
    elif not entry.path.startswith("/") and is_outside(clean(entry.path)):
        message = f"“{entry.path}” lies outside the project folder: nothing is packed."
        reading.add(node, "outside-project", message, Severity.WARNING)


def _same_place(
    reading: Reading, entry: Entry, node: Node, label: str, seen: dict[str, tuple[str, str]]
) -> None:
    """Two spellings of one path make two equal layers; newer kit refuses them (FORMAT.md, 9)."""
    if entry.kind == "model" and not entry.path:
        return
    cleaned = clean(entry.path)
    first, spelling = seen.setdefault(cleaned, (label, entry.path))
    if first == label:
        return
    if spelling != entry.path or entry.kind == "prompt":
        message = f"{first[0].upper()}{first[1:]} and {label} hold the same files (“{cleaned}”)."
        reading.add(node, "same-files", message, Severity.WARNING)


def _typographic(reading: Reading, node: Node) -> None:
    text = node.value
    if node.kind != "scalar" or node.style or not text or _QUOTES.get(text[0]) != text[-1]:
        return
    message = "These quotes are part of the text; YAML knows only \" and '."
    fix = _replace(node, text[1:-1])
    reading.add(node, "typographic-quotes", message, Severity.WARNING, fix)


def _replace(node: Node, text: str) -> Fix | None:
    """Write another value in place of a scalar, in its own way of quoting."""
    from kitdesk.modelkit.kitfile.emitter import scalar_text

    if node.kind != "scalar" or node.style in ("|", ">"):
        return None
    shown = scalar_text(text, node.style)
    return Fix(f"Change to “{text}”", (Edit(node.start, node.end, shown),))
