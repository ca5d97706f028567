"""Objects (pickle, joblib, skops): dangerous imports, parameters, arrays, what wrote them."""

from __future__ import annotations

from PySide6.QtCore import Slot

from kitdesk import text as texts
from kitdesk.compare.content.parts import ImportsDiff
from kitdesk.compare.content.result import Content, TensorsDiff, ValuesDiff
from kitdesk.compare.content.words import label
from kitdesk.ui.compare.content.node_model import Node
from kitdesk.ui.compare.content.nodes import (
    SHOWN,
    array_nodes,
    fact_nodes,
    section,
    value_nodes,
)
from kitdesk.ui.compare.content.sentences import part_of
from kitdesk.ui.compare.content.tree_body import NONE, TreeBody
from kitdesk.ui.host import WindowHost

IMPORTS = "Imports"
HARM = "can run a command, open a file or reach out"
WRITERS = ("version", "protocol", "compression")
"""Facts of how an object was written, by the first part of their id."""


def import_nodes(part: ImportsDiff) -> list[Node]:
    """Names that a file would import: the dangerous ones, those of one side, the others."""
    left, right, bad = set(part.left), set(part.right), set(part.dangerous)
    found = []
    for name in sorted(left | right, key=lambda one: (one not in bad, one in left & right, one)):
        cells = tuple(label(name) if name in side else NONE for side in (left, right))
        sign = "!" if name in bad else "=" if len(set(cells)) == 1 else "M"
        if sign == "M":
            sign = "A" if name in right else "D"
        short = label(name.rpartition(".")[2])
        found.append(Node(sign, short, cells, HARM if name in bad else ""))
    return found


class ObjectBody(TreeBody):
    """The structure of an object, read without running it."""

    name = "What is inside the object"

    def __init__(self, host: WindowHost) -> None:
        super().__init__(host)
        self._imports: Node | None = None
        self.last.action.clicked.connect(self.show_imports)

    def nodes(self, content: Content) -> list[Node]:
        """What could do harm comes first."""
        facts = fact_nodes(
            [one for one in content.facts if one.id.partition(".")[0] not in WRITERS], python=True
        )
        writers = [one for one in content.facts if one.id.partition(".")[0] in WRITERS]
        values, arrays = part_of(content, ValuesDiff), part_of(content, TensorsDiff)
        imports = part_of(content, ImportsDiff)
        found = list(facts)
        if values is not None and values.changes:
            rows = value_nodes(values, python=True)
            found.append(section("Parameters", rows, _more(values.count, len(values.changes))))
        if arrays is not None and arrays.changes:
            total = max(arrays.left or 0, arrays.right or 0)
            differ = arrays.changed + arrays.added + arrays.removed + arrays.renamed
            note = f"{texts.number(differ)} of {texts.number(total)} differ"
            found.append(section("Arrays", array_nodes(arrays), note, most=SHOWN))
        if writers:
            rows = fact_nodes(writers)
            rows = [*(r for head in rows for r in head.children or [head])]
            found.append(section("Written by", rows))
        self._imports = None
        if imports is not None and (imports.left or imports.right):
            rows = import_nodes(imports)
            differ = sum(one.sign != "=" for one in rows)
            head = section(IMPORTS, rows, most=differ)
            head.opened = head.sign != "="
            self._imports = head
            found.insert(0, head) if imports.dangerous else found.append(head)
        return found

    def last_words(self, content: Content) -> None:
        """The shield only when the whole file was understood and nothing is dangerous."""
        part = part_of(content, ImportsDiff)
        if part is None:
            self.last.say("")
            return
        every = sorted({*part.left, *part.right})
        names = texts.counted(len(every), "import")
        if part.dangerous:
            verb = "is" if len(part.dangerous) == 1 else "are"
            how = ", to the end" if content.complete else ", not to the end"
            said = f"{texts.number(len(part.dangerous))} of {names} {verb} dangerous"
            text, icon, tone = f"Read without running it{how}; {said}.", "alert-triangle", "removed"
        elif not content.complete:
            text = f"Read without running it, but not to the end: {names} so far."
            icon, tone = "alert-triangle", "changed"
        else:
            text = (
                f"Read to the end without running it: {names}, "
                "none of them can run a command or open a file."
            )
            icon, tone = "shield-check", "added"
        self.last.say(text, "All imports" if every else "", icon=icon, tone=tone)

    @Slot()
    def show_imports(self) -> None:
        """Open the imports and bring them to the top."""
        if self._imports is None:
            return
        self.only.setChecked(False)
        head = self._imports
        index = self.grid.rows.index_of(head)
        self.grid.setExpanded(index, True)
        self.grid.setCurrentIndex(index)
        self.grid.scrollTo(index, self.grid.ScrollHint.PositionAtTop)
        self.grid.setFocus()


def _more(count: int, shown: int) -> str:
    return f"the first {texts.number(shown)} of {texts.number(count)}" if count > shown else ""
