"""The open project: reading its folder, following its changes, choosing what to show first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from kitdesk.changes import Changes, Topic
from kitdesk.session.runtime.probe import NOT_THERE, FolderProbe, Identity, RootWatch
from kitdesk.session.state.kitfile import Leaving
from kitdesk.session.state.project import FOLDER, ErrorInfo, FolderState, View
from kitdesk.session.state.workspace import NO_PROJECT, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitdesk.errors import KitDeskError
    from kitdesk.services.container import Services
    from kitdesk.session.controllers.comparison import ComparisonController
    from kitdesk.session.controllers.kitfile import KitfileController
    from kitdesk.session.controllers.version_tree import VersionTreeController
    from kitdesk.session.loaders import folder as folder_loader
    from kitdesk.session.runtime.folder_watcher import FolderWatcher
    from kitdesk.session.runtime.runner import Runner
    from kitdesk.session.state.pages import RecentProject


class FolderWasRead(Protocol):
    """Reads what goes with a folder; ``opened``: it was read for the first time."""

    def __call__(self, *, opened: bool) -> None:
        """GUI thread."""


class ProjectController:
    """At most one folder at a time."""

    def __init__(
        self,
        workspace: Workspace,
        runner: Runner,
        services: Services,
        tree: VersionTreeController,
        kitfile: KitfileController,
        comparison: ComparisonController,
        watcher: FolderWatcher,
        folder_was_read: FolderWasRead,
        probe: FolderProbe,
        root: RootWatch,
    ) -> None:
        """``folder_was_read`` is called whenever the folder's state has been read."""
        self._workspace, self._runner, self._services = workspace, runner, services
        self._tree, self._kitfile, self._comparison = tree, kitfile, comparison
        self._watcher, self._folder_was_read = watcher, folder_was_read
        self._probe, self._root = probe, root
        self._identity: Identity | None = None
        """Of the folder that is watched; None: none is."""
        self._at = ""
        """Digest of the version that the folder is at."""

    def open(self, path: Path, *, asked: bool = False) -> None:
        """Read the folder, watch it, list its versions.

        Where the open Kitfile has unsaved text, that is asked first (unless ``asked``).
        """
        path = path.absolute()
        state = self._workspace.state
        if not asked and state.kitfile.dirty:
            if state.folder is None or path != state.folder.path:
                self._workspace.apply(Topic.SELECTION, leaving=Leaving("open", path))
            return
        self._leave()
        self._workspace.apply(
            Topic.EVERYTHING,
            view=View.COMPARE,
            folder=FolderState(path, path.name, counting=True),
            error=None,
            result=None,
        )
        self.read(first=True)

    def close(self, *, asked: bool = False) -> None:
        """Back to the start page; unsaved text is asked about first (unless ``asked``)."""
        if not asked and self._workspace.state.kitfile.dirty:
            self._workspace.apply(Topic.SELECTION, leaving=Leaving("close"))
            return
        self._leave()
        self._workspace.apply(Topic.EVERYTHING, view=View.START, folder=None)
        self.read_recent()

    def _leave(self) -> None:
        for key in ("folder", "versions", "remote", "comparison", "content", "about", "can-undo",
                    "rollback-preview", "push-preview", "removal-preview", "words", "set-remote",
                    "template"):  # fmt: skip
            self._runner.discard(key)
        self._watcher.stop()
        self._root.stop()
        self._identity = None
        self._at = ""
        self._kitfile.clear()
        self._tree.clear()
        self._workspace.apply(Topic.EVERYTHING, **NO_PROJECT)

    def read(self, *, first: bool = False) -> None:
        """Read the folder again; ``first`` also begins to watch and asks the remote."""
        folder = self._workspace.state.folder
        if folder is None:
            return
        from kitdesk.operations.leftovers import sweep
        from kitdesk.session.loaders.folder import read_folder, utc_now

        path, services, probe = folder.path, self._services, self._probe
        if not folder.counting:
            self._workspace.apply(Topic.FOLDER, folder=replace(folder, counting=True))

        def work(
            report: Callable[[Any], None],
        ) -> tuple[folder_loader.FolderReading | None, Identity | None]:
            identity = probe.look([path]).get(path)
            if identity is None:
                return None, None
            if first:
                sweep(services, path)
            found = read_folder(path, services, report)
            if first and found.state.problem is None:
                opened = utc_now().isoformat()
                services.settings.remember(path, opened=opened, repository=found.repository)
            return found, identity

        def done(
            answer: tuple[folder_loader.FolderReading | None, Identity | None],
        ) -> None:
            found, identity = answer
            self._root.follow(path, identity)
            if found is None:
                self._does_not_answer()
            else:
                self._folder_read(found, first=first)
                self._watch(path, identity)

        self._runner.run_latest("folder", work, done, self.show_error)

    def _does_not_answer(self) -> None:
        """What was known of the folder stays in sight; the rest of the program goes on."""
        folder = self._workspace.state.folder
        if folder is not None:
            problem = ErrorInfo(
                f"{folder.path} does not answer.",
                "It may be a network drive that is gone; KitDesk looks again by itself.",
                code="unreachable",
            )
            state = replace(folder, counting=False, problem=problem)
            self._workspace.apply(Topic.FOLDER, folder=state)

    def _watch(self, path: Path, identity: Identity | None) -> None:
        """Watch the folder that is there now: the watcher of one that was there hears nothing."""
        if identity == self._identity:
            return
        self._identity = identity
        if identity in (None, NOT_THERE):
            self._watcher.stop()
            self.watching(False, "The folder is not there.")
        else:
            self._watcher.start(path)

    def root_changed(self, identity: Identity | None) -> None:
        """Another folder has its path now, or none, or it does not answer."""
        if identity is None:
            self._does_not_answer()
        else:
            self.read()

    def _folder_read(self, found: folder_loader.FolderReading, *, first: bool) -> None:
        old = self._workspace.state.folder
        if old is None:
            return
        if first:
            self.read_recent()
        self._at = found.at
        at = self._workspace.state.version(found.at)
        state = replace(found.state, at=at, watching=old.watching, watch_problem=old.watch_problem)
        self._workspace.apply(Topic.FOLDER, folder=state)
        self._tree.show(state.path, found.repository, found.at, self._versions_read)
        self._kitfile.read()
        self._folder_was_read(opened=first and state.problem is None)
        if first and state.problem is None:
            self._tree.ask_remote()
        if self._workspace.state.before or self._workspace.state.after:
            self._comparison.again(folder_changed=True)

    def _versions_read(self) -> None:
        """Rows are there: the folder's version has a name now, and a first pair can be shown."""
        folder = self._workspace.state.folder
        if folder is None:
            return
        at = self._workspace.state.version(self._at)
        if folder.at != at:
            self._workspace.apply(Topic.FOLDER, folder=replace(folder, at=at))
            folder = replace(folder, at=at)
        self._remember(folder)
        if not self._workspace.state.before and not self._workspace.state.after:
            self._first_pair(folder)

    def _first_pair(self, folder: FolderState) -> None:
        if folder.at is not None and folder.changes:
            self._comparison.start(folder.at.digest, FOLDER)
        elif folder.at is not None:
            earlier = self._tree.previous(folder.at.digest)
            if earlier:
                self._comparison.start(earlier, folder.at.digest)
            else:
                self._comparison.start(folder.at.digest, FOLDER)

    def _remember(self, folder: FolderState) -> None:
        """Remember the folder's state for the start page."""
        if folder.counting or folder.problem is not None:
            return
        from kitdesk.session.loaders.folder import remembered_words

        words = remembered_words(folder)
        tag = folder.at.title if folder.at else ""

        def work(_report: object) -> None:
            self._services.settings.remember(folder.path, state=words, at=tag)

        self._runner.run_latest("remember", work, lambda _none: None, lambda _error: None)

    def folder_changed(self, paths: frozenset[str] | None) -> None:
        """The watcher saw something."""
        if paths is None or paths:
            self.read()

    def watching(self, watching: bool, problem: str) -> None:
        """The watcher has started, or says why it cannot."""
        folder = self._workspace.state.folder
        if folder is not None:
            self._workspace.apply(
                Topic.FOLDER, folder=replace(folder, watching=watching, watch_problem=problem)
            )

    def reload(self, changes: Changes) -> None:
        """A verb has ended: read again what it changed."""
        topics = changes.topics
        if topics & (Topic.FOLDER | Topic.KITFILE):
            self.read()
        elif topics & Topic.LOCAL:
            self._tree.again()
        if topics & Topic.REMOTE:
            self._tree.ask_remote()
        if topics & Topic.LOCAL and self._workspace.state.view is View.STORE:
            self._tree.read_store()

    def read_recent(self) -> None:
        """List the recent projects for the start page."""

        def done(found: tuple[RecentProject, ...]) -> None:
            self._workspace.apply(Topic.SETTINGS, recent=found)

        from kitdesk.session.loaders.folder import read_recent

        services, probe = self._services, self._probe

        def work(
            _report: object, show: Callable[[tuple[RecentProject, ...]], None]
        ) -> tuple[RecentProject, ...]:
            show(read_recent(services, None))
            there = probe.look([one.path for one in services.settings.projects()])
            return read_recent(services, there)

        self._runner.stream("recent", work, done, done, self.show_error)

    def forget_recent(self, path: Path) -> None:
        """Take a project off the start page."""

        def work(_report: object) -> None:
            self._services.settings.forget(path)

        self._runner.run_latest("forget", work, lambda _none: self.read_recent(), self.show_error)

    def set_tag_template(self, template: str) -> None:
        """Remember how the project's tags are made, and propose by it."""
        folder, services = self._workspace.state.folder, self._services
        if folder is None:
            return

        def work(_report: object) -> None:
            services.settings.remember(folder.path, tag_template=template)

        def done(_none: object) -> None:
            self._kitfile.preview()

        self._runner.run_latest("template", work, done, self.show_error)

    def show_error(self, error: KitDeskError) -> None:
        """An error that belongs to no job."""
        from kitdesk.session.loaders.folder import error_info

        self._workspace.apply(Topic.JOBS, error=error_info(error))
