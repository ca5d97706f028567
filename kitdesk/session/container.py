"""The rooms of the running program, each built at its first use.

Through them come PyYAML, sqlite and the verbs: the window must be painted before they are loaded.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from kitdesk.progress import Progress, Report

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.operations.diffing.sides import RemoteFactory
    from kitdesk.services.container import Services
    from kitdesk.session.controllers.accounts import AccountController
    from kitdesk.session.controllers.comparison import ComparisonController
    from kitdesk.session.controllers.context import CommandContext
    from kitdesk.session.controllers.delete_remote import RemoteDeletionController
    from kitdesk.session.controllers.folder import FolderController
    from kitdesk.session.controllers.jobs import JobController
    from kitdesk.session.controllers.kitfile import KitfileController
    from kitdesk.session.controllers.open_remote import OpenRemoteController
    from kitdesk.session.controllers.project import ProjectController
    from kitdesk.session.controllers.registries import RegistryController
    from kitdesk.session.controllers.transfers import TransferController
    from kitdesk.session.controllers.version_tree import VersionTreeController
    from kitdesk.session.controllers.versions import VersionController
    from kitdesk.session.runtime.folder_watcher import FolderWatcher
    from kitdesk.session.runtime.main_thread import MainThreadDispatcher
    from kitdesk.session.runtime.runner import Runner
    from kitdesk.session.state.workspace import Workspace

MODULES = (
    "kitdesk.session.controllers.accounts",
    "kitdesk.session.controllers.folder",
    "kitdesk.session.controllers.comparison",
    "kitdesk.session.controllers.context",
    "kitdesk.session.controllers.kitfile",
    "kitdesk.session.controllers.versions",
    "kitdesk.session.controllers.open_remote",
    "kitdesk.session.controllers.registries",
    "kitdesk.session.controllers.delete_remote",
    "kitdesk.session.controllers.transfers",
    "kitdesk.session.controllers.version_tree",
    "kitdesk.operations.pack",
    "kitdesk.operations.unpack",
    "kitdesk.operations.compare",
    "kitdesk.operations.diffing.content",
    "kitdesk.services.remotes.folder",
    "kitdesk.services.remotes.registry.repository",
)
"""All that stands behind the buttons."""


class ControllerContainer:
    """Builds what the session needs, once, when it is needed."""

    def __init__(
        self,
        workspace: Workspace,
        services: Callable[[], Services],
        runner: Runner,
        bridge: MainThreadDispatcher,
        opener: RemoteFactory | None,
    ) -> None:
        self.workspace = workspace
        self.runner, self.bridge = runner, bridge
        self._make_library, self._given_opener = services, opener

    @cached_property
    def services(self) -> Services:
        """All services of the user."""
        return self._make_library()

    @cached_property
    def opener(self) -> RemoteFactory:
        """Opens remotes; a test gives its own."""
        if self._given_opener is not None:
            return self._given_opener
        from kitdesk.operations.inputs.remotes import open_remote, options_of

        options = options_of(self.services)
        return lambda address: open_remote(address, options)

    @cached_property
    def activity(self) -> JobController:
        """Jobs as Activity shows them."""
        from kitdesk.session.controllers.jobs import JobController

        return JobController(self.workspace, self.runner, self.workspace)

    @cached_property
    def editor(self) -> KitfileController:
        """The Kitfile while it is edited."""
        from kitdesk.session.controllers.kitfile import KitfileController

        return KitfileController(
            self.workspace, self.runner, self.services, self.project.read, self.workspace
        )

    @cached_property
    def project(self) -> ProjectController:
        """The open folder."""
        from kitdesk.session.controllers.project import ProjectController

        return ProjectController(self)

    @cached_property
    def tree(self) -> VersionTreeController:
        """The version tree's data."""
        from kitdesk.session.controllers.version_tree import VersionTreeController

        return VersionTreeController(self.workspace, self.runner, self.services, self.opener)

    @cached_property
    def comparing(self) -> ComparisonController:
        """What follows the selection."""
        from kitdesk.session.controllers.comparison import ComparisonController

        return ComparisonController(self.workspace, self.runner, self.services, self.opener)

    @cached_property
    def context(self) -> CommandContext:
        """What every verb needs."""
        from kitdesk.session.controllers.context import CommandContext

        return CommandContext(
            self.workspace,
            self.activity,
            self.runner,
            self.services,
            self.opener,
            self.tree,
            self.project.reload,
        )

    @cached_property
    def transfers(self) -> TransferController:
        """Push and pull."""
        from kitdesk.session.controllers.transfers import TransferController

        return TransferController(self.context)

    @cached_property
    def removing(self) -> RemoteDeletionController:
        """Deleting from the remote."""
        from kitdesk.session.controllers.delete_remote import RemoteDeletionController

        return RemoteDeletionController(self.context)

    @cached_property
    def making(self) -> VersionController:
        """Pack, tag, delete, verify."""
        from kitdesk.session.controllers.versions import VersionController

        return VersionController(self.context, self.transfers.push)

    @cached_property
    def changing(self) -> FolderController:
        """Unpack, roll back, undo."""
        from kitdesk.session.controllers.folder import FolderController

        return FolderController(self.context)

    @cached_property
    def accounts(self) -> AccountController:
        """Signing in and out."""
        from kitdesk.session.controllers.accounts import AccountController

        return AccountController(self.context)

    @cached_property
    def opening(self) -> OpenRemoteController:
        """Opening a project from a remote."""
        from kitdesk.session.controllers.open_remote import OpenRemoteController

        return OpenRemoteController(self.context, self.project.open)

    @cached_property
    def registries(self) -> RegistryController:
        """Trying registries, and logins of other programs."""
        from kitdesk.session.controllers.registries import RegistryController

        return RegistryController(self.context, self.accounts.read)

    @cached_property
    def watch(self) -> FolderWatcher:
        """The folder watcher."""
        from kitdesk.session.runtime.folder_watcher import FolderWatcher

        return FolderWatcher(
            self.bridge, self.runner, self.project.folder_changed, self.project.watching
        )

    def load(self) -> None:
        """Load what the rooms are made of on a worker: whoever clicks must not wait for it.

        Only the modules; the rooms themselves are Qt objects and are made on the GUI thread.
        """
        from importlib import import_module

        def work(report: Report) -> None:
            for name in MODULES:
                report(Progress("Loading"))
                import_module(name)

        self.runner.run_latest("load", work, lambda _none: None, lambda _error: None)
        self.runner.warm()

    def close(self) -> None:
        """Stop watching, cancel jobs."""
        if "watch" in self.__dict__:
            self.watch.close()
        self.runner.shutdown()
