"""What differs inside a file in a few words, for its row in a list of files."""

from __future__ import annotations

from kitdesk.compare.content.differ import ASKS
from kitdesk.compare.content.parts import ImageDiff, NotebookDiff, PackagesDiff
from kitdesk.compare.content.result import (
    Content,
    Part,
    TableDiff,
    TensorsDiff,
    TextDiff,
    ValueChange,
    ValuesDiff,
)
from kitdesk.compare.content.words import count, label, value, whole

MAX_WORDS = 120
"""Characters."""
SAME = "same content, written differently"


def row_words(content: Content) -> str:
    """``3 + 2 − 5 ~ rows by id``, ``2 of 290 tensors``, ``n_components 20 → 50``, ``2 cells``."""
    if content.equal:
        return SAME
    first = content.summary.partition("; ")[0]
    if first.startswith(ASKS) or None in content.formats:
        return label(first, MAX_WORDS)
    for part in content.parts:
        words = _part_words(part)
        if words and _leads(part, content):
            return label(words, MAX_WORDS)
    return label(first, MAX_WORDS)


def _leads(part: Part, content: Content) -> bool:
    """Whether a part says the most about a file: its text does only of one that is nothing else."""
    return not isinstance(part, TextDiff) or content.kind in {"text", "values"}


def _part_words(part: Part) -> str:
    match part:
        case TableDiff():
            return _table_words(part)
        case TensorsDiff():
            differ = part.added + part.removed + part.changed + part.renamed
            total = max(part.left or 0, part.right or 0, differ)
            return f"{whole(differ)} of {count(total, 'tensor')}" if differ else ""
        case NotebookDiff():
            differ = part.added + part.removed + part.changed + part.moved + part.outputs
            return count(differ, "cell") if differ else ""
        case PackagesDiff():
            return count(len(part.packages), "package") if part.packages else ""
        case ImageDiff():
            if not part.compared:
                return ""
            return f"{100 * part.changed / part.compared:.2g} % of the pixels"
        case ValuesDiff():
            return _values_words(part)
        case TextDiff():
            return f"+{whole(part.added)} −{whole(part.removed)} lines"
    return ""


def _table_words(part: TableDiff) -> str:
    rows = part.rows
    signs = ((rows.added, "+"), (rows.removed, "−"), (rows.changed, "~"))
    counts = [f"{whole(number)} {sign}" for number, sign in signs if number]
    if not counts:
        return ""
    by = f" by {', '.join(rows.key)}" if rows.key else ""
    return f"{' '.join(counts)} rows{by}"


def _values_words(part: ValuesDiff) -> str:
    if not part.changes:
        return ""
    plain = next((one for one in part.changes if is_scalar_change(one)), None)
    if plain is None:
        return count(part.count, "value")
    more = f", {whole(part.count - 1)} more" if part.count > 1 else ""
    return f"{change_words(plain)}{more}"


def is_scalar_change(change: ValueChange) -> bool:
    """A value with a name that was one plain value and is another."""
    plain = (bool, int, float, str)
    return (
        change.sign == "M"
        and isinstance(change.left, plain)
        and isinstance(change.right, plain)
        and any(isinstance(step, str) for step in change.path)
    )


def change_words(change: ValueChange) -> str:
    """``n_components 20 → 50``."""
    name = next((step for step in reversed(change.path) if isinstance(step, str)), "")
    return f"{label(name, 60)} {value(change.left, 40)} → {value(change.right, 40)}"
