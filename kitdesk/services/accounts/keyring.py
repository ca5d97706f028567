"""Entries of the OS keyring: which keyring may be trusted, and secrets longer than it takes.

Windows takes 2560 bytes of UTF-16 a secret; registry tokens of Amazon and Google are longer, so
they are kept in parts (TRANSPORT.md, 6). Reading may ask the person to unlock.
"""

from __future__ import annotations

import contextlib
import enum
from typing import TYPE_CHECKING

from kitdesk.services.accounts.keyring_thread import ask

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "kitdesk:"
TOKEN_USER = "<token>"
"""User name of an entry that holds an identity token: an empty one is not kept everywhere."""
LIMITS = {"keyring.backends.Windows": 1280}
"""UTF-16 units that one entry of a keyring takes."""
PART_BYTES = 600
"""Characters of one part: at most 1200 units."""
MAX_PARTS = "kitdesk-parts:"
"""An entry that begins so says in how many parts the secret lies."""


class KeyringState(enum.Enum):
    """The four states, and what each means for a person."""

    READY = "Keyring ready"
    LOCKED = "Keyring locked: unlock it to push"
    ABSENT = "No keyring here: passwords are kept only until KitDesk closes"
    REFUSED = "The keyring refused: passwords are kept only until KitDesk closes"


class KeyringStore:
    """Secrets by host and user. All methods raise ``keyring.errors.KeyringError``."""

    def __init__(self, backend: KeyringBackend) -> None:
        self._backend = backend

    def get(self, host: str, user: str) -> str | None:
        """The secret, None where there is none or a part of it is gone."""
        user = user or TOKEN_USER
        secret = self._part(SERVICE + host, user)
        if secret is None or not secret.startswith(MAX_PARTS):
            return secret
        parts = [self._part(_part(host, number), user) for number in range(1, _count(secret) + 1)]
        whole = [part for part in parts if part is not None]
        return "".join(whole) if len(whole) == len(parts) else None

    def set(self, host: str, user: str, secret: str) -> None:
        """Keep a secret, in parts where one entry does not take it."""
        self.delete(host, user)
        user = user or TOKEN_USER
        limit = LIMITS.get(type(self._backend).__module__)
        size = len(secret.encode("utf-16-le")) // 2
        if not secret.startswith(MAX_PARTS) and (limit is None or size <= limit):
            self._set(SERVICE + host, user, secret)
            return
        pieces = [secret[at : at + PART_BYTES] for at in range(0, len(secret), PART_BYTES)]
        for number, piece in enumerate(pieces, 1):
            self._set(_part(host, number), user, piece)
        self._set(SERVICE + host, user, f"{MAX_PARTS}{len(pieces)}")

    def delete(self, host: str, user: str) -> None:
        """Delete a secret with all its parts; one that somebody else deleted is no error."""
        import keyring.errors

        user = user or TOKEN_USER
        known = self._part(SERVICE + host, user)
        if known is None:
            return
        count = _count(known) if known.startswith(MAX_PARTS) else 0
        for service in (SERVICE + host, *(_part(host, number) for number in range(1, count + 1))):
            with contextlib.suppress(keyring.errors.PasswordDeleteError):
                self._delete(service, user)

    def _part(self, service: str, user: str) -> str | None:
        return ask(lambda: self._backend.get_password(service, user))

    def _set(self, service: str, user: str, secret: str) -> None:
        ask(lambda: self._backend.set_password(service, user, secret))

    def _delete(self, service: str, user: str) -> None:
        ask(lambda: self._backend.delete_password(service, user))


def _part(host: str, number: int) -> str:
    return f"{SERVICE}{host}#{number}"


def _count(head: str) -> int:
    number = head.removeprefix(MAX_PARTS)
    return int(number) if number.isdecimal() and len(number) < 4 else 0


def open_keyring() -> KeyringStore | None:
    """The OS keyring, None where there is none that may be trusted, or that answers."""
    import keyring
    import keyring.errors

    try:
        backend = ask(_backend)
    except keyring.errors.KeyringError:
        return None
    return KeyringStore(backend) if backend is not None else None


def _backend() -> KeyringBackend | None:
    """Chosen on the keyring's thread: looking for one may already talk to a bus."""
    import keyring

    backend = keyring.get_keyring()
    module = type(backend).__module__
    if module == "keyring.backends.chainer":
        found: list[KeyringBackend] = getattr(backend, "backends", [])
        inner = [one for one in found if _trusted(one)]
        return inner[0] if inner else None
    return backend if _trusted(backend) else None


def _trusted(backend: KeyringBackend) -> bool:
    """No plain text, no null, no priority below 1 (TRANSPORT.md, 6)."""
    module = type(backend).__module__
    if module.startswith("keyrings.alt") or module in {
        "keyring.backends.null",
        "keyring.backends.fail",
    }:
        return False
    try:
        return float(backend.priority) >= 1
    except (RuntimeError, ImportError):
        return False


def keyring_state() -> KeyringState:
    """Which of the four it is; asks the keyring, so off the GUI thread."""
    import keyring.errors

    found = open_keyring()
    if found is None:
        return KeyringState.ABSENT
    try:
        found.get("probe", "nobody")
    except keyring.errors.KeyringLocked:
        return KeyringState.LOCKED
    except keyring.errors.KeyringError:
        return KeyringState.REFUSED
    return KeyringState.READY
