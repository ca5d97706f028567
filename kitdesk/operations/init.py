"""scan: propose a first Kitfile for a folder that has none."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.changes import Changes, Topic
from kitdesk.errors import Conflict, NotFound
from kitdesk.modelkit.kitfile import editing
from kitdesk.modelkit.kitfile import loader as kitfiles
from kitdesk.operations.check import SKIPPED
from kitdesk.operations.inputs.project import folder_of
from kitdesk.services.disk.files import os_errors_as, write_atomically

if TYPE_CHECKING:
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
    "py ipynb r jl scala java go rs c cpp h hpp js ts sh sql toml cfg ini yaml yml json".split()
)
DOC_NAMES = re.compile(r"(?i)^(readme|license|licence|changelog|notice|contributing)")
CODE_NAMES = re.compile(r"(?i)^(requirements.*\.txt|dockerfile|makefile)$")
MAX_FILES = 20_000
MANY = 3
"""A folder with at least so many files of one kind becomes one layer."""


def kind_of(name: str) -> LayerKind | None:
    """Layer kind of a file by its name, None when nobody can say."""
    ending = name.rpartition(".")[2].lower()
    if CODE_NAMES.match(name):
        return "code"
    if DOC_NAMES.match(name) or ending in DOCS_ENDINGS:
        return "docs"
    if ending in MODEL_ENDINGS:
        return "model"
    if ending in DATA_ENDINGS:
        return "dataset"
    return "code" if ending in CODE_ENDINGS else None


def scan(folder: Path) -> str:
    """Text of a first Kitfile. Raises FolderGone, NotFound when there is nothing to pack."""
    folder = folder_of(folder)
    found: dict[LayerKind, list[tuple[str, int]]] = {}
    with os_errors_as("reading the folder"):
        for path, size in _files(folder):
            kind = kind_of(path.rpartition("/")[2])
            if kind is not None:
                found.setdefault(kind, []).append((path, size))
    entries: list[tuple[LayerKind, str]] = []
    models = sorted(found.get("model", []), key=lambda one: -one[1])
    for number, (path, _) in enumerate(models):
        entries.append(("modelpart" if number else "model", path))
    others: tuple[LayerKind, ...] = ("code", "dataset", "docs")
    for other in others:
        paths = [path for path, _ in found.get(other, [])]
        entries += [(other, path) for path in _gathered(paths)]
    if not entries:
        raise NotFound(
            f"There is nothing to pack in {folder.name} yet.",
            "Put a model, data or code into it first.",
        )
    return editing.starter(_name(folder), entries)


def make_kitfile(folder: Path) -> tuple[Path, Changes]:
    """Write the first Kitfile; raises Conflict when there is one."""
    folder = folder_of(folder)
    if kitfiles.find(folder) is not None:
        raise Conflict(f"{folder.name} has a Kitfile already.", "Edit that one.")
    text = scan(folder)
    with os_errors_as("writing the Kitfile"):
        write_atomically(folder / "Kitfile", text.encode())
    return folder / "Kitfile", Changes(Topic.KITFILE | Topic.FOLDER)


def _name(folder: Path) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", folder.name.lower()).strip("-._") or "project"


def _files(folder: Path) -> list[tuple[str, int]]:
    result: list[tuple[str, int]] = []
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(n for n in folders if n not in SKIPPED and not n.startswith("."))
        base = os.path.relpath(root, folder).replace(os.sep, "/")
        prefix = "" if base == "." else f"{base}/"
        for name in sorted(names):
            path = Path(root, name)
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                result.append((prefix + name, path.lstat().st_size))
        if len(result) > MAX_FILES:
            break
    return result


def _gathered(paths: list[str]) -> list[str]:
    """Files of one kind: a folder that holds many of them stands for all."""
    tops: dict[str, list[str]] = {}
    for path in paths:
        top, _, rest = path.partition("/")
        tops.setdefault(top if rest else "", []).append(path)
    result = list(tops.pop("", []))
    for top, inner in tops.items():
        result += [top] if len(inner) >= MANY else inner
    return result
