"""CatBoost's binary form: a FlatBuffer with its parameters as JSON inside."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.graphs.flatbuffers import Buffer, Table
from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.source import Part, Unreadable, exactly
from kitdesk.compare.content.values import parse_json
from kitdesk.compare.content.words import count, label

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

MAX_FEATURES = 1_000_000
TOLD = frozenset(
    "iterations learning_rate boosting_type depth l2_leaf_reg random_seed grow_policy rsm "
    "min_data_in_leaf max_leaves bootstrap_type random_strength score_function "
    "leaf_estimation_method".split()
)
"""Parameters under the names that people give them."""


def read(side: Bytes, name: str, context: Context) -> Model:
    """Trees, features and parameters of the core."""
    length = int.from_bytes(exactly(side, 4, 4), "little")
    core = Buffer(Part(side, 8, min(length, side.size - 8)), context.budget).root()
    trees = core.table(1)
    if trees is None:
        raise Unreadable("it has no trees")
    about = {one.text(0): one.text(1) for one in core.tables(2)}
    params = parse_json(about["params"]) if "params" in about else {}
    model = Model("trees", "catboost")
    loss = params.get("loss_function") if isinstance(params, dict) else None
    objective = loss.get("type") if isinstance(loss, dict) else None
    features = _features(trees)
    model.facts["objective"] = Property("Objective", objective)
    model.facts["trees"] = Property("Trees", trees.length(2, 4))
    model.facts["leaves"] = Property("Leaves", trees.length(8, 8))
    model.facts["features"] = Property("Features", len(features))
    model.facts["feature_names"] = Property("Feature names", features)
    model.facts["version"] = Property("Version", about.get("catboost_version_info", "")[:200])
    _parameters(params, model, 0)
    mark = hashlib.sha256()
    for at in range(0, side.size, 1 << 20):
        context.budget.check()
        mark.update(side.read(at, min(1 << 20, side.size - at)))
    model.fingerprint = mark.hexdigest()
    model.hidden["trees_content"] = "Splits, leaves and notes"
    number = model.facts["trees"].value
    model.about = f"CatBoost model, {count(number if isinstance(number, int) else 0, 'tree')}"
    return model


def _features(trees: Table) -> list[str]:
    """Names by place; without one its number."""
    found: dict[int, str] = {}
    for field, text_field in ((5, 4), (4, 2)):
        for one in trees.tables(field)[:MAX_FEATURES]:
            flat = one.integer(2 if field == 5 else 1)
            found[flat] = one.text(text_field) or str(flat)
    return [found[place] for place in sorted(found)]


def _parameters(thing: Any, model: Model, depth: int) -> None:
    if not isinstance(thing, dict) or depth > 4:
        return
    for key, value in thing.items():
        if key in TOLD and not isinstance(value, dict | list):
            model.facts[f"param.{key}"] = Property(label(key, 100), value)
        else:
            _parameters(value, model, depth + 1)
