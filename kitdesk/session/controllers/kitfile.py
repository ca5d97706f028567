"""The Kitfile while it is edited: what lies on the disk, what was last read, what is typed.

Only its author's deeds replace the typed text. Every reading of the folder sets a mark beside it;
a save looks at what lies there first; a draft keeps it through whatever ends the program.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from kitdesk.changes import Topic
from kitdesk.errors import KitDeskError, NoKitfile
from kitdesk.services.config.drafts import Draft, DraftStore
from kitdesk.session.controllers.kitfile_check import KitfileChecker
from kitdesk.session.controllers.kitfile_drafts import DraftKeeper
from kitdesk.session.loaders.folder import error_info
from kitdesk.session.loaders.kitfile_file import DiskLook, KitfileFile, look_at
from kitdesk.session.loaders.kitfile_save import Refused, Saved, question_of, save_kitfile
from kitdesk.session.loaders.merge import merge
from kitdesk.session.loaders.text_form import EMPTY, FileText, encoded, file_text
from kitdesk.session.runtime.runner import JobQueue, Runner
from kitdesk.session.state.kitfile import Cause, Disk, KitfileState, Question
from kitdesk.session.state.project import View
from kitdesk.session.state.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitdesk.modelkit.kitfile.diagnostics import Fix
    from kitdesk.services.container import Services


class KitfileController(QObject):
    """Reads, edits and writes the project's Kitfile. GUI thread."""

    def __init__(
        self,
        workspace: Workspace,
        runner: Runner,
        services: Services,
        saved: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._runner = workspace, runner
        self._saved = saved
        self.drafts = DraftKeeper(workspace, runner, DraftStore(services.paths.data), self)
        self._checker = KitfileChecker(workspace, runner, services, self)
        self.base: FileText | None = None
        """The form and the bytes of ``saved``; None: nothing was read yet."""
        self.file: KitfileFile | None = None
        """What lay on the disk at the last look."""
        self._path: Path | None = None
        self._turn = 0
        """Rises with each save: what was looked at before is no news."""
        self._written_text = ""
        self._first = True
        self._then: list[Callable[[], None]] = []

    @property
    def state(self) -> KitfileState:
        """What views read."""
        return self._workspace.state.kitfile

    def clear(self) -> None:
        """Another project: this one's text stays behind as a draft."""
        self.drafts.end()
        self._checker.clear()
        self._runner.discard("kitfile")
        self._runner.discard("kitfile-question")
        self._turn += 1
        self.base = self.file = self._path = None
        self._first, self._then, self._written_text = True, [], ""
        fresh = KitfileState(origin=self.state.origin + 1)
        self._workspace.apply(Topic.KITFILE, kitfile=fresh, preview=None)

    # what the disk says -----------------------------------------------------------------------

    def read(self) -> None:
        """Look at the file; what is typed stays as it is."""
        folder = self._workspace.state.folder
        if folder is None:
            return
        turn, first, path, store = self._turn, self._first, self._path, self.drafts.store

        def done(look: DiskLook) -> None:
            if turn == self._turn:
                self._looked(look)
            else:
                self.read()  # a save came between: look again

        given = store if first else None
        self._runner.run_latest(
            "kitfile", lambda _report: look_at(folder.path, path, given), done, self._show
        )

    def _looked(self, look: DiskLook) -> None:
        self.drafts.begin(self._workspace.state.folder_path, look.identity)
        self.file = look.file
        draft = look.draft
        if self._first and look.identity is not None:
            self._first = False
            self.set(replace(self.state, other_kept=look.kept))
            if draft is not None:
                self.drafts.found()
        if look.file is not None and look.file.content is not None:
            self._take_in(look.file, look.file.content)
        elif look.file is not None:
            why = "The Kitfile on the disk is not UTF-8 text."
            self._unreadable(KitDeskError(why, "Save it as UTF-8 in the editor it came from."))
        elif look.error is not None:
            self._unreadable(look.error)
        if draft is not None:
            self._bring_draft(draft)
        self._checker.check()

    def _take_in(self, file: KitfileFile, content: FileText) -> None:
        """A text lies on the disk: the editor takes it where nothing is typed, else marks it."""
        state = self.state
        good = replace(state, error=None, disk=Disk.SAME, disk_problem="")
        if self.base is None or not state.dirty or content.text == state.text:
            self.base, self._path = content, file.path
            if content.text == state.text:
                self.set(replace(good, saved=content.text, question=None, draft_back=None))
                self.drafts.follow()
                return
            if self._written_text and state.text == self._written_text != content.text:
                self.drafts.keep_other(state.text)  # what was saved here, and somebody replaced
                good = replace(good, other_kept=True)
            self.set(
                replace(
                    good, text=content.text, saved=content.text, origin=state.origin + 1,
                    problems=(), merged_lines=0,
                )
            )  # fmt: skip
        elif content.text == state.saved:
            self.base = content
            self.set(replace(good, question=None))
        else:
            self.set(replace(good, disk=Disk.CHANGED))
            if state.question is not None:
                self.ask(state.question.cause)

    def _unreadable(self, error: KitDeskError) -> None:
        if self.base is None and not self.state.text:
            shown = None if isinstance(error, NoKitfile) else error_info(error)
            self.set(replace(self.state, error=shown))
            self._workspace.apply(Topic.KITFILE, preview=None, preview_error=shown)
            return
        mark = Disk.GONE if isinstance(error, NoKitfile) else Disk.UNREADABLE
        self.set(replace(self.state, disk=mark, disk_problem=error.title))

    def _bring_draft(self, draft: Draft) -> None:
        """What was typed before the program ended comes back into the editor."""
        if draft.text == self.state.text or draft.text == draft.base:
            self.drafts.drop()
            return
        disk = self.base.text if self.base else None
        self.base = self.base or EMPTY
        state = replace(
            self.state, text=draft.text, saved=draft.base, error=None,
            origin=self.state.origin + 1, draft_back=draft.typed,
        )  # fmt: skip
        if disk is not None and disk != draft.base:
            self.base = replace(file_text(encoded(draft.base)), bom=self.base.bom)
            state = replace(state, disk=Disk.CHANGED)
        elif disk is None:
            state = replace(state, disk=Disk.UNREADABLE if self.file else Disk.GONE)
        self.set(state)
        self._workspace.apply(Topic.SELECTION, view=View.KITFILE)
        if state.disk is Disk.CHANGED:
            self.ask(Cause.DRAFT)
        self.drafts.follow()

    # what its author does ---------------------------------------------------------------------

    def edit(self, text: str) -> None:
        """What its author typed."""
        state = self.state
        if text != state.text:
            self.set(replace(state, text=text, merged_lines=0))
            self.drafts.follow()
            self._checker.check_soon()
            if state.question is not None:
                self.ask(state.question.cause)

    def fix(self, fix: Fix) -> None:
        """Apply a fix to the text; later edits of it first, so that offsets hold."""
        text = self.state.text
        for one in sorted(fix.edits, key=lambda edit: edit.start, reverse=True):
            text = text[: one.start] + one.text + text[one.end :]
        self.edit(text)
        self._checker.check()

    def save(self, then: Callable[[], None] | None = None, *, over: bytes | None = None) -> None:
        """Write the text; ``then`` is called once it lies on the disk, and never if it does not.

        ``over``: what lies on the disk and may be replaced, for somebody has seen it.
        """
        folder, state = self._workspace.state.folder, self.state
        if folder is None:
            return
        if then is not None:
            self._then.append(then)
        if state.saving:
            return
        path = self._path or folder.kitfile or folder.path / "Kitfile"
        text, base, saved = state.text, self.base or EMPTY, state.saved
        if base.text != saved:  # the text grew from one that lies nowhere any more
            base = replace(file_text(encoded(saved)), bom=base.bom)
        self._turn += 1
        self.set(replace(state, saving=True))

        def done(found: Saved | Refused) -> None:
            self._turn += 1
            if self._workspace.state.folder_path != folder.path:
                return
            self.set(replace(self.state, saving=False))
            if isinstance(found, Refused):
                self.file, self._then = found.file, []
                self.set(replace(self.state, disk=Disk.CHANGED))
                self._workspace.apply(Topic.SELECTION, view=View.KITFILE)
                self.ask(Cause.SAVE)
                return
            self._written(found, text)

        def failed(error: KitDeskError) -> None:
            self._then = []
            self.set(replace(self.state, saving=False))
            self._show(error)

        self._runner.start(
            JobQueue.PROJECT,
            lambda _report: save_kitfile(folder.path, path, base, text, over=over),
            done,
            failed,
        )

    def _written(self, found: Saved, text: str) -> None:
        """``text`` and what was merged with it is on the disk; more may have been typed since."""
        written, state = found.content, self.state
        self.base, self._path, self._written_text = written, found.path, written.text
        state = replace(
            state, question=None, draft_back=None, disk=Disk.SAME, disk_problem="",
            merged_lines=found.merged, error=None,
        )  # fmt: skip
        answer = merge(text, state.text, written.text)
        if answer.clashes:
            state = replace(state, saved=text, disk=Disk.CHANGED)
        else:
            state = replace(state, text=answer.text, saved=written.text)
        self.set(state)
        self.drafts.follow()
        then, self._then = self._then, []
        for call in then:
            call()
        self._saved()

    def adopt(self, text: str, content: FileText, **marks: object) -> None:
        """What somebody chose becomes the typed text, on the ground of what lies on the disk."""
        self.base = content
        state = replace(self.state, text=text, saved=content.text, question=None, disk=Disk.SAME)
        self.set(replace(state, **marks))  # type: ignore[arg-type]
        self.drafts.follow()
        self._checker.check()

    def ask(self, cause: Cause) -> None:
        """Show the typed text beside the one on the disk."""
        file, state = self.file, self.state
        if file is None:
            return
        text, saved, typed = state.text, state.saved, state.draft_back

        def done(question: Question) -> None:
            if self.file is file and self.state.dirty:
                self.set(replace(self.state, question=question))

        self._runner.run_latest(
            "kitfile-question",
            lambda _report: question_of(cause, saved, text, file, typed),
            done,
            self._show,
        )

    def preview(self) -> None:
        """Work the preview out anew."""
        self._checker.check()

    def _show(self, error: KitDeskError) -> None:
        self._workspace.apply(Topic.JOBS, error=error_info(error))

    def set(self, state: KitfileState) -> None:
        """Replace what views read."""
        self._workspace.apply(Topic.KITFILE, kitfile=state)
