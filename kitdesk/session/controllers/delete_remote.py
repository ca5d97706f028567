"""Deleting a version from the project's remote, as the window starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.changes import Topic
from kitdesk.errors import NotFound
from kitdesk.operations.delete_remote import RemovalPlan, RemovedRemote, plan_removal, remove_remote
from kitdesk.operations.inputs.remotes import parse_remote
from kitdesk.operations.messages import count_words
from kitdesk.session.controllers.jobs import Task
from kitdesk.session.loaders.folder import trouble_of
from kitdesk.session.runtime.runner import Lane
from kitdesk.session.state.workspace import RemovalPreview

if TYPE_CHECKING:
    from kitdesk.errors import KitDeskError
    from kitdesk.progress import Report
    from kitdesk.session.controllers.context import Desk


class Removing:
    """The preview is the plan that is carried out, unless a tag moved meanwhile."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._plan: RemovalPlan | None = None

    def preview(self, digest: str) -> None:
        """Ask the remote which tags point at the version now."""
        address, opener = self._desk.workspace.remote.address, self._desk.opener
        library = self._desk.library
        self._plan = None
        self._desk.workspace.apply(Topic.REMOTE, removal=None, removal_trouble=None)

        def work(report: Report) -> RemovalPlan:
            remote = opener(parse_remote(address))
            try:
                return plan_removal(digest, remote, library, report)
            finally:
                remote.close()

        def done(found: RemovalPlan) -> None:
            self._plan = found
            preview = RemovalPreview(found.digest, found.address, found.vanishing)
            self._desk.workspace.apply(Topic.REMOTE, removal=preview)

        def failed(error: KitDeskError) -> None:
            self._desk.workspace.apply(Topic.REMOTE, removal_trouble=trouble_of(error))

        self._desk.runner.latest("removal-preview", work, done, failed)

    def remove(self, digest: str) -> None:
        """Carry the previewed plan out."""
        plan, opener, library = self._plan, self._desk.opener, self._desk.library
        address, title = self._desk.workspace.remote.address, self._desk.title(digest)
        if plan is None or plan.digest != digest:
            self._desk.show(NotFound("There is no preview of this deletion.", "Open it again."))
            return

        def work(report: Report) -> RemovedRemote:
            remote = opener(parse_remote(address))
            try:
                now = plan_removal(digest, remote, library, report)
                if set(now.vanishing) - set(plan.vanishing):
                    more = ", ".join(sorted(set(now.vanishing) - set(plan.vanishing)))
                    raise NotFound(
                        f"{title} has one more tag now: {more}.",
                        "Nothing was deleted. Look at it again.",
                    )
                return remove_remote(now, remote, library)
            finally:
                remote.close()

        def done(gone: RemovedRemote) -> str:
            self._desk.after(Topic.REMOTE)
            return f"{count_words(len(gone.untagged), 'tag')} in {gone.address}"

        self._desk.activity.start(
            Task(
                "remove",
                f"Deleting {title} from the registry",
                f"Deleted {title} from the registry",
                f"Deletion of {title} stopped",
                Lane.TRANSFER,
                work,
                done,
            )
        )
