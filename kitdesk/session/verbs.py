"""The verbs as the window starts them: each a task with words for its states."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from kitdesk.changes import Topic
from kitdesk.errors import KitDeskError, NotFound
from kitdesk.modelkit.reference import Reference
from kitdesk.operations import demo, manage, scan
from kitdesk.operations import undo as undos
from kitdesk.operations.pack import Packed, pack
from kitdesk.operations.references import name_of, reference_of
from kitdesk.operations.remotes import parse_remote, repository_of
from kitdesk.operations.rollback import RollbackPlan, RolledBack, rollback
from kitdesk.operations.transfer import Transferred, pull, push
from kitdesk.operations.unpack import Unpacked, unpack
from kitdesk.operations.words import count_words, size_words
from kitdesk.session.activity import Activity, Task
from kitdesk.session.kit_words import kit_command
from kitdesk.session.previews import push_preview, rollback_preview
from kitdesk.session.reading import folder_words, trouble_of
from kitdesk.session.runner import Lane, Runner
from kitdesk.session.workspace import PushPreview, Result, RollbackPreview, Transfer, Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.operations.sides import Opener
    from kitdesk.progress import Report
    from kitdesk.services.library import Library
    from kitdesk.session.tree import VersionTree

After = Callable[[Topic], None]


class Verbs:
    """Starts verbs; what they changed is read again by ``after``."""

    def __init__(
        self,
        workspace: Workspace,
        activity: Activity,
        runner: Runner,
        library: Library,
        opener: Opener,
        tree: VersionTree,
        after: After,
    ) -> None:
        self._workspace, self._activity, self._runner = workspace, activity, runner
        self._library, self._opener, self._tree, self._after = library, opener, tree, after
        self._plan: RollbackPlan | None = None

    def _show(self, error: KitDeskError) -> None:
        self._workspace.apply(Topic.JOBS, trouble=trouble_of(error))

    def _title(self, digest: str) -> str:
        return self._workspace.title_of(digest)

    def _folder(self) -> Path:
        folder = self._workspace.folder
        if folder is None:
            raise NotFound("No folder is open.")
        return folder.path

    # making versions -------------------------------------------------------------------------

    def make_kitfile(self) -> None:
        """Write a first Kitfile."""
        folder = self._folder()

        def done(_made: object) -> None:
            self._after(Topic.KITFILE)

        self._runner.start(Lane.PROJECT, lambda _r: scan.make_kitfile(folder), done, self._show)

    def pack(self, tags: tuple[str, ...], repository: str, *, push: bool) -> None:
        """Freeze the folder."""
        folder, library = self._folder(), self._library
        registry, _, name = repository.partition("/")
        first, *rest = tags or ("",)
        reference = Reference(registry, name, first, extra_tags=tuple(rest))
        address = self._workspace.remote.address

        def work(report: Report) -> Packed:
            return pack(folder, reference, library, report)

        def done(packed: Packed) -> str:
            self._after(Topic.FOLDER | Topic.LOCAL)
            if push and address:
                self.push(packed.digest, first, address, repository, replace=False)
            if packed.reused:
                return "unchanged: the same version as before"
            return f"{size_words(packed.size)} in {count_words(len(packed.layers), 'layer')}"

        self._activity.start(
            Task(
                "pack",
                f"Packing {first}",
                f"Packed {first}",
                f"Pack of {first} stopped",
                Lane.PROJECT,
                work,
                done,
                kit_command("pack", folder=folder, reference=name_of(repository, first)),
            )
        )

    def open_sample(self, folder: Path, opened: Callable[[Path], None]) -> None:
        """Write the sample, pack both versions; the folder ends at v2.0.0."""
        library = self._library
        target = folder if not folder.exists() else folder / "movie-recommend"

        def work(report: Report) -> Path:
            written = demo.demo(target)
            repository = Reference("localhost", "movie-recommend")
            pack(written.project, repository.with_tag("v1.0.0"), library, report)
            demo.advance(written.project)
            pack(written.project, repository.with_tag("v2.0.0"), library, report)
            return written.project

        def done(project: Path) -> str:
            opened(project)
            return str(project)

        self._activity.start(
            Task(
                "sample",
                "Writing the sample",
                "Wrote the sample",
                "The sample stopped",
                Lane.PROJECT,
                work,
                done,
            )
        )

    # transfers -------------------------------------------------------------------------------

    def preview_push(self, digest: str, tag: str, destination: str) -> None:
        """Look what the remote has."""
        library, opener = self._library, self._opener
        self._workspace.apply(Topic.REMOTE, push=None, push_trouble=None)

        def work(_report: object) -> PushPreview:
            remote = opener(parse_remote(destination))
            try:
                return push_preview(digest, tag, destination, remote, library)
            finally:
                remote.close()

        def done(found: PushPreview) -> None:
            self._workspace.apply(Topic.REMOTE, push=found)

        def failed(error: KitDeskError) -> None:
            self._workspace.apply(Topic.REMOTE, push_trouble=trouble_of(error))

        self._runner.latest("push-preview", work, done, failed)

    def push(
        self, digest: str, tag: str, destination: str, repository: str, *, replace: bool
    ) -> None:
        """Send a version."""
        library, opener, folder = self._library, self._opener, self._workspace.folder
        title = tag or self._title(digest)

        def work(report: Report) -> Transferred:
            remote = opener(parse_remote(destination))
            try:
                return push(digest, repository, tag, remote, library, report, replace=replace)
            finally:
                remote.close()
                if folder is not None:
                    library.settings.remember(folder.path, remote=destination)

        def done(sent: Transferred) -> str:
            self._tree.transfer(digest, None)
            self._after(Topic.REMOTE | Topic.LOCAL)
            return "already there" if sent.existed else f"{size_words(sent.bytes)} sent"

        self._tree.transfer(digest, Transfer("push", 0))
        self._activity.start(
            Task(
                "push",
                f"Pushing {title}",
                f"Pushed {title}",
                f"Push of {title} stopped",
                Lane.TRANSFER,
                work,
                done,
                kit_command("push", reference=name_of(repository, title), target=destination),
                stopped=lambda: self._tree.transfer(digest, None),
            )
        )

    def pull(self, digest: str) -> None:
        """Fetch a remote version."""
        library, opener = self._library, self._opener
        address = self._workspace.remote.address
        row = self._workspace.version(digest)
        title = self._title(digest)

        def work(report: Report) -> Transferred:
            where = parse_remote(address)
            remote = opener(where)
            try:
                wanted = row.tags[0] if row and row.tags else digest
                found = remote.find(wanted)
                if found is None or found.digest != digest:
                    wanted = digest  # the tag moved since the list was read
                return pull(wanted, repository_of(where), remote, library, report)
            finally:
                remote.close()

        def done(fetched: Transferred) -> str:
            self._tree.transfer(digest, None)
            self._after(Topic.LOCAL)
            return "already here" if fetched.existed else f"{size_words(fetched.bytes)} fetched"

        self._tree.transfer(digest, Transfer("pull", 0))
        self._activity.start(
            Task(
                "pull",
                f"Pulling {title}",
                f"Pulled {title}",
                f"Pull of {title} stopped",
                Lane.TRANSFER,
                work,
                done,
                kit_command("pull", reference=f"{address}:{title}"),
                stopped=lambda: self._tree.transfer(digest, None),
            )
        )

    # writing folders -------------------------------------------------------------------------

    def unpack(self, digest: str, target: Path, repository: str, *, overwrite: bool) -> None:
        """Write a version into another folder."""
        library, title = self._library, self._title(digest)
        label = name_of(repository, title)

        def work(report: Report) -> Unpacked:
            return unpack(digest, label, target, library, report, overwrite=overwrite)

        def done(written: Unpacked) -> str:
            self._after(Topic.HISTORY)
            return f"{count_words(written.files, 'file')} in {target}"

        self._activity.start(
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
        folder, library = self._workspace.folder, self._library
        row = self._workspace.version(digest)
        self._plan = None
        self._workspace.apply(Topic.FOLDER, rollback=None, rollback_trouble=None)
        if folder is None or row is None:
            return
        now = folder_words(folder.at, folder.changes)
        label = name_of(repository, row.title if row.tags else row.digest)

        def work(report: Report) -> tuple[RollbackPlan, RollbackPreview]:
            return rollback_preview(folder, now, row, label, library, report)

        def done(found: tuple[RollbackPlan, RollbackPreview]) -> None:
            self._plan = found[0]
            self._workspace.apply(Topic.FOLDER, rollback=found[1])

        def failed(error: KitDeskError) -> None:
            self._workspace.apply(Topic.FOLDER, rollback_trouble=trouble_of(error))

        self._runner.latest("rollback-preview", work, done, failed)

    def rollback(self, digest: str) -> None:
        """Carry the previewed plan out."""
        plan, library = self._plan, self._library
        if plan is None or plan.digest != digest:
            self._show(NotFound("There is no preview of this roll back.", "Open it again."))
            return
        title = self._title(digest)

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
            self._workspace.apply(Topic.JOBS, result=result)
            self._after(Topic.FOLDER)
            return count_words(moved, "file")

        self._activity.start(
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

    def read_undo(self) -> None:
        """What Undo would undo."""
        folder, library = self._workspace.folder, self._library
        if folder is None:
            return
        path = folder.path

        def work(_report: object) -> str:
            swap = library.safe.last(path)
            if swap is None:
                return ""
            words = {"rollback": "roll back", "restore": "restore", "unpack": "unpack"}
            what = (
                f"the {words.get(swap.record.verb, swap.record.verb)} to {swap.record.after_label}"
            )
            return what if swap.record.applied else f"the undo of {what}"

        def done(words: str) -> None:
            self._workspace.apply(Topic.HISTORY, can_undo=words)

        self._runner.latest("can-undo", work, done, lambda _error: None)

    def undo(self) -> None:
        """Turn the last change of the folder round."""
        folder, library = self._folder(), self._library
        what = self._workspace.can_undo or "the last change"

        def work(report: Report) -> undos.Undone:
            return undos.undo(folder, library, report)

        self._activity.start(
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
        self._workspace.apply(Topic.JOBS, result=result)
        self._after(Topic.FOLDER)
        return count_words(done.files, "file")

    def settle(self, way: Literal["finish", "undo"]) -> None:
        """Bring a cut-off change to one of its ends."""
        folder, library = self._folder(), self._library
        verb = "Finishing" if way == "finish" else "Turning back"

        def work(report: Report) -> undos.Undone:
            return undos.settle(folder, way, library, report)

        def done(settled: undos.Undone) -> str:
            self._workspace.apply(Topic.JOBS, result=None)
            self._after(Topic.FOLDER)
            return f"the folder is at {settled.label}"

        self._activity.start(
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

    # names -----------------------------------------------------------------------------------

    def _small(self, verb: str, words: tuple[str, str], work: Callable[[], Any]) -> None:
        def done(_result: object) -> str:
            self._after(Topic.LOCAL)
            return ""

        running, finished = words
        self._activity.start(
            Task(
                verb,
                running,
                finished,
                f"{running} stopped",
                Lane.PROJECT,
                lambda _report: work(),
                done,
            )
        )

    def add_tag(self, digest: str, tag: str, repository: str) -> None:
        """One more name for a local version."""
        library = self._library
        source = self._stored(digest, repository)
        new = reference_of(source.name, tag)
        self._small(
            "tag",
            (f"Tagging {tag}", f"Tagged {tag}"),
            lambda: manage.tag(source, new, library),
        )

    def remove(self, digest: str) -> None:
        """Delete a version from this machine, in every repository that holds it."""
        library, title = self._library, self._title(digest)

        def work() -> None:
            for version in library.store.versions():
                if version.digest == digest:
                    manage.remove(
                        reference_of(version.repository, digest=digest), library, whole=True
                    )

        self._small("remove", (f"Deleting {title}", f"Deleted {title}"), work)

    def _stored(self, digest: str, repository: str) -> Reference:
        for version in self._library.store.versions():
            if version.digest == digest and version.repository != repository:
                repository = version.repository
        return reference_of(repository, digest=digest)

    def verify(self, digest: str) -> None:
        """Hash every blob again."""
        library, title = self._library, self._title(digest)

        def work(report: Report) -> manage.Verified:
            found = manage.verify(digest, library, report)
            bad = [layer for layer in found.layers if layer.problem]
            if bad:
                raise KitDeskError(
                    f"{title} is damaged: a blob {bad[0].problem}.",
                    "Pull it again, or pack it again: a good copy takes its place.",
                    "\n".join(f"{layer.digest} {layer.problem}" for layer in bad),
                )
            return found

        def done(found: manage.Verified) -> str:
            return f"{count_words(len(found.layers), 'blob')}, all whole"

        self._activity.start(
            Task(
                "verify",
                f"Checking {title}",
                f"Checked {title}",
                f"Check of {title} stopped",
                Lane.TRANSFER,
                work,
                done,
            )
        )

    def kit_command(self, verb: str, digest: str, tag: str, repository: str) -> str:
        """The same with terminal kit."""
        folder = self._workspace.folder
        address = self._workspace.remote.address
        title = tag or (self._title(digest) if digest else "")
        target = "" if address.startswith("oci:") else address
        return kit_command(
            verb,
            folder=folder.path if folder else None,
            reference=name_of(repository, title) if repository and title else "",
            target=target,
        )
