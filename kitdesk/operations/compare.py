"""compare: folder, local and remote versions in any pair; cheapest level first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kitdesk.compare import kitfile as kitfiles
from kitdesk.compare import verdict as verdicts
from kitdesk.compare.files import compare_trees
from kitdesk.compare.values import (
    Comparison,
    FileChange,
    FileFacts,
    FileKind,
    LayerChange,
    Verdict,
)
from kitdesk.operations.contents.placement import Layered
from kitdesk.operations.diffing.explain import why
from kitdesk.operations.diffing.sides import LoadedSide, Opener, Part, loaded, part_files
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.progress import Report, silent

if TYPE_CHECKING:
    from kitdesk.operations.inputs.addresses import Side
    from kitdesk.services.container import Library


def compare(
    left: Side,
    right: Side,
    library: Library,
    report: Report = silent,
    *,
    opener: Opener = open_remote,
    exact: bool = False,
) -> Comparison:
    """Compare two sides. Layers with equal digests are never looked into."""
    with (
        loaded(left, library, opener, report) as old,
        loaded(right, library, opener, report) as new,
    ):
        return compare_loaded(old, new, library, report, exact=exact)


def compare_loaded(
    old: LoadedSide,
    new: LoadedSide,
    library: Library,
    report: Report = silent,
    *,
    exact: bool = False,
) -> Comparison:
    """The same for sides that are loaded already."""
    fields = kitfiles.field_changes(old.meaning(), new.meaning())
    sentences = kitfiles.sentences(fields)
    left_files, right_files, equal = _files(old, new, library, report, exact=exact)
    found = compare_trees(left_files, right_files)
    files, same, unverified = found.changes, found.same, found.unsure
    layers = _layers(old, new, files)
    same_digest = bool(old.facts.digest) and old.facts.digest == new.facts.digest
    is_same = same_digest or ((old.is_folder or new.is_folder) and not fields and not files)
    verdict = verdicts.judge(fields, files, same_digest=is_same)
    if unverified and verdict is Verdict.PACKAGING:
        # Names, sizes and modes agree and the digest does not: some file has other bytes.
        verdict = Verdict.DIFFERENT
    folder = new.is_folder
    causes = why(old, new, files, library) if verdict is Verdict.PACKAGING else ()
    return Comparison(
        verdict,
        verdicts.headline(
            verdict, old.facts.name, new.facts.name, files, layers, sentences, folder=folder
        ),
        old.facts,
        new.facts,
        sentences,
        fields,
        layers,
        files,
        _without(same, equal, unverified),
        causes,
        unverified,
        sum(side.remote.traffic.requests for side in (old, new) if side.remote),
        sum(side.remote.traffic.bytes for side in (old, new) if side.remote),
    )


def _without(
    same: tuple[str, ...], equal: list[str], unverified: tuple[str, ...]
) -> tuple[str, ...]:
    """Paths known to be equal, sorted; no copy where there is nothing to join or take away."""
    if not equal and not unverified:
        return same
    return tuple(sorted({*same, *equal} - set(unverified)))


Files = Mapping[str, FileFacts]


def _files(
    old: LoadedSide, new: LoadedSide, library: Library, report: Report, *, exact: bool
) -> tuple[Files, Files, list[str]]:
    """Files of the layers that are not shared, and paths in shared ones (where listed cheaply)."""
    shared = {part.digest for part in old.parts} & {part.digest for part in new.parts} - {""}
    equal: list[str] = []
    for part in old.parts:
        if part.descriptor and part.digest in shared:
            known = library.layers.known(part.descriptor)
            if known is None and library.store.blobs.size(part.digest) is not None:
                known = library.layers.list(part.descriptor, report)
            equal += [file.path for file in known or () if file.kind == "file"]
    return (
        _side_files(old, shared, library, report, exact=exact),
        _side_files(new, shared, library, report, exact=exact),
        equal,
    )


def _side_files(
    side: LoadedSide, shared: set[str], library: Library, report: Report, *, exact: bool
) -> Files:
    parts = [
        part_files(side, part, library, report, exact=exact)
        for part in side.parts
        if part.digest not in shared
    ]
    return parts[0] if len(parts) == 1 else Layered(parts)


def _layers(
    old: LoadedSide,
    new: LoadedSide,
    files: tuple[FileChange, ...],
) -> tuple[LayerChange, ...]:
    left = {(part.kind, part.path): part for part in old.parts}
    right = {(part.kind, part.path): part for part in new.parts}
    result = []
    for key in dict.fromkeys((*left, *right)):
        one, other = left.get(key), right.get(key)
        result.append(
            LayerChange(
                *key,
                _layer_verdict(one, other, files),
                _digest(one),
                _digest(other),
            )
        )
    return tuple(result)


def _digest(part: Part | None) -> str:
    """Digest of a layer; a folder's layer has none yet and says so."""
    return "" if part is None else part.digest or "folder"


def _layer_verdict(one: Part | None, other: Part | None, files: tuple[FileChange, ...]) -> Verdict:
    if one is None or other is None:
        return Verdict.DIFFERENT
    if one.digest and one.digest == other.digest:
        return Verdict.SAME
    inside = [
        change
        for change in files
        if any(_below(path, one.path) for path in (change.path, change.old_path) if path)
        and change.layer == one.kind
    ]
    if any(change.kind is not FileKind.MODE for change in inside):
        return Verdict.DIFFERENT
    if inside or (one.digest and other.digest):
        return Verdict.PACKAGING
    return Verdict.SAME


def _below(path: str, base: str) -> bool:
    return base in {"", "."} or path == base or path.startswith(f"{base}/")
