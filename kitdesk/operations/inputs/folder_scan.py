"""A look at a folder that has no Kitfile: what each file is, and what no kit wants."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.errors import DiskFailure
from kitdesk.modelkit.kitfile import known_paths
from kitdesk.modelkit.kitfile.file_kinds import is_model_folder, kind_of
from kitdesk.modelkit.kitfile.known_paths import KnownPath, PathKind
from kitdesk.modelkit.layers import git_ignore
from kitdesk.modelkit.layers.file_tree import FileTree
from kitdesk.modelkit.layers.ignore import IMPLIED, Ignore
from kitdesk.modelkit.tar.member import FileEntry, UnsupportedEntry
from kitdesk.progress import Progress, Report, silent

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.modelkit.kitfile.model import LayerKind

_GIT = KnownPath(PathKind.IGNORED, "git ignores it", by_name=False)
_LINK = KnownPath(PathKind.LINK, "a link, and kit packs none: put the file itself here", False)
_SPECIAL = KnownPath(PathKind.OTHER, "neither a file nor a folder", by_name=False)
_NAME = KnownPath(PathKind.OTHER, "a layer cannot hold its name: rename it", by_name=False)
_HIDDEN = KnownPath(PathKind.OTHER, "hidden: name it in the Kitfile if it belongs in", False)


class ScannedFile(NamedTuple):
    """A file that a layer may take."""

    path: str
    size: int
    kind: LayerKind | None
    """None: nobody can say."""
    model_folder: str = ""
    """The folder that is one model, which it is part of."""


@dataclass(slots=True)
class ExcludedPath:
    """A file or folder that the proposal leaves out."""

    path: str
    """A folder ends with ``/`` and stands for what is left out below it."""
    known: KnownPath
    size: int = 0
    """Bytes of the files it stands for."""
    files: list[str] = field(default_factory=list)
    """Of a folder that was looked through: the files left out, one by one."""
    kept: bool = False
    """Whether a file below it is proposed all the same."""


class TokenPlace(NamedTuple):
    """Where a token stands in a file that may be packed."""

    path: str
    line: int
    owner: str


class FolderScan:
    """What lies in ``folder``; made by :meth:`run`, which lists every file once."""

    def __init__(self, folder: Path, ignore: Ignore, report: Report = silent) -> None:
        self.files: list[ScannedFile] = []
        self.excluded: list[ExcludedPath] = []
        self.tokens: list[TokenPlace] = []
        self._folder = folder
        self._ignore = ignore
        self._git = git_ignore.GitIgnore()
        self._report = report
        self._tree = FileTree(folder, keep=False)
        self._seen = 0
        self._model_folder = ""
        """Of the folder that is being entered; empty outside of one."""

    def run(self) -> None:
        """Look. Raises FolderGone, and what ``report`` raises."""
        self._enter("", self._tree.children(""), None)

    def _enter(
        self,
        folder: str,
        children: tuple[FileEntry | UnsupportedEntry, ...],
        inside: ExcludedPath | None,
    ) -> None:
        self._seen += len(children)
        self._report(Progress("looking at the folder", self._seen))
        for found in children:
            if found.path.rpartition("/")[2] == git_ignore.NAME and isinstance(found, FileEntry):
                self._git.add(folder, self._head(found.path, git_ignore.MAX_BYTES))
        for found in children:
            if found.path in IMPLIED:
                continue
            if isinstance(found, UnsupportedEntry):
                known = _LINK if found.is_link else _SPECIAL
                self._exclude(found.path, self._ignored(found.path) or known, 0)
            elif found.is_dir:
                self._folder_found(found.path, inside)
            else:
                self._file_found(found, inside)

    def _folder_found(self, path: str, inside: ExcludedPath | None) -> None:
        name = path.rpartition("/")[2]
        known = self._ignored(path) or _bad_name(path) or known_paths.known_folder(name)
        children: tuple[FileEntry | UnsupportedEntry, ...] = ()
        names: set[str] = set()
        if known is None or _may_hold_results(known):
            try:
                children = self._tree.children(path)
            except DiskFailure as error:
                self._exclude(f"{path}/", KnownPath(PathKind.OTHER, error.title, False), 0)
                return
            names = {one.path.rpartition("/")[2] for one in children}
            known = self._told_by_content(path, name, names) or known
        if known is None and self._git.ignores(path, is_dir=True):
            known = _GIT
        if known is None and name.startswith("."):
            known = _HIDDEN
        results = known is None or _may_hold_results(known)
        if results and not self._model_folder and is_model_folder(names):
            self._model_folder = path
            self._enter(path, children, None)
            self._model_folder = ""
        elif known is None:
            self._enter(path, children, inside)
        elif not results or (self._model_folder and known.kind is PathKind.LOG):
            self._exclude(f"{path}/", known, self._size_of(path))
        elif inside is not None:
            self._enter(path, children, inside)
        else:
            group = ExcludedPath(f"{path}/", known)
            self._enter(path, children, group)
            if group.files:
                self.excluded.append(group)

    def _told_by_content(self, path: str, name: str, names: set[str]) -> KnownPath | None:
        known = known_paths.known_folder(name, names)
        if known is not None and not _may_hold_results(known):
            return known
        if known_paths.CACHE_TAG in names and known_paths.is_cache_tag(
            self._head(f"{path}/{known_paths.CACHE_TAG}", 64)
        ):
            return known_paths.CACHE_FOLDER
        return None

    def _file_found(self, found: FileEntry, inside: ExcludedPath | None) -> None:
        path, size = found.path, found.size
        kind = "model" if self._model_folder else kind_of(path)
        known = self._ignored(path) or _bad_name(path) or known_paths.known_file(path)
        if known is not None and known.kind is PathKind.POINTER:
            known = self._pointer(path, known)
        small = size < known_paths.POINTER_MAX_BYTES
        if known is None and size and (small or kind in {None, "code", "docs"}):
            head = self._head(path, known_paths.HEAD_BYTES)
            known = known_paths.known_content(head, size)
            token = known_paths.token_in(head) if known is None else None
            if token is not None:
                self.tokens.append(TokenPlace(path, token.line, token.owner))
        if known is None and kind not in {"model", "dataset"}:
            if inside is not None:
                inside.files.append(path)
                inside.size += size
                return
            if self._git.ignores(path, is_dir=False):
                known = _GIT
            elif path.rpartition("/")[2].startswith("."):
                known = _HIDDEN
        if known is not None:
            self._exclude(path, known, size)
            return
        if inside is not None:
            inside.kept = True
        self.files.append(ScannedFile(path, size, kind, self._model_folder))

    def _pointer(self, path: str, known: KnownPath) -> KnownPath:
        data = path.removesuffix(".dvc")
        if (self._folder / data).exists():
            return known
        reason = f"stands for {data}, which is not here: dvc pull fetches it"
        return known._replace(reason=reason)

    def _ignored(self, path: str) -> KnownPath | None:
        if not self._ignore.has_patterns or not self._ignore.matches(path):
            return None
        rule = self._ignore.rule_for(path)
        where = f", line {rule[0]}" if rule else ""
        return KnownPath(PathKind.IGNORED, f".kitignore{where}", by_name=False)

    def _exclude(self, path: str, known: KnownPath, size: int) -> None:
        self.excluded.append(ExcludedPath(path, known, size))

    def _head(self, path: str, size: int) -> bytes:
        """First bytes of a file; none when it cannot be read, which packing will tell."""
        try:
            with open(os.path.join(self._folder, path), "rb") as source:
                return source.read(size)
        except OSError:
            return b""

    def _size_of(self, path: str) -> int:
        """Bytes of all regular files below a folder; what cannot be read counts nothing."""
        total = 0
        for root, _folders, names in os.walk(os.path.join(self._folder, path)):
            self._report(Progress("looking at the folder", self._seen))
            for name in names:
                try:
                    facts = os.lstat(os.path.join(root, name))
                except OSError:
                    continue
                total += facts.st_size if stat.S_ISREG(facts.st_mode) else 0
        return total


def _may_hold_results(known: KnownPath) -> bool:
    """Whether a folder is looked through: runs, and what git ignores, hold models and data."""
    return known.kind is PathKind.LOG or known is _GIT


def _bad_name(path: str) -> KnownPath | None:
    """Kit's path test drops names with ``..``; YAML holds no other bytes than UTF-8."""
    name = path.rpartition("/")[2]
    printable = name.isprintable() and name == name.strip()
    return None if printable and ".." not in name else _NAME
