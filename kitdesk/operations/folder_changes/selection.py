"""Which files of a version an unpack writes: filters, and the ModelKits a model refers to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from kitdesk.errors import BadModelKit
from kitdesk.modelkit.oci import config, modelpack
from kitdesk.modelkit.primitives.reference import is_modelkit_reference, parse
from kitdesk.operations.contents.placement import OverlayMapping, VersionFile
from kitdesk.operations.contents.trees import (
    KITFILE,
    VersionContents,
    add_parents,
    version_contents,
)
from kitdesk.operations.inputs.project import MAX_PARENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kitdesk.modelkit.kitfile.model import Entry
    from kitdesk.operations.contents.placement import VersionLayer
    from kitdesk.progress import Report
    from kitdesk.services.container import Services

FilterType = Literal["kitfile", "model", "datasets", "code", "docs", "prompts"]
KINDS: dict[str, FilterType] = {
    "model": "model",
    "modelpart": "model",
    "dataset": "datasets",
    "code": "code",
    "docs": "docs",
    "prompt": "prompts",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """``TYPES[:NAMES]`` of ``--filter`` (FORMAT.md, 7)."""

    types: frozenset[str]
    names: frozenset[str]

    def takes(self, entry: Entry) -> bool:
        """True if this filter wants the entry's layer."""
        if KINDS[entry.kind] not in self.types:
            return False
        return (
            not self.names
            or entry.path in self.names
            or bool(entry.name and entry.name in self.names)
        )


@dataclass(slots=True)
class UnpackSelection:
    """Files and folders to be written."""

    parts: list[Mapping[str, VersionFile | bytes]] = field(default_factory=list)
    """Files of each layer; later ones win."""
    folders: dict[str, int] = field(default_factory=dict)
    """Path -> mode; parents that no layer names are 0755."""
    twice: list[str] = field(default_factory=list)
    """Files that more than one layer holds."""
    without: set[str] = field(default_factory=set)
    """Files of the layers that are not written."""
    kitfile_of_kit: bytes = b""
    """The Kitfile as kit would write it."""

    @property
    def files(self) -> OverlayMapping[VersionFile | bytes]:
        """Path -> where its bytes are, or they themselves (the Kitfile)."""
        return OverlayMapping(self.parts, self.without)

    def leave_out(self, unwanted: Callable[[str], bool]) -> int:
        """Take files and folders away again; returns how many files."""
        self.without = {path for path in self.files if unwanted(path)}
        self.folders = {path: mode for path, mode in self.folders.items() if not unwanted(path)}
        return len(self.without)

    def take(self, part: VersionLayer) -> None:
        """Add one layer; later ones win."""
        for path, mode in part.folders.items():
            self.folders.setdefault(path, mode)
        there = self.files
        self.twice += [path for path in part.files if path in there]
        self.parts.append(part.files)


def select_files(
    tree: VersionContents, services: Services, filters: tuple[Filter, ...], report: Report
) -> UnpackSelection:
    """The referenced parents' model first, then the version's own layers, then the Kitfile."""
    chosen = UnpackSelection(kitfile_of_kit=config.to_yaml(tree.kitfile).encode())
    of_model = tuple(one for one in filters if "model" in one.types)
    if not filters or of_model:
        only = of_model or (Filter(frozenset({"model"}), frozenset()),)
        for parent in parents(tree, services, report):
            _take(chosen, parent, only)
    _take(chosen, tree, filters)
    wants_kitfile = not filters or any("kitfile" in one.types for one in filters)
    if wants_kitfile and modelpack.has_kitfile(tree.manifest) and KITFILE not in chosen.files:
        chosen.parts.append({KITFILE: tree.kitfile_text})
    add_parents(chosen.files, chosen.folders)
    add_parents(tuple(chosen.folders), chosen.folders)
    chosen.folders.pop(".", None)
    return chosen


def _take(chosen: UnpackSelection, tree: VersionContents, filters: tuple[Filter, ...]) -> None:
    for part in tree.parts:
        if not filters or (
            part.entry is not None and any(one.takes(part.entry) for one in filters)
        ):
            chosen.take(part)


def parents(tree: VersionContents, services: Services, report: Report) -> list[VersionContents]:
    """The chain of ModelKits that the model refers to, farthest first.

    Raises NotFound when one is not in the store, BadModelKit for a circle or more than 10.
    """
    chain: list[VersionContents] = []
    seen = {tree.digest}
    model = tree.kitfile.model
    while model and is_modelkit_reference(model.entry.path):
        digest = services.store.resolve(parse(model.entry.path).or_latest())
        if digest in seen or len(chain) >= MAX_PARENTS:
            raise BadModelKit(
                f"The model refers to {model.entry.path}, and that leads round or too deep.",
                f"kit follows at most {MAX_PARENTS} references.",
            )
        seen.add(digest)
        chain.append(version_contents(services, digest, report, hashed=False))
        model = chain[-1].kitfile.model
    return chain[::-1]
