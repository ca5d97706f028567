"""What kind of disk a folder is on, as far as that decides what can be written there."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
FAT = frozenset({"vfat", "msdos", "exfat"})
NTFS = frozenset({"ntfs", "ntfs3", "fuseblk"})
SHARES = frozenset({"cifs", "smb3", "smbfs", "9p"})
MODELESS = FAT | NTFS | SHARES
"""File systems that keep no modes, or keep them only as they like."""
_REFUSED = re.compile(r'[\x00-\x1f<>:"|?*\\]')
_DEVICE = re.compile(r"(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])\Z")


def kind_of(folder: Path) -> str:
    """Name of the file system under a folder, as the kernel has it; "" where nobody tells."""
    real = os.path.realpath(folder)
    found, longest = "", -1
    with contextlib.suppress(OSError):
        for line in MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
            head, _, tail = line.partition(" - ")
            fields, kind = head.split(), tail.split()
            if len(fields) < 5 or not kind:
                continue
            mount = _unescaped(fields[4])
            inside = real == mount or real.startswith(mount.rstrip("/") + "/")
            if inside and len(mount) >= longest:  # of two at one place the later one is on top
                found, longest = kind[0], len(mount)
    return found


def _unescaped(text: str) -> str:
    """Spaces and the like stand as octal numbers there (proc(5))."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)


def keeps_modes(kind: str) -> bool:
    """False on a disk on which a mode cannot be relied upon."""
    return sys.platform != "win32" and kind not in MODELESS


def refuses(kind: str, path: str) -> bool:
    """True if a disk of this kind can have no file of this relative path (FAT and Windows names).

    Names that a driver would take and change, such as one with a dot at its end, count as refused.
    """
    if sys.platform != "win32" and kind not in FAT | NTFS:
        return False
    return any(
        _REFUSED.search(name) or name[-1:] in {".", " "} or _DEVICE.match(name.partition(".")[0])
        for name in path.split("/")
    )
