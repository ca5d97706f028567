"""A file inside a compressed layer: unpacked once, into memory or a private temporary file."""

from __future__ import annotations

import contextlib
import io
import tempfile
from typing import IO, TYPE_CHECKING

from kitdesk.compare.content.source import Torn, Unreadable
from kitdesk.errors import KitDeskError
from kitdesk.services.disk.files import BLOCK

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitdesk.compare.content.source import Bytes, Place
    from kitdesk.modelkit.oci.manifest import Descriptor
    from kitdesk.services.layers.reader import LayerCatalog, LayerReader
    from kitdesk.services.layers.table import LayerFile

MAX_BYTES = 2 << 30
"""Larger members of compressed layers are not unpacked to be looked at."""
IN_MEMORY_BYTES = 4 << 20


class ForwardLayer:
    """A compressed layer that is open; members are cheap to read in the order of the tar."""

    def __init__(self, catalog: LayerCatalog, layer: Descriptor, folder: Path) -> None:
        self._catalog, self._layer = catalog, layer
        self.folder = folder
        """Where temporary files go."""
        self._stack = contextlib.ExitStack()
        self._reader: LayerReader | None = None
        self._at = 0

    def close(self) -> None:
        """Let the layer go."""
        self._stack.close()
        self._reader = None

    def copy(self, member: LayerFile, target: IO[bytes], check: Callable[[], None]) -> None:
        """Write the content of a member; ``check`` is the cancel point, also on the way to it."""
        if self._reader is None or member.offset < self._at:
            self.close()
            self._reader = self._stack.enter_context(self._catalog.reader(self._layer))
            self._at = 0
        try:
            self._pass(member.offset - self._at, None, check)
            self._pass(member.size, target, check)
        except BaseException:
            self.close()  # where it stands is not known any more
            raise

    def _pass(self, length: int, target: IO[bytes] | None, check: Callable[[], None]) -> None:
        assert self._reader is not None
        while length:
            check()
            block = self._reader.read(min(length, BLOCK))
            if not block:
                raise Torn("the layer is shorter than its list of files")
            if target is not None:
                target.write(block)
            self._at += len(block)
            length -= len(block)


class UnpackedMember:
    """One file of such a layer; nothing is unpacked before somebody reads."""

    def __init__(
        self, layer: ForwardLayer, member: LayerFile, place: Place, check: Callable[[], None]
    ) -> None:
        self.size = member.size
        self.place: Place = place
        self._layer, self._member, self._check = layer, member, check
        self._file: IO[bytes] | None = None
        self._failure: Unreadable | None = None

    def close(self) -> None:
        """Delete what was unpacked."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def read(self, offset: int, length: int) -> bytes:
        """Exactly these bytes; Unreadable when it is too large or its layer is damaged."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise Torn("read past the end")
        file = self._file if self._file is not None else self._unpack()
        file.seek(offset)
        return file.read(length)

    def beside(self, _name: str) -> Bytes | None:
        """Unknown here: who opens versions knows their files."""
        return None

    def _unpack(self) -> IO[bytes]:
        if self._failure is not None:
            raise self._failure
        if self.size > MAX_BYTES:
            raise Unreadable("it lies in a compressed layer and is larger than 2 GiB", "compressed")
        self._layer.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.size <= IN_MEMORY_BYTES:
            file: IO[bytes] = io.BytesIO()
        else:  # without a name, so that it ends with this process, too
            file = tempfile.TemporaryFile(dir=self._layer.folder)  # noqa: SIM115  (kept for reads)
        try:
            self._layer.copy(self._member, file, self._check)
        except (Unreadable, KitDeskError) as error:
            file.close()
            self._failure = as_unreadable(error)
            raise self._failure from error
        except BaseException:
            file.close()
            raise
        self._file = file
        return file


def as_unreadable(error: Unreadable | KitDeskError) -> Unreadable:
    """What went wrong with a file, as a limit of its comparison."""
    if isinstance(error, Unreadable):
        return error
    return Unreadable(error.title[:1].lower() + error.title[1:].rstrip("."), "damaged")
