"""What follows a selection: the comparison, the content of a file, the About view."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from kitdesk.changes import Topic
from kitdesk.compare import text as texts
from kitdesk.compare.values import Comparison, ContentDiff, FactsDiff, SideFacts, TextDiff
from kitdesk.errors import KitDeskError, NotFound
from kitdesk.operations.compare import compare
from kitdesk.operations.contents.remote_layers import RangeReadUnavailable
from kitdesk.operations.diffing.content import content
from kitdesk.operations.inputs.addresses import FolderSide, Side, VersionSide, reference_of
from kitdesk.operations.inputs.remotes import parse_remote, repository_of
from kitdesk.progress import Progress
from kitdesk.session.loaders.file_sources import FileReader, open_file_readers
from kitdesk.session.loaders.folder import error_info
from kitdesk.session.state.project import FOLDER, View
from kitdesk.session.state.workspace import StateChanges, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from kitdesk.operations.diffing.sides import RemoteFactory
    from kitdesk.progress import Report
    from kitdesk.services.container import Services
    from kitdesk.session.controllers.version_tree import VersionTreeController
    from kitdesk.session.runtime.runner import Runner

WORDS_FILES = 30
WORDS_LIMIT = 1 << 20
"""So many files, of so many bytes on both sides, are looked into before anybody asks."""
CODE_ENDINGS = (".py", ".ipynb", ".R", ".jl")


class ComparisonController:
    """Compares the chosen pair; the latest wish wins."""

    def __init__(
        self,
        workspace: Workspace,
        runner: Runner,
        services: Services,
        opener: RemoteFactory,
        tree: VersionTreeController,
    ) -> None:
        self._workspace, self._runner, self._tree = workspace, runner, tree
        self._services, self._opener = services, opener

    def start(self, before: str, after: str) -> None:
        """Compare two sides (digest or FOLDER)."""
        fresh = (before, after) != (self._workspace.state.before, self._workspace.state.after)
        values: StateChanges = {"before": before, "after": after, "comparing": True}
        if fresh:
            values |= {"content": None, "file": "", "content_error": None}
        self._workspace.apply(Topic.SELECTION | Topic.COMPARISON, **values)
        self._run(before, after)

    def compare(self, before: str, after: str) -> None:
        """Show the comparison of two sides (digest or FOLDER)."""
        self._workspace.apply(Topic.SELECTION, view=View.COMPARE)
        self.start(before, after)

    def compare_with_previous(self, digest: str) -> None:
        """Compare with the version before; the first one with the folder."""
        earlier = self._tree.previous(digest)
        self.compare(earlier, digest) if earlier else self.compare(digest, FOLDER)

    def swap_sides(self) -> None:
        """Before becomes after."""
        self.start(self._workspace.state.after, self._workspace.state.before)

    def compare_exactly(self) -> None:
        """Fetch what cannot be told apart by names and sizes, and compare the pair again."""
        self._workspace.apply(Topic.COMPARISON, comparing=True)
        self._run(self._workspace.state.before, self._workspace.state.after, exact=True)

    def again(self, *, folder_changed: bool = False) -> None:
        """The folder changed: compare again if it is one of the sides."""
        before, after = self._workspace.state.before, self._workspace.state.after
        if not folder_changed or FOLDER in (before, after):
            self._run(before, after)

    def _side(self, side: str) -> Side:
        folder = self._workspace.state.folder
        if side == FOLDER:
            if folder is None:
                raise NotFound("No folder is open.")
            return FolderSide(folder.path, ".")
        row = self._workspace.state.version(side)
        if row is not None and not row.local and self._workspace.state.remote.address:
            address = parse_remote(self._workspace.state.remote.address)
            name = repository_of(address)
            if not name.startswith("localhost/"):
                return VersionSide(reference_of(name, digest=side), "remote", side)
        for version in self._services.store.versions():
            if version.digest == side:
                return VersionSide(reference_of(version.repository, digest=side), "local", side)
        raise NotFound("This version is only in the remote.", "Pull it first, then compare it.")

    def _run(self, before: str, after: str, *, exact: bool = False) -> None:
        services, opener, names = self._services, self._opener, self._workspace.state.title_of

        def work(report: Callable[[Any], None]) -> Comparison:
            sides = self._side(before), self._side(after)
            return compare(*sides, services, report, opener=opener, exact=exact)

        titles = names(before), names(after)

        def done(found: Comparison) -> None:
            named = _renamed(found, *titles)
            self._workspace.apply(
                Topic.COMPARISON, comparison=named, comparing=False, comparison_error=None
            )
            paths = [change.path for change in named.files]
            if self._workspace.state.file not in paths:
                self.choose_file(_first(paths))
            else:
                self.choose_file(self._workspace.state.file)
            self._tell_words(named)

        def failed(error: KitDeskError) -> None:
            self._workspace.apply(
                Topic.COMPARISON,
                comparison=None,
                comparing=False,
                comparison_error=error_info(error),
                content=None,
            )

        self._runner.run_latest("comparison", work, done, failed)

    def _tell_words(self, found: Comparison) -> None:
        """Say of every small file what changed in it, without waiting for a click."""
        small = [
            change
            for change in found.files
            if not change.words
            and sum(side.size for side in (change.left, change.right) if side) <= WORDS_LIMIT
        ][:WORDS_FILES]
        before, after = self._workspace.state.before, self._workspace.state.after
        if not small:
            return

        def work(report: Report) -> dict[str, str]:
            result = {}
            with self._sources(before, after) as (left, right):
                for change in small:
                    report(Progress("Comparing files"))
                    old_path = change.old_path or change.path
                    sides = left(old_path, report), right(change.path, report)
                    with contextlib.suppress(RangeReadUnavailable):
                        result[change.path] = _words(content(change.path, *sides, old_path))
            return result

        def done(words: dict[str, str]) -> None:
            now = self._workspace.state.comparison
            if now is not None and now.left == found.left and now.right == found.right:
                files = tuple(
                    replace(one, words=one.words or words.get(one.path, "")) for one in now.files
                )
                self._workspace.apply(Topic.COMPARISON, comparison=replace(now, files=files))

        self._runner.run_latest("words", work, done, lambda _error: None)

    def choose_file(self, path: str) -> None:
        """Show one file's content."""
        found = self._workspace.state.comparison
        change = next((one for one in found.files if one.path == path), None) if found else None
        fresh = path != self._workspace.state.file
        loading = change is not None
        values: StateChanges = {"file": path, "content_error": None, "content_loading": loading}
        if fresh or change is None:
            values["content"] = None
        self._workspace.apply(Topic.SELECTION | Topic.COMPARISON, **values)
        if change is None:
            self._runner.discard("content")
            return
        before, after = self._workspace.state.before, self._workspace.state.after
        old_path = change.old_path or change.path

        def work(report: Callable[[Any], None]) -> ContentDiff:
            with self._sources(before, after) as (left, right):
                return content(path, left(old_path, report), right(path, report), old_path)

        def done(shown: ContentDiff) -> None:
            self._workspace.apply(
                Topic.COMPARISON,
                content=shown,
                content_loading=False,
                comparison=_with_words(self._workspace.state.comparison, path, shown),
            )

        def failed(error: KitDeskError) -> None:
            self._workspace.apply(
                Topic.COMPARISON,
                content=None,
                content_loading=False,
                content_error=error_info(error),
            )

        self._runner.run_latest("content", work, done, failed)

    def compare_values(self) -> None:
        """Compare the chosen file again, with all of its values, be they fetched for it."""
        self.choose_file(self._workspace.state.file)

    def set_key(self, columns: tuple[str, ...] | None) -> None:
        """Match the rows of the chosen table by these columns; None: as the reader finds best."""
        self.choose_file(self._workspace.state.file)

    def export(
        self,
        kind: Literal["text", "markdown", "csv", "html"],
        target: Path | None,
        copy: Callable[[str], None] | None = None,
    ) -> None:
        """Hand over what differs: to ``copy``, or into the file ``target``."""

    def _sources(
        self, before: str, after: str
    ) -> AbstractContextManager[tuple[FileReader, FileReader]]:
        """Where the files of both sides are read, be they in the folder, the store, the remote."""
        state = self._workspace.state
        folder = FolderSide(state.folder.path, ".") if state.folder else None

        def place(side: str) -> FolderSide | str:
            return folder if side == FOLDER and folder else side

        def far(side: str) -> bool:
            row = state.version(side)
            return row is not None and not row.local and bool(state.remote.address)

        return open_file_readers(
            (place(before), far(before)),
            (place(after), far(after)),
            state.remote.address,
            self._services,
            self._opener,
        )


def _renamed(found: Comparison, left: str, right: str) -> Comparison:
    """The comparison under the names that the window uses for its sides."""
    if not (headline := found.headline).startswith("This folder"):
        headline = headline.replace(found.right.name, right, 1)
    else:
        headline = headline.replace(found.left.name, left)
    return replace(
        found,
        headline=headline,
        left=SideFacts(left, found.left.digest, found.left.size),
        right=SideFacts(right, found.right.digest, found.right.size),
    )


def _first(paths: list[str]) -> str:
    """The file to show first: a text that people read rather than a model's bytes."""
    return next((one for one in paths if one.endswith(CODE_ENDINGS)), next(iter(paths), ""))


def _words(shown: ContentDiff) -> str:
    """What changed inside a file, in a few words; "" where only sizes are known."""
    if isinstance(shown, TextDiff):
        return texts.words(shown)
    if isinstance(shown, FactsDiff):
        for fact in shown.facts:
            if fact.sign != "=":
                return " → ".join(text.rpartition(".")[2] for text in (fact.left, fact.right))
    return ""


def _with_words(found: Comparison | None, path: str, shown: ContentDiff) -> Comparison | None:
    """The file's row says what changed, now that it was looked at."""
    if found is None:
        return None
    words = _words(shown)
    files = tuple(
        replace(one, words=words) if one.path == path and not one.words else one
        for one in found.files
    )
    return replace(found, files=files)
