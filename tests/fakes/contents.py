"""Contents as the readers make them of the golden pairs, shown in a window as a real one would."""

from __future__ import annotations

import gc
import tempfile
import warnings
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.differ import differ
from kitdesk.compare.content.model import Context
from kitdesk.compare.content.picture import Picture, decode_picture
from kitdesk.compare.content.source import Budget, FileBytes
from kitdesk.compare.row_words import row_words
from kitdesk.compare.values import FileKind
from kitdesk.services.aside import Aside
from tests.compare.content.golden import ROOT, expected_of, file_of
from tests.fakes import boards, samples
from tests.golden.content.materialise import build

if TYPE_CHECKING:
    from kitdesk.compare.content.result import Content
    from kitdesk.session.state.workspace import Workspace

NATIVE = ("image", "parquet", "arrow", "hdf5", "keras")
"""Golden types that are decoded in the child process."""
LAYERS = {
    "table": "dataset", "database": "dataset", "tensors": "model", "object": "model",
    "graph": "model", "trees": "model", "image": "docs", "text": "code", "notebook": "code",
}  # fmt: skip


@cache
def golden(name: str, *, swapped: bool = False, key: tuple[str, ...] | None = None) -> Content:
    """What differs in a golden pair, ``csv/basic``; a hostile file stands on both sides."""
    with tempfile.TemporaryDirectory() as folder:
        return _compared(name, files_of(name, Path(folder)), swapped=swapped, key=key)


def path_of(name: str) -> str:
    """Where the file of a golden pair lies in its project."""
    return str(expected_of(ROOT / name)["path"])


def files_of(name: str, folder: Path) -> tuple[Path | None, Path | None]:
    """Both files of a golden pair, None where a side has none."""
    case, path = ROOT / name, path_of(name)
    if case.parent.name == "hostile":
        build(case, folder / "left", folder / "right")
        return folder / "left" / path, folder / "right" / path
    return file_of(case, "before", path), file_of(case, "after", path)


def compared(left: Path | None, right: Path | None, path: str, **wishes: Any) -> Content:
    """What differs between two files of the disk."""
    sides = [FileBytes(one) if one else None for one in (left, right)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # copies of databases, left to gc
        try:
            return differ(sides[0], path, sides[1], path, Budget(), **wishes)
        finally:
            for side in sides:
                if side is not None:
                    side.close()
            gc.collect()


def _compared(
    name: str, files: tuple[Path | None, Path | None], *, swapped: bool, key: tuple[str, ...] | None
) -> Content:
    left, right = reversed(files) if swapped else files
    if name.partition("/")[0] not in NATIVE:
        return compared(left, right, path_of(name), key=key)
    with Aside() as aside:
        return compared(left, right, path_of(name), key=key, decoder=aside)


def decoded(left: Path | None, right: Path | None) -> tuple[Picture | None, Picture | None]:
    """The pixels of two images, from the child process."""
    found: list[Picture | None] = []
    with Aside() as aside:
        for path in (left, right):
            if path is None:
                found.append(None)
                continue
            side = FileBytes(path)
            context = Context(Budget(), aside)
            found.append(decode_picture(side, context))
            side.close()
    return found[0], found[1]


@cache
def pictures(name: str) -> tuple[Picture | None, Picture | None]:
    """The pixels of a golden pair of images."""
    with tempfile.TemporaryDirectory() as folder:
        return decoded(*files_of(name, Path(folder)))


def shown(
    content: Content,
    path: str,
    sizes: tuple[int | None, int | None] = (41_200, 41_300),
    **values: Any,
) -> Workspace:
    """The window with a file chosen whose content is this one."""
    old, new = sizes
    kind = FileKind.CHANGED
    if content.formats[0] is None or content.formats[1] is None:
        added = content.formats[0] is None
        kind = FileKind.ADDED if added else FileKind.REMOVED
        old, new = (None, new) if added else (old, None)
    change = samples.changed(
        path,
        kind,
        (old, "7d20c95e") if old is not None else None,
        (new, "b19f04d3") if new is not None else None,
        LAYERS.get(content.kind, ""),
        row_words(content),
    )
    others = samples.FILES[4:]
    comparison = replace(
        samples.COMPARISON, files=(change, *others), sentences=samples.SENTENCES[1:2]
    )
    facts: dict[str, Any] = {"comparison": comparison, "file": path, "content": content}
    return boards.home(**{**facts, **values})


def board(name: str, **values: Any) -> Workspace:
    """The window on a golden pair, its sizes those of its files."""
    with tempfile.TemporaryDirectory() as folder:
        found = [one.stat().st_size if one else None for one in files_of(name, Path(folder))]
    if name.startswith("image/"):
        values.setdefault("pictures", pictures(name))
    return shown(golden(name), path_of(name), (found[0], found[1]), **values)
