"""Keeps what is typed as a draft, within a second and without anybody's asking."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from kitdesk.changes import Topic
from kitdesk.services.config.drafts import Draft, DraftStore, Identity, now
from kitdesk.session.runtime.runner import JobQueue, Runner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitdesk.errors import KitDeskError
    from kitdesk.session.runtime.job import Job
    from kitdesk.session.state.workspace import Workspace

DELAY_MS = 300
"""From the first letter after a draft to the next one; typing on does not put it off."""
FLUSH_S = 0.6
"""Seconds that closing waits for the last draft."""


class DraftKeeper(QObject):
    """The drafts of the open folder. GUI thread; files are written on a queue of their own."""

    def __init__(
        self,
        workspace: Workspace,
        runner: Runner,
        store: DraftStore,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._runner, self.store = workspace, runner, store
        self._folder: Path | None = None
        self._identity: Identity | None = None
        self._on_disk = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.write)

    def begin(self, folder: Path, identity: Identity | None) -> None:
        """Drafts are of this folder from now on."""
        if identity is not None and self._identity is None:
            self._folder, self._identity = folder, identity

    def end(self) -> None:
        """Another project: what is not written yet is written now."""
        self.write()
        self._timer.stop()
        self._folder = self._identity = None
        self._on_disk = False

    @property
    def identity(self) -> Identity | None:
        """The folder that drafts are of; None before it was read."""
        return self._identity

    def follow(self) -> None:
        """The text changed, or was saved."""
        if self._workspace.state.kitfile.dirty:
            if not self._timer.isActive():
                self._timer.start()
        else:
            self._timer.stop()
            self.drop()

    def found(self) -> None:
        """There is a draft of this folder on the disk."""
        self._on_disk = True

    @Slot()
    def write(self) -> Job | None:
        """Write the draft now; None where there is nothing to be kept."""
        self._timer.stop()
        draft = self.current()
        identity = self._identity
        if draft is None or identity is None:
            return None
        self._on_disk = True
        return self._start(lambda: self.store.write(identity, draft))

    def current(self, text: str | None = None) -> Draft | None:
        """What is typed (or ``text``) as a draft; None where it is what was saved."""
        state = self._workspace.state.kitfile
        if self._folder is None or (text is None and not state.dirty):
            return None
        kitfile = self._workspace.state.folder
        name = kitfile.kitfile.name if kitfile and kitfile.kitfile else "Kitfile"
        return Draft(
            os.fspath(self._folder), name, state.text if text is None else text, state.saved, now()
        )

    def keep_other(self, text: str) -> None:
        """Keep a text that was not taken."""
        draft, identity = self.current(text), self._identity
        if draft is not None and identity is not None:
            self._start(lambda: self.store.keep(identity, draft))

    def drop(self) -> None:
        """What was typed is saved, or not wanted any more."""
        identity, folder = self._identity, self._folder
        if not self._on_disk or identity is None or folder is None:
            return
        self._on_disk = False

        def work() -> None:
            self.store.drop(identity)
            self.store.drop_path(folder)

        self._start(work)

    def _start(self, work: Callable[[], None]) -> Job:
        def run(_report: object) -> str:
            try:
                work()
            except OSError as error:
                return f"Drafts are not kept: {error.strerror or error}."
            return ""

        return self._runner.start(JobQueue.DRAFT, run, self._problem, _never)

    def _problem(self, problem: str) -> None:
        """Show why no draft can be kept, "" when one was."""
        kitfile = self._workspace.state.kitfile
        if problem != kitfile.draft_problem:
            kitfile = replace(kitfile, draft_problem=problem)
            self._workspace.apply(Topic.KITFILE, kitfile=kitfile)

    def flush(self) -> None:
        """The program ends: write the draft, and wait a moment until it is on the disk."""
        job = self.write()
        if job is not None:
            self._runner.wait_for(job, FLUSH_S)


def _never(_error: KitDeskError) -> None:
    """Writing a draft raises nothing that is expected."""
