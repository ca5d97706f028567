"""Unpack, roll back, undo: what changes files, as the window starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kitdesk.changes import Changes, Topic
from kitdesk.errors import KitDeskError, NotFound
from kitdesk.operations import undo as undos
from kitdesk.operations.inputs.addresses import name_of
from kitdesk.operations.inputs.remotes import parse_remote
from kitdesk.operations.messages import count_words
from kitdesk.operations.rollback import RollbackPlan, RollbackResult, rollback, rollback_now
from kitdesk.operations.unpack import UnpackResult, unpack
from kitdesk.session.controllers.jobs import JobSpec
from kitdesk.session.controllers.kit_command import kit_command
from kitdesk.session.loaders.folder import error_info, folder_words
from kitdesk.session.loaders.previews import rollback_preview
from kitdesk.session.runtime.runner import JobQueue
from kitdesk.session.state.kitfile import Leaving
from kitdesk.session.state.pages import ResultBanner, RollbackPreview

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.progress import Report
    from kitdesk.session.controllers.context import CommandContext

NAMED = 3
"""Paths that a result names."""


class FolderController:
    """Starts what changes files, always with a way back."""

    def __init__(self, context: CommandContext) -> None:
        self._context = context
        self._plan: RollbackPlan | None = None

    def unpack(self, digest: str, target: Path, *, overwrite: bool = False) -> None:
        """Write a version into another folder."""
        services, title = self._context.services, self._context.title(digest)
        label = name_of(self._context.tree.repository, title)

        def work(report: Report) -> UnpackResult:
            self._context.ensure_local(digest, report)
            return unpack(digest, label, target, services, report, overwrite=overwrite)

        def done(written: UnpackResult) -> str:
            self._context.reload(written.changes | Changes(Topic.LOCAL))  # it may have been pulled
            return f"{count_words(written.files, 'file')} in {target}"

        self._context.jobs.start(
            JobSpec(
                "unpack",
                f"Unpacking {title}",
                f"Unpacked {title}",
                f"Unpack of {title} stopped",
                JobQueue.PROJECT,
                work,
                done,
                kit_command("unpack", reference=label, folder=target),
            )
        )

    def preview_rollback(self, digest: str) -> None:
        """Work out the plan that :meth:`rollback` carries out."""
        folder, services = self._context.workspace.state.folder, self._context.services
        row = self._context.workspace.state.version(digest)
        self._plan = None
        self._context.workspace.apply(Topic.FOLDER, rollback=None, rollback_error=None)
        if folder is None or row is None:
            return
        now = folder_words(folder.at, folder.changes)
        address = self._context.workspace.state.remote.address
        label = name_of(self._context.tree.repository, row.title if row.tags else row.digest)

        def work(report: Report) -> tuple[RollbackPlan, RollbackPreview]:
            if row.local or not address:
                return rollback_preview(folder, now, row, label, services, report)
            remote = self._context.opener(parse_remote(address))
            try:
                return rollback_preview(folder, now, row, label, services, report, remote)
            finally:
                remote.close()

        def done(found: tuple[RollbackPlan, RollbackPreview]) -> None:
            self._plan = found[0]
            self._context.workspace.apply(Topic.FOLDER, rollback=found[1])

        def failed(error: KitDeskError) -> None:
            self._context.workspace.apply(Topic.FOLDER, rollback_error=error_info(error))

        self._context.runner.run_latest("rollback-preview", work, done, failed)

    def rollback(self, digest: str, *, of: Path | None = None) -> None:
        """Carry the previewed plan out; where the folder has changed since, look again.

        ``of`` is the project that the question was about.
        """
        plan, services = self._plan, self._context.services
        if plan is not None and not (
            self._context.is_open(of) and self._context.is_open(plan.folder)
        ):
            plan = None
        if plan is None or plan.digest != digest:
            self._context.show_error(
                NotFound("There is no preview of this roll back.", "Open it again.")
            )
            return
        title = self._context.title(digest)

        def work(report: Report) -> RollbackResult:
            if plan.fetch_bytes:
                self._context.ensure_local(digest, report)
            return rollback(plan, services, report)

        def done(back: RollbackResult) -> str:
            change = back.plan.folder_plan
            moved = len(change.replace) + len(change.restore) + len(change.set_aside)
            came = len(change.replace) + len(change.restore)
            text = f"{count_words(came, 'file')} came back"
            aside = len(change.aside_sizes)
            text += f", {aside} {'is' if aside == 1 else 'are'} in the safe copy." if aside else "."
            text = " ".join((text, *back.warnings))
            words = f"This folder is exactly {title} again."
            if not back.exact:
                left = ", ".join(back.left[:NAMED]) or "some modes"
                words = f"This folder is {title} again, but for {left}."
            result = ResultBanner(words, text, bool(back.safe_copy))
            self._show_result(plan.folder, result)
            fetched = Changes(Topic.LOCAL) if plan.fetch_bytes else Changes(Topic(0))
            self._context.reload(Changes(back.changes.topics | fetched.topics))
            return count_words(moved, "file")

        self._context.jobs.start(
            JobSpec(
                "rollback",
                f"Rolling back to {title}",
                f"Rolled back to {title}",
                f"Roll back to {title} stopped",
                JobQueue.PROJECT,
                work,
                done,
                stopped=lambda: self.preview_rollback(digest),
            )
        )

    def restore(self, digest: str, path: str, *, asked: bool = False) -> None:
        """Bring one file back as a version has it; Undo takes it back.

        For a Kitfile with unsaved text that is asked first (unless ``asked``).
        """
        state = self._context.workspace.state
        kitfile = state.folder.kitfile if state.folder else None
        if not asked and state.kitfile.dirty and path == (kitfile.name if kitfile else "Kitfile"):
            leaving = Leaving("restore", digest=digest, path=path)
            self._context.workspace.apply(Topic.SELECTION, leaving=leaving)
            return
        folder, services = self._context.folder(), self._context.services
        title, row = self._context.title(digest), self._context.workspace.state.version(digest)
        label = name_of(
            self._context.tree.repository, title if row is not None and row.tags else digest
        )
        name = path.rpartition("/")[2]

        def work(report: Report) -> RollbackResult:
            self._context.ensure_local(digest, report)
            return rollback_now(folder, digest, label, services, report, (path,), "restore")

        def done(back: RollbackResult) -> str:
            change = back.plan.folder_plan
            aside = "What was there is in the safe copy." if change.aside_sizes else ""
            aside = " ".join((aside, *back.warnings)).strip()
            if change.nothing:
                aside = "It was so already; nothing was changed."
            result = ResultBanner(f"{name} is as in {title} again.", aside, bool(back.safe_copy))
            self._show_result(folder, result)
            self._context.reload(back.changes)
            return path

        self._context.jobs.start(
            JobSpec(
                "restore",
                f"Restoring {name}",
                f"Restored {name} from {title}",
                f"Restoring {name} stopped",
                JobQueue.PROJECT,
                work,
                done,
            )
        )

    def read_undo(self) -> None:
        """What Undo would undo."""
        folder, services = self._context.workspace.state.folder, self._context.services
        if folder is None:
            return
        path = folder.path

        def work(_report: object) -> str:
            swap = services.safe_copies.latest_undoable(path)
            if swap is None:
                return ""
            words = {"rollback": "roll back", "restore": "restore", "unpack": "unpack"}
            verb, label = swap.record.verb, swap.record.after_label
            what = f"the {words.get(verb, verb)} to {label.rpartition(':')[2] or label}"
            return what if swap.record.applied else f"the undo of {what}"

        def done(words: str) -> None:
            self._context.workspace.apply(Topic.HISTORY, can_undo=words)

        self._context.runner.run_latest("can-undo", work, done, lambda _error: None)

    def undo(self) -> None:
        """Turn the last change of the folder round."""
        folder, services = self._context.folder(), self._context.services
        what = self._context.workspace.state.can_undo or "the last change"

        def work(report: Report) -> undos.UndoResult:
            return undos.undo(folder, services, report)

        def done(undone: undos.UndoResult) -> str:
            return self._undone(folder, undone)

        self._context.jobs.start(
            JobSpec(
                "undo",
                f"Undoing {what}",
                f"Undid {what}",
                f"Undo of {what} stopped",
                JobQueue.PROJECT,
                work,
                done,
            )
        )

    def _show_result(self, folder: Path, result: ResultBanner) -> None:
        """Undo is offered in the project that was changed, and in no other."""
        if self._context.is_open(folder):
            self._context.workspace.apply(Topic.JOBS, result=result)

    def _undone(self, folder: Path, done: undos.UndoResult) -> str:
        where = done.label.rpartition(":")[2] or "as it was"
        text = f"{count_words(done.files, 'file')} changed places with the safe copy."
        text = " ".join(filter(None, (text, done.kept_sentence, *done.warnings)))
        result = ResultBanner(f"Undone: this folder is at {where} again.", text, undo=True)
        self._show_result(folder, result)
        self._context.reload(done.changes)
        return count_words(done.files, "file")

    def resolve_interrupted(self, way: Literal["finish", "undo"]) -> None:
        """Bring a cut-off change to one of its ends."""
        folder, services = self._context.folder(), self._context.services
        verb = "Finishing" if way == "finish" else "Turning back"

        def work(report: Report) -> undos.UndoResult:
            return undos.resolve_interrupted(folder, way, services, report)

        def done(settled: undos.UndoResult) -> str:
            found = None
            if settled.kept:
                words = f"This folder is at {settled.label or 'what it was'}."
                found = ResultBanner(words, settled.kept_sentence, undo=False)
            self._context.workspace.apply(Topic.JOBS, result=found)
            self._context.reload(settled.changes)
            return f"the folder is at {settled.label}"

        self._context.jobs.start(
            JobSpec(
                "undo",
                f"{verb} the interrupted change",
                "Settled the interrupted change",
                "The interrupted change stopped",
                JobQueue.PROJECT,
                work,
                done,
            )
        )
