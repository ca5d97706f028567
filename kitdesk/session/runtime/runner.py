"""Where jobs run: a few queues, an executor from outside, latest only for what is looked up."""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kitdesk.session.runtime.job import Job, Post, Work

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from kitdesk.errors import KitDeskError
    from kitdesk.progress import Report


class JobQueue(enum.Enum):
    """What may run side by side with what."""

    PROJECT = "project"
    """Verbs that change files or the store: one at a time."""
    TRANSFER = "transfer"
    LOOKUP = "lookup"
    KEYRING = "keyring"
    """What asks the keyring: a person may have to unlock it, and nothing else waits for that."""
    CONTENT = "content"
    """What reads and compares the content of files: a long one holds up no look-up."""
    DRAFT = "draft"
    """What is typed, on its way into KitDesk's own folder: waits for nothing else."""


THREADS = {
    JobQueue.PROJECT: 1,
    JobQueue.TRANSFER: 2,
    JobQueue.LOOKUP: 4,
    JobQueue.KEYRING: 1,
    JobQueue.CONTENT: 1,
    JobQueue.DRAFT: 1,
}
"""How many jobs of a queue run side by side."""
Callback = Callable[[Any], None]
"""Called by the work with a part of its result."""
ExecutorOf = Callable[[JobQueue], "Executor"]
SHUTDOWN_TIMEOUT_S = 0.5
"""Seconds that shutdown waits for jobs to notice: a desktop that ends kills what takes longer, and
every verb can be killed anywhere.
"""


def threads(job_queue: JobQueue) -> Executor:
    """The executor of the real program."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(THREADS[job_queue], f"kitdesk-{job_queue.value}")


def _nothing() -> None:
    pass


class Runner:
    """Starts jobs and remembers them until they end."""

    def __init__(
        self,
        post: Post,
        broken: Callable[[BaseException], None],
        executor_of: ExecutorOf = threads,
    ) -> None:
        self._post = post
        self._broken = broken
        self._executor_of = executor_of
        self._executors: dict[JobQueue, Executor] = {}
        self._latest: dict[str, Job] = {}
        self._closed = False
        self._alive: dict[Job, Any] = {}

    def start(
        self,
        job_queue: JobQueue,
        work: Work,
        done: Callable[[Any], None],
        failed: Callable[[KitDeskError], None],
        stopped: Callable[[], None] = _nothing,
    ) -> Job:
        """Run work on a lane; one of the callbacks follows on the GUI thread."""

        def ended(call: Callable[..., None]) -> Callable[..., None]:
            def told(*arguments: object) -> None:
                self._alive.pop(job, None)
                call(*arguments)

            return told

        job = Job(work, self._post, ended(done), ended(failed), ended(stopped), ended(self._broken))
        if self._closed:
            job.discard()  # the program ends: whoever asks now gets no answer
        else:
            self._alive[job] = self._executor(job_queue).submit(job.run)
        return job

    def _executor(self, job_queue: JobQueue) -> Executor:
        executor = self._executors.get(job_queue)
        if executor is None:
            executor = self._executors[job_queue] = self._executor_of(job_queue)
        return executor

    def warm(self) -> None:
        """Have a thread ready in every lane: beside busy ones a new thread takes 80 ms to begin,
        and the click that needs it would wait for that.
        """
        for job_queue in JobQueue:
            self._executor(job_queue).submit(_nothing)

    def run_latest(
        self,
        key: str,
        work: Work,
        done: Callable[[Any], None],
        failed: Callable[[KitDeskError], None],
        job_queue: JobQueue = JobQueue.LOOKUP,
    ) -> Job:
        """A look-up that follows a selection: the former one of this key falls silent."""
        self.discard(key)
        job = self.start(job_queue, work, done, failed)
        self._latest[key] = job
        return job

    def stream(
        self,
        key: str,
        work: Callable[[Report, Callback], Any],
        news: Callable[[Any], None],
        done: Callable[[Any], None],
        failed: Callable[[KitDeskError], None],
    ) -> Job:
        """As :meth:`latest`, for work that has something to show before it is done: what it tells
        reaches ``news`` on the GUI thread, before ``done``. A busy GUI thread gets the last word
        only: each one replaces the former.
        """
        waiting: deque[object] = deque(maxlen=1)

        def deliver() -> None:
            if waiting and not job.silenced:
                news(waiting.pop())

        def tell(value: object) -> None:
            waiting.append(value)
            self._post(deliver)

        job = self.run_latest(key, lambda report: work(report, tell), done, failed)
        return job

    def discard(self, key: str) -> None:
        """Silence the look-up of this key, if one is under way."""
        former = self._latest.pop(key, None)
        if former is not None:
            former.discard()

    @property
    def idle(self) -> bool:
        """True when nothing is under way that anybody waits for."""
        return all(job.silenced for job in self._alive)

    def wait_for(self, job: Job, seconds: float) -> None:
        """Wait until one job has ended; for the very end of the program only."""
        from concurrent.futures import wait

        future = self._alive.get(job)
        if future is not None:
            wait([future], seconds)

    def shutdown(self) -> None:
        """Cancel everything and wait a short while; called when the window closes."""
        from concurrent.futures import wait

        self._closed = True
        futures = [future for future in self._alive.values() if future.running()]
        for job in self._alive:
            job.discard()
        for executor in self._executors.values():
            executor.shutdown(wait=False, cancel_futures=True)
        wait(futures, SHUTDOWN_TIMEOUT_S)
        self._alive.clear()
