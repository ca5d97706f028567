"""compare: folder, local and remote versions in any pair; cheapest level first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from kitdesk.compare import kitfile as kitfiles
from kitdesk.compare import verdict as verdicts
from kitdesk.compare.files import Compared, by_weight, compare_trees
from kitdesk.compare.values import (
    Comparison,
    FileChange,
    FileFacts,
    FileKind,
    LayerChange,
    Verdict,
)
from kitdesk.operations.contents.placement import OverlayMapping
from kitdesk.operations.diffing.explain import explain_difference
from kitdesk.operations.diffing.folder_problems import with_words
from kitdesk.operations.diffing.sides import (
    ComparisonSide,
    RemoteFactory,
    SideLayer,
    layer_files,
    open_sides,
)
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.progress import Report, silent

if TYPE_CHECKING:
    from kitdesk.operations.inputs.addresses import Side
    from kitdesk.services.container import Services


Files = Mapping[str, FileFacts]


def compare(
    left: Side,
    right: Side,
    services: Services,
    report: Report = silent,
    *,
    opener: RemoteFactory = open_remote,
    exact: bool = False,
) -> Comparison:
    """Compare two sides. Layers with equal digests are never looked into."""
    with (
        open_sides(left, right, services, opener, report) as (old, new),
    ):
        return compare_loaded(old, new, services, report, exact=exact)


def compare_loaded(
    old: ComparisonSide,
    new: ComparisonSide,
    services: Services,
    report: Report = silent,
    *,
    exact: bool = False,
    differing: Callable[[tuple[str, ...]], Mapping[str, bool]] | None = None,
) -> Comparison:
    """The same for sides that are loaded already.

    ``differing`` looks into files of equal size and unknown hash: whether their bytes differ, for
    those of them that it could read.
    """
    fields = kitfiles.field_changes(old.meaning(), new.meaning())
    sentences = kitfiles.sentences(fields)
    left_files, right_files, equal = _files(old, new, services, report, exact=exact)
    found = compare_trees(left_files, right_files)
    if differing is not None and found.unsure:
        found = _decided(found, left_files, right_files, differing(found.unsure))
    problems = new.problems if new.is_folder else old.problems
    files = with_words(found.changes, problems.missing) if new.is_folder else found.changes
    same, unverified = found.same, found.unsure
    layers = _layers(old, new, files)
    same_digest = bool(old.facts.digest) and old.facts.digest == new.facts.digest
    is_same = same_digest or ((old.is_folder or new.is_folder) and not fields and not files)
    verdict = verdicts.judge(fields, files, same_digest=is_same)
    if unverified and verdict is Verdict.PACKAGING:
        # Names, sizes and modes agree and the digest does not: some file has other bytes.
        verdict = Verdict.DIFFERENT
    folder = new.is_folder
    causes = explain_difference(old, new, files, services) if verdict is Verdict.PACKAGING else ()
    if problems.kitfile and verdict is Verdict.SAME:
        verdict = Verdict.DIFFERENT  # its Kitfile is not the other's, whatever it should say
    headline = problems.headline() or verdicts.headline(
        verdict, old.facts.name, new.facts.name, files, layers, sentences, folder=folder
    )
    return Comparison(
        verdict,
        headline,
        old.facts,
        new.facts,
        sentences,
        fields,
        layers,
        files,
        _without(same, equal, unverified),
        tuple(one.title for one in problems.all),
        causes,
        unverified,
        sum(side.remote.traffic.requests for side in (old, new) if side.remote),
        sum(side.remote.traffic.bytes for side in (old, new) if side.remote),
    )


def _decided(found: Compared, left: Files, right: Files, differs: Mapping[str, bool]) -> Compared:
    """The same with files that were looked into where they belong."""
    changed = [
        FileChange(path, FileKind.CHANGED, left[path], right[path])
        for path, one in differs.items()
        if one
    ]
    gone = {one.path for one in changed}
    return Compared(
        by_weight([*found.changes, *changed]),
        tuple(path for path in found.same if path not in gone),
        tuple(path for path in found.unsure if path not in differs),
    )


def _without(
    same: tuple[str, ...], equal: list[str], unverified: tuple[str, ...]
) -> tuple[str, ...]:
    """Paths known to be equal, sorted; no copy where there is nothing to join or take away."""
    if not equal and not unverified:
        return same
    return tuple(sorted({*same, *equal} - set(unverified)))


def _files(
    old: ComparisonSide, new: ComparisonSide, services: Services, report: Report, *, exact: bool
) -> tuple[Files, Files, list[str]]:
    """Files of the layers that are not shared, and paths in shared ones (where listed cheaply)."""
    shared = {part.digest for part in old.parts} & {part.digest for part in new.parts} - {""}
    equal: list[str] = []
    for part in old.parts:
        if part.descriptor and part.digest in shared:
            known = services.layers.cached(part.descriptor)
            if known is None and services.store.blobs.size(part.digest) is not None:
                known = services.layers.list_files(part.descriptor, report)
            equal += [file.path for file in known or () if file.kind == "file"]
    return (
        _side_files(old, shared, services, report, exact=exact),
        _side_files(new, shared, services, report, exact=exact),
        equal,
    )


def _side_files(
    side: ComparisonSide, shared: set[str], services: Services, report: Report, *, exact: bool
) -> Files:
    parts = [
        layer_files(side, part, services, report, exact=exact)
        for part in side.parts
        if part.digest not in shared
    ]
    return parts[0] if len(parts) == 1 else OverlayMapping(parts)


def _layers(
    old: ComparisonSide,
    new: ComparisonSide,
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


def _digest(part: SideLayer | None) -> str:
    """Digest of a layer; a folder's layer has none yet and says so."""
    return "" if part is None else part.digest or "folder"


def _layer_verdict(
    one: SideLayer | None, other: SideLayer | None, files: tuple[FileChange, ...]
) -> Verdict:
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
