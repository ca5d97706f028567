"""What follows a selection: the comparison, the content of a file, the About view."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kitdesk.changes import Topic
from kitdesk.compare.values import Comparison, SideFacts
from kitdesk.errors import KitDeskError, NotFound
from kitdesk.operations.compare import compare
from kitdesk.operations.inputs.addresses import FolderSide, Side, VersionSide, reference_of
from kitdesk.operations.inputs.remotes import parse_remote, repository_of
from kitdesk.session.controllers.file_content import FileContentController
from kitdesk.session.loaders.folder import error_info
from kitdesk.session.state.project import FOLDER, View
from kitdesk.session.state.workspace import StateChanges, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.operations.diffing.sides import RemoteFactory
    from kitdesk.services.container import Services
    from kitdesk.session.controllers.version_tree import VersionTreeController
    from kitdesk.session.runtime.runner import Runner

CODE_ENDINGS = (".py", ".ipynb", ".R", ".jl")


class ComparisonController(FileContentController):
    """Compares the chosen pair; the latest wish wins."""

    def __init__(
        self,
        workspace: Workspace,
        runner: Runner,
        services: Services,
        opener: RemoteFactory,
        tree: VersionTreeController,
    ) -> None:
        super().__init__(workspace, runner, services, opener)
        self._tree = tree

    def start(self, before: str, after: str) -> None:
        """Compare two sides (digest or FOLDER)."""
        fresh = (before, after) != (self._workspace.state.before, self._workspace.state.after)
        values: StateChanges = {"before": before, "after": after, "comparing": True}
        if fresh:
            values |= {"content": None, "file": "", "content_error": None}
            self._forget_pair()
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
            file = self._workspace.state.file
            self._show_pair(named, file if file in paths else _first(paths))

        def failed(error: KitDeskError) -> None:
            self._workspace.apply(
                Topic.COMPARISON,
                comparison=None,
                comparing=False,
                comparison_error=error_info(error),
                content=None,
            )

        self._runner.run_latest("comparison", work, done, failed)


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
