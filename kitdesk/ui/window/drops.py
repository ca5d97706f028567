"""What is dropped on the window."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QDropEvent


def local_path(url: QUrl) -> Path:
    """The path of a local file, byte for byte; ``toLocalFile`` loses names that are not UTF-8."""
    if os.name == "nt":
        return Path(url.toLocalFile())
    encoded = bytes(url.toEncoded().data()).partition(b"://")[2]
    return Path(os.fsdecode(unquote_to_bytes(encoded[encoded.find(b"/") :])))


def dropped_folder(event: QDropEvent) -> Path | None:
    """The folder in a drop, or the folder of a Kitfile in it."""
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = local_path(urls[0])
    return path if path.is_dir() else path.parent if path.name in NAMES else None


NAMES = ("Kitfile", "kitfile", ".kitfile")
