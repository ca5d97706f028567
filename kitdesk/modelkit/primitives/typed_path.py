"""Paths as a person types them, and commands as a person copies them: one way in, one way out."""

from __future__ import annotations

import contextlib
import os
import shlex
import tempfile
from pathlib import Path
from typing import Literal

from kitdesk.errors import KitDeskError, NotFound

Shell = Literal["sh", "powershell"]


def home_folder() -> Path:
    """The person's home; where there is none (no HOME, no such user), a private folder that is
    there until the machine starts anew.
    """
    try:
        return Path.home()
    except (RuntimeError, KeyError):
        who = os.getuid() if hasattr(os, "getuid") else "user"
        found = Path(tempfile.gettempdir()) / f"kitdesk-{who}"
        with contextlib.suppress(FileExistsError):
            found.mkdir(mode=0o700)
        if found.is_symlink() or (hasattr(os, "getuid") and found.stat().st_uid != os.getuid()):
            raise KitDeskError(
                "Nobody knows where your home folder is.",
                "Set HOME, or KITDESK_HOME and KITOPS_HOME.",
                f"{found} is somebody else's.",
            ) from None
        return found


def homeless_note(store: Path) -> str:
    """One sentence where the store stands in the folder that only lasts until the next start of
    the machine; "" where there is a home.
    """
    try:
        Path.home()
    except (RuntimeError, KeyError):
        if store.is_relative_to(home_folder()):
            return f"No home folder is known: versions are kept in {store} until the next reboot."
    return ""


def typed_path(text: str) -> Path:
    """A path as a person types it: ``~`` is the home; raises NotFound for an unknown ``~user``."""
    head, _, rest = text.partition("/")
    if head == "~":
        return home_folder() / rest
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise NotFound(
            f"There is no user {head.removeprefix('~')!r} here, so {text} leads nowhere.",
            "Write the whole path, from / on.",
        ) from error


def typed_path_problem(text: str) -> str | None:
    """Why a typed path is none that begins at the root, one sentence, or None where it is."""
    try:
        path = typed_path(text)
    except NotFound as error:
        return error.title
    if "\0" in text:
        return "A path cannot hold that character."
    return None if path.is_absolute() else "Write the whole path, from / or ~ on."


def quoted(text: str, shell: Shell = "sh") -> str:
    """A word of a command that is shown to be copied, safe for the shell."""
    if shell == "powershell":
        return "'" + text.replace("'", "''") + "'"
    return shlex.quote(text)
