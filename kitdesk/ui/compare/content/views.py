"""Which views a content has: a word for the head, the body that shows it, the body's mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.compare.content.parts import ArchiveDiff, NotebookDiff, PackagesDiff
from kitdesk.compare.content.result import (
    Content,
    DatabaseDiff,
    TableDiff,
    TensorsDiff,
    TextDiff,
    ValuesDiff,
)
from kitdesk.ui.compare.content.archive import ArchiveBody
from kitdesk.ui.compare.content.binary import BinaryBody
from kitdesk.ui.compare.content.columns import ColumnsBody, DatabaseBody
from kitdesk.ui.compare.content.facts import FactsBody, GraphBody, TreesBody
from kitdesk.ui.compare.content.image import ImageBody
from kitdesk.ui.compare.content.notebook import NotebookBody
from kitdesk.ui.compare.content.object import ObjectBody
from kitdesk.ui.compare.content.packages import PackagesBody
from kitdesk.ui.compare.content.sentences import part_of
from kitdesk.ui.compare.content.table import TableBody
from kitdesk.ui.compare.content.tensors import TensorsBody
from kitdesk.ui.compare.content.text import ONE_COLUMN, SIDE_BY_SIDE, TextBody
from kitdesk.ui.compare.content.values import ValuesBody

if TYPE_CHECKING:
    from kitdesk.ui.compare.content.body import Body


@dataclass(frozen=True, slots=True)
class View:
    """One word of the segmented choice in the head."""

    word: str
    body: type[Body]
    mode: int = 0


IMAGE_VIEWS = tuple(
    View(word, ImageBody, mode)
    for mode, word in enumerate(("Side by side", "Swipe", "Blink", "Difference"))
)
TEXT_VIEWS = (
    View("Side by side", TextBody, SIDE_BY_SIDE),
    View("One column", TextBody, ONE_COLUMN),
)
FACTS = View("Facts", FactsBody)


def views_of(content: Content, *, pictures: bool) -> tuple[View, ...]:
    """The views of a content, the first is shown; ``pictures``: pixels of an image are there."""
    match content.kind:
        case "text":
            return TEXT_VIEWS
        case "table":
            found = _table(content)
        case "image":
            return IMAGE_VIEWS if pictures else (FACTS,)
        case "object":
            return (View("Structure", ObjectBody),)
        case "tensors":
            found = _each(content, (TensorsDiff, "Tensors", TensorsBody),
                          (ValuesDiff, "Values", ValuesBody))  # fmt: skip
            found += [FACTS] if content.facts or not found else []
        case "graph":
            found = [View("Structure", GraphBody)]
            found += _each(content, (TensorsDiff, "Tensors", TensorsBody))
            if all(one.sign == "=" for one in content.facts) and not _values(content):
                found.reverse()  # the weights alone differ
        case "trees":
            found = [View("Structure", TreesBody)]
        case "database":
            found = [View("Tables", DatabaseBody)]
            stored = part_of(content, DatabaseDiff)
            if stored is not None and any(one.table.samples for one in stored.tables):
                found.append(View("Rows", TableBody))
        case "values":
            found = [View("Values", ValuesBody)]
        case "notebook":
            found = [*_each(content, (NotebookDiff, "Cells", NotebookBody)), FACTS]
        case "packages":
            found = _each(content, (PackagesDiff, "Packages", PackagesBody)) or [FACTS]
        case "archive":
            found = _each(content, (ArchiveDiff, "Members", ArchiveBody)) or [FACTS]
        case "binary":
            return (View("Bytes", BinaryBody),)
        case "audio":
            found = [FACTS]
    if any(one.id == "hex" for one in content.facts):
        found.append(View("Bytes", BinaryBody))
    text = part_of(content, TextDiff)
    return (*found, *([View("Text", TextBody)] if text is not None and text.rows else []))


def _table(content: Content) -> list[View]:
    table = part_of(content, TableDiff)
    if table is None:
        return [FACTS]
    views = [View("Rows", TableBody), View("Columns", ColumnsBody)]
    return views if table.samples else views[1:]


def _values(content: Content) -> bool:
    values = part_of(content, ValuesDiff)
    return values is not None and bool(values.changes)


def _each(content: Content, *known: tuple[type, str, type[Body]]) -> list[View]:
    return [View(word, body) for part, word, body in known if part_of(content, part) is not None]
