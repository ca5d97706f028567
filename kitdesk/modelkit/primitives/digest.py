"""Digests: what names a blob in an OCI store (OCI image specification, descriptors)."""

from __future__ import annotations

import hashlib
import re

_DIGEST = re.compile(r"(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})")


def of_bytes(data: bytes) -> str:
    """SHA-256 of ``data`` as ``sha256:<64 lower-case hex>``."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def is_digest(text: str) -> bool:
    """Whether ``text`` is a whole digest: sha256, sha384 or sha512, lower-case hex."""
    return _DIGEST.fullmatch(text) is not None


def hex_of(digest: str) -> str:
    """Return the part after the colon: the name of the blob's file below ``blobs/<algorithm>``."""
    return digest.partition(":")[2]


def short(digest: str) -> str:
    """Return the first eight hex characters, for the eye; the whole text if it is no digest."""
    return (hex_of(digest) or digest)[:8]
