"""Models of Keras: layers with their settings, weights from HDF5."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content import zips
from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.result import Limit
from kitdesk.compare.content.source import Unreadable
from kitdesk.compare.content.tensors import hdf5
from kitdesk.compare.content.tensors.part import Tensors
from kitdesk.compare.content.tree import Tree
from kitdesk.compare.content.values import parse_json
from kitdesk.compare.content.words import count

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes
    from kitdesk.compare.content.tensors.plan import Tensor

MAX_CONFIG_BYTES = 64 << 20
MAX_DEPTH = 200
CODE = ("__lambda__", "function_type", "Lambda")


def read_zip(side: Bytes, members: list[zips.Member], context: Context) -> Model:
    """``config.json``, ``metadata.json`` and ``model.weights.h5``."""
    by_name = {one.name: one for one in members}
    config = _json(side, by_name["config.json"], context)
    about = _json(side, by_name["metadata.json"], context) if "metadata.json" in by_name else {}
    model = Model("graph", "keras")
    tensors: dict[str, Tensor] = {}
    weights = next((one for one in members if one.name.endswith(".weights.h5")), None)
    try:
        if weights is not None:
            found = hdf5.contents(zips.content(side, weights, context.budget), context)
            tensors = _by_layer(found)
            model.limits += found.limits
    except Unreadable as error:
        model.limits.append(Limit(error.code, f"The weights could not be read: {error.text}."))
    version = about.get("keras_version") if isinstance(about, dict) else None
    _fill(model, config, version, tensors)
    return model


def from_h5(found: hdf5.Contents) -> Model:
    """The older form in one HDF5 file: the configuration is an attribute."""
    root = found.entries[0].attributes
    written = root.get("model_config")
    config = parse_json(written) if isinstance(written, str) else {}
    by_path = {one.path: one for one in found.entries}
    base = by_path.get("model_weights")
    start = "model_weights/" if base is not None else ""
    layers = (base.attributes if base is not None else root).get("layer_names", [])
    tensors: dict[str, Tensor] = {}
    for layer in layers if isinstance(layers, list) else []:
        group = by_path.get(f"{start}{layer}")
        names = group.attributes.get("weight_names", []) if group else []
        for name in names if isinstance(names, list) else []:
            entry = by_path.get(f"{start}{layer}/{name}")
            if entry is not None and entry.tensor is not None:
                tensors[name] = entry.tensor
    model = Model("graph", "keras-h5")
    _fill(model, config, root.get("keras_version"), tensors)
    model.limits += found.limits
    return model


def _json(side: Bytes, member: zips.Member, context: Context) -> Any:
    if member.size > MAX_CONFIG_BYTES:
        raise Unreadable("its configuration is too large", "size")
    data = zips.content(side, member, context.budget)
    return parse_json(data.read(0, data.size).decode("utf-8", "replace"))


def _by_layer(found: hdf5.Contents) -> dict[str, Tensor]:
    """Weights as LAYER/NUMBER: the attribute ``name`` of their group names the layer."""
    names = {one.path: str(one.attributes.get("name", "")) for one in found.entries}
    tensors: dict[str, Tensor] = {}
    for one in found.entries:
        if one.tensor is None or one.path.startswith("optimizer/"):
            continue
        group, _, number = one.path.rpartition("/")
        layer = names.get(group) or group.removesuffix("/vars").rpartition("/")[2]
        name = f"{layer}/{number}"
        tensors[name if name not in tensors else one.path] = one.tensor
    return tensors


def _fill(model: Model, config: Any, version: Any, tensors: dict[str, Tensor]) -> None:
    root = config if isinstance(config, dict) else {}
    inner = root.get("config")
    listed = inner.get("layers") if isinstance(inner, dict) else None
    layers = [
        one
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and one.get("class_name") != "InputLayer"
    ]
    model.facts["class"] = Property("Class", str(root.get("class_name"))[:200])
    model.facts["layers"] = Property("Layers", len(layers))
    total = sum(one.elements for one in tensors.values())
    model.facts["parameters"] = Property("Parameters", total)
    if version is not None:
        model.facts["version.keras"] = Property("Keras version", str(version)[:100])
    values: dict[str, Any] = {}
    code = False
    for at, one in enumerate(layers):
        settings = one.get("config")
        settings = dict(settings) if isinstance(settings, dict) else {}
        name = str(settings.pop("name", None) or at)[:200]
        kind = str(one.get("class_name"))[:200]
        plain, has_code = _without_code(settings, 0)
        code = code or has_code or kind == "Lambda"
        values[name] = {"class_name": kind, **plain}
    if code:
        model.limits.append(Limit("missing", "A layer holds code: it is named, not compared."))
    model.parts["values"] = Tree({"layers": values}, "parameter")
    model.parts["tensors"] = Tensors(tensors, "weight", renames=False)
    text = json.dumps(config, sort_keys=True, default=str)
    model.fingerprint = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    model.about = f"Keras model, {count(len(layers), 'layer')}, {count(total, 'parameter')}"


def _without_code(thing: Any, depth: int) -> tuple[Any, bool]:
    """Settings in which lambdas are named instead of shown."""
    if depth > MAX_DEPTH:
        raise Unreadable("it is nested too deep", "depth")
    if isinstance(thing, list):
        made = [_without_code(one, depth + 1) for one in thing]
        return [one for one, _ in made], any(code for _, code in made)
    if not isinstance(thing, dict):
        return thing, False
    if thing.get("class_name") in CODE or thing.get("__class__") in CODE:
        return {"class": "code, not run"}, True
    pairs = {key: _without_code(one, depth + 1) for key, one in thing.items()}
    return {key: one for key, (one, _) in pairs.items()}, any(c for _, c in pairs.values())
