"""What sheets and pages show: previews of verbs, facts of a version, the store. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from kitdesk.session.state.project import ErrorInfo, VersionRow


@dataclass(frozen=True, slots=True)
class LayerItem:
    """One layer in a preview or in About."""

    kind: str
    """model, modelpart, code, dataset, docs, prompt"""
    name: str
    """The entry's name, else its path."""
    path: str
    size: int
    files: tuple[tuple[str, int], ...] = ()
    """(path, size), at most the first 200."""
    file_count: int = 0
    local: bool = True
    problem: str = ""
    note: str = ""
    """Why not all of its files are named: compressed, no Range, over the budget."""
    unlisted: bool = False
    """Only in the remote, and nobody has asked for its files yet."""


@dataclass(frozen=True, slots=True)
class ExcludedItem:
    """A file or folder that no layer takes."""

    path: str
    size: int
    reason: str
    """In words: ``in no layer``, ``a link``, ``ignored by line 3 of .kitignore``."""
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class PackPreview:
    """What Pack would make of the folder now."""

    layers: tuple[LayerItem, ...] = ()
    left_out: tuple[ExcludedItem, ...] = ()
    warnings: tuple[str, ...] = ()
    tags: tuple[tuple[str, str, str], ...] = ()
    """Proposals, the suggested one first: (tag, patch|minor|major|first, the reason)."""
    taken: frozenset[str] = frozenset()
    """Tags that exist, here or in the remote."""
    template: str = ""
    """The project's template for tags, ``{version}-{sha7}``; "" = plain version numbers."""
    template_problem: str = ""
    """Why the template gives no tag now; then the proposals are plain version numbers."""

    @property
    def size(self) -> int:
        """Bytes of all layers."""
        return sum(layer.size for layer in self.layers)


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One file of a rollback preview."""

    sign: Literal["A", "D", "M", "="]
    path: str
    remark: str = ""
    """``your edit is kept``, ``never packed``, ``same bytes``, ``not part of v1.0.0``."""
    warn: bool = False
    """The remark is about something that exists nowhere else: amber pill."""
    old_size: int | None = None
    new_size: int | None = None


@dataclass(frozen=True, slots=True)
class RollbackPreview:
    """What Roll back would do; nothing has been touched."""

    digest: str
    title: str
    """The target's tag."""
    now: str
    """``v2.0.0 + 3 changes``."""
    comes_back: tuple[PlanItem, ...]
    leaves: tuple[PlanItem, ...]
    stays: tuple[PlanItem, ...]
    stays_count: int
    safe_bytes: int
    """Size of what is replaced or leaves: the safe copy."""
    fetch_bytes: int
    """What has to be pulled first; 0 = it is on this machine."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PushPreview:
    """What Push would send, and whether the tag is taken by something else."""

    digest: str
    tag: str
    destination: str
    """registry/repository or ``oci:PATH``."""
    size: int
    layers: int
    missing_bytes: int | None
    """What has to be sent; None while it is not known."""
    there: str = ""
    """Digest that the tag has in the remote, "" = the tag is free."""
    next_tag: str = ""
    """A free tag that could be used instead."""

    @property
    def taken(self) -> bool:
        """The tag points at other contents in the remote."""
        return bool(self.there) and self.there != self.digest


@dataclass(frozen=True, slots=True)
class RemovalPreview:
    """What deleting a version from its remote would take away; asked a moment ago."""

    digest: str
    address: str
    tags: tuple[str, ...]
    """Every tag of the digest there: all of them vanish."""


@dataclass(frozen=True, slots=True)
class VersionDetails:
    """What a version (or the folder) is."""

    side: str
    """A digest, or FOLDER."""
    name: str = ""
    title: str = ""
    """Tag, or ``this folder``."""
    tags: tuple[str, ...] = ()
    description: str = ""
    facts: tuple[tuple[str, str, str], ...] = ()
    """(icon, label, value)."""
    reference: str = ""
    digest: str = ""
    readme: str | None = None
    """Markdown; None: this version has no README."""
    readme_note: str = ""
    """``834 B, from docs/README.md``."""
    kitfile: str = ""
    manifest: str = ""
    """Indented for reading; empty for the folder."""
    manifest_exact: str = ""
    layers: tuple[LayerItem, ...] = ()
    places: tuple[tuple[str, str, str], ...] = ()
    """(icon, where, sentence)."""
    local: bool = True
    missing: int = 0
    """Bytes that a pull would fetch."""


@dataclass(frozen=True, slots=True)
class RemoteBrowse:
    """What a remote has for somebody who wants to open a project from it."""

    address: str = ""
    """registry/repository or ``oci:PATH`` as it was typed; "" = nothing was asked yet."""
    loading: bool = False
    versions: tuple[VersionRow, ...] = ()
    chosen: str = ""
    """Digest of the version that :attr:`about` is of."""
    about: VersionDetails | None = None
    """None while it is being read."""
    error: ErrorInfo | None = None


@dataclass(frozen=True, slots=True)
class StoreVersion:
    """One version on the page On this machine."""

    digest: str
    repository: str
    tags: tuple[str, ...]
    size: int
    frees: int
    """Bytes that deleting it really gives back."""
    when: datetime | None


@dataclass(frozen=True, slots=True)
class StoreState:
    """The whole local store; sizes in bytes, shared data counted once."""

    path: str = ""
    versions: tuple[StoreVersion, ...] = ()
    disk: int = 0
    naive: int = 0
    """The sum of all versions as if nothing were shared."""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecentProject:
    """A line of the start page."""

    path: Path
    name: str
    state: str
    """``no changes``, ``3 changes, not packed``, ``folder not found``; empty while unknown."""
    at: str
    """Tag of its version."""
    opened: datetime | None
    missing: bool = False


@dataclass(frozen=True, slots=True)
class ResultBanner:
    """The result bar under the tool bar: what was done and can be undone."""

    title: str
    text: str
    undo: bool
