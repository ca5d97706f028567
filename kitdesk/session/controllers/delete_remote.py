"""Deleting a version from the project's remote, as the window starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.changes import Topic
from kitdesk.errors import NotFound
from kitdesk.operations.delete_remote import (
    DeleteRemoteResult,
    DeletionPlan,
    delete_remote,
    plan_deletion,
)
from kitdesk.operations.inputs.remotes import parse_remote
from kitdesk.operations.messages import count_words
from kitdesk.session.controllers.jobs import JobSpec
from kitdesk.session.loaders.folder import error_info
from kitdesk.session.runtime.runner import JobQueue
from kitdesk.session.state.pages import RemovalPreview

if TYPE_CHECKING:
    from kitdesk.errors import KitDeskError
    from kitdesk.progress import Report
    from kitdesk.session.controllers.context import CommandContext


class RemoteDeletionController:
    """The preview is the plan that is carried out, unless a tag moved meanwhile."""

    def __init__(self, context: CommandContext) -> None:
        self._context = context
        self._plan: DeletionPlan | None = None
        self._address = ""
        """The remote that the plan is about."""

    def preview(self, digest: str) -> None:
        """Ask the remote which tags point at the version now."""
        address, opener = self._context.workspace.state.remote.address, self._context.opener
        services = self._context.services
        self._plan, self._address = None, address
        self._context.workspace.apply(Topic.REMOTE, removal=None, removal_error=None)

        def work(report: Report) -> DeletionPlan:
            remote = opener(parse_remote(address))
            try:
                return plan_deletion(digest, remote, services, report)
            finally:
                remote.close()

        def done(found: DeletionPlan) -> None:
            self._plan = found
            preview = RemovalPreview(found.digest, found.address, found.vanishing)
            self._context.workspace.apply(Topic.REMOTE, removal=preview)

        def failed(error: KitDeskError) -> None:
            self._context.workspace.apply(Topic.REMOTE, removal_error=error_info(error))

        self._context.runner.run_latest("removal-preview", work, done, failed)

    def delete(self, digest: str) -> None:
        """Carry the previewed plan out."""
        plan, opener, services = self._plan, self._context.opener, self._context.services
        address, title = self._context.workspace.state.remote.address, self._context.title(digest)
        if plan is None or plan.digest != digest or address != self._address:
            self._context.show_error(
                NotFound("There is no preview of this deletion.", "Open it again.")
            )
            return

        def work(report: Report) -> DeleteRemoteResult:
            remote = opener(parse_remote(address))
            try:
                now = plan_deletion(digest, remote, services, report)
                if set(now.vanishing) - set(plan.vanishing):
                    more = ", ".join(sorted(set(now.vanishing) - set(plan.vanishing)))
                    raise NotFound(
                        f"{title} has one more tag now: {more}.",
                        "Nothing was deleted. Look at it again.",
                    )
                return delete_remote(now, remote, services)
            finally:
                remote.close()

        def done(gone: DeleteRemoteResult) -> str:
            self._context.reload(gone.changes)
            return f"{count_words(len(gone.untagged), 'tag')} in {gone.address}"

        self._context.jobs.start(
            JobSpec(
                "remove",
                f"Deleting {title} from the registry",
                f"Deleted {title} from the registry",
                f"Deletion of {title} stopped",
                JobQueue.TRANSFER,
                work,
                done,
            )
        )
