"""Logins that docker, podman and kit keep, read only and on request: no secret leaves by itself.

Docker's config.json (``auths``, ``credHelpers``, ``credsStore``) is the format of all of them
(TRANSPORT.md, 4). Helpers may ask a person or hang: each has a time limit.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kitdesk.errors import DiskFailure
from kitdesk.modelkit.primitives.json_text import BadJson, loads, loads_object
from kitdesk.services.accounts.credentials import Credential, canonical
from kitdesk.services.accounts.keyring import TOKEN_USER
from kitdesk.services.disk.regular_files import read_small

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HELPER_TIMEOUT_S = 5.0
"""Seconds that a helper may take."""
OWN = "kitdesk"
"""Name of our own helper: asking it would ask ourselves."""
MAX_FILE_BYTES = 1 << 20
"""Bytes of a configuration file or a helper's answer that are read."""


@dataclass(frozen=True, slots=True)
class ExternalLogin:
    """A login that another program keeps; its secret is not held here."""

    host: str
    """As KitDesk names it: ``docker.io`` for every name of Docker Hub."""
    user: str
    """Empty for an identity token, or where only the helper knows."""
    source: str
    """For a person: ``docker`` or ``kit``, with the helper's name."""
    file: Path
    key: str
    """How the file or helper names the registry."""
    helper: str = ""
    """Empty: the secret stands in the file."""


def places(env: Mapping[str, str], kit_home: Path) -> dict[Path, str]:
    """Files that are looked into -> whose they are."""
    home = Path(env.get("HOME") or Path.home())
    docker = Path(env.get("DOCKER_CONFIG") or home / ".docker")
    found = {kit_home / "credentials.json": "kit", docker / "config.json": "docker"}
    if env.get("XDG_RUNTIME_DIR"):
        found[Path(env["XDG_RUNTIME_DIR"]) / "containers" / "auth.json"] = "podman"
    return found


def find(env: Mapping[str, str], kit_home: Path) -> tuple[ExternalLogin, ...]:
    """Every login that could be taken over, each host and user of a source once.

    What cannot be read is left out: these files are not ours to judge.
    """
    rows: dict[tuple[str, str, str], ExternalLogin] = {}
    for path, owner in places(env, kit_home).items():
        for login in _of_file(path, owner):
            rows.setdefault((login.host, login.user, login.source), login)
    return tuple(rows.values())


def secret_of(login: ExternalLogin) -> Credential | None:
    """Read the secret now, None where it is gone meanwhile."""
    if login.helper:
        answer = _ask(login.helper, "get", login.key)
        if not isinstance(answer, dict) or not isinstance(answer.get("Secret"), str):
            return None
        user = str(answer.get("Username") or "")
        return Credential("" if user == TOKEN_USER else user, answer["Secret"])
    auths = _read(login.file).get("auths")
    return _written(auths.get(login.key)) if isinstance(auths, dict) else None


def _of_file(path: Path, owner: str) -> Iterator[ExternalLogin]:
    document = _read(path)
    auths = document.get("auths")
    for key, value in (auths if isinstance(auths, dict) else {}).items():
        found = _written(value)
        if found is not None and (host := host_of(key)):
            yield ExternalLogin(host, found.user, owner, path, key)
    helpers = document.get("credHelpers")
    for key, helper in (helpers if isinstance(helpers, dict) else {}).items():
        if isinstance(helper, str) and helper != OWN and (host := host_of(key)):
            source = f"{owner} ({helper})"
            yield ExternalLogin(host, "", source, path, key, helper)
    store = document.get("credsStore")
    if isinstance(store, str) and store and store != OWN:
        listed = _ask(store, "list", "")
        for key, name in (listed if isinstance(listed, dict) else {}).items():
            if host := host_of(key):
                user = "" if name == TOKEN_USER else str(name)
                yield ExternalLogin(host, user, f"{owner} ({store})", path, key, store)


def _read(path: Path) -> dict[str, Any]:
    try:
        return loads_object(read_small(path, MAX_FILE_BYTES))
    except (OSError, DiskFailure, BadJson):
        return {}


def _written(value: object) -> Credential | None:
    """What an entry of ``auths`` holds."""
    if not isinstance(value, dict):
        return None
    token = value.get("identitytoken")
    if isinstance(token, str) and token:
        return Credential("", token)
    auth = value.get("auth")
    if isinstance(auth, str) and auth:
        try:
            user, colon, secret = base64.b64decode(auth).decode().partition(":")
        except ValueError:
            return None
        secret = secret.rstrip("\0")
        return Credential(user, secret) if colon and secret else None
    name, word = value.get("username"), value.get("password")
    if isinstance(name, str) and isinstance(word, str) and word:
        return Credential(name, word)
    return None


def host_of(key: str) -> str:
    """The registry that a key of docker's names; "" where it names a part of one only.

    URLs lose their scheme and API path.
    """
    bare = key.partition("://")[2] or key
    host, _, path = bare.partition("/")
    if path.strip("/") not in {"", "v1", "v2"} or not host or " " in host:
        return ""
    return canonical(host)


def _ask(helper: str, verb: str, given: str) -> object:
    """What ``docker-credential-HELPER VERB`` prints; None when it fails or takes too long."""
    program = shutil.which(f"docker-credential-{helper}")
    if program is None or os.sep in helper:
        return None
    try:
        done = subprocess.run(
            [program, verb],
            input=given.encode(),
            capture_output=True,
            timeout=HELPER_TIMEOUT_S,
            check=False,
        )
        return loads(done.stdout[:MAX_FILE_BYTES]) if done.returncode == 0 else None
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
