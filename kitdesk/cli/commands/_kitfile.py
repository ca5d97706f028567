"""What check and pack share: the profiles, and the Kitfile that ``-f`` names."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from kitdesk.cli.context import Context
from kitdesk.errors import KitDeskError, NotFound
from kitdesk.operations.inputs.project import MAX_KITFILE
from kitdesk.operations.inputs.project import kitfile_bytes as read_bytes

if TYPE_CHECKING:
    from pathlib import Path

PROFILES = ("current", "kit-1.11", "kit-1.7")


def kitfile_bytes(context: Context, folder: Path) -> bytes | None:
    """Bytes of ``-f``: standard input for ``-``, else a path as kit finds it."""
    name: str | None = context.options.file
    if name is None:
        return None
    if name == "-":
        if sys.stdin is None or sys.stdin.isatty():
            raise KitDeskError(
                "The Kitfile cannot be typed in.", "Pipe it in, or name a file with -f."
            )
        return sys.stdin.buffer.read(MAX_KITFILE)
    path = folder / name
    if not path.is_file():
        raise NotFound(f"{name} is not a file.", "-f is looked up from the folder, as kit does.")
    return read_bytes(path)
