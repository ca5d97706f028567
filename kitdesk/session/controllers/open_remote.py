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
from kitdesk.session.controllers.jobs import JobSpec
from kitdesk.session.controllers.kit_command import kit_command
from kitdesk.session.loaders.about_remote import about_remote
from kitdesk.session.loaders.folder import error_info, local_rows, rows_of
from kitdesk.session.runtime.runner import JobQueue
from kitdesk.session.state.pages import RemoteBrowse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitdesk.errors import KitDeskError
    from kitdesk.operations.inputs.addresses import Address
    from kitdesk.progress import Report
    from kitdesk.session.controllers.context import CommandContext
    from kitdesk.session.state.pages import VersionDetails
    from kitdesk.session.state.project import VersionRow


class OpenRemoteController:
    """What the sheet Open from a registry asks and does."""

    def __init__(self, context: CommandContext, opened: Callable[[Path], None]) -> None:
        self._context = context
        self._opened = opened

    def browse(self, address: str) -> None:
        """List the versions of a repository or a folder remote; the latest wish wins."""
        services, opener = self._context.services, self._context.opener
        self._context.runner.discard("offer-about")
        self._put(RemoteBrowse(address, loading=True))

        def work(report: Report) -> tuple[VersionRow, ...]:
            where = _repository(address)
            remote = opener(where)
            try:
                there = remote_versions(remote, services, report).versions
            finally:
                remote.close()
            known = {one.digest for one in there}
            mine = (
                one for one in local_rows(services, repository_of(where)) if one.digest in known
            )
            return rows_of(merged(mine, there), (), "", stale=False)

        def done(rows: tuple[VersionRow, ...]) -> None:
            self._put(RemoteBrowse(address, versions=rows))
            if rows:
                self.describe(rows[0].digest)

        def failed(error: KitDeskError) -> None:
            self._put(RemoteBrowse(address, error=error_info(error)))

        self._context.runner.run_latest("offer", work, done, failed)

    def describe(self, digest: str) -> None:
        """Say what one of the versions is; nothing is pulled."""
        services, opener, offer = (
            self._context.services,
            self._context.opener,
            self._context.workspace.state.offer,
        )
        row = next((one for one in offer.versions if one.digest == digest), None)
        if row is None:
            return
        self._put(replace(offer, chosen=digest, about=None, error=None))

        def work(report: Report) -> VersionDetails:
            where = _repository(offer.address)
            remote = opener(where)
            try:
                return about_remote(row, _text(where), services, remote, report, deep=False)
            finally:
                remote.close()

        def done(about: VersionDetails) -> None:
            self._put(replace(self._context.workspace.state.offer, about=about))

        def failed(error: KitDeskError) -> None:
            self._put(replace(self._context.workspace.state.offer, error=error_info(error)))

        self._context.runner.run_latest("offer-about", work, done, failed)

    def _put(self, offer: RemoteBrowse) -> None:
        self._context.workspace.apply(Topic.REMOTE, offer=offer)

    def open(self, digest: str, target: Path) -> None:
        """Pull a version, unpack it into a new folder, and open that as the project."""
        services, opener, offer = (
            self._context.services,
            self._context.opener,
            self._context.workspace.state.offer,
        )
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
                found = remote.resolve(wanted)
                if found is None or found.digest != digest:
                    wanted = digest  # the tag moved since the list was read
                pull(wanted, repository, remote, services, report)
            finally:
                remote.close()
            label = name_of(repository, row.tags[0] if row.tags else digest)
            written = unpack(digest, label, target, services, report)
            services.settings.remember(target, remote=_text(where), repository=repository)
            return written.files

        def done(files: int) -> str:
            self._opened(target)
            return f"{count_words(files, 'file')} in {target}"

        reference = f"{_text(where)}:{title}"
        self._context.jobs.start(
            JobSpec(
                "unpack",
                f"Opening {title} from the registry",
                f"Opened {title} from the registry",
                f"Opening {title} stopped",
                JobQueue.PROJECT,
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
