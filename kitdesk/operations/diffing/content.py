"""What differs inside the files of two versions: opened, read, compared, within bounds."""

from __future__ import annotations

import contextlib
import contextvars
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.compare.content.differ import differ
from kitdesk.compare.content.model import Context
from kitdesk.compare.content.picture import decode_picture
from kitdesk.compare.content.result import Content, Limit
from kitdesk.compare.content.source import SECONDS_PER_FILE, Budget, Unreadable
from kitdesk.compare.values import FileChange, FileKind
from kitdesk.errors import KitDeskError
from kitdesk.operations.diffing.range_reads import RangeBytes, RemoteAllowance
from kitdesk.operations.diffing.side_file import SideFile, SideFiles
from kitdesk.operations.diffing.side_files import open_files
from kitdesk.progress import Progress, Report, silent
from kitdesk.services.aside import Aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from kitdesk.compare.content.picture import Picture
    from kitdesk.operations.diffing.sides import ComparisonSide
    from kitdesk.services.container import Services

SECONDS_FOR_VALUES = 3600.0
"""A file whose values are fetched on request may take so long."""


@dataclass(frozen=True, slots=True)
class ContentOptions:
    """How contents are compared."""

    values: bool = False
    """Fetch remote files whole, whatever they cost."""
    key: tuple[str, ...] | None = None
    """Columns that identify a row of a table; empty: rows are compared as sets, None: found by the
    reader."""
    seconds: float | None = None
    """What one file may take; None: SECONDS_PER_FILE, or an hour with ``values``."""


def new_decoder() -> Aside:
    """The child process of a comparison; it starts when a file needs it."""
    return Aside()


class ContentComparer:
    """Compares one file after the other; the child process that decodes is shared by them."""

    def __init__(self, options: ContentOptions, report: Report) -> None:
        self.options = options
        self.allowance = RemoteAllowance(lifted=options.values)
        self.decoder = new_decoder()
        self.left: SideFiles | None = None
        self.right: SideFiles | None = None
        self._report = report
        self._budget = self.new_budget("")

    def new_budget(self, path: str) -> Budget:
        """The clock of the next file begins."""
        step = Progress(f"Comparing {path}" if path else "Comparing files")
        usual = SECONDS_FOR_VALUES if self.options.values else SECONDS_PER_FILE
        seconds = usual if self.options.seconds is None else self.options.seconds
        self._budget = Budget(lambda: self._report(step), seconds, values=self.options.values)
        return self._budget

    def check(self) -> None:
        """Cancel point and clock of the file at hand."""
        self._budget.check()

    def release(self) -> None:
        """Close the files of the last comparison."""
        for side in (self.left, self.right):
            if side is not None:
                side.release()

    def compare(
        self, old_path: str, path: str, step: Callable[[Content], None] | None = None
    ) -> Content:
        """What differs in a file; ``step`` takes what is known before all is.

        Raises Cancelled, and what a registry that cannot be reached raises.
        """
        budget = self.new_budget(path)
        try:
            return self._compare(old_path, path, budget, step)
        except Unreadable as error:  # it could not even be opened
            limit = Limit(error.code, f"Could not be read: {error.text}.")
            return Content("binary", (None, None), error.text, False, limits=(limit,))
        finally:
            self.release()

    def _compare(
        self,
        old_path: str,
        path: str,
        budget: Budget,
        step: Callable[[Content], None] | None,
    ) -> Content:
        left = self.left.open(old_path) if self.left is not None and old_path else None
        right = self.right.open(path) if self.right is not None and path else None
        self.fetch_ahead(left, right)
        if left is None and right is None:
            raise Unreadable("it is on neither side any more", "missing")
        return differ(
            left,
            old_path,
            right,
            path,
            budget,
            step,
            decoder=self.decoder,
            key=self.options.key,
        )

    def pictures(self, old_path: str, path: str) -> tuple[Picture | None, Picture | None]:
        """The pixels of both sides of an image; None for a side that has none or is not decoded.

        Raises Cancelled, and what a registry that cannot be reached raises.
        """
        budget = self.new_budget(path)
        context = Context(budget, self.decoder)
        found: list[Picture | None] = []
        try:
            with budget.resources:
                for files, name in ((self.left, old_path), (self.right, path)):
                    found.append(_picture_of(files, name, context))
        finally:
            self.release()
        return found[0], found[1]

    @staticmethod
    def fetch_ahead(*sides: SideFile | None) -> None:
        """Have two remote sides fetched at once."""
        far = [one.inner for one in sides if one is not None and isinstance(one.inner, RangeBytes)]
        if len(far) < 2:
            return
        with ThreadPoolExecutor(len(far), "content") as pool:
            jobs = [pool.submit(contextvars.copy_context().run, one.fetch_ahead) for one in far]
            for job in jobs:
                job.result()

    def compare_or_explain(self, old_path: str, path: str) -> Content:
        """The same for one of many files: what goes wrong with it holds up no other one."""
        try:
            return self.compare(old_path, path)
        except KitDeskError as error:
            limit = Limit("damaged", " ".join(filter(None, (error.title, error.hint))))
            return Content("binary", (None, None), error.title, False, limits=(limit,))


def _picture_of(files: SideFiles | None, path: str, context: Context) -> Picture | None:
    if files is None or not path:
        return None
    try:
        side = files.open(path)
        return None if side is None else decode_picture(side, context)
    except Unreadable:  # the comparison has said why: a limit of its content
        return None


def paths_of(change: FileChange) -> tuple[str, str]:
    """Its paths at the left and at the right; "" where a side has no such file."""
    old = "" if change.left is None else change.old_path or change.path
    return old, "" if change.right is None else change.path


def has_content(change: FileChange) -> bool:
    """Whether its bytes differ, so that there is something to tell of them."""
    return change.kind in {FileKind.ADDED, FileKind.REMOVED, FileKind.CHANGED}


@contextlib.contextmanager
def open_comparer(
    left: Callable[[ContentComparer], AbstractContextManager[SideFiles]],
    right: Callable[[ContentComparer], AbstractContextManager[SideFiles]],
    options: ContentOptions,
    report: Report = silent,
) -> Iterator[ContentComparer]:
    """Both sides and the child process, which all end with the block."""
    comparer = ContentComparer(options, report)
    with contextlib.ExitStack() as stack:
        stack.enter_context(comparer.decoder)
        comparer.left = stack.enter_context(left(comparer))
        comparer.right = stack.enter_context(right(comparer))
        yield comparer


@contextlib.contextmanager
def comparer_of(
    left: ComparisonSide,
    right: ComparisonSide,
    services: Services,
    options: ContentOptions,
    report: Report = silent,
) -> Iterator[ContentComparer]:
    """The same over two sides that are loaded."""

    def files(
        side: ComparisonSide,
    ) -> Callable[[ContentComparer], AbstractContextManager[SideFiles]]:
        return lambda comparer: open_files(
            side, services, comparer.allowance, comparer.check, report
        )

    with open_comparer(files(left), files(right), options, report) as comparer:
        yield comparer
