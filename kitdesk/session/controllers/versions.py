"""Making, naming, checking and deleting versions, as the window starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from kitdesk.changes import Changes, Topic
from kitdesk.errors import KitDeskError
from kitdesk.modelkit.primitives.reference import Reference
from kitdesk.operations import demo, init, local_versions
from kitdesk.operations.inputs.addresses import name_of, reference_of
from kitdesk.operations.messages import count_words, size_words
from kitdesk.operations.pack import PackResult, pack
from kitdesk.session.controllers.jobs import JobSpec
from kitdesk.session.controllers.kit_command import kit_command
from kitdesk.session.runtime.runner import JobQueue

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitdesk.progress import Report
    from kitdesk.session.controllers.context import CommandContext


class PushVersion(Protocol):
    """Sends a version of a repository of the store to a remote of a project."""

    def __call__(
        self, digest: str, tag: str, destination: str, *, repository: str, of: Path
    ) -> None:
        """GUI thread."""


class VersionController:
    """Starts what makes versions and names them."""

    def __init__(
        self,
        context: CommandContext,
        push: PushVersion,
        open_project: Callable[[Path], None],
    ) -> None:
        self._context = context
        self._open_project = open_project
        self._push = push

    def make_kitfile(self) -> None:
        """Write a first Kitfile."""
        folder = self._context.folder()

        def done(_made: object) -> None:
            self._context.reload(Changes(Topic.KITFILE))

        self._context.runner.start(
            JobQueue.PROJECT,
            lambda report: init.init(folder, report, write=True),
            done,
            self._context.show_error,
        )

    def pack(self, tags: tuple[str, ...], *, push: bool = False, of: Path | None = None) -> None:
        """Freeze the folder; ``of`` is the project that the question was about."""
        try:
            self._context.check_open(of)
        except KitDeskError as error:
            self._context.show_error(error)
            return
        folder, services = self._context.folder(), self._context.services
        repository = self._context.tree.repository
        registry, _, name = repository.partition("/")
        first, *rest = tags or ("",)
        reference = Reference(registry, name, first, extra_tags=tuple(rest))
        address = self._context.workspace.state.remote.address

        def work(report: Report) -> PackResult:
            return pack(folder, reference, services, report)

        def done(packed: PackResult) -> str:
            self._context.reload(packed.changes)
            if push and address:
                self._push(packed.digest, first, address, repository=repository, of=folder)
            if packed.reused:
                return "unchanged: the same version as before"
            return f"{size_words(packed.size)} in {count_words(len(packed.layers), 'layer')}"

        self._context.jobs.start(
            JobSpec(
                "pack",
                f"Packing {first}",
                f"Packed {first}",
                f"Pack of {first} stopped",
                JobQueue.PROJECT,
                work,
                done,
                kit_command("pack", folder=folder, reference=name_of(repository, first)),
            )
        )

    def open_sample(self, folder: Path) -> None:
        """Write the sample, pack both versions; the folder ends at v2.0.0."""
        services = self._context.services
        target = folder if not folder.exists() else folder / "movie-recommend"

        def work(report: Report) -> Path:
            written = demo.demo(target, services)
            repository = Reference("localhost", "movie-recommend")
            pack(written.project, repository.with_tag("v1.0.0"), services, report)
            demo.advance(written.project)
            pack(written.project, repository.with_tag("v2.0.0"), services, report)
            return written.project

        def done(project: Path) -> str:
            self._open_project(project)
            return str(project)

        self._context.jobs.start(
            JobSpec(
                "sample",
                "Writing the sample",
                "Wrote the sample",
                "The sample stopped",
                JobQueue.PROJECT,
                work,
                done,
            )
        )

    def _small(self, verb: str, words: tuple[str, str], work: Callable[[], Changes]) -> None:
        def done(changes: Changes) -> str:
            self._context.reload(changes)
            return ""

        running, finished = words
        self._context.jobs.start(
            JobSpec(
                verb,
                running,
                finished,
                f"{running} stopped",
                JobQueue.PROJECT,
                lambda _report: work(),
                done,
            )
        )

    def add_tag(self, digest: str, tag: str) -> None:
        """One more name for a local version."""
        services = self._context.services
        source = self._context.stored(digest)
        new = reference_of(source.name, tag)
        self._small(
            "tag",
            (f"Tagging {tag}", f"Tagged {tag}"),
            lambda: local_versions.tag(source, new, services).changes,
        )

    def remove(self, digest: str) -> None:
        """Delete a version from this machine, in every repository that holds it."""
        services, title = self._context.services, self._context.title(digest)

        def work() -> Changes:
            for version in services.store.versions():
                if version.digest == digest:
                    local_versions.remove(
                        reference_of(version.repository, digest=digest), services, whole=True
                    )
            return local_versions.CHANGES

        self._small("remove", (f"Deleting {title}", f"Deleted {title}"), work)

    def verify(self, digest: str) -> None:
        """Hash every blob again."""
        services, title = self._context.services, self._context.title(digest)

        def work(report: Report) -> local_versions.VerifyResult:
            found = local_versions.verify(digest, services, report)
            bad = [layer for layer in found.layers if layer.problem]
            if bad:
                raise KitDeskError(
                    f"{title} is damaged: a blob {bad[0].problem}.",
                    "Pull it again, or pack it again: a good copy takes its place.",
                    "\n".join(f"{layer.digest} {layer.problem}" for layer in bad),
                )
            return found

        def done(found: local_versions.VerifyResult) -> str:
            return f"{count_words(len(found.layers), 'blob')}, all whole"

        self._context.jobs.start(
            JobSpec(
                "verify",
                f"Checking {title}",
                f"Checked {title}",
                f"Check of {title} stopped",
                JobQueue.TRANSFER,
                work,
                done,
            )
        )
