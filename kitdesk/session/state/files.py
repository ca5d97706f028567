"""Small files of the window's own, which only remember."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from kitdesk.services.disk.files import write_atomically

if TYPE_CHECKING:
    from pathlib import Path


def write_quietly(path: Path, data: bytes) -> None:
    """Replace a private file; where that cannot be it is not remembered, and that is all."""
    with suppress(OSError):
        write_atomically(path, data, 0o600)
