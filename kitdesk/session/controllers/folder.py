"""Unpack, roll back, undo: what changes files, as the window starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kitdesk.changes import Topic
from kitdesk.errors import KitDeskError, NotFound
from kitdesk.operations import undo as undos
from kitdesk.operations.inputs.addresses import name_of
from kitdesk.operations.messages import count_words
from kitdesk.operations.rollback import RollbackPlan, RolledBack, plan_rollback, rollback
from kitdesk.operations.unpack import Unpacked, unpack
from kitdesk.session.controllers.jobs import Task
from kitdesk.session.controllers.kit_command import kit_command
from kitdesk.session.loaders.folder import folder_words, trouble_of
from kitdesk.session.loaders.previews import rollback_preview
from kitdesk.session.runtime.runner import Lane
from kitdesk.session.state.workspace import Result, RollbackPreview

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.progress import Report
    from kitdesk.session.controllers.context import Desk


class Changing:
    """Starts what changes files, always with a way back."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._plan: RollbackPlan | None = None

    def unpack(self, digest: str, target: Path, repository: str, *, overwrite: bool) -> None:
        """Write a version into another folder."""
        library, title = self._desk.library, self._desk.title(digest)
        label = name_of(repository, title)

        def work(report: Report) -> Unpacked:
            self._desk.bring_here(digest, report)
            return unpack(digest, label, target, library, report, overwrite=overwrite)

        def done(written: Unpacked) -> str:
            self._desk.after(Topic.HISTORY | Topic.LOCAL)
            return f"{count_words(written.files, 'file')} in {target}"

        self._desk.activity.start(
            Task(
                "unpack",
                f"Unpacking {title}",
                f"Unpacked {title}",
                f"Unpack of {title} stopped",
                Lane.PROJECT,
                work,
                done,
                kit_command("unpack", reference=label, folder=target),
            )
        )

    def preview_rollback(self, digest: str, repository: str) -> None:
        """Work out the plan that :meth:`rollback` carries out."""
        folder, library = self._desk.workspace.folder, self._desk.library
        row = self._desk.workspace.version(digest)
        self._plan = None
        self._desk.workspace.apply(Topic.FOLDER, rollback=None, rollback_trouble=None)
        if folder is None or row is None:
            return
        now = folder_words(folder.at, folder.changes)
        label = name_of(repository, row.title if row.tags else row.digest)

        def work(report: Report) -> tuple[RollbackPlan, RollbackPreview]:
            self._desk.bring_here(digest, report)
            return rollback_preview(folder, now, row, label, library, report)

        def done(found: tuple[RollbackPlan, RollbackPreview]) -> None:
            self._plan = found[0]
            if not row.local:
                self._desk.after(Topic.LOCAL)  # its bytes were fetched to be looked at
            self._desk.workspace.apply(Topic.FOLDER, rollback=found[1])

        def failed(error: KitDeskError) -> None:
            self._desk.workspace.apply(Topic.FOLDER, rollback_trouble=trouble_of(error))

        self._desk.runner.latest("rollback-preview", work, done, failed)

    def rollback(self, digest: str) -> None:
        """Carry the previewed plan out."""
        plan, library = self._plan, self._desk.library
        if plan is None or plan.digest != digest:
            self._desk.show(NotFound("There is no preview of this roll back.", "Open it again."))
            return
        title = self._desk.title(digest)

        def work(report: Report) -> RolledBack:
            return rollback(plan, library, report)

        def done(back: RolledBack) -> str:
            change = back.plan.changeover
            moved = len(change.replace) + len(change.restore) + len(change.set_aside)
            came = len(change.replace) + len(change.restore)
            text = f"{count_words(came, 'file')} came back"
            aside = len(change.aside_sizes)
            text += f", {aside} {'is' if aside == 1 else 'are'} in the safe copy." if aside else "."
            result = Result(f"This folder is exactly {title} again.", text, bool(back.safe_copy))
            self._desk.workspace.apply(Topic.JOBS, result=result)
            self._desk.after(Topic.FOLDER)
            return count_words(moved, "file")

        self._desk.activity.start(
            Task(
                "rollback",
                f"Rolling back to {title}",
                f"Rolled back to {title}",
                f"Roll back to {title} stopped",
                Lane.PROJECT,
                work,
                done,
            )
        )

    def restore(self, digest: str, path: str, repository: str) -> None:
        """Bring one file back as a version has it; Undo takes it back."""
        folder, library = self._desk.folder(), self._desk.library
        title, row = self._desk.title(digest), self._desk.workspace.version(digest)
        label = name_of(repository, title if row is not None and row.tags else digest)
        name = path.rpartition("/")[2]

        def work(report: Report) -> RolledBack:
            self._desk.bring_here(digest, report)
            plan = plan_rollback(folder, digest, label, library, report, only=(path,))
            return rollback(plan, library, report, verb="restore")

        def done(back: RolledBack) -> str:
            change = back.plan.changeover
            aside = "What was there is in the safe copy." if change.aside_sizes else ""
            if change.nothing:
                aside = "It was so already; nothing was changed."
            result = Result(f"{name} is as in {title} again.", aside, bool(back.safe_copy))
            self._desk.workspace.apply(Topic.JOBS, result=result)
            self._desk.after(Topic.FOLDER)
            return path

        self._desk.activity.start(
            Task(
                "restore",
                f"Restoring {name}",
                f"Restored {name} from {title}",
                f"Restoring {name} stopped",
                Lane.PROJECT,
                work,
                done,
            )
        )

    def read_undo(self) -> None:
        """What Undo would undo."""
        folder, library = self._desk.workspace.folder, self._desk.library
        if folder is None:
            return
        path = folder.path

        def work(_report: object) -> str:
            swap = library.safe.last(path)
            if swap is None:
                return ""
            words = {"rollback": "roll back", "restore": "restore", "unpack": "unpack"}
            verb, label = swap.record.verb, swap.record.after_label
            what = f"the {words.get(verb, verb)} to {label.rpartition(':')[2] or label}"
            return what if swap.record.applied else f"the undo of {what}"

        def done(words: str) -> None:
            self._desk.workspace.apply(Topic.HISTORY, can_undo=words)

        self._desk.runner.latest("can-undo", work, done, lambda _error: None)

    def undo(self) -> None:
        """Turn the last change of the folder round."""
        folder, library = self._desk.folder(), self._desk.library
        what = self._desk.workspace.can_undo or "the last change"

        def work(report: Report) -> undos.Undone:
            return undos.undo(folder, library, report)

        self._desk.activity.start(
            Task(
                "undo",
                f"Undoing {what}",
                f"Undid {what}",
                f"Undo of {what} stopped",
                Lane.PROJECT,
                work,
                self._undone,
            )
        )

    def _undone(self, done: undos.Undone) -> str:
        where = done.label.rpartition(":")[2] or "as it was"
        text = f"{count_words(done.files, 'file')} changed places with the safe copy."
        result = Result(f"Undone: this folder is at {where} again.", text, undo=True)
        self._desk.workspace.apply(Topic.JOBS, result=result)
        self._desk.after(Topic.FOLDER)
        return count_words(done.files, "file")

    def settle(self, way: Literal["finish", "undo"]) -> None:
        """Bring a cut-off change to one of its ends."""
        folder, library = self._desk.folder(), self._desk.library
        verb = "Finishing" if way == "finish" else "Turning back"

        def work(report: Report) -> undos.Undone:
            return undos.settle(folder, way, library, report)

        def done(settled: undos.Undone) -> str:
            self._desk.workspace.apply(Topic.JOBS, result=None)
            self._desk.after(Topic.FOLDER)
            return f"the folder is at {settled.label}"

        self._desk.activity.start(
            Task(
                "undo",
                f"{verb} the interrupted change",
                "Settled the interrupted change",
                "The interrupted change stopped",
                Lane.PROJECT,
                work,
                done,
            )
        )
