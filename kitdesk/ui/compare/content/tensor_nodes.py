"""Tensors that differ as a tree by prefix, the biggest change first."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kitdesk import text as texts
from kitdesk.compare.content.words import label
from kitdesk.ui.compare.content.node_model import Node
from kitdesk.ui.compare.content.nodes import shape_words
from kitdesk.ui.compare.content.scale import measured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitdesk.compare.content.result import TensorChange
    from kitdesk.ui.compare.content.scale import LogScale

SHAPE, DTYPE, COUNT, SHARE, MEAN, MAX = range(6)
"""Places of the cells of a row."""
SHOWN = 3
"""So many tensors of an opened prefix; the rest behind "13 more, each below 0.00198"."""
OPEN_HEADS = 2
"""So many prefixes stand open at first."""
PREFIX_STEPS = 3
"""A prefix ends after a number, else after so many names."""
NOT_COMPARED = "another shape: values not compared"


def prefix_of(name: str) -> str:
    """``transformer.layer.5`` of ``transformer.layer.5.ffn.lin2.weight``; "" for a bare name."""
    for separator in (".", "/"):
        if separator not in name:
            continue
        steps = name.split(separator)
        for at, step in enumerate(steps[:-1]):
            if step.isdigit():
                return separator.join(steps[: at + 1])
        return separator.join(steps[: min(len(steps) - 1, PREFIX_STEPS)])
    return ""


def _mean(one: TensorChange) -> float:
    """What rows are sorted by: what cannot be measured comes first, equal bytes last."""
    if one.old_name is not None:
        return -1.0
    if one.delta is None:
        return float("inf")
    return one.delta.mean_abs if one.delta.mean_abs is not None else float("inf")


def tensor_nodes(changes: Sequence[TensorChange], scale: LogScale) -> list[Node]:
    """Heads by prefix with their tensors; a prefix of one tensor is that tensor."""
    families: dict[str, list[TensorChange]] = defaultdict(list)
    for one in changes:
        families[prefix_of(one.name)].append(one)
    ranked = sorted(families.items(), key=lambda pair: -max(map(_mean, pair[1])))
    found: list[Node] = []
    for prefix, listed in ranked:
        listed.sort(key=_mean, reverse=True)
        if not prefix or len(listed) == 1:
            found += [tensor_node(one, one.name, scale) for one in listed]
        else:
            found.append(_family(prefix, listed, scale))
    heads = [node for node in found if node.children]
    for at, node in enumerate(heads):
        node.opened = at < OPEN_HEADS and node.sign != "R"
    return found


def _family(prefix: str, listed: list[TensorChange], scale: LogScale) -> Node:
    cut = len(prefix) + 1
    rows = [tensor_node(one, one.name[cut:], scale) for one in listed]
    signs = {row.sign for row in rows}
    head = Node(signs.pop() if len(signs) == 1 else "M", label(prefix), look="group")
    head.note = texts.counted(len(rows), "tensor")
    if head.sign == "R":
        was = {prefix_of(one.old_name or "") for one in listed}
        before = f"was {label(was.pop())} · " if len(was) == 1 else ""
        head.note = f"{before}{head.note}, same bytes"
    head.cells, head.share = _sum(listed, scale)
    if len(rows) > SHOWN + 1:
        rest, last = rows[SHOWN:], listed[SHOWN - 1].delta
        words = f"{texts.number(len(rest))} more"
        if last is not None and last.mean_abs and head.sign == "M":
            words += f", each below {measured(last.mean_abs)}"
        rows = [*rows[:SHOWN], Node("", words, look="more", rest=rest)]
    head.children = rows
    return head


def _sum(listed: list[TensorChange], scale: LogScale) -> tuple[tuple[str, ...], float | None]:
    """Cells of a head: the types, changed values of all, the mean over all values."""
    types = sorted({side.dtype for one in listed if (side := one.right or one.left)})
    dtype = label(types[0], 40) if len(types) == 1 else f"{len(types)} types"
    deltas = [one.delta for one in listed if one.delta is not None]
    elements = sum(delta.elements for delta in deltas)
    if not elements:
        return ("", dtype, "", "", "", ""), None
    changed = sum(delta.changed for delta in deltas)
    known = [one for one in deltas if one.mean_abs is not None]
    weight = sum(one.elements for one in known)
    mean = sum((one.mean_abs or 0.0) * one.elements for one in known) / weight if weight else None
    most = max((one.max_abs for one in known if one.max_abs is not None), default=None)
    cells = ("", dtype, texts.number(changed), percent(changed, elements), measured(mean),
             measured(most))  # fmt: skip
    return cells, scale.share(mean) if mean is not None else None


def tensor_node(one: TensorChange, name: str, scale: LogScale) -> Node:
    """One tensor; what is not known of it stays empty."""
    shapes = [shape_words(side.shape) for side in (one.left, one.right) if side is not None]
    types = [label(side.dtype, 40) for side in (one.left, one.right) if side is not None]
    delta, share, note = one.delta, None, ""
    cells = [_arrow(shapes), _arrow(types), "", "", "", ""]
    sign = "R" if one.old_name is not None else one.sign
    if one.old_name is not None:
        note = f"was {label(one.old_name)}"
    elif delta is not None:
        cells[COUNT] = texts.number(delta.changed)
        cells[SHARE] = percent(delta.changed, delta.elements)
        cells[MEAN], cells[MAX] = measured(delta.mean_abs), measured(delta.max_abs)
        share = scale.share(delta.mean_abs) if delta.mean_abs is not None else None
    elif len(set(shapes)) > 1:
        note = NOT_COMPARED
    elif one.left and one.right:
        note = "another type: values not compared" if len(set(types)) > 1 else "other values"
    return Node(sign, label(name), tuple(cells), note, share=share)


def _arrow(pair: list[str]) -> str:
    return pair[0] if len(set(pair)) == 1 else " → ".join(pair)


def percent(part: int, whole: int) -> str:
    """``99.9 %``, cut and not rounded up: 100 % means all of them."""
    if part >= whole:
        return "100 %"
    tenths = part * 1000 // whole
    return f"{tenths // 10}.{tenths % 10} %" if tenths else "< 0.1 %" if part else "0 %"
