"""accounts: who signs in where, how hosts are spoken to, and logins of other programs.

For an accounts page: :func:`accounts` lists, :func:`kitdesk.operations.sign_in.sign_out` forgets,
:func:`importable` finds what docker, podman and kit keep (no secret in the values),
:func:`take_over` checks chosen ones with their registries and keeps them, :func:`set_host` and
:func:`kitdesk.operations.sign_in.remember` keep how a host is spoken to. All of them may ask the
keyring, run helper programs or speak to registries: worker thread only.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kitdesk.errors import KitDeskError, NotFound
from kitdesk.operations.sign_in import check_host, sign_in
from kitdesk.progress import Progress, Report, silent
from kitdesk.services.accounts import external_logins
from kitdesk.services.accounts.credentials import NoKeyring, SecretPlace, canonical
from kitdesk.services.accounts.external_logins import ForeignLogin
from kitdesk.services.config.settings import HostFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kitdesk.operations.inputs.remotes import RemoteOptions
    from kitdesk.services.container import Library

__all__ = ["Account", "ForeignLogin", "HostFacts", "SecretPlace", "Taken", "accounts", "importable"]

Kind = Literal["password", "token"]


@dataclass(frozen=True, slots=True)
class Account:
    """A registry that is known: a login, or only how it is spoken to."""

    host: str
    user: str | None
    """None: no login, only facts; "" with kind ``token``: an identity token."""
    kind: Kind
    place: SecretPlace | None
    """Where the secret is; its value is a sentence part for a person. None without a login."""
    facts: HostFacts


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one login that was to be taken over."""

    login: ForeignLogin
    user: str
    problem: KitDeskError | None = None
    """Why it was not; NoKeyring: accepted, and held until the program ends."""

    @property
    def ok(self) -> bool:
        """True when the login can be used now."""
        return self.problem is None or isinstance(self.problem, NoKeyring)


def accounts(library: Library) -> tuple[Account, ...]:
    """Every host with a login or with facts of its own, by name."""
    users, hosts = library.credentials.known(), library.settings.hosts()
    found = []
    for host in sorted({*users, *hosts}):
        user = users.get(host)
        place = library.credentials.place(host) if user is not None else None
        kind: Kind = "token" if user == "" else "password"
        found.append(Account(host, user, kind, place, hosts.get(host, HostFacts())))
    return tuple(found)


def set_host(host: str, facts: HostFacts, library: Library) -> None:
    """Say how a host is spoken to from now on; ``HostFacts()`` is the usual way.

    Raises BadReference for what is no host, NotFound for a certificate file that is not there.
    """
    for file in filter(None, (facts.ca_file, facts.client_cert, facts.client_key)):
        if not os.path.isfile(file):
            raise NotFound(f"The certificate file {file} is not there.", "Name another one.")
    library.settings.set_host(canonical(check_host(host)), facts)


def importable(library: Library, env: Mapping[str, str] | None = None) -> tuple[ForeignLogin, ...]:
    """Logins of docker, podman and kit on this machine, without their secrets.

    Runs their credential helpers, five seconds each at most; what fails is left out.
    """
    found = external_logins.find(os.environ if env is None else env, library.paths.store)
    return tuple(sorted(found, key=lambda one: (one.host, one.source)))


def take_over(
    chosen: Iterable[ForeignLogin],
    library: Library,
    options: RemoteOptions,
    report: Report = silent,
) -> tuple[Taken, ...]:
    """Check each login with its registry and keep it in the keyring; the other programs' files
    are only read. One refused login stops no other.
    """
    results = []
    chosen = tuple(chosen)
    for number, login in enumerate(chosen):
        report(Progress(f"Asking {login.host}", number, len(chosen)))
        results.append(_take(login, library, options))
    return tuple(results)


def _take(login: ForeignLogin, library: Library, options: RemoteOptions) -> Taken:
    found = external_logins.secret_of(login)
    if found is None:
        gone = NotFound(
            f"The login for {login.host} cannot be read from {login.source} any more.",
            f"Sign in here: kitdesk login {login.host}",
        )
        return Taken(login, login.user, gone)
    try:
        sign_in(login.host, found, library, options)
    except KitDeskError as error:
        return Taken(login, found.user, error)
    return Taken(login, found.user)
