"""The running program as the window sees it: its state, and a controller for each subject.

A click goes from the table of actions to a sheet, from there to ``session.versions.pack(...)`` or
another controller, which starts a job that calls the verb in :mod:`kitdesk.operations`.
"""

from __future__ import annotations

from kitdesk.changes import Topic
from kitdesk.session.container import ControllerContainer
from kitdesk.session.controllers.leaving import unfinished
from kitdesk.session.state.kitfile import Leaving
from kitdesk.session.state.project import FOLDER, View
from kitdesk.session.state.workspace import Scheme


class Session(ControllerContainer):
    """What concerns more than one controller: views, refresh, start and end. GUI thread only.

    Every method returns at once; what comes of it appears in the workspace.
    """

    def begin(self) -> None:
        """After the first paint: what the start page lists, and the code behind the buttons."""
        self.project.read_recent()
        self.accounts.read()
        self.load()
        self._tell_set_aside()

    def _tell_set_aside(self) -> None:
        """Settings that could not be read were set aside: told once."""

        def done(name: str) -> None:
            if name:
                self.own_problems.append(f"The settings could not be read; they are in {name} now.")
            self.tell_problems()

        self.runner.run_latest(
            "set-aside", lambda _r: self.services.settings.take_set_aside(), done, lambda _e: None
        )

    def show(self, view: View) -> None:
        """Change the view."""
        self.workspace.apply(Topic.SELECTION, view=view)
        state = self.workspace.state
        if view is View.STORE:
            self.tree.read_store()
        elif view is View.ABOUT and not state.about_side:
            row = state.version(state.after)
            self.about.show(row.digest if row else FOLDER)
        elif view is View.KITFILE:
            self.kitfile.preview()
        elif view is View.START:
            self.project.read_recent()

    def leaving_needed(self) -> bool:
        """The window wants to close: True if that has to be asked about first, and is now."""
        state = self.workspace.state
        if not state.kitfile.dirty and not unfinished(state.jobs):
            return False
        self.workspace.apply(Topic.SELECTION, leaving=Leaving("quit"))
        return True

    def leave_at_once(self) -> None:
        """The window closes without a question: what is typed is on the disk as a draft."""
        self.kitfile.drafts.flush()
        self.workspace.apply(Topic.SELECTION, leaving=None, closing=True)

    def refresh(self) -> None:
        """Read folder, store and remote again."""
        self.project.read()
        self.tree.ask_remote()
        if self.workspace.state.view is View.STORE:
            self.tree.read_store()

    def set_scheme(self, scheme: Scheme) -> None:
        """Choose the colours."""
        self.workspace.apply(Topic.SETTINGS, scheme=scheme)

        def work(_report: object) -> None:
            self.services.settings.set("scheme", scheme, "system")

        self.runner.run_latest(
            "scheme", work, lambda _none: self.tell_problems(), self.project.show_error
        )

    def kit_command(self, verb: str, digest: str = "", tag: str = "") -> str:
        """The same with terminal kit; "" where kit has no such verb."""
        from kitdesk.operations.inputs.addresses import name_of
        from kitdesk.session.controllers.kit_command import kit_command

        state, repository = self.workspace.state, self.tree.repository
        address = state.remote.address
        title = tag or (state.title_of(digest) if digest else "")
        return kit_command(
            verb,
            folder=state.folder.path if state.folder else None,
            reference=name_of(repository, title) if repository and title else "",
            target="" if address.startswith("oci:") else address,
        )

    @property
    def idle(self) -> bool:
        """True when nothing is under way that anybody waits for."""
        return self.runner.idle
