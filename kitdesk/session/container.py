"""The rooms of the running program, each built at its first use.

Through them come PyYAML, sqlite and the verbs: the window must be painted before they are loaded.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from kitdesk.progress import Progress, Report

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.operations.diffing.sides import Opener
    from kitdesk.services.container import Library
    from kitdesk.session.controllers.accounts import Accounts
    from kitdesk.session.controllers.comparison import Comparing
    from kitdesk.session.controllers.context import Desk
    from kitdesk.session.controllers.delete_remote import Removing
    from kitdesk.session.controllers.folder import Changing
    from kitdesk.session.controllers.jobs import Activity
    from kitdesk.session.controllers.kitfile import KitfileEditor
    from kitdesk.session.controllers.open_remote import Opening
    from kitdesk.session.controllers.project import OpenProject
    from kitdesk.session.controllers.registries import Registries
    from kitdesk.session.controllers.transfers import Transfers
    from kitdesk.session.controllers.version_tree import VersionTree
    from kitdesk.session.controllers.versions import Making
    from kitdesk.session.runtime.folder_watcher import FolderWatch
    from kitdesk.session.runtime.main_thread import Bridge
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


class Rooms:
    """Builds what the session needs, once, when it is needed."""

    def __init__(
        self,
        workspace: Workspace,
        library: Callable[[], Library],
        runner: Runner,
        bridge: Bridge,
        opener: Opener | None,
    ) -> None:
        self.workspace = workspace
        self.runner, self.bridge = runner, bridge
        self._make_library, self._given_opener = library, opener

    @cached_property
    def library(self) -> Library:
        """All services of the user."""
        return self._make_library()

    @cached_property
    def opener(self) -> Opener:
        """Opens remotes; a test gives its own."""
        if self._given_opener is not None:
            return self._given_opener
        from kitdesk.operations.inputs.remotes import open_remote, options_of

        options = options_of(self.library)
        return lambda address: open_remote(address, options)

    @cached_property
    def activity(self) -> Activity:
        """Jobs as Activity shows them."""
        from kitdesk.session.controllers.jobs import Activity

        return Activity(self.workspace, self.runner, self.workspace)

    @cached_property
    def editor(self) -> KitfileEditor:
        """The Kitfile while it is edited."""
        from kitdesk.session.controllers.kitfile import KitfileEditor

        return KitfileEditor(
            self.workspace, self.runner, self.library, self.project.read, self.workspace
        )

    @cached_property
    def project(self) -> OpenProject:
        """The open folder."""
        from kitdesk.session.controllers.project import OpenProject

        return OpenProject(self)

    @cached_property
    def tree(self) -> VersionTree:
        """The version tree's data."""
        from kitdesk.session.controllers.version_tree import VersionTree

        return VersionTree(self.workspace, self.runner, self.library, self.opener)

    @cached_property
    def comparing(self) -> Comparing:
        """What follows the selection."""
        from kitdesk.session.controllers.comparison import Comparing

        return Comparing(self.workspace, self.runner, self.library, self.opener)

    @cached_property
    def desk(self) -> Desk:
        """What every verb needs."""
        from kitdesk.session.controllers.context import Desk

        return Desk(
            self.workspace,
            self.activity,
            self.runner,
            self.library,
            self.opener,
            self.tree,
            self.project.after,
        )

    @cached_property
    def transfers(self) -> Transfers:
        """Push and pull."""
        from kitdesk.session.controllers.transfers import Transfers

        return Transfers(self.desk)

    @cached_property
    def removing(self) -> Removing:
        """Deleting from the remote."""
        from kitdesk.session.controllers.delete_remote import Removing

        return Removing(self.desk)

    @cached_property
    def making(self) -> Making:
        """Pack, tag, delete, verify."""
        from kitdesk.session.controllers.versions import Making

        return Making(self.desk, self.transfers.push)

    @cached_property
    def changing(self) -> Changing:
        """Unpack, roll back, undo."""
        from kitdesk.session.controllers.folder import Changing

        return Changing(self.desk)

    @cached_property
    def accounts(self) -> Accounts:
        """Signing in and out."""
        from kitdesk.session.controllers.accounts import Accounts

        return Accounts(self.desk)

    @cached_property
    def opening(self) -> Opening:
        """Opening a project from a remote."""
        from kitdesk.session.controllers.open_remote import Opening

        return Opening(self.desk, self.project.open)

    @cached_property
    def registries(self) -> Registries:
        """Trying registries, and logins of other programs."""
        from kitdesk.session.controllers.registries import Registries

        return Registries(self.desk, self.accounts.read)

    @cached_property
    def watch(self) -> FolderWatch:
        """The folder watcher."""
        from kitdesk.session.runtime.folder_watcher import FolderWatch

        return FolderWatch(
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

        self.runner.latest("load", work, lambda _none: None, lambda _error: None)
        self.runner.warm()

    def close(self) -> None:
        """Stop watching, cancel jobs."""
        if "watch" in self.__dict__:
            self.watch.close()
        self.runner.shutdown()
