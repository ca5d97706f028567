"""pack: freeze the folder as one immutable version in the store."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kitdesk import __version__
from kitdesk.changes import Changes, Topic
from kitdesk.errors import BadReference, StoreDamaged
from kitdesk.modelkit.kitfile.model import Kitfile, Profile
from kitdesk.modelkit.oci import config
from kitdesk.modelkit.oci import manifest as manifests
from kitdesk.modelkit.oci.manifest import CLI_VERSION_ANNOTATION, Descriptor, Manifest
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives.commit_note import CommitNote, note_of
from kitdesk.modelkit.primitives.reference import Reference, tag_problem
from kitdesk.operations.commit_notes import CommitFinding, find_commit, fits, no_commit
from kitdesk.operations.inputs.fixed_tags import check_fixed
from kitdesk.operations.inputs.project import Project, open_project, plan_layers
from kitdesk.operations.messages import left_out_sentence
from kitdesk.operations.pack_layers import write_layers
from kitdesk.operations.records import keep_pack_record, one_line
from kitdesk.progress import Report, silent
from kitdesk.services.git.working_copy import WorkingCopyState
from kitdesk.services.history.journal import now
from kitdesk.services.layers.pack_cache import PackCache
from kitdesk.services.layers.writer import WrittenLayer

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.modelkit.layers.plan import ExcludedFile, PlannedLayer
    from kitdesk.services.container import Services
    from kitdesk.services.layers.tar_sink import Compression
    from kitdesk.services.store.store import Store

ATTEMPTS = 3
"""How often a pack begins again because a shared layer was removed under its hands."""


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
class PackResult:
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
    left_out: tuple[ExcludedFile, ...]
    size: int
    commit: CommitNote = CommitNote()
    """What the version notes: of an equal one that was there, its own note."""
    git: WorkingCopyState = WorkingCopyState()
    """What git knows of the folder now."""
    record: str = ""
    """Digest of the record of this pack."""
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
    services: Services,
    report: Report = silent,
    *,
    kitfile_text: bytes | None = None,
    profile: Profile = Profile.CURRENT,
    compression: Compression = "none",
    cli_version: str = f"kitdesk-{__version__}",
    use_cache: bool = True,
    model_pack: bool = False,
    commit: bool = True,
    move_fixed: bool = False,
    note: str = "",
) -> PackResult:
    """Pack a folder under a reference (None: kit's untagged ``localhost/_``).

    ``use_cache`` False reads every file again, changed or not. ``model_pack`` writes a ModelPack,
    as ``kit pack --use-model-pack`` does: older kits cannot read a store that holds one.
    ``commit`` False notes no commit; nor do kit's profiles and ModelPacks. ``note`` is the one line
    "why" of its record.

    Raises BadKitfile, NoKitfile, NotFound (a layer path), FileChanged, DiskFull, BadReference;
    nothing is visible in the store until everything is there.
    """
    note, started = one_line(note), now()
    target = reference or Reference("localhost", "_")
    tags = check_tags(target.or_latest() if reference else target)
    project = open_project(folder, services.store, profile, kitfile_text)
    plan = plan_layers(project, profile)
    store = services.store
    cache = PackCache(services.paths.cache) if use_cache else None
    notes = commit and profile is Profile.CURRENT and not model_pack
    for attempt in range(ATTEMPTS):
        written = write_layers(project.folder, plan.layers, store, compression, cache, report)
        noted = noted_commit(project, plan.layers, written, services, report, wanted=notes)
        kitfile, manifest = assemble(project.kitfile, written, cli_version, noted.note)
        config_data = config.encode(kitfile)
        if model_pack:
            from kitdesk.modelkit.oci import modelpack

            diff_ids = tuple(one.diff_id for one in written)
            manifest, config_data = modelpack.convert(kitfile, manifest, diff_ids, config_data)
        manifest_data = manifests.encode(_with_config(manifest, config_data), profile)
        same = _same_contents(store, target.name, config_data, manifest, profile, noted)
        if same is not None:
            manifest_data = store.manifest_bytes(same)
        digest = same or digests.of_bytes(manifest_data)
        for tag in tags if not move_fixed else ():
            if store.find_tag(target.name, tag) not in (None, digest):
                display = target.with_tag(tag).display
                check_fixed(display, tag, services.settings, remote=False)
        if same is None:
            store.blobs.put(manifest_data)
        store.blobs.put(config_data)
        try:
            store.add(target.name, digest, len(manifest_data), tags, complete=True)
            break
        except StoreDamaged:  # another process removed a version that shared a layer: once more
            if attempt + 1 == ATTEMPTS:
                raise
    if project.kitfile_path is not None:
        services.journal.keep_kitfile(digest, project.text)
    services.tag_history.record(f"local:{target.name}", dict.fromkeys(tags, digest), expected=True)
    before = services.journal.version_of(project.folder)
    shown = target.with_tag(tags[0]) if tags else target.with_digest(digest)
    services.journal.append(
        "pack",
        project=project.folder,
        reference=shown.display,
        digest=digest,
        before=before,
        note=note,
    )
    record = keep_pack_record(
        target.name,
        digest,
        kitfile,
        noted.state,
        services,
        folder=project.folder,
        parent=before,
        started=started,
        options={"profile": profile.value, "compression": compression},
        note=note,
    )
    return PackResult(
        digest,
        shown,
        tags,
        same is not None,
        json.loads(manifest_data),
        json.loads(config_data),
        tuple(
            _layer_facts(one, layer) for one, layer in zip(written, manifest.layers, strict=True)
        ),
        (*plan.warnings, *(left_out_sentence(one) for one in plan.left_out if is_unexpected(one))),
        plan.left_out,
        sum(one.descriptor.size for one in written),
        note_of(manifests.decode(manifest_data).annotations),
        noted.state,
        record,
    )


def is_unexpected(left: ExcludedFile) -> bool:
    """True for what a person would expect inside: not for ignored files."""
    return left.reason.value != "ignored"


def noted_commit(
    project: Project,
    layers: tuple[PlannedLayer, ...],
    written: list[WrittenLayer],
    services: Services,
    report: Report,
    *,
    wanted: bool,
) -> CommitFinding:
    """The commit of what was written just now."""
    if not wanted:
        return no_commit()
    return find_commit(
        project, layers, [one.descriptor.digest for one in written], services, report
    )


def assemble(
    kitfile: Kitfile, written: list[WrittenLayer], cli_version: str, note: CommitNote
) -> tuple[Kitfile, Manifest]:
    """Digests into the Kitfile, descriptors into a manifest (its config is filled in later)."""
    by_entry = {id(one.planned.entry): one for one in written}
    digests = [
        (one.descriptor.digest, one.diff_id) if (one := by_entry.get(id(entry))) else None
        for entry in kitfile.entries()
    ]
    layers = tuple(one.descriptor for one in written)
    empty = Descriptor(config.CONFIG_MEDIA_TYPE, "", 0)
    notes = {CLI_VERSION_ANNOTATION: cli_version, **note.annotations()}
    return config.with_digests(kitfile, digests), Manifest(empty, layers, notes)


def _with_config(manifest: Manifest, data: bytes) -> Manifest:
    found = Descriptor(manifest.config.media_type, digests.of_bytes(data), len(data))
    return replace(manifest, config=found)


def _same_contents(
    store: Store,
    repository: str,
    config_data: bytes,
    manifest: Manifest,
    profile: Profile,
    noted: CommitFinding,
) -> str | None:
    """A manifest of this repository with the same config and layers, whatever kit wrote it.

    Its note is the same, or an older clean one: the first commit that had these bytes.
    """
    if profile is not Profile.CURRENT or manifest.config.media_type != config.CONFIG_MEDIA_TYPE:
        return None  # the caller asked for that kit's bytes
    wanted = _with_config(manifest, config_data).config.digest
    layers = [layer.digest for layer in manifest.layers]
    found: str | None = None
    for version in store.versions(repository):
        if version.kind is not manifests.ManifestKind.MODELKIT:
            continue
        known = store.manifest(version.digest)
        if known.config.digest != wanted or [one.digest for one in known.layers] != layers:
            continue
        note = note_of(known.annotations)
        if note == noted.note:
            return version.digest
        if fits(note, noted):
            found = found or version.digest
    return found


def _layer_facts(one: WrittenLayer, layer: Descriptor) -> PackedLayer:
    entry = one.planned.entry
    files = sum(not member.is_dir for member in one.planned.members)
    return PackedLayer(
        entry.kind, entry.path, layer.media_type, layer.digest, layer.size, one.diff_id, files
    )


def preview(folder: Path, services: Services) -> tuple[Project, Any]:
    """What pack would do: the project and its layer plan; nothing is written."""
    project = open_project(folder, services.store)
    return project, plan_layers(project)
