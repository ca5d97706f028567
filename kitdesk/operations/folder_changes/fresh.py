"""Write files of a version where nothing is in the way: straight into place, checked behind."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

from kitdesk.errors import DiskFull, WrongDigest
from kitdesk.operations.contents.placement import PartFiles
from kitdesk.operations.messages import size_words
from kitdesk.progress import Progress, Report
from kitdesk.services.disk.files import explained
from kitdesk.services.layers.extractor import NewFile, TreeWriter
from kitdesk.services.store.hashing import HashBehind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kitdesk.modelkit.oci.manifest import Descriptor
    from kitdesk.operations.contents.placement import Layered, VersionFile
    from kitdesk.services.container import Library
    from kitdesk.services.store.blob_store import BlobStore

SPARE = 1 << 20
"""Bytes that must stay free beside what is written."""
PERMISSIONS = 0o777
"""Set-id and sticky bits are not written: what is pulled is hostile until checked."""


def real_folder(path: Path) -> bool:
    """A folder by itself, not by a link."""
    return path.is_dir() and not path.is_symlink()


def write_new(
    files: Layered[VersionFile | bytes],
    folders: Mapping[str, int],
    target: Path,
    library: Library,
    report: Report,
) -> int:
    """Write files none of which is there; returns the bytes written.

    Every layer whose bytes nobody has vouched for is hashed while its files are written. On any
    failure (WrongDigest, DiskFull, Cancelled) everything written is taken away again.
    """
    total = _total(files)
    made = _missing(target)
    with explained("writing into the folder"):
        target.mkdir(parents=True, exist_ok=True)
    try:
        _need_room(target, total)
        with library.safe.only_writer(target), explained("writing into the folder"):
            with TreeWriter(target) as writer:
                for path in sorted(folders):
                    writer.folder(path, folders[path] & PERMISSIONS)
                _layers(files, writer, library, total, report)
    except BaseException:
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise
    return total


def _need_room(target: Path, size: int) -> None:
    if shutil.disk_usage(target).free < size + SPARE:
        raise DiskFull(
            f"{size_words(size)} are needed in the folder, and there is less room.",
            "Free some space and try again. Nothing was written.",
        )


def _missing(target: Path) -> list[Path]:
    """Folders that will be made for the target, deepest first."""
    found = []
    while not target.exists():
        found.append(target)
        target = target.parent
    return found


def _layers(
    files: Layered[VersionFile | bytes],
    writer: TreeWriter,
    library: Library,
    total: int,
    report: Report,
) -> None:
    done = 0

    def tell(moved: int) -> None:
        nonlocal done
        done += moved
        report(Progress("Writing files", done, total))

    # One layer after the other, each file made as it is needed: there may be 100,000 of them.
    for part, paths in files.shares():
        if not isinstance(part, PartFiles):
            for path in paths:
                one = part[path]
                assert isinstance(one, bytes)
                writer.bytes(path, one, 0o644)
            continue
        new = (
            NewFile(path, member.mode & PERMISSIONS, member)
            for path in paths
            for member in (part.member(path),)
        )
        with _checked(part.layer, library.store.blobs):
            with library.layers.reader(part.layer) as reader:
                writer.layer(new, reader, tell)


def _total(files: Layered[VersionFile | bytes]) -> int:
    total = 0
    for part, paths in files.shares():
        if isinstance(part, PartFiles):
            total += sum(part.member(path).size for path in paths)
        else:
            total += sum(len(one) for path in paths if isinstance(one := part[path], bytes))
    return total


@contextlib.contextmanager
def _checked(layer: Descriptor, blobs: BlobStore) -> Iterator[None]:
    """Hash the layer beside what happens inside; raises WrongDigest at the end, or a lie about
    its size at the beginning.
    """
    if blobs.size(layer.digest) is None and layer.data is not None:
        yield  # it stands in the manifest, and was checked when that was read
        return
    with blobs.open(layer.digest) as blob:
        stat = os.fstat(blob.fileno())
        if stat.st_size != layer.size:
            raise _altered(layer.digest)
        if blobs.is_known_whole(layer.digest, layer.size):
            yield
            return
        follower = HashBehind(os.dup(blob.fileno()), own=True)
        try:
            follower.reached(stat.st_size)
            yield
        except BaseException:
            follower.stop()
            raise
        if f"sha256:{follower.finish().hexdigest()}" != layer.digest:
            raise _altered(layer.digest)
        blobs.note_whole(layer.digest, stat)


def _altered(digest: str) -> WrongDigest:
    return WrongDigest(
        "A layer of this version in the store has been altered.",
        "Nothing was written. kitdesk verify says what is damaged; pull or pack the version again.",
        digest,
    )
