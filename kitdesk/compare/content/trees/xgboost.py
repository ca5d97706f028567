"""XGBoost, as JSON and as UBJSON."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content import text, values
from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.source import Mismatch, Unreadable, exactly
from kitdesk.compare.content.trees.ubjson import parse_ubjson
from kitdesk.compare.content.words import count, label

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

MAX_JSON_BYTES = 64 << 20
MAX_UBJSON_BYTES = 512 << 20


def read(side: Bytes, name: str, context: Context) -> Model:
    """Facts of the learner; Mismatch for JSON of anything else."""
    first = side.read(0, min(2, side.size))
    binary = first[:1] == b"{" and first[1:2] in b"iUIulL" and first[1:2] != b""
    if side.size > (MAX_UBJSON_BYTES if binary else MAX_JSON_BYTES):
        raise Unreadable("it is too large to be read whole", "size")
    mark = hashlib.sha256()
    if binary:
        root = parse_ubjson(side, context.budget)
        for at in range(0, side.size, 1 << 20):
            mark.update(side.read(at, min(1 << 20, side.size - at)))
    else:
        root = values.parse_json(text.decoded(exactly(side, 0, side.size))[0])
        canonical = json.dumps(root, sort_keys=True, default=str)
        mark.update(canonical.encode("utf-8", "surrogatepass"))
    learner = root.get("learner") if isinstance(root, dict) else None
    if not isinstance(learner, dict) or "gradient_booster" not in learner:
        raise Mismatch("it is no model of XGBoost")
    model = Model("trees", "xgboost-ubj" if binary else "xgboost-json")
    _fill(model, root, learner)
    model.fingerprint = mark.hexdigest()
    model.hidden["trees_content"] = "Splits and leaves"
    trees = model.facts["trees"].value
    model.about = f"XGBoost model, {count(trees if isinstance(trees, int) else 0, 'tree')}"
    return model


def _fill(model: Model, root: dict[str, Any], learner: dict[str, Any]) -> None:
    booster = _dict(learner.get("gradient_booster"))
    inner = _dict(booster.get("model")) or _dict(_dict(booster.get("gbtree")).get("model"))
    shape = _dict(learner.get("learner_model_param"))
    trees = inner.get("trees")
    listed = trees if isinstance(trees, list) else []
    nodes = [_number(_dict(_dict(one).get("tree_param")).get("num_nodes")) for one in listed]
    version = root.get("version")
    names = learner.get("feature_names")
    facts: dict[str, tuple[str, Any]] = {
        "objective": ("Objective", _text(_dict(learner.get("objective")).get("name"))),
        "booster": ("Booster", _text(booster.get("name"))),
        "trees": ("Trees", len(listed)),
        "nodes": ("Nodes", sum(one or 0 for one in nodes)),
        "features": ("Features", _number(shape.get("num_feature"))),
        "classes": ("Classes", _number(shape.get("num_class"))),
        "feature_names": (
            "Feature names",
            [_text(one) for one in names] if isinstance(names, list) else [],
        ),
        "version": ("Version", ".".join(map(str, version)) if isinstance(version, list) else None),
    }
    for id_, (title, value) in facts.items():
        model.facts[id_] = Property(title, value)
    for key, value in _dict(learner.get("attributes")).items():
        model.facts[f"attr.{key[:200]}"] = Property(label(key, 200), _text(value))


def _dict(thing: Any) -> dict[str, Any]:
    return thing if isinstance(thing, dict) else {}


def _text(thing: Any) -> str | None:
    return thing[:65_536] if isinstance(thing, str) else None


def _number(thing: Any) -> int | None:
    if isinstance(thing, str) and thing.lstrip("-").isdecimal() and len(thing) < 20:
        return int(thing)
    return thing if isinstance(thing, int) and not isinstance(thing, bool) else None
