"""The bars over the Kitfile's editor: what happened to the file, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from kitdesk import text as texts
from kitdesk.session.state.kitfile import Cause, Disk
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import IconLabel, ending
from kitdesk.ui.widgets.layouts import Box, column

if TYPE_CHECKING:
    from datetime import datetime

    from kitdesk.session.session import Session
    from kitdesk.session.state.kitfile import KitfileState, Question

DAYS = "What you do not take is kept as a draft for 30 days."


def clock(when: datetime | None) -> str:
    """``14:05`` for today, ``14:05, 24 Nov`` before; in the person's own zone."""
    if when is None:
        return ""
    here = when.astimezone()
    same = here.date() == texts.now_like(here).date()
    return f"{here:%H:%M}" if same else f"{here:%H:%M}, {texts.day(here)}"


class DiskBar(Box):
    """One line, 36 high: a mark beside the text, never instead of it."""

    def __init__(self, session: Session) -> None:
        super().__init__("changed_bar", "h", (24, 0, 16, 0), 8)
        self.setFixedHeight(36)
        self._session = session
        self._icon = IconLabel("alert-triangle", "changed")
        self._title = ending("", weight=600, snug=True)
        self._text = ending("")
        self._look = Button("Side by side", "soft", small=True)
        self._look.clicked.connect(self._show)
        self._take = Button("Take theirs", "soft", small=True)
        self._take.setToolTip("What you typed is kept as a draft for 30 days")
        self._take.clicked.connect(self._theirs)
        self._drop = Button("Drop it", "soft", small=True)
        self._drop.setToolTip("Show the file as it is on the disk; the draft is kept for 30 days")
        self._drop.clicked.connect(self._drop_draft)
        self._fine = Button("Keep it", "soft", small=True)
        self._fine.clicked.connect(self._accept)
        self.add(self._icon, self._title)
        self.inner.addWidget(self._text, 1)
        self.add(self._look, self._take, self._drop, self._fine)

    def show_state(self, state: KitfileState) -> None:
        """Say what there is to say; hidden otherwise."""
        title, text = _words(state)
        self.setVisible(bool(title) and state.question is None)
        self._title.setText(title)
        self._text.setText(text)
        self.setAccessibleName(f"{title} {text}")
        changed = state.disk is Disk.CHANGED
        draft = not changed and state.draft_back is not None
        self._icon.show_icon("history" if draft else "alert-triangle", "changed")
        self._look.setVisible(changed)
        self._take.setVisible(changed)
        self._drop.setVisible(draft)
        self._fine.setVisible(draft)

    @Slot()
    def _show(self) -> None:
        self._session.kitfile_merge.show()

    @Slot()
    def _theirs(self) -> None:
        self._session.kitfile_merge.take_theirs()

    @Slot()
    def _drop_draft(self) -> None:
        self._session.kitfile_merge.drop_draft()

    @Slot()
    def _accept(self) -> None:
        self._session.kitfile_merge.accept_draft()


def _words(state: KitfileState) -> tuple[str, str]:
    if state.disk is Disk.CHANGED:
        what = "The Kitfile changed on disk while you were editing it."
        return what, "Saving takes in the lines that you did not touch, and asks about the others."
    if state.disk is Disk.GONE:
        return (
            "The Kitfile is not on the disk any more.",
            "Saving writes it anew.",
        )
    if state.disk is Disk.UNREADABLE:
        return state.disk_problem, "Your text is still here, and nothing of it is lost."
    if state.draft_back is not None:
        when = clock(state.draft_back)
        return f"Draft of {when} is back.", "It was typed and not saved; the file is as it was."
    return "", ""


class QuestionBar(Box):
    """64 high, two lines: what happened, and what each way does."""

    def __init__(self, session: Session) -> None:
        super().__init__("changed_bar", "h", (24, 0, 16, 0), 8)
        self.setFixedHeight(64)
        self._session = session
        self._title = ending("", weight=600)
        self._text = ending("")
        self._back = Button("Later", "")
        self._back.setToolTip("Go on typing; nothing is written")
        self._back.clicked.connect(self._later)
        self.theirs = Button("Take theirs", "")
        self.theirs.clicked.connect(self._take_theirs)
        self.mine = Button("Keep mine", "")
        self.mine.clicked.connect(self._keep_mine)
        self.merge = Button("Merge", "primary")
        self.merge.clicked.connect(self._merge)
        self.add(IconLabel("history", "changed", 18), 2)
        self.inner.addWidget(column("*", self._title, self._text, "*", gap=2), 1)
        self.add(self._back, self.theirs, self.mine, self.merge)

    def show_question(self, question: Question) -> None:
        """Say what happened; one filled button, and none where both changed a line."""
        title, text = question_words(question)
        self._title.setText(title)
        self._text.setText(text)
        self._text.setToolTip(texts.escape_tooltip(text))
        self.setAccessibleName(f"{title} {text}")
        self.merge.setVisible(question.mergeable)
        self.theirs.setVisible(question.mergeable)
        self.merge.become("" if question.view.clash else "primary")
        self._back.setVisible(question.cause is not Cause.DRAFT)

    @Slot()
    def _later(self) -> None:
        self._session.kitfile_merge.put_off()

    @Slot()
    def _take_theirs(self) -> None:
        self._session.kitfile_merge.take_theirs()

    @Slot()
    def _keep_mine(self) -> None:
        self._session.kitfile_merge.keep_mine()

    @Slot()
    def _merge(self) -> None:
        self._session.kitfile_merge.merge()


def question_words(question: Question) -> tuple[str, str]:
    """Title and sentence of the bar."""
    title = "The Kitfile on the disk has changed since you read it."
    if question.cause is Cause.DRAFT:
        title = "Your draft is back, and the Kitfile on the disk has changed meanwhile."
    if question.cause is Cause.SAVE:
        title = "Not saved yet: the Kitfile on the disk has changed since you read it."
    view = question.view
    if not question.mergeable:
        return title, f"The file there is not UTF-8 text: Keep mine writes over it. {DAYS}"
    if not view.clash:
        ways = f"No line was changed by both: Merge takes your {view.mine} and their {view.theirs}."
        return title, f"{ways} {DAYS}"
    lines = [str(line) for line in view.clash_lines]
    where = f"line{'' if len(lines) == 1 else 's'} {texts.listed(lines, 3)}" if lines else "a line"
    clashing = max(1, len(lines))
    rest = view.mine + view.theirs - 2 * clashing
    others = f"the other {texts.counted(rest, 'line')}" if rest > 0 else "what else there is"
    there = "there" if clashing == 1 else "in those"
    return title, (
        f"Both changed {where}: Merge takes {others} and leaves yours {there}. "
        "What is not taken stays a draft for 30 days."
    )
