"""Previews for the sheets and panes: what Pack, Push and Roll back would do. Worker threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.compare.values import FileChange, FileKind
from kitdesk.errors import BadReference
from kitdesk.modelkit.layers.plan import ExclusionReason
from kitdesk.modelkit.primitives import semver
from kitdesk.operations.inputs.project import open_project, plan_layers
from kitdesk.operations.inputs.tag_names import differs_from_commit, filled
from kitdesk.operations.messages import left_out_words
from kitdesk.operations.rollback import RollbackPlan, plan_remote_rollback, plan_rollback
from kitdesk.session.state.pages import (
    ExcludedItem,
    LayerItem,
    PackPreview,
    PlanItem,
    PushPreview,
    RollbackPreview,
)
from kitdesk.session.state.project import FolderState, VersionRow

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.progress import Report
    from kitdesk.services.container import Services
    from kitdesk.services.remotes.protocol import RemoteRepository

FILES_SHOWN = 200


def pack_preview(
    folder: Path,
    services: Services,
    versions: tuple[VersionRow, ...],
    changes: tuple[FileChange, ...],
    text: bytes | None = None,
    remote_tags: frozenset[str] = frozenset(),
) -> PackPreview:
    """Layers, what stays out, and tags to propose; ``text`` = the Kitfile in the editor.

    ``remote_tags``: names that the remote has, those of versions that are not shown yet too.
    """
    project = open_project(folder, services.store, text=text)
    plan = plan_layers(project)
    layers = []
    for layer in plan.layers:
        files = tuple((m.path, m.size) for m in layer.members if not m.is_dir)
        entry = layer.entry
        layers.append(
            LayerItem(
                entry.kind,
                entry.name or entry.path or ".",
                layer.base,
                sum(size for _, size in files),
                files[:FILES_SHOWN],
                len(files),
            )
        )
    left = tuple(
        ExcludedItem(one.path, one.size, left_out_words(one), _is_ignored(one.reason))
        for one in plan.left_out
    )
    taken = remote_tags | {tag for row in versions for tag in row.tags}
    template = services.settings.project(folder).tag_template
    tags, problem = templated(proposals(taken, changes), template, folder, services)
    return PackPreview(tuple(layers), left, plan.warnings, tags, taken, template, problem)


def templated(
    tags: tuple[tuple[str, str, str], ...], template: str, folder: Path, services: Services
) -> tuple[tuple[tuple[str, str, str], ...], str]:
    """The proposals by the project's template, and why that cannot be done ("" = it is)."""
    if not template:
        return tags, ""
    try:
        dirty = differs_from_commit(template, folder, services)
        found = [(filled(template, folder, tag, dirty=dirty), *more) for tag, *more in tags]
        return tuple((tag, step, why) for tag, step, why in found), ""
    except BadReference as error:
        return tags, f"{error.title} {error.hint}"


def _is_ignored(reason: ExclusionReason) -> bool:
    return reason is ExclusionReason.IGNORED


def proposals(
    taken: frozenset[str], changes: tuple[FileChange, ...]
) -> tuple[tuple[str, str, str], ...]:
    """The next tags with their reasons, the suggested one first."""
    patch, minor, major = semver.next_tags(taken)
    if not any(semver.sort_key(tag) > semver.sort_key("unversioned") for tag in taken):
        return ((patch, "first", "The first version of this project."),)
    kinds = {change.layer for change in changes}
    fresh = any(change.kind is FileKind.ADDED for change in changes)
    reasons = {
        "patch": "A small correction: nothing new, nothing removed.",
        "minor": "Something new, and what used the last version still works.",
        "major": "What used the last version has to change.",
    }
    if "model" in kinds or fresh:
        what = "the model changed" if "model" in kinds else "files were added"
        reasons["minor"] = f"Suggested: {what}."
        order = ("minor", "patch", "major")
    else:
        what = "code changed, the model is the same bytes" if kinds else "little changed"
        reasons["patch"] = f"Suggested: {what}."
        order = ("patch", "minor", "major")
    tags = {"patch": patch, "minor": minor, "major": major}
    return tuple((tags[kind], kind, reasons[kind]) for kind in order)


def rollback_preview(
    state: FolderState,
    now: str,
    target: VersionRow,
    label: str,
    services: Services,
    report: Report,
    remote: RemoteRepository | None = None,
) -> tuple[RollbackPlan, RollbackPreview]:
    """The plan that a yes carries out, and how the sheet shows it.

    ``remote``, open, of a version that only it has: nothing of that is kept here.
    """
    folder, digest = state.path, target.digest
    if remote is None:
        plan = plan_rollback(folder, digest, label, services, report)
    else:
        plan = plan_remote_rollback(folder, digest, label, remote, services, report)
    change = plan.folder_plan
    edited = {one.path for one in state.changes}
    added = {one.path for one in state.changes if one.kind is FileKind.ADDED}
    new_sizes = {one.path: one.wanted.size for one in change.coming}

    def line(sign: str, path: str) -> PlanItem:
        remark, warn = "", False
        if path in added or (sign == "D" and state.at is None):
            remark, warn = "never packed", True
        elif path in edited:
            remark, warn = "your edit is kept", True
        old = change.aside_sizes.get(path)
        if not remark and plan.fetch_bytes and sign == "M" and old == new_sizes.get(path):
            remark = "same size: compared once it is fetched"
        return PlanItem(sign, path, remark, warn, old, new_sizes.get(path))  # type: ignore[arg-type]

    comes = [line("M", path) for path in change.replace]
    comes += [line("A", path) for path in change.restore]
    leaves = [line("D", path) for path in change.set_aside]
    stays = [PlanItem("=", path, "same bytes") for path in change.unchanged[:FILES_SHOWN]]
    stays += [PlanItem("=", path, "ignored, not touched") for path in change.kept]
    preview = RollbackPreview(
        target.digest,
        target.title,
        now,
        tuple(comes),
        tuple(leaves),
        tuple(stays),
        len(change.unchanged) + len(change.kept),
        sum(change.aside_sizes.values()),
        plan.fetch_bytes,
        plan.warnings,
    )
    return plan, preview


def push_preview(
    digest: str, tag: str, destination: str, remote: RemoteRepository, services: Services
) -> PushPreview:
    """What a push would send and whether its tag is taken."""
    manifest = services.store.manifest(digest)
    there = remote.resolve(tag)
    blobs = {blob.digest: blob.size for blob in (*manifest.layers, manifest.config)}
    missing = 0
    if there is None or there.digest != digest:
        missing = sum(size for name, size in blobs.items() if not remote.blob_exists(name))
    found = there.digest if there else ""
    free = ""
    if found and found != digest:
        free = semver.next_tags([*remote.tags(), tag])[0]
    return PushPreview(
        digest,
        tag,
        destination,
        manifest.total_size,
        len(manifest.layers),
        missing,
        found,
        free,
    )
