"""Where the bytes of compared files come from: the folder, the store, or the remote by Range."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from kitdesk.errors import NotFound
from kitdesk.operations.contents.remote import open_version
from kitdesk.operations.diffing.content import Nothing, Source, source_of
from kitdesk.operations.inputs.remotes import parse_remote
from kitdesk.progress import Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitdesk.operations.diffing.sides import RemoteFactory
    from kitdesk.operations.inputs.addresses import FolderSide
    from kitdesk.services.container import Services

FileReader = Callable[[str, Report], Source]
"""Finds a file of one side by its path."""
SideLocation = tuple["FolderSide | str", bool]
"""A folder or a digest, and whether only the remote has it."""


@contextlib.contextmanager
def open_file_readers(
    left: SideLocation, right: SideLocation, address: str, services: Services, opener: RemoteFactory
) -> Iterator[tuple[FileReader, FileReader]]:
    """Open both sides; remotes are closed at the end. Worker thread."""
    with contextlib.ExitStack() as stack:

        def look(place: FolderSide | str, *, far: bool) -> FileReader:
            if not far or not isinstance(place, str):
                return lambda path, report: source_of(place, path, services, report)
            remote = opener(parse_remote(address))
            stack.callback(remote.close)
            version = open_version(place, remote, services)

            def there(path: str, report: Report) -> Source:
                try:
                    return version.source(path, report)
                except NotFound:
                    return Nothing()

            return there

        yield look(left[0], far=left[1]), look(right[0], far=right[1])
