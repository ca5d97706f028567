"""The typed text or the one on the disk: what somebody who sees both can do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kitdesk.session.loaders.merge import merge
from kitdesk.session.loaders.text_form import EMPTY, plain
from kitdesk.session.runtime.runner import JobQueue
from kitdesk.session.state.kitfile import Cause, Disk

if TYPE_CHECKING:
    from kitdesk.services.config.drafts import Draft
    from kitdesk.session.controllers.kitfile import KitfileController
    from kitdesk.session.runtime.runner import Runner


class MergeController:
    """Whatever is not taken is kept as a draft for thirty days. GUI thread."""

    def __init__(self, kitfile: KitfileController, runner: Runner) -> None:
        self._kitfile, self._runner = kitfile, runner

    def show(self) -> None:
        """Show both side by side."""
        self._kitfile.ask(Cause.LOOK)

    def put_off(self) -> None:
        """Go on typing; the mark stays."""
        self._kitfile.set(replace(self._kitfile.state, question=None))

    def take_theirs(self) -> None:
        """The text on the disk goes into the editor; Ctrl+Z brings the typed one back."""
        file = self._kitfile.file
        if file is None or file.content is None:
            return
        mine = self._kitfile.state.text
        self._kitfile.drafts.keep_other(mine)
        self._kitfile.adopt(file.content.text, file.content, draft_back=None, other_kept=True)

    def keep_mine(self) -> None:
        """The typed text stays and is what the next save writes; after a save that had to ask, it
        is written at once.
        """
        file, question = self._kitfile.file, self._kitfile.state.question
        if file is None:
            return
        content = file.content
        theirs = content.text if content else plain(file.data.decode("utf-8", "surrogateescape"))
        self._kitfile.drafts.keep_other(theirs)
        text = self._kitfile.state.text
        if content is not None:
            self._kitfile.adopt(text, content, draft_back=None, other_kept=True)
        else:
            kept = replace(self._kitfile.state, question=None, other_kept=True)
            self._kitfile.set(replace(kept, disk=Disk.UNREADABLE))
        if content is None or (question is not None and question.cause is Cause.SAVE):
            self._kitfile.save(over=file.data)

    def merge(self) -> None:
        """Both sides' lines; where both changed one, the typed one stays and theirs is kept."""
        file, state = self._kitfile.file, self._kitfile.state
        if file is None or file.content is None:
            return
        answer = merge(state.saved, state.text, file.content.text)
        if answer.clashes:
            self._kitfile.drafts.keep_other(file.content.text)
        cause = state.question.cause if state.question else Cause.LOOK
        self._kitfile.adopt(
            answer.text,
            file.content,
            draft_back=None,
            other_kept=state.other_kept or bool(answer.clashes),
        )
        if cause is Cause.SAVE:
            self._kitfile.save(over=file.data)

    def drop_draft(self) -> None:
        """The draft that came back is not wanted; it is kept for thirty days all the same."""
        state = self._kitfile.state
        self._kitfile.drafts.keep_other(state.text)
        base = self._kitfile.base or EMPTY
        self._kitfile.adopt(state.saved, base, draft_back=None, other_kept=True, disk=state.disk)

    def accept_draft(self) -> None:
        """The line about the draft goes; the draft stays in the editor."""
        self._kitfile.set(replace(self._kitfile.state, draft_back=None))

    def bring_back(self) -> None:
        """The text that was not taken and the one in the editor change places."""
        keeper = self._kitfile.drafts
        identity, store = keeper.identity, keeper.store
        if identity is None:
            return

        def work(_report: object) -> Draft | None:
            return store.kept(identity)

        def done(kept: Draft | None) -> None:
            state = self._kitfile.state
            self._kitfile.set(replace(state, other_kept=kept is not None))
            if kept is not None:
                keeper.keep_other(state.text)
                self._kitfile.edit(plain(kept.text))

        self._runner.start(JobQueue.DRAFT, work, done, lambda _error: None)
