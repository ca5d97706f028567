"""One piece of work on another thread: its progress, its cancel, its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kitdesk.errors import KitDeskError
from kitdesk.progress import Cancelled, Canceller, Progress, Report, stoppable
from kitdesk.services.boundary import expected

Work = Callable[[Report], Any]
Post = Callable[[Callable[[], None]], None]


class Job:
    """Runs ``work(report)`` once; tells ``done``, ``failed``, ``stopped`` or ``broken`` through
    ``post``, which brings the call to the GUI thread.
    """

    def __init__(
        self,
        work: Work,
        post: Post,
        done: Callable[[Any], None],
        failed: Callable[[KitDeskError], None],
        stopped: Callable[[], None],
        broken: Callable[[BaseException], None],
    ) -> None:
        self._work, self._post = work, post
        self._done, self._failed, self._stopped, self._broken = done, failed, stopped, broken
        self._canceller = Canceller()
        self.cancelled = self._canceller.event
        self.silenced = False
        self.progress = Progress("")
        """The latest; written by the worker, read by the GUI thread."""

    def cancel(self) -> None:
        """Stop; returns at once. Remotes that the work has opened are cut where they wait."""
        self._canceller.cancel()

    def discard(self) -> None:
        """Nobody wants the answer any more: stop, and say nothing."""
        self.silenced = True
        self._canceller.cancel()

    def report(self, progress: Progress) -> None:
        """What the work calls; the cancel point."""
        self.progress = progress
        if self.cancelled.is_set():
            raise Cancelled

    def run(self) -> None:
        """On the worker's thread."""
        if self.cancelled.is_set():
            self._tell(self._stopped)
            return
        try:
            with stoppable(self._canceller), expected("the work"):
                result = self._work(self.report)
        except Cancelled:
            self._tell(self._stopped)
        except KitDeskError as error:
            if self.cancelled.is_set():
                self._tell(self._stopped)
            else:
                self._tell(self._failed, error)
        except Exception as error:  # noqa: BLE001  (the one place: a bug becomes the crash dialog)
            self._post_always(self._broken, error)
        else:
            self._tell(self._done, result)

    def _tell(self, call: Callable[..., None], *arguments: object) -> None:
        def deliver() -> None:
            if not self.silenced:
                call(*arguments)

        self._post(deliver)

    def _post_always(self, call: Callable[[BaseException], None], error: BaseException) -> None:
        def deliver() -> None:
            call(error)

        self._post(deliver)
