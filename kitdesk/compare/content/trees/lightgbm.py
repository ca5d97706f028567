"""LightGBM's text form."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.source import Mismatch
from kitdesk.compare.content.table.columns import number_of
from kitdesk.compare.content.table.stream import blocks, lines, stripped
from kitdesk.compare.content.words import count

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

MAX_VALUE = 1 << 20
"""Characters of a line that are kept."""
MAX_PARAMETERS = 2_000
HEADS = {
    "objective": ("objective", "Objective"),
    "version": ("version", "Version"),
    "num_class": ("classes", "Classes"),
}


def read(side: Bytes, name: str, context: Context) -> Model:
    """Lines ``key=value``, trees, and the parameters at the end."""
    if not side.read(0, min(16, side.size)).startswith((b"tree\n", b"tree\r\n")):
        raise Mismatch("it is no model of LightGBM")
    model = Model("trees", "lightgbm")
    trees = leaves = 0
    features: int | None = None
    names: list[str] = []
    in_parameters = False
    mark = hashlib.sha256()
    for chunk in lines(blocks(side, context.budget)):
        for line in stripped(chunk):
            if not in_parameters and line.strip() and line != b"parameters:":
                mark.update(line.rstrip() + b"\n")
            text = line[:MAX_VALUE].decode("utf-8", "replace")
            if text.startswith("parameters:"):
                in_parameters = True
            elif text.startswith("end of parameters"):
                in_parameters = False
            elif in_parameters and text.startswith("[") and text.endswith("]"):
                key, _, value = text[1:-1].partition(": ")
                if len(model.facts) < MAX_PARAMETERS:
                    model.facts[f"param.{key[:100]}"] = Property(key[:100], _value(value))
            elif text.startswith("Tree="):
                trees += 1
            else:
                key, _, value = text.partition("=")
                if key == "num_leaves":
                    number = number_of(value[:40])
                    leaves += number if isinstance(number, int) else 0
                elif trees:
                    continue
                elif key == "max_feature_idx":
                    number = number_of(value[:40])
                    features = number + 1 if isinstance(number, int) else None
                elif key == "feature_names":
                    names = value.split(" ")
                elif key in HEADS:
                    model.facts[HEADS[key][0]] = Property(HEADS[key][1], _value(value))
    model.facts["trees"] = Property("Trees", trees)
    model.facts["leaves"] = Property("Leaves", leaves)
    model.facts["features"] = Property("Features", features)
    model.facts["feature_names"] = Property("Feature names", names)
    model.fingerprint = mark.hexdigest()
    model.hidden["trees_content"] = "Splits and leaves"
    model.about = f"LightGBM model, {count(trees, 'tree')}"
    return model


def _value(text: str) -> object:
    """A number where it is one."""
    number = number_of(text)
    return text if number is None else number
