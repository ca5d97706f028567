"""accounts: who signs in where, how hosts are spoken to, and logins of other programs.

For an accounts page: :func:`accounts` lists, :func:`kitdesk.operations.sign_in.sign_out` forgets,
:func:`find_external_logins` finds what docker, podman and kit keep (no secret in the values),
:func:`import_logins` checks chosen ones with their registries and keeps them, :func:`set_host` and
:func:`kitdesk.operations.sign_in.save_host_options` keep how a host is spoken to. All of them may
ask the keyring, run helper programs or speak to registries: worker thread only.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kitdesk.errors import KitDeskError, NotFound
from kitdesk.operations.sign_in import check_host, sign_in
from kitdesk.progress import Progress, Report, silent
from kitdesk.services.accounts import external_logins
from kitdesk.services.accounts.credentials import NoKeyring, SecretLocation, canonical
from kitdesk.services.accounts.external_logins import ExternalLogin
from kitdesk.services.config.settings import HostFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kitdesk.operations.inputs.remotes import RemoteOptions
    from kitdesk.services.container import Services


Kind = Literal["password", "token"]


@dataclass(frozen=True, slots=True)
class Account:
    """A registry that is known: a login, or only how it is spoken to."""

    host: str
    user: str | None
    """None: no login, only facts; "" with kind ``token``: an identity token."""
    kind: Kind
    place: SecretLocation | None
    """Where the secret is; its value is a sentence part for a person. None without a login."""
    facts: HostFacts


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of one login that was to be taken over."""

    login: ExternalLogin
    user: str
    problem: KitDeskError | None = None
    """Why it was not; NoKeyring: accepted, and held until the program ends."""

    @property
    def ok(self) -> bool:
        """True when the login can be used now."""
        return self.problem is None or isinstance(self.problem, NoKeyring)


def accounts(services: Services) -> tuple[Account, ...]:
    """Every host with a login or with facts of its own, by name."""
    users, hosts = services.credentials.accounts(), services.settings.hosts()
    found = []
    for host in sorted({*users, *hosts}):
        user = users.get(host)
        place = services.credentials.place(host) if user is not None else None
        kind: Kind = "token" if user == "" else "password"
        found.append(Account(host, user, kind, place, hosts.get(host, HostFacts())))
    return tuple(found)


def set_host(host: str, facts: HostFacts, services: Services) -> None:
    """Say how a host is spoken to from now on; ``HostFacts()`` is the usual way.

    Raises BadReference for what is no host, NotFound for a certificate file that is not there.
    """
    for file in filter(None, (facts.ca_file, facts.client_cert, facts.client_key)):
        if not os.path.isfile(file):
            raise NotFound(f"The certificate file {file} is not there.", "Name another one.")
    services.settings.set_host(canonical(check_host(host)), facts)


def find_external_logins(
    services: Services, env: Mapping[str, str] | None = None
) -> tuple[ExternalLogin, ...]:
    """Logins of docker, podman and kit on this machine, without their secrets.

    Runs their credential helpers, five seconds each at most; what fails is left out.
    """
    found = external_logins.find(os.environ if env is None else env, services.paths.store)
    return tuple(sorted(found, key=lambda one: (one.host, one.source)))


def import_logins(
    chosen: Iterable[ExternalLogin],
    services: Services,
    options: RemoteOptions,
    report: Report = silent,
) -> tuple[ImportResult, ...]:
    """Check each login with its registry and keep it in the keyring; the other programs' files
    are only read. One refused login stops no other.
    """
    results = []
    chosen = tuple(chosen)
    for number, login in enumerate(chosen):
        report(Progress(f"Asking {login.host}", number, len(chosen)))
        results.append(_take(login, services, options))
    return tuple(results)


def _take(login: ExternalLogin, services: Services, options: RemoteOptions) -> ImportResult:
    found = external_logins.secret_of(login)
    if found is None:
        gone = NotFound(
            f"The login for {login.host} cannot be read from {login.source} any more.",
            f"Sign in here: kitdesk login {login.host}",
        )
        return ImportResult(login, login.user, gone)
    try:
        sign_in(login.host, found, services, options)
    except KitDeskError as error:
        return ImportResult(login, found.user, error)
    return ImportResult(login, found.user)
