"""Jobs as the Activity strip shows them: progress, rate, cancel, retry, error."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Slot

from kitdesk.changes import Topic
from kitdesk.session.loaders.folder import error_info, utc_now
from kitdesk.session.state.project import JobState, JobView
from kitdesk.session.state.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.errors import KitDeskError
    from kitdesk.session.runtime.job import Job, Work
    from kitdesk.session.runtime.runner import JobQueue, Runner

TICK_MS = 100
WINDOW = 5.0
"""Seconds over which the rate is measured."""
QUIET = frozenset({"push", "pull", "verify"})
"""Verbs beside which an Undo stays on offer: they change nothing in the folder."""
KEPT = 20
"""Finished jobs that stay listed."""


@dataclass(frozen=True, slots=True)
class JobSpec:
    """A verb as a job: words for each of its states, and the work."""

    verb: str
    running: str
    """``Pushing v2.0.0``"""
    finished: str
    """``Pushed v2.0.0``"""
    failed: str
    """``Push of v2.0.0 stopped``"""
    job_queue: JobQueue
    work: Work
    done: Callable[[Any], str]
    """Takes the result on the GUI thread; returns the summary."""
    kit_command: str = ""
    cancellable: bool = True
    stopped: Callable[[], None] | None = None
    """Called when it failed or was cancelled."""


class JobController(QObject):
    """Starts tasks and keeps :attr:`Workspace.jobs` true."""

    def __init__(
        self,
        workspace: Workspace,
        runner: Runner,
        parent: QObject | None = None,
        warnings: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        super().__init__(parent)
        self._warnings = warnings
        self._workspace, self._runner = workspace, runner
        self._number = 0
        self._jobs: dict[int, Job] = {}
        self._tasks: dict[int, JobSpec] = {}
        self._samples: dict[int, deque[tuple[float, int]]] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    def start(self, task: JobSpec) -> int:
        """Run a task; returns its number."""
        self._number += 1
        number = self._number
        self._tasks[number] = task
        if task.verb not in QUIET:
            self._workspace.apply(Topic.JOBS, result=None)  # the bar speaks of the last deed only
        view = JobView(
            number,
            task.verb,
            task.running,
            JobState.WAITING,
            kit_command=task.kit_command,
            cancellable=task.cancellable,
        )
        self._put([view, *self._workspace.state.jobs])
        self._samples[number] = deque()
        job = self._runner.start(
            task.job_queue,
            task.work,
            lambda result: self._done(number, result),
            lambda error: self._failed(number, error),
            lambda: self._stopped(number),
        )
        if number in self._samples:  # an executor that works at once has ended it already
            self._jobs[number] = job
            self._timer.start()
        return number

    def cancel(self, number: int) -> None:
        """Ask a job to stop."""
        job = self._jobs.get(number)
        if job is not None:
            job.cancel()

    def retry(self, number: int) -> None:
        """Do a failed or cancelled job again."""
        task = self._tasks.get(number)
        if task is None:
            return
        self._put([view for view in self._workspace.state.jobs if view.number != number])
        self._workspace.apply(Topic.JOBS, error=None)
        self.start(task)

    def clear_finished(self) -> None:
        """Forget what has ended."""
        running = (JobState.WAITING, JobState.RUNNING)
        self._put([view for view in self._workspace.state.jobs if view.state in running])

    def dismiss_error(self) -> None:
        """Close the error card."""
        self._workspace.apply(Topic.JOBS, error=None)

    def dismiss_result(self) -> None:
        """Close the result bar."""
        self._workspace.apply(Topic.JOBS, result=None)

    @property
    def busy(self) -> bool:
        """True while a job is under way."""
        return bool(self._jobs)

    def _put(self, views: list[JobView]) -> None:
        self._workspace.apply(Topic.JOBS, jobs=tuple(views[: KEPT + len(self._jobs)]))

    def _change(self, number: int, **values: object) -> None:
        views = [
            replace(view, **values) if view.number == number else view  # type: ignore[arg-type]
            for view in self._workspace.state.jobs
        ]
        self._put(views)

    @Slot()
    def _tick(self) -> None:
        for number, job in self._jobs.items():
            progress = job.progress
            if not progress.step:
                continue
            rate = self._rate(number, progress.done - progress.skipped)
            self._change(
                number,
                state=JobState.RUNNING,
                step=progress.step,
                done=progress.done,
                total=progress.total,
                rate=rate,
            )
        if not self._jobs:
            self._timer.stop()

    def _rate(self, number: int, done: int) -> float:
        """Bytes a second over the last seconds; what was skipped does not count."""
        samples, now = self._samples[number], time.monotonic()
        if samples and done < samples[-1][1]:
            samples.clear()  # another step began
        samples.append((now, done))
        while samples and now - samples[0][0] > WINDOW:
            samples.popleft()
        (first, start), (last, end) = samples[0], samples[-1]
        return (end - start) / (last - first) if last - first > 0.5 else 0.0

    def _ended(self, number: int) -> JobSpec:
        self._jobs.pop(number, None)
        self._samples.pop(number, None)
        return self._tasks[number]

    def _done(self, number: int, result: Any) -> None:
        task = self._ended(number)
        notes = self._warnings()
        summary = " ".join((task.done(result), *notes))
        self._change(
            number,
            state=JobState.DONE,
            title=task.finished,
            summary=summary,
            finished=utc_now(),
            log=notes,
        )

    def _failed(self, number: int, error: KitDeskError) -> None:
        task = self._ended(number)
        shown = error_info(error, number)
        self._change(
            number,
            state=JobState.FAILED,
            title=task.failed,
            summary=error.title,
            error=shown,
            finished=utc_now(),
            log=tuple(filter(None, (error.title, error.hint, error.detail))),
        )
        self._workspace.apply(Topic.JOBS, error=shown)
        if task.stopped is not None:
            task.stopped()

    def _stopped(self, number: int) -> None:
        task = self._ended(number)
        self._change(
            number,
            state=JobState.CANCELLED,
            title=task.failed.replace(" stopped", " cancelled"),
            summary="Nothing is half done.",
            finished=utc_now(),
        )
        if task.stopped is not None:
            task.stopped()
