"""Where the bytes of compared files come from: the folder, the store, or the remote by Range."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from kitdesk.operations.contents.remote import open_version
from kitdesk.operations.diffing.content import ContentComparer, ContentOptions, open_comparer
from kitdesk.operations.diffing.folder_files import open_folder
from kitdesk.operations.diffing.side_file import SideFiles
from kitdesk.operations.diffing.side_files import open_files
from kitdesk.operations.diffing.sides import version_side
from kitdesk.operations.inputs.addresses import FolderSide
from kitdesk.operations.inputs.remotes import parse_remote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from kitdesk.operations.diffing.sides import RemoteFactory
    from kitdesk.progress import Report
    from kitdesk.services.container import Services

SideLocation = tuple[FolderSide | str, bool]
"""A folder or a digest, and whether only the remote has it."""


@contextlib.contextmanager
def open_contents(
    left: SideLocation,
    right: SideLocation,
    address: str,
    services: Services,
    opener: RemoteFactory,
    options: ContentOptions,
    report: Report,
) -> Iterator[ContentComparer]:
    """Open both sides of one or more files. Worker thread; all ends with the block."""
    with contextlib.ExitStack() as stack:

        def files(
            place: FolderSide | str, *, far: bool
        ) -> Callable[[ContentComparer], AbstractContextManager[SideFiles]]:
            if isinstance(place, FolderSide):
                return lambda _comparer: open_folder(place.path, services)
            if far:
                remote = opener(parse_remote(address))
                stack.callback(remote.close)
                version = open_version(place, remote, services)
                side = version_side("", place, version.manifest, version.kitfile, remote)
            else:
                store = services.store
                side = version_side("", place, store.manifest(place), store.kitfile(place), None)
            return lambda comparer: open_files(
                side, services, comparer.allowance, comparer.check, report
            )

        sides = files(left[0], far=left[1]), files(right[0], far=right[1])
        with open_comparer(*sides, options, report) as comparer:
            yield comparer
