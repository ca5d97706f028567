"""The core of a content in the few words that stand in the row of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.compare.content.parts import ImportsDiff, NotebookDiff
from kitdesk.compare.content.result import TableDiff, TensorsDiff
from kitdesk.compare.content.words import label

if TYPE_CHECKING:
    from kitdesk.compare.content.result import Content

ASKS, RUNS = "asks for ", "asks to run a command"
"""How the words of a file begin that names dangerous imports."""
COUNTED = ("table", "tensors", "notebook")
"""Kinds whose row says counts rather than the first difference."""
COMMANDS = frozenset(
    ("os.system", "posix.system", "nt.system", "os.popen", "os.execv", "os.spawnv", "pty.spawn",
     "posix.popen", "builtins.eval", "builtins.exec", "runpy.run_module", "commands.getoutput")
)  # fmt: skip
LONGEST = 120
MINUS = "\u2212"


def row_words(content: Content) -> str:
    """``3 + 2 − 5 ~ rows by id``, ``2 of 290 tensors``, ``n_components 20 → 50``, ``2 cells``.

    A dangerous import comes first, always.
    """
    danger = next((one for one in content.parts if isinstance(one, ImportsDiff)), None)
    first = ""
    if danger is not None and danger.dangerous:
        first = danger_words(danger.dangerous)
    if content.equal:
        words = "same content, written differently"
    else:
        told = content.parts if content.kind in COUNTED else ()
        words = next(filter(None, map(_part, told)), "") or _half(content.summary)
    return label("; ".join(one for one in (first, words) if one), LONGEST)


def runs_command(name: str) -> bool:
    """Whether an import can run a command by itself."""
    return name in COMMANDS or name.startswith("subprocess.")


def danger_words(names: tuple[str, ...]) -> str:
    """``asks to run a command``, ``asks for socket.socket and 2 more``."""
    if any(map(runs_command, names)):
        return f"{RUNS}"
    more = len(names) - 1
    return f"{ASKS}{label(names[0], 60)}" + (f" and {more} more" if more else "")


def _half(summary: str) -> str:
    return next((one for one in summary.split("; ") if not one.startswith(ASKS)), "")


def _part(part: object) -> str:
    match part:
        case TableDiff(rows=rows):
            counts = ((rows.added, "+"), (rows.removed, MINUS), (rows.changed, "~"))
            words = [f"{count:,} {sign}" for count, sign in counts if count]
            key = f" by {label(', '.join(rows.key), 40)}" if rows.key else ""
            return f"{' '.join(words)} rows{key}" if words else ""
        case TensorsDiff(left=int(), right=int(total), changed=changed) if changed:
            more = [
                f"{count:,} {word}"
                for count, word in ((part.renamed, "renamed"), (part.added, "added"),
                                    (part.removed, "removed"))
                if count
            ]  # fmt: skip
            return ", ".join((f"{changed:,} of {total:,} tensors", *more))
        case NotebookDiff(left=int(), right=int(), cells=cells) if cells:
            return f"{len(cells):,} {'cell' if len(cells) == 1 else 'cells'}"
    return ""
