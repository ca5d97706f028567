"""Making, naming, checking and deleting versions, as the window starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitdesk.changes import Topic
from kitdesk.errors import KitDeskError
from kitdesk.modelkit.primitives.reference import Reference
from kitdesk.operations import demo, init, local_versions
from kitdesk.operations.inputs.addresses import name_of, reference_of
from kitdesk.operations.messages import count_words, size_words
from kitdesk.operations.pack import Packed, pack
from kitdesk.session.controllers.jobs import Task
from kitdesk.session.controllers.kit_command import kit_command
from kitdesk.session.runtime.runner import Lane

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitdesk.progress import Report
    from kitdesk.session.controllers.context import Desk


class Making:
    """Starts what makes versions and names them."""

    def __init__(self, desk: Desk, push: Callable[[str, str, str, str], None]) -> None:
        self._desk = desk
        self._push = push

    def make_kitfile(self) -> None:
        """Write a first Kitfile."""
        folder = self._desk.folder()

        def done(_made: object) -> None:
            self._desk.after(Topic.KITFILE)

        self._desk.runner.start(
            Lane.PROJECT, lambda _r: init.make_kitfile(folder), done, self._desk.show
        )

    def pack(self, tags: tuple[str, ...], repository: str, *, push: bool) -> None:
        """Freeze the folder."""
        folder, library = self._desk.folder(), self._desk.library
        registry, _, name = repository.partition("/")
        first, *rest = tags or ("",)
        reference = Reference(registry, name, first, extra_tags=tuple(rest))
        address = self._desk.workspace.remote.address

        def work(report: Report) -> Packed:
            return pack(folder, reference, library, report)

        def done(packed: Packed) -> str:
            self._desk.after(Topic.FOLDER | Topic.LOCAL)
            if push and address:
                self._push(packed.digest, first, address, repository)
            if packed.reused:
                return "unchanged: the same version as before"
            return f"{size_words(packed.size)} in {count_words(len(packed.layers), 'layer')}"

        self._desk.activity.start(
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
        library = self._desk.library
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

        self._desk.activity.start(
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

    def _small(self, verb: str, words: tuple[str, str], work: Callable[[], Any]) -> None:
        def done(_result: object) -> str:
            self._desk.after(Topic.LOCAL)
            return ""

        running, finished = words
        self._desk.activity.start(
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

    def add_tag(self, digest: str, tag: str) -> None:
        """One more name for a local version."""
        library = self._desk.library
        source = self._desk.stored(digest)
        new = reference_of(source.name, tag)
        self._small(
            "tag",
            (f"Tagging {tag}", f"Tagged {tag}"),
            lambda: local_versions.tag(source, new, library),
        )

    def remove(self, digest: str) -> None:
        """Delete a version from this machine, in every repository that holds it."""
        library, title = self._desk.library, self._desk.title(digest)

        def work() -> None:
            for version in library.store.versions():
                if version.digest == digest:
                    local_versions.remove(
                        reference_of(version.repository, digest=digest), library, whole=True
                    )

        self._small("remove", (f"Deleting {title}", f"Deleted {title}"), work)

    def verify(self, digest: str) -> None:
        """Hash every blob again."""
        library, title = self._desk.library, self._desk.title(digest)

        def work(report: Report) -> local_versions.Verified:
            found = local_versions.verify(digest, library, report)
            bad = [layer for layer in found.layers if layer.problem]
            if bad:
                raise KitDeskError(
                    f"{title} is damaged: a blob {bad[0].problem}.",
                    "Pull it again, or pack it again: a good copy takes its place.",
                    "\n".join(f"{layer.digest} {layer.problem}" for layer in bad),
                )
            return found

        def done(found: local_versions.Verified) -> str:
            return f"{count_words(len(found.layers), 'blob')}, all whole"

        self._desk.activity.start(
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
