"""Lists of files in remote layers, by their headers: cached by digest for good."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from kitdesk.modelkit import digest as digests
from kitdesk.services.files import write_atomically
from kitdesk.services.layer_scan import LayerFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kitdesk.modelkit.manifest import Descriptor

FORMAT = 1
"""Of the cached lists; another number is read anew."""


class Peeks:
    """One small JSON file a layer; the hashes of its files are unknown."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache / "peeks"

    def _cached(self, layer: Descriptor) -> Path:
        return self._cache / f"{digests.hex_of(layer.digest)}.json"

    def known(self, layer: Descriptor) -> tuple[LayerFile, ...] | None:
        """The list if the layer was ever looked into, else None."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            raw = json.loads(self._cached(layer).read_bytes())
            if raw["format"] == FORMAT:
                return tuple(
                    LayerFile(path, mode, size, "file", offset, "")
                    for path, mode, size, offset in raw["files"]
                )
        return None

    def keep(self, layer: Descriptor, files: Sequence[LayerFile]) -> None:
        """Remember a whole list; a cache that cannot be written only costs time."""
        rows = [[one.path, one.mode, one.size, one.offset] for one in files]
        with contextlib.suppress(OSError):
            data = json.dumps({"format": FORMAT, "files": rows}).encode()
            write_atomically(self._cached(layer), data, sync=False)
