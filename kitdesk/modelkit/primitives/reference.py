"""References: how a version in a registry or in the local store is named (FORMAT.md, 8)."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kitdesk.errors import BadReference
from kitdesk.modelkit.primitives import digest as digests

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_REGISTRY = "localhost"
DEFAULT_REPOSITORY = "_"
LATEST = "latest"

_PART = r"[a-z0-9]++(?:(?:__|[._]|-++)[a-z0-9]++)*+"
_REPOSITORY = re.compile(rf"{_PART}(?:/{_PART})*+")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_HOST = re.compile(r"[^\x00-\x20\x7f#%/?@\\^`{|}]+")
_ALPHANUMERIC = re.compile(r"[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Reference:
    """A repository with a tag, a digest or neither; never with both."""

    registry: str
    """Host with its port if there is one; ``localhost`` when none was written."""
    repository: str
    tag: str = ""
    digest: str = ""
    extra_tags: tuple[str, ...] = ()
    """Further tags after commas, as written: kit does not check them, whoever writes must."""

    @property
    def name(self) -> str:
        """``registry/repository``: the key of the repository in the store."""
        return posixpath.normpath(f"{self.registry}/{self.repository}")

    @property
    def display(self) -> str:
        """As kit shows it: without the default registry and repository (FORMAT.md, 8)."""
        suffix = f"@{self.digest}" if self.digest else f":{self.tag}" if self.tag else ""
        text = f"{self.registry}/{self.repository}{suffix}".removeprefix(DEFAULT_REGISTRY + "/")
        return text.removeprefix(DEFAULT_REPOSITORY).removeprefix("@")

    def with_tag(self, tag: str) -> Reference:
        """Return the same repository at ``tag`` alone."""
        return replace(self, tag=tag, digest="", extra_tags=())

    def with_digest(self, digest: str) -> Reference:
        """Return the same repository at ``digest`` alone."""
        return replace(self, tag="", digest=digest, extra_tags=())

    def or_latest(self) -> Reference:
        """Return itself, with the tag ``latest`` if it names neither tag nor digest."""
        return self if self.tag or self.digest else replace(self, tag=LATEST)


def parse(text: str) -> Reference:
    """Read a reference as kit 1.11 reads it; raises BadReference with the reason and a way on."""
    try:
        return _parse(text)
    except BadReference as error:
        for candidate in _near(text):
            try:
                _parse(candidate)
            except BadReference:
                continue
            error.hint = f"Did you mean “{candidate}”?"
            break
        raise


def tag_problem(tag: str) -> str | None:
    """Say in one sentence why ``tag`` is illegal (OCI distribution specification), else None."""
    if _TAG.fullmatch(tag):
        return None
    if not tag:
        return "A tag must not be empty."
    if tag[0] in ".-":
        return f"A tag must start with a letter, a digit or “_”, not with “{tag[0]}”."
    for character in tag:
        if not re.fullmatch(r"[A-Za-z0-9_.-]", character):
            shown = "a blank" if character.isspace() else f"“{character}”"
            return f"A tag may hold letters, digits, “_”, “.” and “-” only, not {shown}."
    return f"A tag may have at most 128 characters; this one has {len(tag)}."


def is_modelkit_reference(text: str) -> bool:
    """Whether ``model.path`` with this text names another ModelKit (FORMAT.md, 8)."""
    if ":" not in text and "@" not in text:
        return False
    try:
        _parse(text)
    except BadReference:
        return False
    return True


def _parse(text: str) -> Reference:
    if digests.is_digest(text):
        return Reference(DEFAULT_REGISTRY, DEFAULT_REPOSITORY, digest=text)
    first, *extra = text.split(",")
    registry, slash, rest = first.partition("/")
    if not slash or not (":" in registry or "." in registry):
        registry, rest = DEFAULT_REGISTRY, first
    repository, at, digest = rest.partition("@")
    tag = ""
    has_tag = False
    if at:
        repository = repository.partition(":")[0]
    else:
        repository, colon, tag = rest.partition(":")
        has_tag = bool(colon)
    _check_repository(repository, registry)
    if at and not digests.is_digest(digest):
        raise BadReference(
            f"“{digest}” is not a digest.", "A digest is “sha256:” and 64 hexadecimal characters."
        )
    if has_tag and (problem := tag_problem(tag)):
        raise BadReference(problem, "Choose another tag, such as “v1.0.0”.")
    return Reference(registry, repository, tag, digest, tuple(extra))


def _check_repository(repository: str, registry: str) -> None:
    if repository.lower() != repository:
        raise BadReference(
            f"The repository “{repository}” has capital letters.", "Write it in lower case."
        )
    if not _ALPHANUMERIC.search(repository):
        raise BadReference(
            f"The repository “{repository}” has no letter or digit."
            if repository
            else "The reference names no repository.",
            "Write it like “registry.example/team/model:v1”.",
        )
    if not _is_host(registry):
        raise BadReference(
            f"“{registry}” is not the address of a registry.",
            "Write it like “registry.example:5000/team/model:v1”.",
        )
    if not _REPOSITORY.fullmatch(repository):
        raise BadReference(
            f"“{repository}” is not a legal repository name.",
            "Use lower-case letters and digits, joined by single “.”, “_”, “-” or “/”.",
        )


def _is_host(text: str) -> bool:
    """Whether Go's URL parser takes ``text`` whole as a host with an optional port."""
    if not _HOST.fullmatch(text):
        return False
    if text.startswith("["):
        import ipaddress

        address, bracket, port = text[1:].partition("]")
        try:
            ipaddress.IPv6Address(address)
        except ValueError:
            return False
        return bool(bracket) and re.fullmatch(r"(?::[0-9]*)?", port) is not None
    return re.fullmatch(r"[^:]*(?::[0-9]*)?", text) is not None


def _near(text: str) -> Iterator[str]:
    """Yield spellings that a person may have meant, the likeliest first."""
    plain = re.sub(r"^[A-Za-z][A-Za-z0-9+]*://", "", text.strip())
    plain = ",".join(part.strip() for part in plain.split(",")).rstrip("/:@,")
    yield plain
    head, slash, tail = plain.rpartition("/")
    name, colon, tag = tail.partition(":")
    low = head + slash + name
    registry, first_slash, rest = low.partition("/")
    if first_slash and ("." in registry or ":" in registry):
        low = registry + first_slash + rest.lower()
    else:
        low = low.lower()
    yield low + colon + tag
    if "@" in plain:
        return
    tidy = re.sub(r"[^a-z0-9._/:\[\]-]+", "-", low)
    tidy = re.sub(r"/{2,}", "/", tidy).strip("/.-_")
    yield tidy + colon + tag
    yield tidy + colon + re.sub(r"[^A-Za-z0-9_.-]+", "-", tag.strip()).lstrip(".-")[:128]
