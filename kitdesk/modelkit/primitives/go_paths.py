"""Paths as Go's ``path/filepath`` sees them on Linux; ``/`` separates, nothing touches the disk."""

from __future__ import annotations

import posixpath


def clean(path: str) -> str:
    """Return the shortest equal path: ``""`` -> ``.``, ``./a/../b//`` -> ``b``."""
    cleaned = posixpath.normpath(path)
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def in_same_tree(base: str, path: str) -> bool:
    """Whether ``path`` is above, at or below ``base``, by kit's text test (FORMAT.md, 3.1).

    Both are cleaned. Kit asks whether the relative paths in *both* directions hold the text ``..``;
    so a name with ``..`` on the way between the two fails: a quirk kept on purpose.
    """
    if path == base:
        return True
    if base == ".":
        return ".." not in path
    if path.startswith(base + "/"):
        return ".." not in path[len(base) + 1 :]
    return base.startswith(path + "/") and ".." not in base[len(path) + 1 :]


def is_below(path: str, folder: str) -> bool:
    """Whether ``path`` is ``folder`` or lies below it; both cleaned."""
    return folder == "." or path == folder or path.startswith(folder + "/")


def is_outside(path: str) -> bool:
    """Whether a cleaned path leaves the project folder."""
    return path == ".." or path.startswith(("../", "/"))


_GO_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def go_strip(text: str) -> str:
    """Strip what Go's ``strings.TrimSpace`` strips."""
    if text and " " < text[0] < "\x7f" and " " < text[-1] < "\x7f":
        return text  # asked for every path of a project
    return text.strip(_GO_SPACE)
