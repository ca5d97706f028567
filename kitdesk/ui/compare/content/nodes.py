"""Values, facts and arrays of a content as rows of a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk import text as texts
from kitdesk.compare.content.words import label, value
from kitdesk.ui.compare.content.node_model import Node
from kitdesk.ui.compare.content.scale import measured, scale_of
from kitdesk.ui.compare.content.tree_body import NONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kitdesk.compare.content.result import Fact, TensorFacts, TensorsDiff, ValuesDiff

LONGEST = 400
"""Characters of a value in a cell; the tooltip has no more."""
SHOWN = 12
"""So many rows stand below a head; the rest behind "13 more"."""
SECTIONS = {
    "ops": "Operators",
    "input": "Inputs",
    "output": "Outputs",
    "opset": "Operator sets",
    "meta": "Metadata",
    "param": "Parameters",
    "attr": "Attributes",
    "version": "Written by",
}
"""Facts whose id begins so stand together under this head."""
PYTHON = {"null": "None", "true": "True", "false": "False"}


def written(thing: object, *, python: bool = False) -> str:
    """A value in a cell; of objects in Python's words."""
    match thing:
        case {"dtype": dtype, "shape": shape, **rest} if not rest:
            return f"{label(str(dtype), 40)}, {shape_words(shape)}"
        case {"items": int(items), **rest} if not rest:
            return texts.counted(items, "item")
    text = value(thing, LONGEST)
    return PYTHON.get(text, text) if python and not isinstance(thing, str) else text


def shape_words(shape: object) -> str:
    """``768 × 3,072``; ``scalar`` without dimensions, ? for an open one."""
    if not isinstance(shape, list | tuple):
        return label(str(shape), 60)
    sizes = [
        texts.number(one) if isinstance(one, int) else label(str(one), 30) if one else "?"
        for one in shape
    ]
    return " × ".join(sizes) or "scalar"


def pair_of(sign: str, left: object, right: object, *, python: bool = False) -> tuple[str, str]:
    """The two cells of a value; a dash where a side has none."""
    old = NONE if sign == "A" else written(left, python=python)
    new = NONE if sign == "D" else written(right, python=python)
    return old, new


def sign_of(nodes: Iterable[Node]) -> str:
    """Of a head: the letter of its rows if all have one, else M."""
    signs = {node.sign for node in nodes}
    return signs.pop() if len(signs) == 1 else "!" if "!" in signs else "M"


def section(name: str, nodes: list[Node], note: str = "", *, most: int = 0) -> Node:
    """A head in our words over some rows; ``most`` are shown, the others behind a line."""
    head = Node(sign_of(nodes) if nodes else "=", name, note=note, look="section")
    head.children = shortened(nodes, most)
    head.opened = True
    return head


def shortened(nodes: list[Node], most: int) -> list[Node]:
    """The first rows, and a line that stands for the rest."""
    if not most or len(nodes) <= most + 1:
        return nodes
    rest = nodes[most:]
    more = Node("", f"{texts.number(len(rest))} more", look="more", rest=rest)
    return [*nodes[:most], more]


def value_nodes(diff: ValuesDiff, *, python: bool = False) -> list[Node]:
    """Values by path: a head for each step that several share; private names come last, folded."""
    roots: list[Node] = []
    heads: dict[tuple[str | int, ...], Node] = {}
    for change in diff.changes:
        above: Node | None = None
        path = change.path or ("(the whole file)",)
        for length in range(1, len(path)):
            head = heads.get(path[:length])
            if head is None:
                head = Node("M", step_name(path[length - 1]), look="group", opened=True)
                heads[path[:length]] = head
                (above.children if above else roots).append(head)
            above = head
        cells = pair_of(change.sign, change.left, change.right, python=python)
        leaf = Node(change.sign, step_name(path[-1]), cells)
        (above.children if above else roots).append(leaf)
    return [_joined(node) for node in _ordered(roots)]


def step_name(step: str | int) -> str:
    """A key as it is, a place in brackets."""
    return f"[{step}]" if isinstance(step, int) else label(step) or "(empty)"


def _ordered(nodes: list[Node]) -> list[Node]:
    return sorted(nodes, key=lambda node: node.name.startswith("_"))


def _joined(node: Node) -> Node:
    """A head with one head below it is one row: ``steps.tfidf``."""
    while node.look == "group" and len(node.children) == 1 and node.children[0].children:
        below = node.children[0]
        dot = "" if below.name.startswith("[") else "."
        node.name, node.children = f"{node.name}{dot}{below.name}", below.children
    if node.children:
        node.children = shortened([_joined(one) for one in _ordered(node.children)], SHOWN)
        node.sign = sign_of(one for one in node.children if one.look != "more")
        node.opened = not node.name.startswith("_")
        node.note = ""
    return node


def fact_text(fact: Fact, thing: object, *, python: bool) -> str:
    """A fact in a cell: counts with commas, sizes in bytes."""
    if isinstance(thing, int) and not isinstance(thing, bool):
        return texts.size(thing) if fact.id == "size" else texts.number(thing)
    text = written(thing, python=python)
    return text.upper() if fact.id == "image_format" else text


def fact_pair(fact: Fact, *, python: bool = False) -> tuple[str, str]:
    """The two cells of a fact; a dash where a side has none."""
    old = NONE if fact.sign == "A" else fact_text(fact, fact.left, python=python)
    new = NONE if fact.sign == "D" else fact_text(fact, fact.right, python=python)
    return old, new


def fact_nodes(facts: Sequence[Fact], *, python: bool = False) -> list[Node]:
    """Facts: those that differ first; families of facts under a head of their own.

    The bytes round the first difference have a view of their own.
    """
    order = sorted((fact for fact in facts if fact.id != "hex"), key=lambda fact: fact.sign == "=")
    plain: list[Node] = []
    families: dict[str, list[Node]] = {}
    for fact in order:
        family, _, rest = fact.id.partition(".")
        cells = fact_pair(fact, python=python)
        if rest and family in SECTIONS:
            families.setdefault(family, []).append(Node(fact.sign, label(rest), cells))
        else:
            plain.append(Node(fact.sign, label(fact.name), cells, look="word"))
    heads = [section(SECTIONS[one], nodes, most=SHOWN) for one, nodes in families.items()]
    heads.sort(key=lambda head: head.sign == "=")
    return [*plain, *heads]


def array_nodes(part: TensorsDiff) -> list[Node]:
    """Arrays: shape and type of both sides, how much they differ, the bar."""
    scale = scale_of(part.changes)
    found = []
    for one in part.changes:
        delta, note, share, mean = one.delta, "", None, ""
        if one.old_name is not None:
            note = f"was {label(one.old_name)}"
        elif one.left and one.right and one.left.shape != one.right.shape:
            note = "another shape"
        elif one.left and one.right and delta is None:
            note = "another type" if one.left.dtype != one.right.dtype else "other values"
        elif delta is not None:
            note = f"{texts.number(delta.changed)} of {texts.counted(delta.elements, 'value')}"
            if delta.mean_abs is not None:
                share, mean = scale.share(delta.mean_abs), measured(delta.mean_abs)
        cells = (array_words(one.left), array_words(one.right), mean)
        sign = "R" if one.old_name is not None else one.sign
        found.append(Node(sign, label(one.name), cells, note, share=share))
    return found


def array_words(facts: TensorFacts | None) -> str:
    """``20 × 9,724, float64``."""
    if facts is None:
        return NONE
    return f"{shape_words(facts.shape)}, {label(facts.dtype, 40)}"
