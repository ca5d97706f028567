"""The running program: takes intents, starts jobs, keeps the board true (GUI thread).

Its rooms (and through them PyYAML, sqlite and the verbs) are loaded at their first use, after the
first paint: the window must be there at once.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject

from kitdesk.changes import Topic
from kitdesk.session.workspace import FOLDER, FolderState, RemoteState, View, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitdesk.errors import KitDeskError
    from kitdesk.modelkit.rules import Fix
    from kitdesk.operations.sides import Opener
    from kitdesk.services.library import Library
    from kitdesk.session import reading
    from kitdesk.session.activity import Activity
    from kitdesk.session.bridge import Bridge
    from kitdesk.session.comparing import Comparing
    from kitdesk.session.editor import KitfileEditor
    from kitdesk.session.runner import Runner
    from kitdesk.session.tree import VersionTree
    from kitdesk.session.verbs import Verbs
    from kitdesk.session.watcher import FolderWatch


class Session(QObject):
    """Implements :class:`kitdesk.session.intents.Intents`."""

    def __init__(
        self,
        library: Callable[[], Library],
        runner: Runner,
        bridge: Bridge,
        opener: Opener | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.workspace = Workspace(self)
        self._make_library, self._runner, self._bridge = library, runner, bridge
        self._given_opener = opener
        self._at = ""

    @cached_property
    def _library(self) -> Library:
        return self._make_library()

    @cached_property
    def _opener(self) -> Opener:
        if self._given_opener is not None:
            return self._given_opener
        from kitdesk.operations.remotes import open_remote

        return open_remote

    @cached_property
    def _activity(self) -> Activity:
        from kitdesk.session.activity import Activity

        return Activity(self.workspace, self._runner, self)

    @cached_property
    def _editor(self) -> KitfileEditor:
        from kitdesk.session.editor import KitfileEditor

        return KitfileEditor(self.workspace, self._runner, self._library, self._read_folder, self)

    @cached_property
    def _tree(self) -> VersionTree:
        from kitdesk.session.tree import VersionTree

        return VersionTree(self.workspace, self._runner, self._library, self._opener)

    @cached_property
    def _comparing(self) -> Comparing:
        from kitdesk.session.comparing import Comparing

        return Comparing(self.workspace, self._runner, self._library, self._opener)

    @cached_property
    def _verbs(self) -> Verbs:
        from kitdesk.session.verbs import Verbs

        return Verbs(
            self.workspace,
            self._activity,
            self._runner,
            self._library,
            self._opener,
            self._tree,
            self._after,
        )

    @cached_property
    def _watch(self) -> FolderWatch:
        from kitdesk.session.watcher import FolderWatch

        return FolderWatch(self._bridge, self._runner, self._folder_changed, self._watching)

    # project and views -----------------------------------------------------------------------

    def begin(self) -> None:
        """After the first paint: what the start page lists."""
        self._read_recent()

    def _read_recent(self) -> None:
        def done(found: object) -> None:
            self.workspace.apply(Topic.SETTINGS, recent=found)

        from kitdesk.session.reading import read_recent

        self._runner.latest("recent", lambda _report: read_recent(self._library), done, self._show)

    def open_folder(self, path: Path) -> None:
        """Read the folder, watch it, list its versions."""
        path = path.absolute()
        self._leave()
        self.workspace.apply(
            Topic.EVERYTHING,
            view=View.COMPARE,
            folder=FolderState(path, path.name, counting=True),
            trouble=None,
            result=None,
        )
        self._read_folder(first=True)

    def close_project(self) -> None:
        """Back to the start page."""
        self._leave()
        self.workspace.apply(Topic.EVERYTHING, view=View.START, folder=None)
        self._read_recent()

    def _leave(self) -> None:
        for key in ("folder", "versions", "remote", "comparison", "content", "about", "can-undo"):
            self._runner.forget(key)
        self._watch.stop()
        self._at = ""
        self._editor.clear()
        self._tree.clear()
        self.workspace.apply(
            Topic.EVERYTHING,
            before="",
            after="",
            comparison=None,
            comparison_trouble=None,
            comparing=False,
            file="",
            content=None,
            about=None,
            about_side="",
            about_trouble=None,
            rollback=None,
            push=None,
            preview=None,
            remote=RemoteState(),
            can_undo="",
        )

    def _read_folder(self, *, first: bool = False) -> None:
        folder = self.workspace.folder
        if folder is None:
            return
        from kitdesk.session.reading import read_folder, utc_now

        path, library = folder.path, self._library
        if not folder.counting:
            self.workspace.apply(Topic.FOLDER, folder=replace(folder, counting=True))

        def work(report: Callable[[Any], None]) -> reading.FolderReading:
            found = read_folder(path, library, report)
            if first and found.state.problem is None:
                opened = utc_now().isoformat()
                library.settings.remember(path, opened=opened, repository=found.repository)
            return found

        def done(found: reading.FolderReading) -> None:
            self._folder_read(found, first=first)

        self._runner.latest("folder", work, done, self._show)

    def _folder_read(self, found: reading.FolderReading, *, first: bool) -> None:
        old = self.workspace.folder
        if old is None:
            return
        self._at = found.at
        at = self.workspace.version(found.at)
        state = replace(found.state, at=at, watching=old.watching, watch_problem=old.watch_problem)
        self.workspace.apply(Topic.FOLDER, folder=state)
        self._tree.show(state.path, found.repository, found.at, self._versions_read)
        self._editor.read()
        self._verbs.read_undo()
        if first and state.problem is None:
            self._watch.start(state.path)
            self._tree.ask_remote()
        if self.workspace.before or self.workspace.after:
            self._comparing.again(folder_changed=True)

    def _versions_read(self) -> None:
        """Rows are there: the folder's version has a name now, and a first pair can be shown."""
        folder = self.workspace.folder
        if folder is None:
            return
        at = self.workspace.version(self._at)
        if folder.at != at:
            self.workspace.apply(Topic.FOLDER, folder=replace(folder, at=at))
            folder = replace(folder, at=at)
        self._library_state(folder)
        if not self.workspace.before and not self.workspace.after:
            self._first_pair(folder)

    def _first_pair(self, folder: FolderState) -> None:
        if folder.at is not None and folder.changes:
            self._comparing.start(folder.at.digest, FOLDER)
        elif folder.at is not None:
            earlier = self._tree.previous(folder.at.digest)
            if earlier:
                self._comparing.start(earlier, folder.at.digest)
            else:
                self._comparing.start(folder.at.digest, FOLDER)

    def _library_state(self, folder: FolderState) -> None:
        """Remember the folder's state for the start page."""
        if folder.counting or folder.problem is not None:
            return
        count = len(folder.changes)
        words = "no changes" if folder.at else "not packed yet"
        if count:
            words = f"{count:,} {'change' if count == 1 else 'changes'}, not packed"
        tag = folder.at.title if folder.at else ""

        def work(_report: object) -> None:
            self._library.settings.remember(folder.path, state=words, at=tag)

        self._runner.latest("remember", work, lambda _none: None, lambda _error: None)

    def _folder_changed(self, paths: frozenset[str] | None) -> None:
        """The watcher saw something."""
        if paths is None or paths:
            self._read_folder()

    def _watching(self, watching: bool, problem: str) -> None:
        folder = self.workspace.folder
        if folder is not None:
            self.workspace.apply(
                Topic.FOLDER, folder=replace(folder, watching=watching, watch_problem=problem)
            )

    def _after(self, topics: Topic) -> None:
        """A verb has ended: read again what it changed."""
        if topics & (Topic.FOLDER | Topic.KITFILE):
            self._read_folder()
        elif topics & Topic.LOCAL:
            self._tree.again()
        if topics & Topic.REMOTE:
            self._tree.ask_remote()
        if topics & Topic.LOCAL and self.workspace.view is View.STORE:
            self._tree.read_store()

    def open_sample(self, folder: Path) -> None:
        """Write movie-recommend, pack both versions, open it."""
        self._verbs.open_sample(folder, self.open_folder)

    def show(self, view: View) -> None:
        """Change the view."""
        self.workspace.apply(Topic.SELECTION, view=view)
        if view is View.STORE:
            self._tree.read_store()
        elif view is View.ABOUT and not self.workspace.about_side:
            row = self.workspace.version(self.workspace.after)
            self.show_about(row.digest if row else FOLDER)
        elif view is View.KITFILE:
            self._editor.preview_now()
        elif view is View.START:
            self._read_recent()

    def refresh(self) -> None:
        """Read folder, store and remote again."""
        self._read_folder()
        self._tree.ask_remote()
        if self.workspace.view is View.STORE:
            self._tree.read_store()

    def forget_recent(self, path: Path) -> None:
        """Take a project off the start page."""

        def work(_report: object) -> None:
            self._library.settings.forget(path)

        self._runner.latest("forget", work, lambda _none: self._read_recent(), self._show)

    # choosing --------------------------------------------------------------------------------

    def compare(self, before: str, after: str) -> None:
        """Compare two sides."""
        self.workspace.apply(Topic.SELECTION, view=View.COMPARE)
        self._comparing.start(before, after)

    def compare_with_previous(self, digest: str) -> None:
        """Compare with the version before; the first one with the folder."""
        earlier = self._tree.previous(digest)
        self.compare(earlier, digest) if earlier else self.compare(digest, FOLDER)

    def swap(self) -> None:
        """Before becomes after."""
        self._comparing.start(self.workspace.after, self.workspace.before)

    def choose_file(self, path: str) -> None:
        """Show the content of one file."""
        self._comparing.choose(path)

    def show_about(self, side: str) -> None:
        """Show what a version is."""
        self.workspace.apply(Topic.SELECTION, view=View.ABOUT)
        self._comparing.about(side, self._tree.repository)

    # Kitfile ---------------------------------------------------------------------------------

    def edit_kitfile(self, text: str) -> None:
        """The editor's text changed."""
        self._editor.edit(text)

    def save_kitfile(self) -> None:
        """Write it."""
        self._editor.save()

    def reload_kitfile(self) -> None:
        """Throw the edits away."""
        self._editor.read(discard=True)

    def fix(self, fix: Fix) -> None:
        """Apply a fix."""
        self._editor.fix(fix)

    def make_kitfile(self) -> None:
        """Write a first one."""
        self._verbs.make_kitfile()

    # verbs -----------------------------------------------------------------------------------

    def preview_pack(self) -> None:
        """For the Pack sheet."""
        self._editor.preview_now()

    def pack(self, tags: tuple[str, ...], *, push: bool = False) -> None:
        """Pack the folder."""
        self._verbs.pack(tags, self._tree.repository, push=push)

    def preview_push(self, digest: str, tag: str, destination: str) -> None:
        """For the Push sheet."""
        self._verbs.preview_push(digest, tag, destination)

    def push(self, digest: str, tag: str, destination: str, *, replace: bool = False) -> None:
        """Send a version."""
        self._verbs.push(digest, tag, destination, self._tree.repository, replace=replace)

    def pull(self, digest: str) -> None:
        """Fetch a version."""
        self._verbs.pull(digest)

    def unpack(self, digest: str, target: Path, *, overwrite: bool = False) -> None:
        """Write a version elsewhere."""
        self._verbs.unpack(digest, target, self._tree.repository, overwrite=overwrite)

    def preview_rollback(self, digest: str) -> None:
        """For the Roll back sheet."""
        self._verbs.preview_rollback(digest, self._tree.repository)

    def rollback(self, digest: str) -> None:
        """Take the folder back."""
        self._verbs.rollback(digest)

    def undo(self) -> None:
        """Undo the last change of the folder."""
        self._verbs.undo()

    def finish_interrupted(self, way: Literal["finish", "undo"]) -> None:
        """Bring a cut-off change to an end."""
        self._verbs.settle(way)

    def add_tag(self, digest: str, tag: str) -> None:
        """One more name."""
        self._verbs.add_tag(digest, tag, self._tree.repository)

    def remove(self, digest: str) -> None:
        """Delete from this machine."""
        self._verbs.remove(digest)

    def verify(self, digest: str) -> None:
        """Hash again."""
        self._verbs.verify(digest)

    def set_remote(self, address: str) -> None:
        """Choose the project's remote."""
        folder = self.workspace.folder
        if folder is None:
            return
        from kitdesk.errors import KitDeskError
        from kitdesk.operations.remotes import parse_remote

        try:
            if address:
                parse_remote(address)
        except KitDeskError as error:
            self._show(error)
            return
        path = folder.path

        def work(_report: object) -> None:
            self._library.settings.remember(path, remote=address)

        def done(_none: object) -> None:
            self.workspace.apply(Topic.REMOTE, remote=RemoteState(address))
            self._tree.again()
            self._tree.ask_remote()

        self._runner.latest("set-remote", work, done, self._show)

    # activity --------------------------------------------------------------------------------

    def cancel(self, job: int) -> None:
        """Ask a job to stop."""
        self._activity.cancel(job)

    def retry(self, job: int) -> None:
        """Do it again."""
        self._activity.retry(job)

    def clear_finished(self) -> None:
        """Forget finished jobs."""
        self._activity.clear_finished()

    def dismiss_trouble(self) -> None:
        """Close the error card."""
        self.workspace.apply(Topic.JOBS, trouble=None)

    def dismiss_result(self) -> None:
        """Close the result bar."""
        self.workspace.apply(Topic.JOBS, result=None)

    def set_scheme(self, scheme: Literal["system", "light", "dark"]) -> None:
        """Choose the colours."""
        self.workspace.apply(Topic.SETTINGS, scheme=scheme)

        def work(_report: object) -> None:
            self._library.settings.set("scheme", scheme, "system")

        self._runner.latest("scheme", work, lambda _none: None, self._show)

    def kit_command(self, verb: str, digest: str = "", tag: str = "") -> str:
        """The same with terminal kit."""
        return self._verbs.kit_command(verb, digest, tag, self._tree.repository)

    def _show(self, error: KitDeskError) -> None:
        from kitdesk.session.reading import trouble_of

        self.workspace.apply(Topic.JOBS, trouble=trouble_of(error))

    def close(self) -> None:
        """The window closes: stop watching, cancel jobs."""
        if "_watch" in self.__dict__:
            self._watch.close()
        self._runner.shutdown()
