"""What a person may write where a version is wanted, and which place it names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kitdesk.errors import BadReference
from kitdesk.modelkit.primitives.digest import is_digest
from kitdesk.modelkit.primitives.reference import Reference, parse
from kitdesk.modelkit.primitives.typed_path import typed_path

OCI = "oci:"


@dataclass(frozen=True, slots=True)
class FolderAddress:
    """A version in a folder that holds an OCI image layout: ``oci:PATH:TAG``."""

    path: Path
    tag: str

    @property
    def text(self) -> str:
        """As it is written."""
        return f"{OCI}{self.path}:{self.tag}" if self.tag else f"{OCI}{self.path}"


Address = Reference | FolderAddress
Place = Literal["any", "local", "remote"]


@dataclass(frozen=True, slots=True)
class VersionSide:
    """A version as one side of a comparison, or what a verb works on."""

    address: Address
    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class FolderSide:
    """A project folder as one side of a comparison."""

    path: Path
    text: str


Side = VersionSide | FolderSide


def parse_address(text: str) -> Address:
    """A reference, or ``oci:PATH[:TAG]``; raises BadReference."""
    if not text.startswith(OCI):
        return parse(text)
    rest = text.removeprefix(OCI)
    path, _, tag = rest.rpartition(":")
    if not path or os.sep in tag or "/" in tag:
        path, tag = rest, ""
    if "@" in path:
        base, _, digest = rest.partition("@")
        if is_digest(digest):
            return FolderAddress(typed_path(base).absolute(), digest)
    if not path:
        raise BadReference(f"“{text}” names no folder.", "Write oci:PATH:TAG.")
    return FolderAddress(typed_path(path).absolute(), tag)


def parse_side(text: str) -> Side:
    """A folder, REF, ``local://REF``, ``remote://REF`` or ``oci:PATH:TAG``.

    What exists as a folder is one; a plain name that is both is a folder when it is written as a
    path (``./name``) or holds a Kitfile.
    """
    for place in ("local", "remote"):
        if text.startswith(f"{place}://"):
            rest = text.removeprefix(f"{place}://")
            return VersionSide(parse(rest), place, text)
    if text.startswith(OCI):
        return VersionSide(parse_address(text), "any", text)
    path = Path(text)
    looks_like_path = text in {".", ".."} or text.startswith((".", "/", "~")) or os.sep in text
    if path.is_dir() and (looks_like_path or any(path.glob("[Kk]itfile"))):
        return FolderSide(path.absolute(), text)
    try:
        return VersionSide(parse(text), "any", text)
    except BadReference:
        if path.is_dir():
            return FolderSide(path.absolute(), text)
        raise


def name_of(repository: str, tag: str) -> str:
    """Reference text of a stored repository and tag (or digest), as kit shows it."""
    registry, _, rest = repository.partition("/")
    reference = Reference(registry, rest)
    return (reference.with_digest(tag) if is_digest(tag) else reference.with_tag(tag)).display


def reference_of(repository: str, tag: str = "", digest: str = "") -> Reference:
    """Reference of a stored repository."""
    registry, _, rest = repository.partition("/")
    return Reference(registry, rest, tag, digest)
