"""The sentence of a content, the note beside it, and what its limits say."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from kitdesk import text as texts
from kitdesk.compare.content import dangers as danger
from kitdesk.compare.content.parts import ImageDiff, ImportsDiff, NotebookDiff
from kitdesk.compare.content.result import Content, TableDiff, TensorsDiff
from kitdesk.compare.content.words import inert, label, large

if TYPE_CHECKING:
    from kitdesk.compare.content.result import Limit
    from kitdesk.compare.values import Comparison

_P = TypeVar("_P")
EQUAL = "Same content, written differently."
BOLD = {
    "long": "Shortened.",
    "missing": "Not read.",
    "encrypted": "Encrypted.",
}
"""The first words of a limit; of every other one "Partly read."."""


def part_of(content: Content, kind: type[_P]) -> _P | None:
    """The part of a class, None without one."""
    return next((one for one in content.parts if isinstance(one, kind)), None)


def dangers(content: Content) -> tuple[str, ...]:
    """Imports that can do harm."""
    found = part_of(content, ImportsDiff)
    return found.dangerous if found else ()


def danger_words(content: Content, names: tuple[str, str]) -> tuple[str, str]:
    """(the bold part, the rest) of the red bar; names are those of the sides."""
    found = part_of(content, ImportsDiff)
    if found is None or not found.dangerous:
        return "", ""
    title = "This file asks for names that can do harm."
    if any(map(danger.runs_command, found.dangerous)):
        title = "This file asks to run a command."
    elif len(found.dangerous) == 1:
        title = "This file asks for a name that can do harm."
    sides = [
        name
        for name, side in zip(names, (found.left, found.right), strict=True)
        if set(side) & set(found.dangerous)
    ]
    shown = texts.listed([label(one, 80) for one in found.dangerous])
    where = f", in {texts.listed(sides)}" if len(sides) == 1 else ""
    return title, (
        f"{shown}{where}: opening it runs what it says. KitDesk read it without running it."
    )


def dangerous_files(comparison: Comparison, path: str, content: object) -> dict[str, str]:
    """Path and words of the files that name dangerous imports, ``content`` is that of ``path``."""
    found = {
        change.path: change.words.partition("; ")[0]
        for change in comparison.files
        if change.words.startswith((danger.ASKS, danger.RUNS))
    }
    if isinstance(content, Content) and (names := dangers(content)):
        found[path] = danger.danger_words(names)
    return found


def sentence(content: Content) -> str:
    """One sentence with its full stop: what differs, the biggest first."""
    if content.equal:
        return EQUAL
    tensors = part_of(content, TensorsDiff)
    if content.kind == "tensors" and tensors is not None and tensors.left and tensors.right:
        return _tensors(tensors) or _stopped(content.summary)
    if content.kind in {"binary", "database"}:
        return _stopped(content.summary[:1].upper() + content.summary[1:])
    halves = [half for half in content.summary.split("; ") if not half.startswith(danger.ASKS)]
    return _stopped("; ".join(halves) or content.summary)


def _stopped(text: str) -> str:
    text = inert(text).replace("\n", " ").strip()
    return text if text.endswith((".", "…")) else f"{text}."


def _tensors(part: TensorsDiff) -> str:
    words = []
    if part.changed:
        total = texts.counted(part.right or 0, "tensor")
        words.append(f"{texts.number(part.changed)} of {total} changed")
    for count, word in (
        (part.renamed, "renamed"), (part.added, "added"), (part.removed, "removed"),
    ):  # fmt: skip
        if count:
            words.append(
                f"{texts.number(count) if words else texts.counted(count, 'tensor')} {word}"
            )
    return f"{', '.join(words)}." if words else ""


def note(content: Content) -> str:
    """What stands muted beside the sentence, whole or not at all."""
    table, tensors = part_of(content, TableDiff), part_of(content, TensorsDiff)
    image, cells = part_of(content, ImageDiff), part_of(content, NotebookDiff)
    if table is not None:
        return _table_note(table)
    if tensors is not None and content.kind == "tensors":
        return _tensors_note(tensors)
    if image is not None and image.changed:
        some = f"{texts.number(image.changed)} of {texts.number(image.compared)}"
        if image.box is None:
            return some
        width, height = image.box[2] - image.box[0], image.box[3] - image.box[1]
        return f"{some}, in one box of {texts.number(width)} × {texts.number(height)}"
    if cells is not None and cells.same:
        return f"{texts.counted(cells.same, 'cell')} {'is' if cells.same == 1 else 'are'} the same"
    return ""


def _table_note(table: TableDiff) -> str:
    rows, words = table.rows, []
    if rows.left is not None and rows.right is not None:
        pair = texts.number(rows.left)
        if rows.left != rows.right:
            pair += f" → {texts.number(rows.right)}"
        words.append(f"{pair} rows")
    elif (one := rows.left if rows.left is not None else rows.right) is not None:
        words.append(texts.counted(one, "row"))
    signs = Counter(one.sign for one in table.columns)
    counts = (len(table.columns) - signs["A"], len(table.columns) - signs["D"])
    if 0 in counts:
        words.append(texts.counted(max(counts), "column"))
    elif signs["A"] or signs["D"]:
        words.append(f"{texts.number(counts[0])} → {texts.number(counts[1])} columns")
    else:
        words.append(f"{texts.counted(counts[0], 'column')} in both")
    return ", ".join(words)


def _tensors_note(part: TensorsDiff) -> str:
    total = part.parameters[1] if part.parameters[1] is not None else part.parameters[0]
    types = {
        side.dtype for one in part.changes for side in (one.left, one.right) if side is not None
    }
    words = f"{large(total)} parameters" if total else ""
    if len(types) == 1 and part.changes:
        words += f"{', ' if words else ''}{label(next(iter(types)), 40)}"
    return words


def limit_words(limit: Limit) -> tuple[str, str]:
    """(the bold part, the rest) of an amber bar."""
    text = inert(limit.text).replace("\n", " ")
    return BOLD.get(limit.code, "Partly read."), _stopped(text[:1].upper() + text[1:])
