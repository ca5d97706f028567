"""Renames that replace nothing: whatever somebody else has put under the new name stays.

Linux does it in one call (renameat2 with RENAME_NOREPLACE). Elsewhere, and on file systems that
refuse the flag, a hard link does the same for files: it fails where the name is taken.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AT_FDCWD = -100
RENAME_NOREPLACE = 1
NO_FLAG = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP})
"""Answers of a kernel or file system that does not know the flag."""
NO_LINK = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES})
"""Answers of a file system without hard links."""


def rename_new(source: Path, target: Path) -> None:
    """Rename a file, link or folder to a name that is free.

    Raises FileExistsError when the name is taken, OSError (EXDEV between mounts) for anything else;
    then nothing has moved.
    """
    call = _renameat2()
    if call is not None:
        code = call(os.fsencode(source), os.fsencode(target))
        if code not in NO_FLAG:
            if code:
                raise OSError(code, os.strerror(code), os.fspath(source), None, os.fspath(target))
            return
    rename_by_link(source, target)


def rename_by_link(source: Path, target: Path) -> None:
    """The same without the flag. A crash in between leaves one file under both names."""
    if os.name == "nt":  # never replaces there
        os.rename(source, target)
        return
    kind = source.lstat().st_mode
    if stat.S_ISREG(kind) or stat.S_ISLNK(kind):
        try:
            os.link(source, target, follow_symlinks=False)
        except OSError as error:
            if error.errno not in NO_LINK:
                raise
        else:
            source.unlink()
            return
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fspath(target))
    os.rename(source, target)


def can_rename(source: Path, target: Path) -> bool:
    """True if things can be renamed from one folder into the other; touches neither.

    The kernel compares the mounts before it looks for the name, so a name that nobody has tells
    two mounts of one disk apart (same ``st_dev``, and yet EXDEV).
    """
    if source.stat().st_dev != target.stat().st_dev:
        return False
    name = f".kitdesk-{os.urandom(12).hex()}"
    try:
        os.rename(source / name, target / name)
    except FileNotFoundError:
        return True
    except OSError as error:
        return error.errno not in {errno.EXDEV, errno.EROFS}
    return True


@cache
def _renameat2() -> Callable[[bytes, bytes], int] | None:
    """Calls the kernel and gives the error number, 0 for done; None where there is no such call."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        function = ctypes.CDLL(None, use_errno=True).renameat2

        def call(source: bytes, target: bytes) -> int:
            failed = function(AT_FDCWD, source, AT_FDCWD, target, RENAME_NOREPLACE)
            return ctypes.get_errno() if failed else 0

        return call
    return None
