"""The running program: takes commands, starts jobs, keeps the workspace true (GUI thread).

Its rooms (and through them PyYAML, sqlite and the verbs) are loaded at their first use, after the
first paint: the window must be there at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kitdesk.changes import Topic
from kitdesk.session.container import ControllerContainer
from kitdesk.session.runtime.gui_gc import GuiThreadGc
from kitdesk.session.state.project import FOLDER, View
from kitdesk.session.state.workspace import Workspace
from kitdesk.session.verb_intents import VerbIntents

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtCore import QObject

    from kitdesk.modelkit.kitfile.diagnostics import Fix
    from kitdesk.operations.diffing.sides import RemoteFactory
    from kitdesk.services.container import Services
    from kitdesk.session.runtime.main_thread import MainThreadDispatcher
    from kitdesk.session.runtime.runner import Runner


class Session(VerbIntents):
    """Implements :class:`kitdesk.session.commands.SessionCommands`."""

    def __init__(
        self,
        services: Callable[[], Services],
        runner: Runner,
        bridge: MainThreadDispatcher,
        opener: RemoteFactory | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.workspace = Workspace(self)
        self._collector = GuiThreadGc(self)
        self._rooms = ControllerContainer(self.workspace, services, runner, bridge, opener)

    # project and views -----------------------------------------------------------------------

    def open_folder(self, path: Path) -> None:
        """Read the folder, watch it, list its versions."""
        self._rooms.project.open(path)

    def close_project(self) -> None:
        """Back to the start page."""
        self._rooms.project.close()

    def begin(self) -> None:
        """After the first paint: what the start page lists, and the code behind the buttons."""
        self._rooms.project.read_recent()
        self._rooms.accounts.read()
        self._rooms.load()

    def open_sample(self, folder: Path) -> None:
        """Write movie-recommend, pack both versions, open it."""
        self._rooms.making.open_sample(folder, self.open_folder)

    def look_at_remote(self, address: str) -> None:
        """List the versions of a remote."""
        self._rooms.opening.look(address)

    def describe_offer(self, digest: str) -> None:
        """What one of them is."""
        self._rooms.opening.describe(digest)

    def open_from_remote(self, digest: str, target: Path) -> None:
        """Pull it into a new project."""
        self._rooms.opening.open(digest, target)

    def show(self, view: View) -> None:
        """Change the view."""
        self.workspace.apply(Topic.SELECTION, view=view)
        if view is View.STORE:
            self._rooms.tree.read_store()
        elif view is View.ABOUT and not self.workspace.about_side:
            row = self.workspace.version(self.workspace.after)
            self.show_about(row.digest if row else FOLDER)
        elif view is View.KITFILE:
            self._rooms.editor.preview_now()
        elif view is View.START:
            self._rooms.project.read_recent()

    def refresh(self) -> None:
        """Read folder, store and remote again."""
        self._rooms.project.read()
        self._rooms.tree.ask_remote()
        if self.workspace.view is View.STORE:
            self._rooms.tree.read_store()

    def more_versions(self, text: str = "") -> None:
        """More of the remote's tags."""
        self._rooms.tree.more(text)

    def forget_recent(self, path: Path) -> None:
        """Take a project off the start page."""

        def work(_report: object) -> None:
            self._rooms.services.settings.forget(path)

        self._rooms.runner.run_latest(
            "forget",
            work,
            lambda _none: self._rooms.project.read_recent(),
            self._rooms.project.show_error,
        )

    # choosing --------------------------------------------------------------------------------

    def compare(self, before: str, after: str) -> None:
        """Compare two sides."""
        self.workspace.apply(Topic.SELECTION, view=View.COMPARE)
        self._rooms.comparing.start(before, after)

    def compare_with_previous(self, digest: str) -> None:
        """Compare with the version before; the first one with the folder."""
        earlier = self._rooms.tree.previous(digest)
        self.compare(earlier, digest) if earlier else self.compare(digest, FOLDER)

    def compare_exactly(self) -> None:
        """Fetch what has to be fetched to be sure."""
        self._rooms.comparing.exactly()

    def swap(self) -> None:
        """Before becomes after."""
        self._rooms.comparing.start(self.workspace.after, self.workspace.before)

    def choose_file(self, path: str) -> None:
        """Show the content of one file."""
        self._rooms.comparing.choose(path)

    def show_about(self, side: str) -> None:
        """Show what a version is."""
        self.workspace.apply(Topic.SELECTION, view=View.ABOUT)
        self._rooms.comparing.about(side, self._rooms.tree.repository)

    def list_files(self, side: str) -> None:
        """List the files of remote layers."""
        self._rooms.comparing.about(side, self._rooms.tree.repository, deep=True)

    # Kitfile ---------------------------------------------------------------------------------

    def edit_kitfile(self, text: str) -> None:
        """The editor's text changed."""
        self._rooms.editor.edit(text)

    def save_kitfile(self) -> None:
        """Write it."""
        self._rooms.editor.save()

    def reload_kitfile(self) -> None:
        """Throw the edits away."""
        self._rooms.editor.read(discard=True)

    def fix(self, fix: Fix) -> None:
        """Apply a fix."""
        self._rooms.editor.fix(fix)

    def make_kitfile(self) -> None:
        """Write a first one."""
        self._rooms.making.make_kitfile()

    # activity --------------------------------------------------------------------------------

    def cancel(self, job: int) -> None:
        """Ask a job to stop."""
        self._rooms.activity.cancel(job)

    def retry(self, job: int) -> None:
        """Do it again."""
        self._rooms.activity.retry(job)

    def clear_finished(self) -> None:
        """Forget finished jobs."""
        self._rooms.activity.clear_finished()

    def dismiss_error(self) -> None:
        """Close the error card."""
        self.workspace.apply(Topic.JOBS, error=None)

    def dismiss_result(self) -> None:
        """Close the result bar."""
        self.workspace.apply(Topic.JOBS, result=None)

    def set_scheme(self, scheme: Literal["system", "light", "dark"]) -> None:
        """Choose the colours."""
        self.workspace.apply(Topic.SETTINGS, scheme=scheme)

        def work(_report: object) -> None:
            self._rooms.services.settings.set("scheme", scheme, "system")

        self._rooms.runner.run_latest(
            "scheme", work, lambda _none: None, self._rooms.project.show_error
        )

    def kit_command(self, verb: str, digest: str = "", tag: str = "") -> str:
        """The same with terminal kit."""
        from kitdesk.operations.inputs.addresses import name_of
        from kitdesk.session.controllers.kit_command import kit_command

        folder, repository = self.workspace.folder, self._rooms.tree.repository
        address = self.workspace.remote.address
        title = tag or (self.workspace.title_of(digest) if digest else "")
        return kit_command(
            verb,
            folder=folder.path if folder else None,
            reference=name_of(repository, title) if repository and title else "",
            target="" if address.startswith("oci:") else address,
        )

    @property
    def idle(self) -> bool:
        """True when nothing is under way that anybody waits for."""
        return self._rooms.runner.idle

    def close(self) -> None:
        """The window closes: stop watching, cancel jobs."""
        self._rooms.close()
        self._collector.close()
