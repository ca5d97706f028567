"""What of a project folder is gone or cannot be read, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kitdesk.compare.values import UNREAD, FileChange
from kitdesk.errors import NotFound
from kitdesk.modelkit.primitives.go_paths import clean, is_below

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitdesk.errors import KitDeskError
    from kitdesk.modelkit.kitfile.model import Entry

MISSING = "missing from the folder"
NOUNS = {
    "model": "The model file",
    "modelpart": "A part of the model",
    "code": "Code",
    "dataset": "A dataset",
    "docs": "A document",
    "prompt": "A prompt",
}


@dataclass(slots=True)
class FolderProblems:
    """Gathered while the folder is read; every reading of a folder lives with them."""

    kitfile: tuple[KitDeskError, ...] = ()
    """What is wrong with the Kitfile, ``.kitignore`` or the kits that the model refers to."""
    layers: list[tuple[Entry, KitDeskError]] = field(default_factory=list)
    """Entries of the Kitfile whose path is gone or cannot be listed."""
    files: list[tuple[str, KitDeskError]] = field(default_factory=list)
    """Files that are there and could not be read."""

    def skip_layer(self, entry: Entry, error: KitDeskError) -> None:
        """Note a layer that has no files now."""
        self.layers.append((entry, error))

    def skip_file(self, path: str, error: KitDeskError) -> None:
        """Note a file without known bytes."""
        self.files.append((path, error))

    @property
    def all(self) -> tuple[KitDeskError, ...]:
        """Each is a reason why packing would fail now; the Kitfile's come first."""
        layers = (error for _, error in self.layers)
        return (*self.kitfile, *layers, *(error for _, error in self.files))

    @property
    def missing(self) -> tuple[str, ...]:
        """Paths that the Kitfile names and that are gone."""
        return tuple(clean(one.path) for one, error in self.layers if isinstance(error, NotFound))

    def headline(self) -> str:
        """``The model file is missing, and the Kitfile cannot be read.``; "" where nothing is."""
        said = []
        gone = [one for one, error in self.layers if isinstance(error, NotFound)]
        if len(gone) == 1:
            said.append(f"{NOUNS.get(gone[0].kind, 'A path')} is missing")
        elif gone:
            said.append(f"{len(gone):,} paths of the Kitfile are missing")
        if self.kitfile:
            no_kitfile = isinstance(self.kitfile[0], NotFound)
            said.append("the Kitfile is missing" if no_kitfile else "the Kitfile cannot be read")
        unread = len(self.files) + len(self.layers) - len(gone)
        if unread:
            said.append(f"{unread:,} {'path' if unread == 1 else 'paths'} could not be read")
        text = ", and ".join(said)
        return f"{text[0].upper()}{text[1:]}." if text else ""


def with_words(changes: Iterable[FileChange], missing: tuple[str, ...]) -> tuple[FileChange, ...]:
    """The changes of a folder (at the right) with words for what is gone or could not be read."""
    return tuple(_with_words(one, missing) for one in changes)


def _with_words(change: FileChange, missing: tuple[str, ...]) -> FileChange:
    if change.right is None and any(
        change.path == base or is_below(change.path, base) for base in missing
    ):
        return replace(change, words=MISSING)
    if change.right is not None and change.right.sha256 == UNREAD:
        return replace(change, words="could not be read")
    return change
