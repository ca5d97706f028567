"""Addresses of git repositories as they may be told to others: no secrets, no places on a disk."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

_SCHEMES = frozenset(("http", "https", "ssh", "git", "git+ssh", "git+https"))
_SCP = re.compile(r"(?:[A-Za-z0-9._-]{1,64}@)?([A-Za-z0-9.-]{1,253}):(?!/)([^\s:?#]{1,400})")
"""``git@host:group/name.git``, as ssh's copy writes it."""
_LONGEST = 500


def public_url(text: str) -> str:
    """The address without user, password, query and fragment; "" for anything that is no address
    of a server (a path, ``file://``, a Windows drive).
    """
    text = text.strip()
    if not text or len(text) > _LONGEST or not text.isprintable() or "\\" in text:
        return ""
    if "://" not in text:
        found = _SCP.fullmatch(text)
        return f"ssh://{found[1]}/{found[2]}" if found and len(found[1]) > 1 else ""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in _SCHEMES or not host:
        return ""
    host = f"[{host}]" if ":" in host else host
    place = f"{host}:{port}" if port else host
    return urlunsplit((parts.scheme.lower(), place, parts.path, "", ""))
