"""Write files of a version where nothing is in the way; their layers are checked behind."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from kitdesk.errors import WrongDigest
from kitdesk.operations.contents.placement import LayerFileMap
from kitdesk.operations.folder_changes.new_tree import put_tree
from kitdesk.progress import Progress, Report
from kitdesk.services.layers.extractor import FileExtractor, NewFile
from kitdesk.services.store.hashing import BackgroundHasher

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kitdesk.modelkit.oci.manifest import Descriptor
    from kitdesk.operations.contents.placement import OverlayMapping, VersionFile
    from kitdesk.services.container import Services
    from kitdesk.services.store.blob_store import BlobStore

PERMISSIONS = 0o777
"""Set-id and sticky bits are not written: what is pulled is hostile until checked."""


def real_folder(path: Path) -> bool:
    """A folder by itself, not by a link."""
    return path.is_dir() and not path.is_symlink()


def write_fresh(
    files: OverlayMapping[VersionFile | bytes],
    folders: Mapping[str, int],
    target: Path,
    version: tuple[str, str],
    services: Services,
    report: Report,
) -> int:
    """Write files none of which is there; returns the bytes written.

    Every layer whose bytes nobody has vouched for is hashed while its files are written. They come
    into the target all at once: on any failure (WrongDigest, DiskFull, Cancelled) it is as it was.
    The caller holds the lock of a target that is there. ``version``: (digest, label).
    """
    total = _total(files)

    def fill(root: Path) -> None:
        with FileExtractor(root) as writer:
            for path in sorted(folders):
                writer.folder(path, folders[path] & PERMISSIONS)
            _layers(files, writer, services, total, report)

    if files or folders or not target.exists():
        put_tree(target, total, fill, services, report, version=version)
    return total


def _layers(
    files: OverlayMapping[VersionFile | bytes],
    writer: FileExtractor,
    services: Services,
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
        if not isinstance(part, LayerFileMap):
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
        with _checked(part.layer, services.store.blobs):
            with services.layers.reader(part.layer) as reader:
                writer.layer(new, reader, tell)


def _total(files: OverlayMapping[VersionFile | bytes]) -> int:
    total = 0
    for part, paths in files.shares():
        if isinstance(part, LayerFileMap):
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
        if blobs.is_verified(layer.digest, layer.size):
            yield
            return
        follower = BackgroundHasher(os.dup(blob.fileno()), own=True)
        try:
            follower.advance(stat.st_size)
            yield
        except BaseException:
            follower.stop()
            raise
        if f"sha256:{follower.finish().hexdigest()}" != layer.digest:
            raise _altered(layer.digest)
        blobs.mark_verified(layer.digest, stat)


def _altered(digest: str) -> WrongDigest:
    return WrongDigest(
        "A layer of this version in the store has been altered.",
        "Nothing was written. kitdesk verify says what is damaged; pull or pack the version again.",
        digest,
    )
