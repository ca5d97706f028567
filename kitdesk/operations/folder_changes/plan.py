"""What a change of a folder consists of: the files wanted, those that come, the whole plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kitdesk.modelkit.layers.ignore import SAFE_FOLDER
from kitdesk.modelkit.primitives.disk_names import is_version_control
from kitdesk.services.history.transaction_record import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kitdesk.operations.contents.placement import VersionFile


@dataclass(frozen=True, slots=True)
class DesiredFile:
    """A file that the folder shall have: bytes of a layer, or the given ones (the Kitfile)."""

    source: VersionFile | bytes
    mode: int | None
    """Bits before the umask; None = keep those of a file that is there."""

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.source) if isinstance(self.source, bytes) else self.source.facts.size


class DesiredFiles(Mapping[str, DesiredFile]):
    """What is wanted of many files, made for each when it is asked for; None: nothing is."""

    def __init__(
        self,
        files: Mapping[str, VersionFile | bytes],
        wanted: Callable[[str, VersionFile | bytes], DesiredFile | None],
    ) -> None:
        self._files = files
        self._wanted = wanted

    def __getitem__(self, path: str) -> DesiredFile:
        found = self._wanted(path, self._files[path])
        if found is None:
            raise KeyError(path)
        return found

    def __iter__(self) -> Iterator[str]:
        return (path for path, one in self._files.items() if self._wanted(path, one) is not None)

    def __len__(self) -> int:
        return sum(1 for _path in self)


def desired_file(path: str, source: VersionFile | bytes) -> DesiredFile | None:
    """A file of a version as a roll back wants it; None for ``.kitignore``, which is the folder's
    own.
    """
    if path == ".kitignore":
        return None
    return DesiredFile(source, 0o644 if isinstance(source, bytes) else source.facts.mode)


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that gets other contents; ``slot`` is where it is staged."""

    path: str
    wanted: DesiredFile
    slot: int
    mode: int
    """Final permission bits."""
    old_size: int | None
    """Bytes of what is there now; None = nothing."""


@dataclass(slots=True)
class FolderPlan:
    """What has to happen, path by path."""

    folder: Path
    coming: list[IncomingFile] = field(default_factory=list)
    restore: list[str] = field(default_factory=list)
    """Not there now."""
    replace: list[str] = field(default_factory=list)
    """There with other bytes or another mode."""
    set_aside: list[str] = field(default_factory=list)
    """There, and not wanted."""
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """Wanted otherwise, but ignored or protected: left as it is."""
    foreign_modes: list[str] = field(default_factory=list)
    """Would get another mode, but belong to somebody else."""
    keeps_modes: bool = True
    """False: the disk keeps none, so none is changed."""
    aside_sizes: dict[str, int] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    @property
    def staged_bytes(self) -> int:
        """Bytes that must be written before the swap."""
        return sum(one.wanted.size for one in self.coming)

    @property
    def nothing(self) -> bool:
        """True when the folder is already as wanted."""
        return not self.steps


def is_protected(path: str) -> bool:
    """True for what belongs to a version-control system: never in scope, even where a layer packed
    it: commits made since would be lost.
    """
    return is_version_control(path) or path.partition("/")[0] == SAFE_FOLDER


def sha256_of(wanted: DesiredFile) -> str:
    """Hex digest of what is wanted; "" where nobody knows it yet."""
    if isinstance(wanted.source, bytes):
        import hashlib

        return hashlib.sha256(wanted.source).hexdigest()
    return wanted.source.facts.sha256 or ""


def difference(shown: FolderPlan, now: FolderPlan) -> str:
    """A path about which two plans for one folder differ; "" when they are the same."""
    if shown.steps == now.steps and shown.kept == now.kept:
        return ""
    before, after = ({replace(step, slot=0) for step in plan.steps} for plan in (shown, now))
    paths = sorted({step.path for step in before ^ after} | set(shown.kept) ^ set(now.kept))
    return paths[0] if paths else "The order of the files"


def beyond(shown: FolderPlan, now: FolderPlan) -> str:
    """A path that would change now and was not shown, or not so; "" when there is none.

    For a plan that was made from headers: a file of equal size was shown as replaced, and may turn
    out to be the same.
    """
    for before, after in (
        ([*shown.restore, *shown.replace], [*now.restore, *now.replace]),
        (shown.set_aside, now.set_aside),
        (shown.kept, now.kept),
    ):
        more = sorted(set(after) - set(before))
        if more:
            return more[0]
    settled = {*now.restore, *now.replace, *now.unchanged}
    lost = sorted({*shown.restore, *shown.replace} - settled)
    return lost[0] if lost else next(iter(sorted(set(shown.set_aside) - set(now.set_aside))), "")
