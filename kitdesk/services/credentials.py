"""Secrets live in the OS keyring and nowhere else (transport.md section 6).

Service ``kitdesk:HOST``, user name = the login name. Backends below priority 1, plain-text ones and
the null backend are refused. Reading may ask the person to unlock: never on the GUI thread.
"""

from __future__ import annotations

import enum
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kitdesk.errors import KitDeskError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyring.backend import KeyringBackend

    from kitdesk.services.settings import Settings

SERVICE = "kitdesk:"


class KeyringState(enum.Enum):
    """The four states, and what each means for a person."""

    READY = "Keyring ready"
    LOCKED = "Keyring locked: unlock it to push"
    ABSENT = "No keyring here: passwords are kept only until KitDesk closes"
    REFUSED = "The keyring refused: passwords are kept only until KitDesk closes"


class NoKeyring(KitDeskError):
    """A secret cannot be kept."""

    code = "no-keyring"


@dataclass(frozen=True, slots=True)
class Credential:
    """A login; an empty user with a token is an identity (refresh) token."""

    user: str
    secret: str = field(repr=False)
    """Password or token; never printed."""


def canonical(host: str) -> str:
    """One name for each registry: Docker Hub has several."""
    if host in {"registry-1.docker.io", "index.docker.io", "registry.hub.docker.com"}:
        return "docker.io"
    return host.lower()


class Credentials:
    """Finds the login for a host: environment, this session, keyring."""

    def __init__(self, settings: Settings, env: Mapping[str, str] | None = None) -> None:
        self._settings = settings
        self._env = os.environ if env is None else env
        self._session: dict[str, Credential] = {}

    def find(self, host: str) -> Credential | None:
        """The login to use, None = anonymous. A locked keyring asks the person; may block."""
        host = canonical(host)
        if self._env.get("KITDESK_USERNAME") and "KITDESK_PASSWORD" in self._env:
            return Credential(self._env["KITDESK_USERNAME"], self._env["KITDESK_PASSWORD"])
        if host in self._session:
            return self._session[host]
        user = self._settings.accounts().get(host)
        if user is None:
            return None
        import keyring.errors

        backend = _backend()
        if backend is None:
            return None
        try:
            secret = backend.get_password(SERVICE + host, user)
        except keyring.errors.KeyringLocked as error:
            raise NoKeyring(
                "The keyring is locked.", "Unlock it, then try again.", str(error)
            ) from error
        except keyring.errors.KeyringError:
            return None
        return Credential(user, secret) if secret is not None else None

    def keep(self, host: str, credential: Credential) -> None:
        """Keep a login that the registry has accepted. Raises NoKeyring; then nothing is written,
        and the login holds for this process only.
        """
        host = canonical(host)
        self._session[host] = credential
        import keyring.errors

        backend = _backend()
        if backend is None:
            raise NoKeyring(
                f"The password for {host} is right, but this machine has no keyring to keep it in.",
                "It is forgotten when this program ends. For scripts set KITDESK_USERNAME and "
                "KITDESK_PASSWORD.",
            )
        try:
            backend.set_password(SERVICE + host, credential.user, credential.secret)
        except keyring.errors.KeyringError as error:
            raise NoKeyring(
                f"The keyring refused to keep the password for {host}.",
                "Unlock it and sign in again. Until then it holds for this program only.",
                type(error).__name__,
            ) from error
        self._settings.set_account(host, credential.user)

    def forget(self, host: str) -> bool:
        """Delete a login everywhere; False if there was none."""
        host = canonical(host)
        known = self._session.pop(host, None) is not None
        user = self._settings.accounts().get(host)
        if user is not None:
            import keyring.errors

            backend = _backend()
            if backend is not None:
                try:
                    backend.delete_password(SERVICE + host, user)
                except keyring.errors.PasswordDeleteError:
                    pass  # somebody deleted it in the keyring itself
                except keyring.errors.KeyringError as error:
                    raise NoKeyring(
                        f"The keyring refused to delete the password for {host}.",
                        "Unlock it, then try again.",
                        type(error).__name__,
                    ) from error
            self._settings.set_account(host, None)
            known = True
        return known


def _backend() -> KeyringBackend | None:
    """The OS keyring, None where there is none that may be trusted."""
    import keyring

    backend = keyring.get_keyring()
    module = type(backend).__module__
    if module.startswith("keyrings.alt") or "null" in module or "fail" in module:
        return None
    if module == "keyring.backends.chainer":
        found: list[KeyringBackend] = getattr(backend, "backends", [])
        inner = [one for one in found if _trusted(one)]
        return inner[0] if inner else None
    return backend if _trusted(backend) else None


def _trusted(backend: KeyringBackend) -> bool:
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

    backend = _backend()
    if backend is None:
        return KeyringState.ABSENT
    try:
        backend.get_password(SERVICE + "probe", "nobody")
    except keyring.errors.KeyringLocked:
        return KeyringState.LOCKED
    except keyring.errors.KeyringError:
        return KeyringState.REFUSED
    return KeyringState.READY
