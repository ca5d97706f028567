"""The version tree's data: local rows at once, remote ones as they come; the store page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

from kitdesk.changes import Topic
from kitdesk.errors import KitDeskError, Unreachable
from kitdesk.modelkit.primitives.semver import sort_key
from kitdesk.operations.inputs.remotes import parse_remote
from kitdesk.session.loaders import remote_versions
from kitdesk.session.loaders.folder import error_info, read_local, rows_of
from kitdesk.session.loaders.remote_versions import PAGE, RemoteListing
from kitdesk.session.state.pages import StoreState, StoreVersion
from kitdesk.session.state.project import RemoteState, Transfer
from kitdesk.session.state.workspace import StateChanges, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitdesk.operations.diffing.sides import RemoteFactory
    from kitdesk.operations.versions.listing import Version
    from kitdesk.progress import Report
    from kitdesk.services.container import Services
    from kitdesk.services.store.records import StoredVersion
    from kitdesk.session.runtime.runner import Callback, Runner


class VersionTreeController:
    """Rows of the open project."""

    def __init__(
        self, workspace: Workspace, runner: Runner, services: Services, opener: RemoteFactory
    ) -> None:
        self._workspace, self._runner = workspace, runner
        self._services, self._opener = services, opener
        self.repository = ""
        """Name of the project's versions in the store."""
        self._folder: Path | None = None
        self._at = ""
        self._local: tuple[Version, ...] = ()
        self._known = RemoteListing("")
        """What the remote has, as far as it was looked at."""
        self._stale = False
        self._read: Callable[[], None] = _nothing
        self._transfers: dict[str, Transfer] = {}

    def clear(self) -> None:
        """Another project."""
        self._folder, self.repository, self._at = None, "", ""
        self._local, self._known = (), RemoteListing("")
        self._stale = False
        self._workspace.apply(Topic.LOCAL | Topic.REMOTE, versions=())

    def show(self, folder: Path, repository: str, at: str, read: Callable[[], None]) -> None:
        """Read the rows of a project; ``read`` is called whenever they are there."""
        self._folder, self.repository, self._at, self._read = folder, repository, at, read
        self.again()

    def again(self) -> None:
        """Read the local rows again."""
        folder, repository, services = self._folder, self.repository, self._services
        if folder is None:
            return

        def work(_report: object) -> tuple[tuple[Version, ...], str]:
            return (
                read_local(folder, repository, services),
                services.settings.project(folder).remote,
            )

        def done(found: tuple[tuple[Version, ...], str]) -> None:
            self._local, address = found
            if address != self._workspace.state.remote.address:
                self._known = RemoteListing(address)
                self._workspace.apply(Topic.REMOTE, remote=RemoteState(address))
            self._put()
            self._read()

        self._runner.run_latest("versions", work, done, self._failed)

    def _failed(self, error: KitDeskError) -> None:
        self._workspace.apply(Topic.JOBS, error=error_info(error))

    def set_remote(self, address: str) -> None:
        """Choose the project's remote; "" = none. What cannot be an address is told."""
        folder, services = self._folder, self._services
        if folder is None:
            return
        try:
            if address:
                parse_remote(address)
        except KitDeskError as error:
            self._failed(error)
            return

        def work(_report: object) -> None:
            services.settings.remember(folder, remote=address)

        def done(_none: object) -> None:
            self._workspace.apply(Topic.REMOTE, remote=RemoteState(address))
            self.again()
            self.ask_remote()

        self._runner.run_latest("set-remote", work, done, self._failed)

    def _put(self, **values: Unpack[StateChanges]) -> None:
        rows = rows_of(self._local, self._known.rows, self._at, stale=self._stale)
        if self._transfers:
            rows = tuple(
                replace(row, transfer=self._transfers[row.digest])
                if row.digest in self._transfers
                else row
                for row in rows
            )
        values["versions"] = rows
        self._workspace.apply(Topic.LOCAL | Topic.REMOTE, **values)

    def transfer(self, digest: str, transfer: Transfer | None) -> None:
        """Show a version as on its way, or as arrived."""
        if self._transfers.get(digest) == transfer:
            return
        if transfer is None:
            self._transfers.pop(digest, None)
        else:
            self._transfers[digest] = transfer
        self._put()

    def ask_remote(self) -> None:
        """Ask the project's remote for its versions, if it has one."""
        folder, services, opener, before = self._folder, self._services, self._opener, self._known
        if folder is None:
            return

        def work(report: Report, tell: Callback) -> RemoteListing:
            return remote_versions.read(folder, before, services, opener, report, tell)

        self._workspace.apply(
            Topic.REMOTE, remote=replace(self._workspace.state.remote, loading=True)
        )
        self._runner.discard("remote-more")
        self._runner.stream("remote", work, self._take, self._take, self._unreached)

    def more(self, text: str = "") -> None:
        """Look at the next tags; with ``text`` at those whose name has it."""
        known, services, opener = self._known, self._services, self._opener
        rest = [name for name in known.names if name not in known.looked]
        parts = text.lower().split()
        rest = [name for name in rest if all(part in name.lower() for part in parts)]
        wanted = tuple(rest[:PAGE])
        if not wanted or self._workspace.state.remote.loading or known.stale:
            return

        def work(report: Report, tell: Callback) -> RemoteListing:
            return remote_versions.read_more(wanted, known, services, opener, report, tell)

        self._workspace.apply(
            Topic.REMOTE, remote=replace(self._workspace.state.remote, loading=True)
        )
        self._runner.stream("remote-more", work, self._take, self._take, self._unreached)

    def _take(self, known: RemoteListing) -> None:
        """Rows have arrived."""
        self._known = known
        if not known.address:
            state = replace(self._workspace.state.remote, loading=False)
            self._workspace.apply(Topic.REMOTE, remote=state)
            return
        self._stale = self._stale and known.stale
        reached = self._workspace.state.remote.reachable if known.stale else True
        state = RemoteState(
            known.address,
            reachable=reached,
            asked=known.asked,
            loading=not known.whole,
            tags=frozenset(known.names),
            more=known.more,
        )
        self._put(remote=state)
        if known.whole:
            self._read()

    def _unreached(self, error: KitDeskError) -> None:
        self._stale = True
        state = replace(
            self._workspace.state.remote,
            reachable=not isinstance(error, Unreachable),
            error=error_info(error),
            loading=False,
        )
        self._put(remote=state)

    def previous(self, digest: str) -> str:
        """Digest of the version before in the tree; "" = it is the first."""
        rows = self._workspace.state.versions
        for at, row in enumerate(rows):
            if row.digest == digest and at + 1 < len(rows):
                return rows[at + 1].digest
        return ""

    def read_store(self) -> None:
        """Everything on this machine, for its page."""
        services = self._services

        def work(_report: object) -> StoreState:
            damage: list[str] = []
            found = sorted(services.store.versions(None, damage), key=_newest, reverse=True)
            rows = tuple(
                StoreVersion(
                    one.digest,
                    one.repository,
                    one.tags,
                    one.size,
                    services.store.reclaimable_bytes(one.digest),
                    one.when,
                )
                for one in found
            )
            disk = sum(size for _, size in services.store.blobs.all())
            return StoreState(
                str(services.store.root), rows, disk, sum(one.size for one in found), tuple(damage)
            )

        def done(state: StoreState) -> None:
            self._workspace.apply(Topic.LOCAL, store=state)

        self._runner.run_latest("store", work, done, self._failed)


def _nothing() -> None:
    pass


def _newest(version: StoredVersion) -> tuple[str, bool, object]:
    """Repositories together, in each the newest version first, untagged ones last."""
    best = max(map(sort_key, version.tags), default=None)
    return version.repository, best is not None, best or version.when.isoformat()
