"""Notebooks cell by cell, without the noise of counts, metadata and layout."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content import text, values
from kitdesk.compare.content.edits import blocks
from kitdesk.compare.content.lines import TextRow, aligned
from kitdesk.compare.content.model import Model, Outcome, Property
from kitdesk.compare.content.parts import CellChange, NotebookDiff
from kitdesk.compare.content.source import Mismatch, Unreadable, exactly
from kitdesk.compare.content.words import count, inert, size

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

MAX_BYTES = 128 << 20
MAX_CELLS = 20_000
MAX_SOURCE = 200_000
"""Characters of a source that are shown side by side."""
MAX_OUTPUT = 65_536


def read(side: Bytes, name: str, context: Context) -> Model:
    """Cells and kernel; Mismatch for JSON that is no notebook."""
    if side.size > MAX_BYTES:
        raise Unreadable("it is too large for a notebook", "size")
    root = values.parse_json(text.decoded(exactly(side, 0, side.size))[0])
    if not isinstance(root, dict):
        raise Mismatch("it is no notebook")
    listed = root.get("cells")
    if listed is None and isinstance(root.get("worksheets"), list):  # nbformat 3
        listed = [cell for sheet in root["worksheets"] for cell in sheet.get("cells", ())]
    if not isinstance(listed, list):
        raise Mismatch("it is no notebook")
    if len(listed) > MAX_CELLS:
        raise Unreadable(f"it has more than {MAX_CELLS:,} cells", "members")
    context.budget.check()
    model = Model("notebook", "ipynb")
    about = root.get("metadata")
    about = about if isinstance(about, dict) else {}
    kernel, language = _dict(about.get("kernelspec")), _dict(about.get("language_info"))
    model.facts["kernel"] = Property("Kernel", _text(kernel.get("name")))
    model.facts["language"] = Property(
        "Language", _text(language.get("name") or kernel.get("language"))
    )
    version = f"{root.get('nbformat')}.{root.get('nbformat_minor')}"[:40]
    model.facts["nbformat"] = Property("Format", version, counts=False)
    cells = [_cell(one) for one in listed if isinstance(one, dict)]
    model.parts["cells"] = Cells(cells)
    model.about = f"notebook, {count(len(cells), 'cell')}"
    return model


def _dict(thing: Any) -> dict[str, Any]:
    return thing if isinstance(thing, dict) else {}


def _text(thing: Any) -> str | None:
    return thing[:200] if isinstance(thing, str) else None


def joined(thing: Any) -> str:
    """A multi-line text, which may be a list of lines."""
    if isinstance(thing, list):
        return "".join(one for one in thing if isinstance(one, str))
    return thing if isinstance(thing, str) else ""


@dataclass(frozen=True, slots=True)
class Cell:
    """What counts of a cell."""

    id: str
    type: str
    source: str
    outputs: tuple[str, ...]
    """Text of outputs; images and HTML by kind, size and hash."""


def _cell(one: dict[str, Any]) -> Cell:
    outputs = one.get("outputs")
    found = (
        [_output(each) for each in outputs if isinstance(each, dict)]
        if isinstance(outputs, list)
        else []
    )
    merged: list[str] = []
    for stream, words in found:  # one stream may come in several pieces
        if stream and merged and merged[-1].startswith(f"{stream}\n"):
            merged[-1] += words
        else:
            merged.append(f"{stream}\n{words}" if stream else words)
    source = joined(one.get("source", one.get("input"))).removesuffix("\n")
    kind = _text(one.get("cell_type")) or "unknown"
    return Cell(_text(one.get("id")) or "", kind, source, tuple(merged))


def _output(one: dict[str, Any]) -> tuple[str, str]:
    """(name of a stream or nothing, what is shown of the output)."""
    kind = one.get("output_type")
    if kind == "stream":
        return _text(one.get("name")) or "stdout", joined(one.get("text"))
    if kind == "error":
        return "", f"{_text(one.get('ename'))}: {joined(one.get('evalue'))}"
    data = _dict(one.get("data"))
    shown = []
    for mime in sorted(map(str, data)):
        thing = data.get(mime)
        whole = (
            joined(thing) if isinstance(thing, str | list) else json.dumps(thing, sort_keys=True)
        )
        if mime == "text/plain":
            shown.append(whole)
        else:
            mark = hashlib.sha256(whole.strip().encode("utf-8", "surrogatepass")).hexdigest()[:12]
            title = "HTML output" if mime == "text/html" else mime[:80]
            shown.append(f"{title}, {size(len(whole))}, not shown ({mark})")
    return "", "\n".join(shown)


@dataclass(slots=True)
class Cells:
    """The cells of one side."""

    cells: list[Cell]

    @classmethod
    def differ(cls, left: Cells | None, right: Cells | None, context: Context) -> Outcome:
        """Cells by id, else by source; what stands in another order has moved."""
        old = left.cells if left else []
        new = right.cells if right else []
        if left is None or right is None:
            diff = NotebookDiff(
                len(old) if left else None, len(new) if right else None,
                len(new), len(old), 0, 0, 0, 0, (),
            )  # fmt: skip
            return Outcome(diff, equal=False)
        partner = _partners(old, new, context)
        moved = _moved(partner)
        changes: list[CellChange] = []
        changed = outputs = same = 0
        for place, cell in enumerate(new):
            before = partner.get(place)
            if before is None:
                changes.append(CellChange("A", cell.type, None, place, source=True))
                continue
            was = old[before]
            source = was.source != cell.source or was.type != cell.type
            output = was.outputs != cell.outputs
            changed += source
            outputs += output
            if source or output or place in moved:
                changes.append(_change(was, cell, before, place, context))
            if not source and not output and place not in moved:
                same += 1
        gone = [at for at in range(len(old)) if at not in set(partner.values())]
        changes += [CellChange("D", old[at].type, at, None, source=True) for at in gone]
        added = len(new) - len(partner)
        # A changed cell is no longer the same; one whose outputs alone differ neither.
        diff = NotebookDiff(
            len(old), len(new), added, len(gone), changed, len(moved), outputs, same,
            tuple(changes),
        )  # fmt: skip
        words = [
            f"{count(number, 'cell')} {word}"
            for number, word in (
                (changed, "changed"), (added, "added"), (len(gone), "removed"),
                (len(moved), "moved"), (outputs, "with other outputs"),
            )
            if number
        ]  # fmt: skip
        return Outcome(diff, equal=not changes, words=(", ".join(words),) if words else ())


def _partners(old: list[Cell], new: list[Cell], context: Context) -> dict[int, int]:
    """Place at the right -> place at the left."""
    found: dict[int, int] = {}
    used: set[int] = set()
    ids = [Counter(cell.id for cell in side if cell.id) for side in (old, new)]
    known = {cell.id: at for at, cell in enumerate(old) if ids[0][cell.id] == 1}
    for place, cell in enumerate(new):
        at = known.get(cell.id) if ids[1][cell.id] == 1 else None
        if at is not None:
            found[place] = at
            used.add(at)
    waiting: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, cell in enumerate(old):
        if at not in used:
            waiting[cell.type, cell.source].append(at)
    for place, cell in enumerate(new):
        if place not in found and waiting[cell.type, cell.source]:
            found[place] = waiting[cell.type, cell.source].pop(0)
            used.add(found[place])
    # What is left between two pairs is the same cell with another source.
    numbers_old = [str(at) if at in used else "?" for at in range(len(old))]
    numbers_new = [str(found[place]) if place in found else "!" for place in range(len(new))]
    for i, j, k, m in blocks(numbers_old, numbers_new, context.budget.check):
        free_old = [at for at in range(i, j) if at not in used]
        free_new = [place for place in range(k, m) if place not in found]
        for at, place in _alike(old, new, free_old, free_new):
            found[place] = at
            used.add(at)
    return found


def _alike(
    old: list[Cell], new: list[Cell], free_old: list[int], free_new: list[int]
) -> list[tuple[int, int]]:
    """Cells of one type that share words, in order."""
    pairs = []
    start = 0
    for at in free_old[:200]:
        words = set(old[at].source.split())
        for number in range(start, min(len(free_new), start + 200)):
            cell = new[free_new[number]]
            other = set(cell.source.split())
            shared = 2 * len(words & other) / ((len(words) + len(other)) or 1)
            if cell.type == old[at].type and (shared > 0.3 or len(free_old) == len(free_new)):
                pairs.append((at, free_new[number]))
                start = number + 1
                break
    return pairs


def _moved(partner: dict[int, int]) -> set[int]:
    """Places at the right that stand outside of the longest common order."""
    import bisect

    tails: list[int] = []
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for place in sorted(partner):
        at = bisect.bisect_left(tails, partner[place])
        before[place] = ends[at - 1] if at else None
        if at == len(tails):
            tails.append(partner[place])
            ends.append(place)
        else:
            tails[at], ends[at] = partner[place], place
    kept: set[int] = set()
    place_or_none = ends[-1] if ends else None
    while place_or_none is not None:
        kept.add(place_or_none)
        place_or_none = before[place_or_none]
    return set(partner) - kept


def _change(was: Cell, cell: Cell, before: int, place: int, context: Context) -> CellChange:
    source, output = was.source != cell.source or was.type != cell.type, was.outputs != cell.outputs
    rows: tuple[TextRow, ...] = ()
    if source and max(len(was.source), len(cell.source)) <= MAX_SOURCE:
        rows = tuple(aligned(text.split(was.source), text.split(cell.source), context.budget.check))
    return CellChange(
        "M", cell.type, before, place, source, output, rows,
        tuple(inert(one[:MAX_OUTPUT]) for one in was.outputs) if output else (),
        tuple(inert(one[:MAX_OUTPUT]) for one in cell.outputs) if output else (),
    )  # fmt: skip
