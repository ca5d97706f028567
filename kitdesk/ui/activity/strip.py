"""The activity strip: the newest jobs at the left, the standing facts at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot

from kitdesk import text as texts
from kitdesk.changes import Changes, Topic
from kitdesk.session.state.project import JobState, JobView
from kitdesk.ui.activity.words import detail, icon_of
from kitdesk.ui.theme import theme
from kitdesk.ui.widgets.bars import progress_bar
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import IconLabel, ending, label
from kitdesk.ui.widgets.layouts import Box, line, row

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from kitdesk.ui.host import WindowHost

SAID_MS = 4000
"""How long “Copied” stands in the strip, in milliseconds."""


class ActivityStrip(Box):
    """44 pixels high; updates in place, so that a button under the pointer stays the same."""

    panel_wanted = Signal()

    def __init__(self, window_host: WindowHost) -> None:
        super().__init__("window", "h", (16, 0, 12, 0), 10)
        self.setFixedHeight(theme.SIZE["activity"])
        self.setAccessibleName("Activity")
        self._window_host = window_host
        self._job: JobView | None = None
        self._icon = IconLabel("clock", "muted")
        self._title = label("", weight=500)
        self._bar = progress_bar("Progress", 180)
        self._detail = ending("", "small", "muted", snug=True)
        self._cancel = Button("Cancel", "soft", small=True)
        self._cancel.clicked.connect(self._stop)
        self._again = Button("Try again", "soft", small=True)
        self._again.clicked.connect(self._retry)
        self._gap = line("v", 16)
        self._second_icon = IconLabel("circle-check", "added")
        self._second = label("", weight=500)
        self._second_detail = label("", "small", "muted")
        self.add(self._icon, self._title, self._bar)
        self.add(self._detail)
        self.add(
            self._cancel,
            self._again,
            self._gap,
            self._second_icon,
            self._second,
            self._second_detail,
        )
        self.inner.addStretch(1)
        self._notice_icon = IconLabel("info-circle", "muted", 14)
        self._notice = ending("", "small", "muted", snug=True)
        self._notice.setMaximumWidth(320)
        self._notices = row(self._notice_icon, self._notice, gap=6)
        self.inner.addWidget(self._notices)
        self._watch_icon, self._watch = IconLabel("eye", "muted", 14), label("", "small", "muted")
        self._key_icon, self._key = IconLabel("key", "muted", 14), label("", "small", "muted")
        self.inner.addWidget(row(self._watch_icon, self._watch, gap=6))
        self._keys = row(self._key_icon, self._key, gap=6)
        self.inner.addWidget(self._keys)
        self.more = Button("", "flat", "chevron-up", small=True)
        self.more.setToolTip("Ctrl+Shift+A")
        self.more.clicked.connect(self.panel_wanted)
        self.add(self.more)
        self._said = ""
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.setInterval(SAID_MS)
        self._forget.timeout.connect(self._unsay)
        window_host.workspace.changed.connect(self._changed)
        self._read()

    def say(self, text: str) -> None:
        """Say a short thing that needs no answer, such as “Copied the digest”."""
        self._said = text
        self._forget.start()
        self._read()

    @Slot()
    def _unsay(self) -> None:
        self._said = ""
        self._read()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.topics & (Topic.JOBS | Topic.FOLDER | Topic.SETTINGS):
            self._read()

    def _read(self) -> None:
        state = self._window_host.workspace.state
        narrow = self.width() < 1200
        live = [job for job in state.jobs if job.state in (JobState.RUNNING, JobState.WAITING)]
        live = [j for j in live if j.state is JobState.RUNNING] + [
            j for j in live if j.state is JobState.WAITING
        ]
        over = [job for job in state.jobs if job not in live]
        first = live[0] if live else over[0] if over else None
        second = over[0] if live and over else None
        if self._said:
            self._show_said()
        else:
            self._show_first(first, narrow)
        self._show_second(None if self._said else second, narrow)
        count = len(state.jobs)
        self.more.setVisible(count > 0)
        self.more.setText("" if narrow else texts.counted(count, "activity", "activities"))
        self.more.setAccessibleName(f"Show {texts.counted(count, 'activity', 'activities')}")
        self._show_facts(narrow)

    def _show_said(self) -> None:
        self._icon.show_icon("check", "added")
        self._title.setText(self._said)
        for widget in (self._bar, self._cancel, self._again):
            widget.hide()
        self._icon.show()
        self._title.show()
        self._detail.setText("")

    def _show_first(self, job: JobView | None, narrow: bool) -> None:
        self._job = job
        for widget in (self._icon, self._title):
            widget.setVisible(job is not None)
        running = job is not None and job.state is JobState.RUNNING
        self._bar.setVisible(running and bool(job and job.total))
        self._cancel.setVisible(
            bool(job and job.cancellable and job.finished is None and self._alive(job))
        )
        self._again.setVisible(bool(job and job.state is JobState.FAILED))
        self._detail.setText(detail(job) if job else "")
        if job is None:
            return
        icon, tone = icon_of(job)
        self._icon.show_icon(icon, tone)
        self._title.setText(job.title)
        self._bar.setFixedWidth(120 if narrow else 180)
        self._bar.setValue(job.percent)
        self._bar.setAccessibleName(f"{job.title}, {job.percent} per cent")
        self._cancel.setAccessibleName(f"Cancel: {job.title}")

    @staticmethod
    def _alive(job: JobView) -> bool:
        return job.state in (JobState.RUNNING, JobState.WAITING)

    def _show_second(self, job: JobView | None, narrow: bool) -> None:
        for widget in (self._gap, self._second_icon, self._second):
            widget.setVisible(job is not None and self.width() >= 1000)
        self._second_detail.setVisible(job is not None and not narrow)
        if job is not None:
            self._second_icon.show_icon(*icon_of(job))
            self._second.setText(job.title)
            self._second_detail.setText(detail(job))

    def _show_facts(self, narrow: bool) -> None:
        state = self._window_host.workspace.state
        folder = state.folder
        for widget in (self._watch_icon, self._watch):
            widget.setVisible(folder is not None)
        if folder:
            some = f"Watching {texts.counted(folder.files, 'file')}"
            text = "Watching" if narrow or not folder.files else some
            if not folder.watching:
                text = "Not watching" if narrow else "Not watching: F5 refreshes"
            self._watch_icon.show_icon(
                "eye" if folder.watching else "eye-off", "muted" if folder.watching else "changed"
            )
            self._watch.setText(text)
            self._watch.setToolTip(texts.escape_tooltip(folder.watch_problem) or some)
        self._notices.setVisible(bool(state.notices))
        self._notice.setText(" ".join(state.notices[:1]) if not narrow else "Not remembered")
        self._notice.setToolTip(texts.escape_tooltip("\n".join(state.notices)))
        self._notice.setAccessibleName(" ".join(state.notices))
        self._keys.setVisible(bool(state.keyring) and not narrow)
        self._key.setText(state.keyring.partition(":")[0])  # the rest stands in the sheets

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (event.size().width() < 1200) != (
            event.oldSize().width() < 1200
        ) or event.size().width() < 1010:
            self._read()

    @Slot()
    def _stop(self) -> None:
        if self._job:
            self._window_host.session.jobs.cancel(self._job.number)

    @Slot()
    def _retry(self) -> None:
        if self._job:
            self._window_host.session.jobs.retry(self._job.number)
