"""What differs inside the chosen file of a comparison, and in a few words inside the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kitdesk.changes import Topic
from kitdesk.compare.content.result import Content
from kitdesk.compare.findings import headline_of
from kitdesk.compare.row_words import row_words
from kitdesk.operations.diffing.all_files import group_content
from kitdesk.operations.diffing.content import (
    ContentComparer,
    ContentOptions,
    has_content,
    paths_of,
)
from kitdesk.operations.diffing.groups import find_groups, leading_files, sides_with
from kitdesk.operations.export import ExportKind, exported, whole_report, write_export
from kitdesk.operations.inputs.addresses import FolderSide
from kitdesk.progress import Progress
from kitdesk.session.loaders.file_sources import SideLocation, open_contents
from kitdesk.session.loaders.folder import error_info
from kitdesk.session.state.pages import ResultBanner
from kitdesk.session.state.project import FOLDER
from kitdesk.session.state.workspace import StateChanges, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from kitdesk.compare.content.picture import Picture
    from kitdesk.compare.values import Comparison, FileChange
    from kitdesk.errors import KitDeskError
    from kitdesk.operations.diffing.sides import RemoteFactory
    from kitdesk.progress import Report
    from kitdesk.services.container import Services
    from kitdesk.session.runtime.runner import Runner

_Words = tuple[dict[str, Content], dict[str, str]]
"""Contents by path, and which files belong to which leading one."""
Pictures = tuple["Picture | None", "Picture | None"]
WORDS_FILES = 30
WORDS_LIMIT = 1 << 20
"""So many files, of so many bytes on both sides, are looked into before anybody asks."""
WORDS_SECONDS = 5.0
"""What one of them may take: the rows of the others wait for it."""


class FileContentController:
    """Compares the chosen file; the latest request ends the former, and its child process."""

    def __init__(
        self, workspace: Workspace, runner: Runner, services: Services, opener: RemoteFactory
    ) -> None:
        self._workspace, self._runner = workspace, runner
        self._services, self._opener = services, opener
        self._base: Comparison | None = None
        """The comparison as it was found, before contents were known."""
        self._known: dict[str, Content] = {}
        self._groups: dict[str, str] = {}
        """Path of a file -> path of the file that leads its group, by the files of both sides."""
        self._values = False
        """Whether somebody wants the values of the chosen file, whatever they cost."""
        self._keys: dict[str, tuple[str, ...]] = {}
        """Columns that identify the rows of a table, by path, where somebody chose them."""

    def _forget_pair(self) -> None:
        """Another pair is compared: nothing of the former one is wanted any more."""
        self._values, self._keys = False, {}
        for key in ("content", "words", "export"):
            self._runner.discard(key)

    def _show_pair(self, found: Comparison, path: str) -> None:
        """A comparison is there: look into the chosen file, and into small ones."""
        self._base, self._known, self._groups = found, {}, {}
        self._show_file(path)
        self._tell_words(found)

    def _tell_words(self, found: Comparison) -> None:
        """Say of every small file what changed in it, without waiting for a click."""
        small = [
            change
            for change in found.files
            if has_content(change)
            and sum(side.size for side in (change.left, change.right) if side) <= WORDS_LIMIT
        ][:WORDS_FILES]
        grouped = leading_files(found.files, found.same)
        if not small and not grouped:
            self._runner.discard("words")
            return
        open_pair = self._opening(ContentOptions(seconds=WORDS_SECONDS))

        def work(report: Report, tell: Callable[[Any], None]) -> _Words:
            result: dict[str, Content] = {}
            groups: dict[str, str] = {}
            with open_pair(report) as comparer:
                for members in find_groups(found.files, found.same, comparer):
                    report(Progress("Comparing files"))
                    groups |= dict.fromkeys(members.parts, members.path)
                    result[members.path] = group_content(members, comparer, result).content
                    tell((dict(result), dict(groups)))
                for change in small:
                    if change.path in groups:
                        continue
                    report(Progress("Comparing files"))
                    result[change.path] = comparer.compare_or_explain(*paths_of(change))
                    tell((dict(result), dict(groups)))
            return result, groups

        def told(words: _Words) -> None:
            contents, groups = words
            joined = self._groups.get(self._workspace.state.file, "")
            self._groups = groups
            self._learn(found, contents)
            chosen = self._workspace.state.file
            if groups.get(chosen, "") not in {joined, chosen}:
                self._show_file(chosen)  # it belongs to others: they are told as one

        self._runner.stream("words", work, told, told, lambda _error: None)

    def _learn(self, found: Comparison, contents: Mapping[str, Content]) -> None:
        """Rows and the first sentence say what is known of the contents."""
        now = self._workspace.state.comparison
        if now is None or (now.left, now.right) != (found.left, found.right):
            return
        self._known |= contents
        files = tuple(
            replace(one, words=self._row_words(one)) if has_content(one) else one
            for one in now.files
        )
        shown = {path: one for path, one in self._known.items() if not one.limits}
        headline = headline_of(replace(found, files=files), shown)
        self._workspace.apply(
            Topic.COMPARISON, comparison=replace(now, files=files, headline=headline)
        )

    def _row_words(self, change: FileChange) -> str:
        if change.words and change.right is None:
            return change.words  # missing from the folder: what it held comes second
        lead = self._groups.get(change.path, change.path)
        if lead != change.path:
            return f"part of {lead.rpartition('/')[2]}"
        known = self._known.get(change.path)
        return change.words if known is None else row_words(known)

    def choose_file(self, path: str) -> None:
        """Show one file's content."""
        if path != self._workspace.state.file:
            self._values = False
        self._show_file(path)

    def compare_values(self) -> None:
        """Fetch what it takes to compare the values of the chosen file, whatever it costs."""
        self._values = True
        self._show_file(self._workspace.state.file)

    def set_key(self, columns: tuple[str, ...] | None) -> None:
        """Match the rows of the chosen table by these columns, as sets where none is named;
        None: as the reader finds best.
        """
        path = self._workspace.state.file
        if columns is None:
            self._keys.pop(path, None)
        else:
            self._keys[path] = columns
        self._show_file(path)

    def _show_file(self, path: str) -> None:
        found = self._workspace.state.comparison
        change = next((one for one in found.files if one.path == path), None) if found else None
        change = change if change is not None and has_content(change) else None
        fresh = path != self._workspace.state.file
        loading = change is not None
        lead = self._groups.get(path, path)
        values: StateChanges = {
            "file": path,
            "content_error": None,
            "content_loading": loading,
            "content_group": lead if lead != path else "",
        }
        if fresh or change is None:
            values |= {"content": None, "pictures": (None, None)}
        self._workspace.apply(Topic.SELECTION | Topic.COMPARISON, **values)
        if change is None:
            self._runner.discard("content")
            return
        options = ContentOptions(values=self._values, key=self._keys.get(path))
        open_pair, base = self._opening(options), self._base

        def work(report: Report, tell: Callable[[Any], None]) -> tuple[Content, Pictures]:
            with open_pair(report) as comparer:
                if lead != path:
                    return comparer.compare(*sides_with(lead, comparer), tell), (None, None)
                content = comparer.compare(*paths_of(change), tell)
                if content.kind != "image":
                    return content, (None, None)
                tell(content)
                return content, comparer.pictures(*paths_of(change))

        def step(shown: Content) -> None:
            self._workspace.apply(Topic.COMPARISON, content=shown)

        def done(found: tuple[Content, Pictures]) -> None:
            shown, pictures = found
            self._workspace.apply(
                Topic.COMPARISON, content=shown, pictures=pictures, content_loading=False
            )
            if base is not None:
                self._learn(base, {lead: shown})

        def failed(error: KitDeskError) -> None:
            self._workspace.apply(
                Topic.COMPARISON,
                content=None,
                pictures=(None, None),
                content_loading=False,
                content_error=error_info(error),
            )

        self._runner.stream("content", work, step, done, failed)

    def export(
        self, kind: ExportKind, target: Path | None, copy: Callable[[str], None] | None = None
    ) -> None:
        """Hand the content of the chosen file over as text, Markdown or CSV, or the whole
        comparison as an HTML page: to ``copy``, or into the file ``target``.
        """
        state = self._workspace.state
        found, path = state.comparison, state.file
        content = state.content if isinstance(state.content, Content) else None
        if found is None or (kind != "html" and content is None):
            return
        open_pair = self._opening(ContentOptions())

        def work(report: Report) -> str:
            if kind == "html":
                with open_pair(report) as comparer:
                    text = whole_report(found, comparer)
            else:
                assert content is not None
                text = exported(kind, path, content)
            if target is not None:
                write_export(text, target)
            return text

        def done(text: str) -> None:
            if target is None and copy is not None:
                copy(text)
            if target is not None:
                result = ResultBanner(f"{target.name} was written.", str(target), undo=False)
                self._workspace.apply(Topic.JOBS, result=result, error=None)

        def failed(error: KitDeskError) -> None:
            self._workspace.apply(Topic.JOBS, error=error_info(error))

        self._runner.run_latest("export", work, done, failed)

    def _opening(
        self, options: ContentOptions
    ) -> Callable[[Report], AbstractContextManager[ContentComparer]]:
        """Opens the files of both sides, be they in the folder, the store, the remote."""
        state = self._workspace.state
        before, after, address = state.before, state.after, state.remote.address
        folder = FolderSide(state.folder.path, ".") if state.folder else None

        def location(side: str) -> SideLocation:
            row = state.version(side)
            place = folder if side == FOLDER and folder else side
            return place, row is not None and not row.local and bool(address)

        sides = location(before), location(after)
        return lambda report: open_contents(
            *sides, address, self._services, self._opener, options, report
        )
