"""Open a project from a remote: look at its versions, pull one, unpack it, open the folder."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kitdesk.changes import Topic
from kitdesk.operations.inputs.addresses import FolderAddress, name_of
from kitdesk.operations.inputs.remotes import parse_remote, repository_of
from kitdesk.operations.messages import count_words
from kitdesk.operations.push_pull import pull
from kitdesk.operations.unpack import unpack
from kitdesk.operations.versions.listing import merged
from kitdesk.operations.versions.remote_listing import remote_versions
from kitdesk.session.controllers.jobs import Task
from kitdesk.session.controllers.kit_command import kit_command
from kitdesk.session.loaders.about_remote import about_remote
from kitdesk.session.loaders.folder import local_rows, rows_of, trouble_of
from kitdesk.session.runtime.runner import Lane
from kitdesk.session.state.workspace import Offer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitdesk.errors import KitDeskError
    from kitdesk.operations.inputs.addresses import Address
    from kitdesk.progress import Report
    from kitdesk.session.controllers.context import Desk
    from kitdesk.session.state.workspace import AboutFacts, VersionRow


class Opening:
    """What the sheet Open from a registry asks and does."""

    def __init__(self, desk: Desk, opened: Callable[[Path], None]) -> None:
        self._desk = desk
        self._opened = opened

    def look(self, address: str) -> None:
        """List the versions of a repository or a folder remote; the latest wish wins."""
        library, opener = self._desk.library, self._desk.opener
        self._desk.runner.forget("offer-about")
        self._put(Offer(address, loading=True))

        def work(report: Report) -> tuple[VersionRow, ...]:
            where = _repository(address)
            remote = opener(where)
            try:
                there = remote_versions(remote, library, report).versions
            finally:
                remote.close()
            known = {one.digest for one in there}
            mine = (one for one in local_rows(library, repository_of(where)) if one.digest in known)
            return rows_of(merged(mine, there), (), "", stale=False)

        def done(rows: tuple[VersionRow, ...]) -> None:
            self._put(Offer(address, versions=rows))
            if rows:
                self.describe(rows[0].digest)

        def failed(error: KitDeskError) -> None:
            self._put(Offer(address, trouble=trouble_of(error)))

        self._desk.runner.latest("offer", work, done, failed)

    def describe(self, digest: str) -> None:
        """Say what one of the versions is; nothing is pulled."""
        library, opener, offer = self._desk.library, self._desk.opener, self._desk.workspace.offer
        row = next((one for one in offer.versions if one.digest == digest), None)
        if row is None:
            return
        self._put(replace(offer, chosen=digest, about=None, trouble=None))

        def work(report: Report) -> AboutFacts:
            where = _repository(offer.address)
            remote = opener(where)
            try:
                return about_remote(row, _text(where), library, remote, report, deep=False)
            finally:
                remote.close()

        def done(about: AboutFacts) -> None:
            self._put(replace(self._desk.workspace.offer, about=about))

        def failed(error: KitDeskError) -> None:
            self._put(replace(self._desk.workspace.offer, trouble=trouble_of(error)))

        self._desk.runner.latest("offer-about", work, done, failed)

    def _put(self, offer: Offer) -> None:
        self._desk.workspace.apply(Topic.REMOTE, offer=offer)

    def open(self, digest: str, target: Path) -> None:
        """Pull a version, unpack it into a new folder, and open that as the project."""
        library, opener, offer = self._desk.library, self._desk.opener, self._desk.workspace.offer
        row = next((one for one in offer.versions if one.digest == digest), None)
        if row is None:
            return
        title = row.title if row.tags else digest.partition(":")[2][:8]
        where = _repository(offer.address)
        repository = repository_of(where)

        def work(report: Report) -> int:
            remote = opener(where)
            try:
                wanted = row.tags[0] if row.tags else digest
                found = remote.find(wanted)
                if found is None or found.digest != digest:
                    wanted = digest  # the tag moved since the list was read
                pull(wanted, repository, remote, library, report)
            finally:
                remote.close()
            label = name_of(repository, row.tags[0] if row.tags else digest)
            written = unpack(digest, label, target, library, report)
            library.settings.remember(target, remote=_text(where), repository=repository)
            return written.files

        def done(files: int) -> str:
            self._opened(target)
            return f"{count_words(files, 'file')} in {target}"

        reference = f"{_text(where)}:{title}"
        self._desk.activity.start(
            Task(
                "unpack",
                f"Opening {title} from the registry",
                f"Opened {title} from the registry",
                f"Opening {title} stopped",
                Lane.PROJECT,
                work,
                done,
                kit_command("unpack", reference=reference, folder=target),
            )
        )


def _text(where: Address) -> str:
    """A repository as a project remembers it."""
    return where.text if isinstance(where, FolderAddress) else where.name


def _repository(address: str) -> Address:
    """The repository of what was typed: a tag or digest behind it does not matter here."""
    found = parse_remote(address)
    if isinstance(found, FolderAddress):
        return replace(found, tag="")
    return replace(found, tag="", digest="")
