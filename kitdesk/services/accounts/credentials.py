"""Secrets live in the OS keyring and nowhere else (TRANSPORT.md, 6).

Service ``kitdesk:HOST``, user name = the login name. Reading may ask the person to unlock: never on
the GUI thread.
"""

from __future__ import annotations

import enum
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kitdesk.errors import KitDeskError
from kitdesk.services.accounts.keyring import open_keyring

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitdesk.services.config.settings import Settings


class NoKeyring(KitDeskError):
    """A secret cannot be kept."""

    code = "no-keyring"


class SecretLocation(enum.Enum):
    """Where the secret of an account is, in words for a person."""

    KEYRING = "in the keyring"
    SESSION = "kept until KitDesk closes"
    ENVIRONMENT = "from KITDESK_PASSWORD"
    LOCKED = "in the keyring, which is locked"
    MISSING = "not here: sign in again"


@dataclass(frozen=True, slots=True)
class Credential:
    """A login; an empty user with a token is an identity (refresh) token."""

    user: str
    secret: str = field(repr=False)
    """Password or token; never printed."""


DOCKER_HUB = frozenset(
    {"docker.io", "registry-1.docker.io", "index.docker.io", "registry.hub.docker.com"}
)


def canonical(host: str) -> str:
    """One name for each registry: Docker Hub has several."""
    host = host.lower()
    return "docker.io" if host in DOCKER_HUB else host


class CredentialStore:
    """Finds the login for a host: environment, this session, keyring."""

    def __init__(self, settings: Settings, env: Mapping[str, str] | None = None) -> None:
        self._settings = settings
        self._env = os.environ if env is None else env
        self._session: dict[str, Credential] = {}
        self._named: frozenset[str] = frozenset()

    def use_environment_for(self, host: str) -> None:
        """KITDESK_USERNAME and KITDESK_PASSWORD are meant for this host, which the command names.

        No other host gets them: not one that a kit refers to, nor one that is remembered.
        """
        self._named |= {canonical(host)}

    def find(self, host: str) -> Credential | None:
        """The login to use, None = anonymous. A locked keyring asks the person; may block."""
        host = canonical(host)
        given = self._from_environment(host)
        if given is not None:
            return given
        if host in self._session:
            return self._session[host]
        user = self._settings.accounts().get(host)
        if user is None:
            return None
        import keyring.errors

        kept = open_keyring()
        if kept is None:
            return None
        try:
            secret = kept.get(host, user)
        except keyring.errors.KeyringLocked as error:
            raise NoKeyring(
                "The keyring is locked.", "Unlock it, then try again.", str(error)
            ) from error
        except keyring.errors.KeyringError:
            return None
        return Credential(user, secret) if secret is not None else None

    def _from_environment(self, host: str) -> Credential | None:
        if host not in self._named:
            return None
        if self._env.get("KITDESK_USERNAME") and "KITDESK_PASSWORD" in self._env:
            return Credential(self._env["KITDESK_USERNAME"], self._env["KITDESK_PASSWORD"])
        return None

    def accounts(self) -> dict[str, str]:
        """Host -> user ("" = identity token) of every account, kept or of this session."""
        session = {host: one.user for host, one in self._session.items()}
        return {**self._settings.accounts(), **session}

    def place(self, host: str) -> SecretLocation:
        """Where the secret of a known account is. Asks the keyring: may block."""
        host = canonical(host)
        if self._from_environment(host) is not None:
            return SecretLocation.ENVIRONMENT
        user = self._settings.accounts().get(host)
        kept = open_keyring() if user is not None else None
        locked = False
        if kept is not None and user is not None:
            import keyring.errors

            try:
                if kept.get(host, user) is not None:
                    return SecretLocation.KEYRING
            except keyring.errors.KeyringLocked:
                locked = True
            except keyring.errors.KeyringError:
                pass  # refused: then it is not to be had from there
        if host in self._session:
            return SecretLocation.SESSION
        return SecretLocation.LOCKED if locked else SecretLocation.MISSING

    def save(self, host: str, credential: Credential) -> None:
        """Keep a login that the registry has accepted. Raises NoKeyring; then nothing is written,
        and the login holds for this process only.
        """
        host = canonical(host)
        self._session[host] = credential
        import keyring.errors

        kept = open_keyring()
        if kept is None:
            raise NoKeyring(
                f"The password for {host} is right, but this machine has no keyring to keep it in.",
                "It is forgotten when this program ends. For scripts set KITDESK_USERNAME and "
                "KITDESK_PASSWORD.",
            )
        former = self._settings.accounts().get(host)
        try:
            kept.set(host, credential.user, credential.secret)
            if former is not None and former != credential.user:
                kept.delete(host, former)
        except keyring.errors.KeyringError as error:
            raise NoKeyring(
                f"The keyring refused to keep the password for {host}.",
                "Unlock it and sign in again. Until then it holds for this program only.",
                type(error).__name__,
            ) from error
        self._settings.set_account(host, credential.user)

    def delete(self, host: str) -> bool:
        """Delete a login everywhere; False if there was none."""
        host = canonical(host)
        known = self._session.pop(host, None) is not None
        user = self._settings.accounts().get(host)
        if user is not None:
            import keyring.errors

            kept = open_keyring()
            if kept is not None:
                try:
                    kept.delete(host, user)
                except keyring.errors.KeyringError as error:
                    raise NoKeyring(
                        f"The keyring refused to delete the password for {host}.",
                        "Unlock it, then try again.",
                        type(error).__name__,
                    ) from error
            self._settings.set_account(host, None)
            known = True
        return known
