"""``.gitignore`` in the words of ``.kitignore``: what git leaves out, by the engine that kit has.

Source: gitignore(5). A pattern without ``/`` before its end holds at any depth below its file, one
with ``/`` from the file's own folder; one that ends with ``/`` names folders only.
"""

from __future__ import annotations

import contextlib

from kitdesk.errors import BadIgnoreFile
from kitdesk.modelkit.layers.ignore import Ignore

NAME = ".gitignore"
MAX_BYTES = 1 << 20
MAX_PATTERNS = 1000
"""Of one file; each costs a comparison a path."""


class GitIgnore:
    """The rules of all ``.gitignore`` files read so far; add those of a folder before its files."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._ignore: Ignore | None = None

    def add(self, folder: str, data: bytes) -> None:
        """Read the bytes of the ``.gitignore`` in ``folder`` (``""``: the root).

        Lines that kit's engine cannot read are passed over.
        """
        lines = data.decode("utf-8", "replace").removeprefix("\ufeff").split("\n")
        for line in lines[:MAX_PATTERNS]:
            pattern = translate(line.removesuffix("\r"), folder)
            if pattern:
                with contextlib.suppress(BadIgnoreFile):
                    Ignore.parse(pattern.encode())
                    self._lines.append(pattern)
        self._ignore = None

    def ignores(self, path: str, *, is_dir: bool) -> bool:
        """Whether git leaves the file or folder at ``path`` out."""
        if not self._lines:
            return False
        if self._ignore is None:
            self._ignore = Ignore.parse("\n".join(self._lines).encode())
        return self._ignore.matches(f"{path}/_" if is_dir else path)


def translate(line: str, folder: str) -> str:
    """One line of a ``.gitignore`` in ``folder`` as one of ``.kitignore``; empty for none."""
    text = line if line.endswith("\\ ") else line.rstrip(" ")
    if not text or text.startswith("#"):
        return ""
    negated = text.startswith("!")
    text = text[1:] if negated else text
    text = text.removeprefix("\\") if text[:2] in {"\\#", "\\!"} else text
    only_folders = text.endswith("/")
    text = text.rstrip("/")
    if not text:
        return ""
    anchored = "/" in text
    text = text.removeprefix("/")
    pattern = text if anchored else f"**/{text}"
    if folder:
        pattern = f"{_literal(folder)}/{pattern}"
    if only_folders:
        pattern += "/**"
    return f"!{pattern}" if negated else pattern


def _literal(path: str) -> str:
    return "".join(f"\\{one}" if one in "*?[\\" else one for one in path)
