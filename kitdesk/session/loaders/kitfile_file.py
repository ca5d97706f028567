"""Reads and writes the one file that the editor is about. Worker threads only."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kitdesk.errors import BadKitfile, Conflict, KitDeskError, NoKitfile
from kitdesk.modelkit.kitfile import loader as kitfiles
from kitdesk.operations.inputs.project import MAX_KITFILE
from kitdesk.services.config.drafts import Draft, DraftStore, Identity, identity_of
from kitdesk.services.disk.files import os_errors_as, sync_folder, write_all
from kitdesk.session.loaders.text_form import FileText, file_text

NEW_MODE = 0o666
"""Mode of a new file, before the umask."""


class DiskMoved(Conflict):
    """The file is not what it was a moment ago: look again before writing."""


@dataclass(frozen=True, slots=True)
class KitfileFile:
    """What lay on the disk at one look."""

    path: Path
    data: bytes
    content: FileText | None
    """None: the bytes are not UTF-8."""
    written: datetime


@dataclass(frozen=True, slots=True)
class DiskLook:
    """What one look at a project folder found."""

    identity: Identity | None
    file: KitfileFile | None
    error: KitDeskError | None
    """Why there is no file."""
    draft: Draft | None
    kept: bool
    """A text that was not taken is kept beside the draft."""


def look_at(folder: Path, path: Path | None, store: DraftStore | None) -> DiskLook:
    """Read the Kitfile; the drafts too, where a store is given."""
    identity = identity_of(folder)
    draft, kept = None, False
    if store is not None and identity is not None:
        draft = store.find(identity, folder)
        kept = store.kept(identity) is not None
    try:
        return DiskLook(identity, read_kitfile(folder, path), None, draft, kept)
    except KitDeskError as error:
        return DiskLook(identity, None, error, draft, kept)


def read_path(path: Path) -> tuple[bytes, datetime]:
    """Bytes and time of a file; raises NoKitfile, or KitDeskError where it is none.

    A pipe in its place is refused and not waited for.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os_errors_as("reading the Kitfile"):
        try:
            handle = os.open(path, flags)
        except FileNotFoundError as error:
            gone = f"{path.name} is not there any more."
            raise NoKitfile(gone, "Saving writes it anew.") from error
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):  # ``fdopen`` would say so of a folder, and leak it
            os.close(handle)
            what = "a folder" if stat.S_ISDIR(found.st_mode) else "no ordinary file"
            raise BadKitfile(f"{path.name} is {what} now.", "Move it away, then refresh.")
        with os.fdopen(handle, "rb") as source:
            data = source.read(MAX_KITFILE + 1)
    if len(data) > MAX_KITFILE:
        raise BadKitfile(f"{path.name} is too large to be a Kitfile.", "Check which file it is.")
    return data, datetime.fromtimestamp(found.st_mtime, UTC)


def read_kitfile(folder: Path, path: Path | None = None) -> KitfileFile:
    """The file ``path`` where it is there, else the one that kit would find in the folder.

    Raises NoKitfile, or KitDeskError with the reason why it cannot be read. Bytes that are not
    UTF-8 are no error here: ``content`` is None.
    """
    if path is None or not os.path.lexists(path):
        path = kitfiles.find(folder) or path
    if path is None:
        raise NoKitfile(f"No Kitfile found in {folder}.", "Make a first one from the folder.")
    data, written = read_path(path)
    try:
        content = file_text(data)
    except KitDeskError:
        content = None
    return KitfileFile(path, data, content, written)


def write_kitfile(path: Path, data: bytes, expected: bytes | None) -> None:
    """Replace the file's bytes in one step, through links, with its mode and owner.

    ``expected`` is what must lie there now (None: nothing); raises DiskMoved where it does not. A
    file with several names, and one in a folder where nothing can be made, is written in place.
    """
    with os_errors_as("writing the Kitfile"):
        target = Path(os.path.realpath(path))
        try:
            was = target.stat()
        except FileNotFoundError:
            was = None
        if was is not None and not stat.S_ISREG(was.st_mode):
            raise BadKitfile(f"{path.name} is no ordinary file now.", "Move it away, then save.")
        in_place = was is not None and was.st_nlink > 1
        try:
            aside = None if in_place else _written_aside(target, data, was)
        except PermissionError:
            if was is None:
                raise
            aside = None
        try:
            _check_unmoved(target, expected)
            if aside is None:
                _write_in_place(target, data)
            else:
                os.replace(aside, target)
        except BaseException:
            if aside is not None:
                aside.unlink(missing_ok=True)
            raise
        if aside is not None:
            sync_folder(target.parent)


def _written_aside(target: Path, data: bytes, was: os.stat_result | None) -> Path:
    aside = target.with_name(f".Kitfile.{os.urandom(6).hex()}.tmp")
    mode = NEW_MODE if was is None else 0o600
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            if was is not None:
                with contextlib.suppress(OSError, AttributeError):  # only the owner or root may
                    os.chown(aside, was.st_uid, was.st_gid)
                os.chmod(aside, stat.S_IMODE(was.st_mode))
            os.fsync(out.fileno())
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return aside


def _check_unmoved(target: Path, expected: bytes | None) -> None:
    try:
        now: bytes | None = target.read_bytes()
    except FileNotFoundError:
        now = None
    if now != expected:
        raise DiskMoved("The Kitfile was changed at this very moment.", "Save again.")


def _write_in_place(target: Path, data: bytes) -> None:
    handle = os.open(target, os.O_WRONLY | getattr(os, "O_BINARY", 0))
    try:
        write_all(handle, data)
        os.ftruncate(handle, len(data))
        os.fsync(handle)
    finally:
        os.close(handle)
