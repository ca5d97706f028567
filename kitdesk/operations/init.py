"""init: the first Kitfile that a look at the folder proposes, and what it leaves out."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kitdesk.changes import Changes, Topic
from kitdesk.errors import Conflict, NotFound
from kitdesk.modelkit.kitfile import editing
from kitdesk.modelkit.kitfile import loader as kitfiles
from kitdesk.modelkit.kitfile.known_paths import KnownPath, PathKind
from kitdesk.modelkit.kitfile.model import Entry, LayerKind, Profile
from kitdesk.modelkit.layers import planner
from kitdesk.modelkit.layers.ignore import NAME as IGNORE_NAME
from kitdesk.modelkit.layers.ignore import Ignore
from kitdesk.modelkit.primitives.go_paths import is_below
from kitdesk.modelkit.tar.member import FileEntry
from kitdesk.modelkit.tar.writer import tar_size
from kitdesk.operations.inputs.folder_scan import ExcludedPath, FolderScan, ScannedFile
from kitdesk.operations.inputs.project import folder_of
from kitdesk.progress import Report, silent
from kitdesk.services.disk.files import os_errors_as, write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

MANY = 3
"""A folder with at least so many files of one kind becomes one layer."""
KITFILE = "Kitfile"
_UNKNOWN = "nobody can say what it is: name it in the Kitfile where it belongs"
_HEAD = "# what kitdesk init leaves out of the folders that it packs\n"


@dataclass(frozen=True, slots=True)
class ProposedLayer:
    """One layer, as pack would make it now."""

    type: LayerKind
    path: str
    files: int
    size: int
    """Bytes of the plain tar."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or folder that the proposal does not pack."""

    path: str
    """Folders end with ``/`` and stand for all that is left out below."""
    kind: PathKind
    reason: str
    size: int
    """Bytes of the files it stands for."""


@dataclass(frozen=True, slots=True)
class InitResult:
    """A proposal; with ``written`` it is on disk."""

    folder: Path
    kitfile: str
    """YAML text."""
    kitignore: str | None
    """Text of the whole ``.kitignore``; None when it needs no line more than it has."""
    layers: tuple[ProposedLayer, ...]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[str, ...] = ()
    """Tokens in files that are packed: place and owner, never the value."""
    written: tuple[str, ...] = ()
    """Names of the files that were written."""
    changes: Changes = Changes()


def init(folder: Path, report: Report = silent, *, write: bool = False) -> InitResult:
    """Propose a first Kitfile; with ``write`` also write it, and ``.kitignore`` if it needs one.

    Raises FolderGone, NotFound when there is nothing to pack, BadIgnoreFile, and with ``write``
    Conflict when the folder has a Kitfile of any name.
    """
    folder = folder_of(folder)
    if write:
        _check_free(folder)
    with os_errors_as("reading the folder"):
        found = propose(folder, report)
    if not write:
        return found
    _check_free(folder)
    written = []
    with os_errors_as("writing the Kitfile"):
        if found.kitignore is not None:  # first: a Kitfile without it would pack too much
            write_atomically(
                folder / IGNORE_NAME, found.kitignore.encode("utf-8", "surrogateescape")
            )
            written.append(IGNORE_NAME)
        write_atomically(folder / KITFILE, found.kitfile.encode())
        written.append(KITFILE)
    changes = Changes(Topic.KITFILE | Topic.FOLDER)
    return replace(found, written=tuple(written), changes=changes)


def propose(folder: Path, report: Report = silent) -> InitResult:
    """The proposal for a folder, whether it has a Kitfile or not; nothing is written."""
    old = _old_ignore(folder)
    ignore = Ignore.parse(old)
    scan = FolderScan(folder, ignore, report)
    scan.run()
    entries = list(_entries(scan))
    if not entries:
        raise NotFound(
            f"There is nothing to pack in {folder.name} yet.",
            "Put a model, data or code into it first.",
        )
    text = editing.starter(_name(folder), entries)
    layer_folders = [path for _kind, path in entries if (folder / path).is_dir()]
    lines = _ignore_lines(scan.excluded, layer_folders, ignore)
    kitignore = _with_lines(old, lines) if lines else None
    after = Ignore.parse(kitignore.encode("utf-8", "surrogateescape")) if kitignore else ignore
    members = _members(text, folder, after)
    packed = {one.path for layer in members.values() for one in layer if not one.is_dir}
    layers = tuple(
        ProposedLayer(entry.kind, entry.path, sum(not m.is_dir for m in layer), tar_size(layer))
        for entry, layer in members.items()
    )
    left = [
        LeftOut(one.path, one.known.kind, one.known.reason, one.size) for one in scan.excluded
    ] + list(_unknown([one for one in scan.files if one.path not in packed], packed))
    warnings = tuple(
        f"{one.path}, line {one.line}: this looks like a secret ({one.owner})."
        for one in scan.tokens
        if one.path in packed
    )
    left.sort(key=lambda one: one.path)
    return InitResult(folder, text, kitignore, layers, tuple(left), warnings)


def _check_free(folder: Path) -> None:
    for name in kitfiles.NAMES:
        if os.path.lexists(folder / name):
            raise Conflict(f"{folder.name} has a {name} already.", "Edit that one.")


def _old_ignore(folder: Path) -> bytes:
    try:
        return (folder / IGNORE_NAME).read_bytes()
    except FileNotFoundError:
        return b""


def _name(folder: Path) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", folder.name.lower()).strip("-._") or "project"


def _entries(scan: FolderScan) -> Iterator[tuple[LayerKind, str]]:
    """Kind and path of every layer: the largest model first, then its parts, then the rest."""
    sizes: dict[str, int] = {}
    for one in scan.files:
        if one.kind == "model":
            path = one.model_folder or one.path
            sizes[path] = sizes.get(path, 0) + one.size
    for number, path in enumerate(sorted(sizes, key=lambda path: (-sizes[path], path))):
        yield ("modelpart" if number else "model"), path
    others: tuple[LayerKind, ...] = ("code", "dataset", "docs")
    for kind in others:
        paths = [one.path for one in scan.files if one.kind == kind]
        for path in _gathered(paths, scan.excluded):
            yield kind, path


def _gathered(paths: list[str], excluded: list[ExcludedPath]) -> list[str]:
    """Files of one kind: a folder that holds many of them stands for all.

    Not one where more is left out than taken, such as a folder of runs.
    """
    tops: dict[str, list[str]] = {}
    for path in paths:
        top, _, rest = path.partition("/")
        tops.setdefault(top if rest else "", []).append(path)
    result = list(tops.pop("", []))
    for top, inner in tops.items():
        left = sum(len(one.files) for one in excluded if is_below(one.path, top))
        result += [top] if len(inner) >= MANY and left <= len(inner) else inner
    return result


def _members(text: str, folder: Path, ignore: Ignore) -> dict[Entry, list[FileEntry]]:
    """What each layer of the proposal would hold, by the very walk that pack does."""
    found: dict[Entry, list[FileEntry]] = {}

    def begin(entry: Entry) -> Callable[[FileEntry], None]:
        return found.setdefault(entry, []).append

    kitfile = kitfiles.decode(text.encode())
    planner.visit_members(kitfile, folder, ignore, Profile.CURRENT, begin)
    return found


def _ignore_lines(
    excluded: list[ExcludedPath], layer_folders: list[str], ignore: Ignore
) -> list[str]:
    """Patterns for what lies in folders that are packed, must not be, and yet would."""
    lines: dict[str, None] = {}
    for one in excluded:
        path = one.path.rstrip("/")
        if one.known.kind is PathKind.LINK or ignore.matches(path):
            continue  # no layer takes it anyway
        if not any(is_below(path, folder) for folder in layer_folders):
            continue
        name = path.rpartition("/")[2]
        if one.kept:
            lines |= dict.fromkeys(map(_literal, one.files))
        elif one.known.by_name and name.startswith((".", "__")):
            lines[f"**/{_literal(name)}"] = None
        else:
            lines[_literal(path)] = None
    return list(lines)


def _literal(path: str) -> str:
    """A pattern for this very path; a name that kit would trim or read as a comment is masked."""
    text = "".join(f"\\{one}" if one in "*?[\\" else one for one in path)
    return "?" + text[1:] if text[:1] in "#! " else text


def _with_lines(old: bytes, lines: Iterable[str]) -> str:
    text = old.decode("utf-8", "surrogateescape")
    if text and not text.endswith("\n"):
        text += "\n"
    return text + _HEAD + "".join(f"{line}\n" for line in lines)


def _unknown(files: list[ScannedFile], packed: set[str]) -> Iterator[LeftOut]:
    """Files that no layer takes; a folder of nothing else is one row."""
    above = {path[:at] for path in packed for at, one in enumerate(path) if one == "/"}
    sizes: dict[str, int] = {}
    for one in files:
        at = one.path.find("/")
        while at > 0 and one.path[:at] in above:
            at = one.path.find("/", at + 1)
        row = one.path[: at + 1] if at > 0 else one.path
        sizes[row] = sizes.get(row, 0) + one.size
    known = KnownPath(PathKind.OTHER, _UNKNOWN)
    for path, size in sizes.items():
        yield LeftOut(path, known.kind, known.reason, size)
