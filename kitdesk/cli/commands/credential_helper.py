"""docker-credential-kitdesk: docker, oras and kit take their logins from KitDesk's keyring entries.

The protocol of docker-credential-helpers: the verb is an argument, everything else (secrets above
all) goes through standard input and output, a failure is a sentence on standard output and exit 1.
Only the keyring is asked, never the environment; without a keyring nothing is kept.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from kitdesk import __version__
from kitdesk.cli.context import Context
from kitdesk.errors import KitDeskError, NotFound
from kitdesk.modelkit.primitives.json_text import BadJson, loads_object
from kitdesk.services.accounts.credentials import Credential, CredentialStore
from kitdesk.services.accounts.external_logins import host_of
from kitdesk.services.accounts.keyring import TOKEN_USER
from kitdesk.services.config import paths
from kitdesk.services.container import Services

if TYPE_CHECKING:
    import argparse
    from typing import TextIO


NAME = "credential-helper"
HELP = (
    "Give docker, oras and kit what the keyring holds (docker's credential helper "
    "protocol: server or JSON on standard input). Installed as docker-credential-kitdesk;"
    ' name it with "credsStore": "kitdesk" in their configuration.'
)
NOT_FOUND = "credentials not found in native keychain"
"""To the letter: docker and oras take this sentence as "anonymous" and any other as an error."""
HUB = "https://index.docker.io/v1/"
"""How docker names Docker Hub."""
ACTIONS = ("get", "store", "erase", "list", "version")
LIMIT = 1 << 20


def main(arguments: list[str] | None = None) -> int:
    """The program of its own; returns the exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    if len(words) != 1 or words[0] not in ACTIONS:
        sys.stderr.write(f"Usage: docker-credential-kitdesk {'|'.join(ACTIONS)}\n")
        return 1
    return answer(words[0], Services.at(paths.from_environment()), sys.stdin, sys.stdout)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("action", choices=ACTIONS)


def run(context: Context) -> int:
    """The same as a verb of the command line."""
    return answer(context.options.action, context.services, sys.stdin, sys.stdout)


def answer(action: str, services: Services, given: TextIO, out: TextIO) -> int:
    """Carry out one request."""
    if action == "version":
        out.write(f"docker-credential-kitdesk {__version__}\n")
        return 0
    kept = CredentialStore(services.settings, env={})
    try:
        if action == "list":
            out.write(json.dumps(_all(kept)) + "\n")
        elif action == "get":
            out.write(json.dumps(_get(kept, given.read(LIMIT).strip())) + "\n")
        elif action == "store":
            _store(kept, given.read(LIMIT))
        else:
            kept.delete(_host(given.read(LIMIT).strip()))
    except KitDeskError as error:
        out.write(f"{error.title}\n")
        return 1
    return 0


def _all(kept: CredentialStore) -> dict[str, str]:
    return {
        HUB if host == "docker.io" else host: user or TOKEN_USER
        for host, user in kept.accounts().items()
    }


def _get(kept: CredentialStore, server: str) -> dict[str, str]:
    found = kept.find(_host(server))
    if found is None:
        raise NotFound(NOT_FOUND)
    user = found.user or TOKEN_USER
    return {"ServerURL": server, "Username": user, "Secret": found.secret}


def _store(kept: CredentialStore, text: str) -> None:
    try:
        raw = loads_object(text)
        server, user, secret = (str(raw[name]) for name in ("ServerURL", "Username", "Secret"))
    except (BadJson, KeyError) as error:
        raise KitDeskError("Standard input holds no credentials.") from error
    kept.save(_host(server), Credential("" if user == TOKEN_USER else user, secret))


def _host(server: str) -> str:
    host = host_of(server)
    if not host:
        raise NotFound(NOT_FOUND)
    return host
