"""Which layer of a first Kitfile a file belongs to, by its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from kitdesk.modelkit.kitfile.model import LayerKind

MODEL_ENDINGS = frozenset(
    "pkl pickle joblib onnx pt pth ckpt safetensors gguf ggml h5 hdf5 keras tflite pb mlmodel "
    "llamafile bin bst ubj cbm npy npz".split()
)
DATA_ENDINGS = frozenset(
    "csv tsv parquet arrow feather jsonl ndjson tar zip gz sqlite db xlsx orc avro".split()
)
DOCS_ENDINGS = frozenset("md rst txt pdf adoc".split())
CODE_ENDINGS = frozenset(
    (
        "py ipynb r jl scala java go rs c cpp h hpp js ts sh sql toml cfg ini yaml yml json lock"
    ).split()
)
MEDIA_ENDINGS = frozenset(
    "png jpg jpeg webp bmp tif tiff gif svg wav mp3 flac ogg m4a mp4 avi mov mkv dcm".split()
)
"""Pictures, sound and film: data, but where documents are they illustrate them."""
DOC_NAMES = re.compile(r"(?i)^(readme|license|licence|changelog|notice|contributing)")
CODE_NAMES = re.compile(r"(?i)^(requirements.*\.txt|dockerfile|makefile)$")
_DOC_FOLDERS = frozenset("docs doc assets images img figures figs plots screenshots".split())


_WEIGHTS = frozenset(
    (
        "model.safetensors model.safetensors.index.json pytorch_model.bin "
        "pytorch_model.bin.index.json tf_model.h5 flax_model.msgpack"
    ).split()
)


def is_model_folder(names: Collection[str]) -> bool:
    """Whether a folder that holds these names is one model, of which no file is left apart.

    MLflow (``MLmodel``), TensorFlow's SavedModel, Hugging Face (a configuration beside weights,
    whole or in shards), PEFT adapters, sentence-transformers and diffusers.
    """
    found = set(names)
    return bool(
        found & {"MLmodel", "saved_model.pb", "saved_model.pbtxt", "model_index.json"}
        or ("config.json" in found and found & _WEIGHTS)
        or (
            "adapter_config.json" in found
            and found & {"adapter_model.safetensors", "adapter_model.bin"}
        )
        or {"modules.json", "config_sentence_transformers.json"} <= found
    )


def kind_of(path: str) -> LayerKind | None:
    """Layer kind of a file by its project-relative path, None when nobody can say."""
    top, _, rest = path.partition("/")
    name = path.rpartition("/")[2]
    ending = name.rpartition(".")[2].lower()
    if CODE_NAMES.match(name):
        return "code"
    if DOC_NAMES.match(name) or ending in DOCS_ENDINGS:
        return "docs"
    if ending in MODEL_ENDINGS:
        return "model"
    if ending in DATA_ENDINGS:
        return "dataset"
    if ending in MEDIA_ENDINGS:
        return "dataset" if rest and top.lower() not in _DOC_FOLDERS else "docs"
    return "code" if ending in CODE_ENDINGS else None
