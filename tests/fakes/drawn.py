"""Contents as large as those of the drawings: a fine-tuned encoder, a table cut short, a chart."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from kitdesk.compare.content.parts import ImportsDiff
from kitdesk.compare.content.result import (
    Content,
    Delta,
    Limit,
    TensorChange,
    TensorFacts,
    TensorsDiff,
)
from kitdesk.services.aside import Aside
from tests.fakes import boards, contents
from tests.fakes.samples import RC, V2

if TYPE_CHECKING:
    from kitdesk.session.state.workspace import Workspace

LAYER = {
    "ffn.lin2.weight": (768, 3072), "ffn.lin1.weight": (3072, 768),
    "attention.v_lin.weight": (768, 768), "attention.q_lin.weight": (768, 768),
    "attention.k_lin.weight": (768, 768), "attention.out_lin.weight": (768, 768),
    "ffn.lin1.bias": (3072,), "ffn.lin2.bias": (768,), "attention.v_lin.bias": (768,),
    "attention.q_lin.bias": (768,), "attention.k_lin.bias": (768,),
    "attention.out_lin.bias": (768,), "sa_layer_norm.weight": (768,), "sa_layer_norm.bias": (768,),
    "output_layer_norm.weight": (768,), "output_layer_norm.bias": (768,),
}  # fmt: skip
"""Tensors of one layer of the encoder with their shapes."""
MEANS = {5: 0.00312, 4: 0.00201, 3: 0.00102, 2: 0.00041}


def _elements(shape: tuple[int, ...]) -> int:
    product = 1
    for one in shape:
        product *= one
    return product


def encoder() -> Content:
    """65 of 106 tensors changed, 2 renamed, 1 added: the drawing 14-tensors."""
    changes = [
        TensorChange(
            "classifier.weight", "M",
            TensorFacts("float32", (3, 768)), TensorFacts("float32", (5, 768)),
        ),
        TensorChange("classifier.temperature", "A", None, TensorFacts("float32", (1,))),
    ]  # fmt: skip
    for layer, mean in MEANS.items():
        for at, (name, shape) in enumerate(LAYER.items()):
            facts, elements = TensorFacts("float32", shape), _elements(shape)
            here = mean * 0.86**at
            changed = elements if at > 9 else elements * 999 // 1000
            delta = Delta(elements, changed, here, here * 59, 0.999)
            changes.append(
                TensorChange(f"transformer.layer.{layer}.{name}", "M", facts, facts, delta)
            )
    for name, shape in (("weight", (768, 768)), ("bias", (768,))):
        facts = TensorFacts("float32", shape)
        changes.append(
            TensorChange(f"pre_classifier.{name}", "M", facts, facts, None, f"head.dense.{name}")
        )
    diff = TensorsDiff(106, 107, 1, 0, 65, 2, 38, (66_955_779, 66_957_316), tuple(changes))
    summary = "65 of 107 tensors changed; 1 tensor added; 2 tensors renamed; 67 M parameters"
    return Content("tensors", ("safetensors", "safetensors"), summary, False, parts=(diff,))


def tensors() -> Workspace:
    """The drawing 14-tensors."""
    path = "saved_model/model.safetensors"
    return contents.shown(encoder(), path, (268_000_000, 268_000_000))


def remote_tensors() -> Workspace:
    """Values that lie in a registry and were not fetched."""
    limit = Limit("remote", "The values lie in a registry and were not fetched.")
    content = replace(encoder(), limits=(limit,))
    path = "saved_model/model.safetensors"
    sizes = (268_000_000, 96_000_000)
    return contents.shown(content, path, sizes, before=V2, after=RC)


def partly_read() -> Workspace:
    """The drawing 14-table-keyed: a quote is never closed."""
    limit = Limit("damaged", "a quote is never closed from line 1,843 on: 1.2 kB are no rows")
    content = replace(contents.golden("csv/basic"), limits=(limit,))
    return contents.shown(content, "datasets/users.csv")


def dangerous() -> Workspace:
    """The drawing 14-object: a pipeline that asks to run a command."""
    content = contents.golden("joblib/pipeline")
    parts = tuple(
        replace(
            one, right=(*one.right, "posix.system"), dangerous=("posix.system",)
        )
        if isinstance(one, ImportsDiff)
        else one
        for one in content.parts
    )  # fmt: skip
    summary = f"asks for posix.system; {content.summary}"
    changed = replace(content, parts=parts, summary=summary)
    return contents.shown(changed, "saved_model/pipeline.joblib", (2_980_000, 3_920_000))


def chart(path: Path, last: int) -> Path:
    """A chart as an analyst would save it: white in both schemes, the ground clear at the left."""
    image = Image.new("RGBA", (640, 360), "white")
    pen = ImageDraw.Draw(image)
    errors = (1.31, 1.18, 1.08, 1.02, 0.98, 0.965, 0.941)
    points = [(56 + 92 * at, 312 - 544 * (error - 0.9)) for at, error in enumerate(errors)]
    for level in range(6):
        y = 312 - 54.4 * level
        pen.line(((56, y), (612, y)), fill="lightgrey")
        pen.text((24, y - 6), f"{0.9 + level / 10:.1f}", fill="dimgrey")
    pen.line(points[: last + 1], fill="steelblue", width=3)
    for x, y in points[: last + 1]:
        pen.ellipse((x - 4, y - 4, x + 4, y + 4), fill="steelblue")
    pen.text((56, 14), "RMSE on held-out ratings", fill="black")
    image.paste((0, 0, 0, 0), (0, 0, 20, 360))
    image.save(path)
    return path


@cache
def _chart() -> tuple[Content, tuple[object, object]]:
    with tempfile.TemporaryDirectory() as folder:
        old, new = chart(Path(folder) / "old.png", 5), chart(Path(folder) / "new.png", 6)
        with Aside() as aside:
            content = contents.compared(old, new, "docs/rmse.png", decoder=aside)
        return content, contents.decoded(old, new)


def image() -> Workspace:
    """The drawing 14-image."""
    content, pictures = _chart()
    return contents.shown(content, "docs/rmse.png", (12_000, 12_400), pictures=pictures)


def loading() -> Workspace:
    """A file is chosen and not read yet."""
    return boards.home(content=None, content_loading=True)
