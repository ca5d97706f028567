"""pack: freeze the folder as one immutable version in the store."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from kitdesk import __version__
from kitdesk.changes import Changes, Topic
from kitdesk.errors import BadReference, KitDeskError
from kitdesk.modelkit import config
from kitdesk.modelkit import manifest as manifests
from kitdesk.modelkit.manifest import (
    CLI_VERSION_ANNOTATION,
    SUBTYPE_ANNOTATION,
    Descriptor,
    Manifest,
)
from kitdesk.modelkit.reference import Reference, tag_problem
from kitdesk.modelkit.values import Kitfile, Profile
from kitdesk.operations.project import Project, open_project, plan_layers
from kitdesk.operations.words import left_out_sentence
from kitdesk.progress import Progress, Report, silent
from kitdesk.services.layer_writer import Compression, WrittenLayer, write_layer

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.modelkit.layers import LeftOut, PlannedLayer
    from kitdesk.services.library import Library
    from kitdesk.services.store import Store

WORKERS = 2
"""Layers written at once; hashing and writing release the interpreter's lock."""


@dataclass(frozen=True, slots=True)
class PackedLayer:
    """One layer of a new version."""

    type: str
    path: str
    media_type: str
    digest: str
    size: int
    diff_id: str
    files: int


@dataclass(frozen=True, slots=True)
class Packed:
    """The version that was made, or found to be there already."""

    digest: str
    reference: Reference
    tags: tuple[str, ...]
    reused: bool
    """True when a manifest with the same contents was there and was used."""
    manifest: dict[str, Any]
    config: dict[str, Any]
    layers: tuple[PackedLayer, ...]
    warnings: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    size: int
    changes: Changes = Changes(Topic.LOCAL | Topic.FOLDER | Topic.HISTORY)


def check_tags(reference: Reference) -> tuple[str, ...]:
    """Tags of ``-t repo:a,b``; raises BadReference for one that nobody could use."""
    tags = tuple(dict.fromkeys(tag for tag in (reference.tag, *reference.extra_tags) if tag != ""))
    if "" in reference.extra_tags:
        raise BadReference("One of the tags is empty.", "Take the comma at the end away.")
    for tag in tags:
        problem = tag_problem(tag)
        if problem:
            raise BadReference(problem, "Tags hold letters, digits and _ . - only, 128 at most.")
    return tags


def pack(
    folder: Path,
    reference: Reference | None,
    library: Library,
    report: Report = silent,
    *,
    kitfile_text: bytes | None = None,
    profile: Profile = Profile.CURRENT,
    compression: Compression = "none",
    cli_version: str = f"kitdesk-{__version__}",
) -> Packed:
    """Pack a folder under a reference (None: kit's untagged ``localhost/_``).

    Raises BadKitfile, NoKitfile, NotFound (a layer path), FileChanged, DiskFull, BadReference;
    nothing is visible in the store until everything is there.
    """
    target = reference or Reference("localhost", "_")
    tags = check_tags(target.or_latest() if reference else target)
    project = open_project(folder, library.store, profile, kitfile_text)
    plan = plan_layers(project, profile)
    written = _write_all(project.folder, plan.layers, library.store, compression, report)
    kitfile, manifest = assemble(project.kitfile, written, cli_version)
    config_data = config.encode(kitfile)
    manifest_data = manifests.encode(_with_config(manifest, config_data), profile)
    store = library.store
    digest = _same_contents(store, target.name, config_data, manifest, profile)
    reused = digest is not None
    if digest is None:
        store.blobs.put(config_data)
        digest = store.blobs.put(manifest_data)
    else:
        manifest_data = store.manifest_bytes(digest)
    if project.kitfile_path is not None:
        library.journal.keep_kitfile(digest, project.text)
    store.add(target.name, digest, len(manifest_data), tags)
    library.tags_seen.note(f"local:{target.name}", dict.fromkeys(tags, digest), meant=True)
    before = library.journal.version_of(project.folder)
    shown = target.with_tag(tags[0]) if tags else target.with_digest(digest)
    library.journal.append(
        "pack", project=project.folder, reference=shown.display, digest=digest, before=before
    )
    return Packed(
        digest,
        shown,
        tags,
        reused,
        json.loads(manifest_data),
        json.loads(config_data),
        tuple(_layer_facts(one) for one in written),
        (*plan.warnings, *(left_out_sentence(one) for one in plan.left_out if loud(one))),
        plan.left_out,
        sum(one.descriptor.size for one in written),
    )


def loud(left: LeftOut) -> bool:
    """True for what a person would expect inside: not for ignored files."""
    return left.reason.value != "ignored"


def _write_all(
    folder: Path,
    layers: tuple[PlannedLayer, ...],
    store: Store,
    compression: Compression,
    report: Report,
) -> list[WrittenLayer]:
    """All layers, ``WORKERS`` at a time; the first failure stops the rest."""
    tally = _Tally(sum(layer.size for layer in layers), report)

    def one(at: int) -> WrittenLayer:
        return write_layer(folder, layers[at], store.blobs, compression, tally.part(at))

    if tally.total < SMALL or len(layers) < WORKERS:
        return [one(at) for at in range(len(layers))]
    with ThreadPoolExecutor(WORKERS, "pack") as pool:
        jobs = [pool.submit(one, at) for at in range(len(layers))]
        try:
            return [job.result() for job in jobs]
        except BaseException:
            tally.stop = True
            for job in jobs:
                job.cancel()
            raise


SMALL = 4 << 20
"""Below this threads cost more than they give (performance.md section 5)."""


class _Tally:
    """Adds up the progress of layers that are written side by side."""

    def __init__(self, total: int, report: Report) -> None:
        self.total = total
        self.stop = False
        self._report = report
        self._done: dict[int, int] = {}
        self._lock = Lock()

    def part(self, at: int) -> Report:
        def tell(progress: Progress) -> None:
            with self._lock:
                self._done[at] = progress.done
                done = sum(self._done.values())
            if self.stop:
                raise _Stopped
            self._report(Progress(progress.step, done, self.total))

        return tell


class _Stopped(KitDeskError):
    """A sibling failed; whoever raised first is shown."""

    def __init__(self) -> None:
        super().__init__("Packing was stopped.")


def assemble(
    kitfile: Kitfile, written: list[WrittenLayer], cli_version: str
) -> tuple[Kitfile, Manifest]:
    """Digests into the Kitfile, descriptors into a manifest (its config is filled in later)."""
    by_entry = {id(one.planned.entry): one for one in written}
    digests = [
        (one.descriptor.digest, one.diff_id) if (one := by_entry.get(id(entry))) else None
        for entry in kitfile.entries()
    ]
    layers = []
    for one in written:
        notes = dict(one.descriptor.annotations)
        if one.planned.entry.kind == "prompt":
            notes = {SUBTYPE_ANNOTATION: "prompt", **notes}
        layer = one.descriptor
        layers.append(Descriptor(layer.media_type, layer.digest, layer.size, notes))
    empty = Descriptor(config.CONFIG_MEDIA_TYPE, "", 0)
    notes = {CLI_VERSION_ANNOTATION: cli_version}
    return config.with_digests(kitfile, digests), Manifest(empty, tuple(layers), notes)


def _with_config(manifest: Manifest, data: bytes) -> Manifest:
    from kitdesk.modelkit.digest import of_bytes

    found = Descriptor(config.CONFIG_MEDIA_TYPE, of_bytes(data), len(data))
    return Manifest(found, manifest.layers, manifest.annotations)


def _same_contents(
    store: Store, repository: str, config_data: bytes, manifest: Manifest, profile: Profile
) -> str | None:
    """A manifest of this repository with the same config and layers, whatever kit wrote it."""
    if profile is not Profile.CURRENT:
        return None  # the caller asked for that kit's bytes
    wanted = _with_config(manifest, config_data).config.digest
    layers = [layer.digest for layer in manifest.layers]
    for version in store.versions(repository):
        known = store.manifest(version.digest)
        if known.config.digest == wanted and [one.digest for one in known.layers] == layers:
            return version.digest
    return None


def _layer_facts(one: WrittenLayer) -> PackedLayer:
    layer, entry = one.descriptor, one.planned.entry
    files = sum(not member.is_dir for member in one.planned.members)
    return PackedLayer(
        entry.kind, entry.path, layer.media_type, layer.digest, layer.size, one.diff_id, files
    )


def preview(folder: Path, library: Library) -> tuple[Project, Any]:
    """What pack would do: the project and its layer plan; nothing is written."""
    project = open_project(folder, library.store)
    return project, plan_layers(project)
