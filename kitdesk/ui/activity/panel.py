"""The panel over the strip: every job with its progress, its log and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QScrollArea, QWidget

from kitdesk.changes import Changes, Topic
from kitdesk.session.state.project import JobState, JobView
from kitdesk.ui.activity.words import detail, icon_of
from kitdesk.ui.theme import theme
from kitdesk.ui.widgets.bars import progress_bar
from kitdesk.ui.widgets.buttons import Button, close_button
from kitdesk.ui.widgets.labels import IconLabel, ending, label
from kitdesk.ui.widgets.layouts import Box, DynamicColumn, column, line, row

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from kitdesk.ui.host import WindowHost

WIDTH, TALLEST = 460, 420


class JobRow(Box):
    """One job; kept as long as the job lives, so that its buttons stay under the pointer."""

    def __init__(self, window_host: WindowHost, job: JobView) -> None:
        super().__init__("raised", margins=(12, 6, 6, 8), gap=3)
        self._window_host = window_host
        self._job = job
        self._icon = IconLabel("clock", "muted")
        self._title = ending("", weight=500)
        self._log_button = self._button("Log", self._toggle_log)
        self._kit = self._button("Copy as kit", self._copy)
        self._again = self._button("Try again", self._retry)
        self._cancel = self._button("Cancel", self._stop)
        tools = (self._log_button, self._kit, self._again, self._cancel)
        self._bar = progress_bar("Progress")
        self._bar_line = row(self._bar, margins=(24, 0, 8, 0))
        self._detail = ending("", "small", "muted")
        self._log = label("", "caption", "muted", mono=True, wrap=True)
        self._log.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._log_line = column(self._log, margins=(24, 4, 8, 4))
        self._log_line.hide()
        self.add(row(self._icon, self._title, *tools, gap=8), self._bar_line)
        self.add(row(self._detail, margins=(24, 0, 0, 0)), self._log_line)
        self.show_job(job)

    def _button(self, text: str, slot: object) -> Button:
        button = Button(text, "flat", small=True)
        button.clicked.connect(slot)
        return button

    def show_job(self, job: JobView) -> None:
        """Take the job's present state."""
        self._job = job
        alive = job.state in (JobState.RUNNING, JobState.WAITING)
        self._icon.show_icon(*icon_of(job))
        self._title.setText(job.title)
        self._detail.setText(detail(job, step=True))
        self._bar_line.setVisible(job.state is JobState.RUNNING and job.total > 0)
        self._bar.setValue(job.percent)
        self._cancel.setVisible(alive and job.cancellable)
        self._again.setVisible(job.state in (JobState.FAILED, JobState.CANCELLED))
        self._log_button.setVisible(bool(job.log))
        self._kit.setVisible(bool(job.kit_command))
        self._log.setText("\n".join(job.log))
        self.setAccessibleName(f"{job.title}, {detail(job, step=True)}")
        for button in (self._log_button, self._kit, self._again, self._cancel):
            button.setAccessibleName(f"{button.text()}: {job.title}")

    @Slot()
    def _toggle_log(self) -> None:
        self._log_line.setVisible(self._log_line.isHidden())
        panel = self.window().findChild(ActivityPanel)
        if panel:
            panel.settle()

    @Slot()
    def _copy(self) -> None:
        self._window_host.copy(self._job.kit_command, "kit command")

    @Slot()
    def _retry(self) -> None:
        self._window_host.session.jobs.retry(self._job.number)

    @Slot()
    def _stop(self) -> None:
        self._window_host.session.jobs.cancel(self._job.number)


class ActivityPanel(Box):
    """Floats over the right end of the strip; Esc or Ctrl+Shift+A closes it."""

    def __init__(self, window_host: WindowHost, parent: QWidget) -> None:
        super().__init__("card")
        self.setParent(parent)
        self._window_host = window_host
        self._rows: dict[int, JobRow] = {}
        self.setAccessibleName("Activity")
        self.setFixedWidth(WIDTH)
        self._clear = Button("Clear finished", "flat", small=True)
        self._clear.clicked.connect(self._forget)
        cross = close_button("Close the activity panel (Esc)")
        cross.clicked.connect(self.hide)
        self._pile = DynamicColumn()
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._pile)
        self._scroll.setWidgetResizable(True)
        self._scroll.setProperty("on", "raised")
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head = row(label("Activity", weight=600), "*", self._clear, cross, margins=(12, 6, 6, 4))
        self.add(head, self._scroll)
        theme.shadow(self)
        self.hide()
        window_host.workspace.changed.connect(self._changed)
        self._read()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.topics & Topic.JOBS:
            self._read()

    def _read(self) -> None:
        jobs = self._window_host.workspace.state.jobs
        if [job.number for job in jobs] == list(self._rows):
            for job in jobs:
                self._rows[job.number].show_job(job)
        else:
            self._rows = {job.number: JobRow(self._window_host, job) for job in jobs}
            items: list[QWidget | int | str] = []
            for part in self._rows.values():
                items += [line(), part]
            if not items:
                items = [
                    line(),
                    column(
                        label("Nothing has been done yet.", "small", "muted"),
                        margins=(12, 10, 12, 12),
                    ),
                ]
            self._pile.fill(*items)
        over = [job for job in jobs if job.state not in (JobState.RUNNING, JobState.WAITING)]
        self._clear.setEnabled(bool(over))
        if self.isVisible():
            self.settle()

    def toggle(self) -> None:
        """Open or close it."""
        if self.isVisible():
            self.hide()
            return
        self.show()
        self.raise_()
        self.settle()
        self._clear.setFocus(Qt.FocusReason.OtherFocusReason)

    def settle(self) -> None:
        """Take the height of the jobs, above the strip."""
        parent = self.parentWidget()
        inner, layout = self._pile.layout(), self.layout()
        if parent is None or inner is None or layout is None:
            return
        inner.activate()
        self._scroll.setFixedHeight(min(TALLEST, inner.totalSizeHint().height()))
        layout.activate()
        self.resize(WIDTH, layout.totalSizeHint().height())
        bottom = parent.height() - theme.SIZE["activity"] - 8
        self.move(parent.width() - WIDTH - 12, max(8, bottom - self.height()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return
        super().keyPressEvent(event)

    @Slot()
    def _forget(self) -> None:
        self._window_host.session.jobs.clear_finished()
