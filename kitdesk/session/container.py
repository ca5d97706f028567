"""The controllers of the running program, each built at its first use.

Through them come PyYAML, sqlite and the verbs: the window must be painted before they are loaded.
This is the one place of the session that imports inside functions (ARCHITECTURE.md, 10).
"""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from kitdesk.changes import Changes, Topic
from kitdesk.progress import Progress, Report
from kitdesk.session.modules import MODULES
from kitdesk.session.runtime.gui_gc import GuiThreadGc
from kitdesk.session.state.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.operations.diffing.sides import RemoteFactory
    from kitdesk.services.container import Services
    from kitdesk.session.controllers.about import AboutController
    from kitdesk.session.controllers.accounts import AccountController
    from kitdesk.session.controllers.comparison import ComparisonController
    from kitdesk.session.controllers.context import CommandContext
    from kitdesk.session.controllers.delete_remote import RemoteDeletionController
    from kitdesk.session.controllers.folder import FolderController
    from kitdesk.session.controllers.jobs import JobController
    from kitdesk.session.controllers.kitfile import KitfileController
    from kitdesk.session.controllers.kitfile_merge import MergeController
    from kitdesk.session.controllers.leaving import LeavingController
    from kitdesk.session.controllers.open_remote import OpenRemoteController
    from kitdesk.session.controllers.project import ProjectController
    from kitdesk.session.controllers.registries import RegistryController
    from kitdesk.session.controllers.transfers import TransferController
    from kitdesk.session.controllers.version_tree import VersionTreeController
    from kitdesk.session.controllers.versions import VersionController
    from kitdesk.session.runtime.folder_watcher import FolderWatcher
    from kitdesk.session.runtime.main_thread import MainThreadDispatcher
    from kitdesk.session.runtime.probe import FolderProbe, RootWatch
    from kitdesk.session.runtime.runner import Runner


class ControllerContainer(QObject):
    """Builds each controller once, when it is needed. GUI thread only."""

    def __init__(
        self,
        services: Callable[[], Services],
        runner: Runner,
        dispatcher: MainThreadDispatcher,
        opener: RemoteFactory | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.workspace = Workspace(parent=self)
        self.runner = runner
        self._dispatcher = dispatcher
        self._make_services, self._given_opener = services, opener
        self.own_problems: list[str] = []
        """Why something of KitDesk's own is not remembered, one sentence each; "" is none."""
        self._gc = GuiThreadGc(self)

    @cached_property
    def services(self) -> Services:
        """All services of the user."""
        return self._make_services()

    @cached_property
    def opener(self) -> RemoteFactory:
        """Opens remotes; a test gives its own."""
        if self._given_opener is not None:
            return self._given_opener
        from kitdesk.operations.inputs.remotes import open_remote, options_of

        options = options_of(self.services)
        return lambda address: open_remote(address, options)

    @cached_property
    def jobs(self) -> JobController:
        """Jobs under way and finished."""
        from kitdesk.session.controllers.jobs import JobController

        return JobController(self.workspace, self.runner, self.workspace, self._record_warnings)

    def _record_warnings(self) -> tuple[str, ...]:
        return self.services.warnings.take()

    @cached_property
    def kitfile(self) -> KitfileController:
        """The Kitfile while it is edited."""
        from kitdesk.session.controllers.kitfile import KitfileController

        return KitfileController(
            self.workspace, self.runner, self.services, self._kitfile_saved, self.workspace
        )

    @cached_property
    def kitfile_merge(self) -> MergeController:
        """The typed Kitfile or the one on the disk."""
        from kitdesk.session.controllers.kitfile_merge import MergeController

        return MergeController(self.kitfile, self.runner)

    @cached_property
    def leaving(self) -> LeavingController:
        """What is asked before unsaved text or a job is left behind."""
        from kitdesk.session.controllers.leaving import LeavingController

        return LeavingController(
            self.workspace, self.kitfile, self.project, self.jobs, lambda: self.folder
        )

    @cached_property
    def project(self) -> ProjectController:
        """The open folder."""
        from kitdesk.session.controllers.project import ProjectController

        return ProjectController(
            self.workspace,
            self.runner,
            self.services,
            self.tree,
            self.kitfile,
            self.comparison,
            self.watcher,
            self._folder_was_read,
            self.probe,
            self.root_watch,
        )

    @cached_property
    def probe(self) -> FolderProbe:
        """Looks at folders that may not answer."""
        from kitdesk.session.runtime.probe import FolderProbe

        return FolderProbe()

    @cached_property
    def root_watch(self) -> RootWatch:
        """Tells when the open folder becomes another one."""
        from kitdesk.session.runtime.probe import RootWatch

        return RootWatch(self._dispatcher, self.probe, self._root_changed, self.workspace)

    def _root_changed(self, identity: tuple[int, int] | None) -> None:
        self.project.root_changed(identity)

    def tell_problems(self) -> None:
        """Show what is not remembered, and why."""
        lasting = (*self.services.unremembered(), self.services.journal.problem)
        found = dict.fromkeys(filter(None, (*self.own_problems, *lasting)))
        if tuple(found) != self.workspace.state.notices:
            self.workspace.apply(Topic.SETTINGS, notices=tuple(found))

    def _folder_was_read(self, *, opened: bool) -> None:
        self.tell_problems()
        self.folder.read_undo()
        if opened:
            self.accounts.read()

    @cached_property
    def tree(self) -> VersionTreeController:
        """The version tree's rows, and the store page."""
        from kitdesk.session.controllers.version_tree import VersionTreeController

        return VersionTreeController(self.workspace, self.runner, self.services, self.opener)

    @cached_property
    def comparison(self) -> ComparisonController:
        """What follows the selection: comparison and content."""
        from kitdesk.session.controllers.comparison import ComparisonController

        return ComparisonController(
            self.workspace, self.runner, self.services, self.opener, self.tree
        )

    @cached_property
    def about(self) -> AboutController:
        """What a version is."""
        from kitdesk.session.controllers.about import AboutController

        return AboutController(self.workspace, self.runner, self.services, self.opener, self.tree)

    @cached_property
    def context(self) -> CommandContext:
        """What controllers that start verbs need."""
        from kitdesk.session.controllers.context import CommandContext

        return CommandContext(
            self.workspace,
            self.jobs,
            self.runner,
            self.services,
            self.opener,
            self.tree,
            self._reload,
        )

    @cached_property
    def transfers(self) -> TransferController:
        """Push and pull."""
        from kitdesk.session.controllers.transfers import TransferController

        return TransferController(self.context)

    @cached_property
    def delete_remote(self) -> RemoteDeletionController:
        """Deleting from the remote."""
        from kitdesk.session.controllers.delete_remote import RemoteDeletionController

        return RemoteDeletionController(self.context)

    @cached_property
    def versions(self) -> VersionController:
        """Pack, tag, delete, verify."""
        from kitdesk.session.controllers.versions import VersionController

        return VersionController(self.context, self.transfers.push, self.project.open)

    @cached_property
    def folder(self) -> FolderController:
        """Unpack, roll back, restore, undo."""
        from kitdesk.session.controllers.folder import FolderController

        return FolderController(self.context)

    @cached_property
    def accounts(self) -> AccountController:
        """Signing in and out."""
        from kitdesk.session.controllers.accounts import AccountController

        return AccountController(self.context)

    @cached_property
    def open_remote(self) -> OpenRemoteController:
        """Opening a project from a remote."""
        from kitdesk.session.controllers.open_remote import OpenRemoteController

        return OpenRemoteController(self.context, self.project.open)

    @cached_property
    def registries(self) -> RegistryController:
        """Trying registries, and logins of other programs."""
        from kitdesk.session.controllers.registries import RegistryController

        return RegistryController(self.context, self.accounts.read)

    @cached_property
    def watcher(self) -> FolderWatcher:
        """The folder watcher."""
        from kitdesk.session.runtime.folder_watcher import FolderWatcher

        return FolderWatcher(
            self._dispatcher,
            self.runner,
            self._folder_changed,
            self._watching,
        )

    def _kitfile_saved(self) -> None:
        self.project.read()

    def _reload(self, changes: Changes) -> None:
        self.project.reload(changes)

    def _folder_changed(self, paths: frozenset[str] | None) -> None:
        self.project.folder_changed(paths)

    def _watching(self, watching: bool, problem: str) -> None:
        self.project.watching(watching, problem)

    def load(self) -> None:
        """Import the controllers' modules on a worker: whoever clicks must not wait for it.

        Only the modules; the controllers themselves are Qt objects, made on the GUI thread.
        """

        def work(report: Report) -> None:
            for name in MODULES:
                report(Progress("Loading"))
                import_module(name)

        self.runner.run_latest("load", work, lambda _none: None, lambda _error: None)
        self.runner.warm()

    def close(self) -> None:
        """The window closes: keep what is typed, stop watching, cancel jobs."""
        if "kitfile" in self.__dict__:
            self.kitfile.drafts.flush()
        if "watcher" in self.__dict__:
            self.root_watch.stop()
            self.watcher.close()
        self.runner.shutdown()
        self._gc.close()
