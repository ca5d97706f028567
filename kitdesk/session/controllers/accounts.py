"""Signing in and out, as the window starts it; the password is held no longer than the check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.changes import Changes, Topic
from kitdesk.operations import accounts as room
from kitdesk.operations.inputs.remotes import options_of, registry_of
from kitdesk.operations.sign_in import sign_in, sign_out
from kitdesk.services.accounts.credentials import Credential, NoKeyring, SecretLocation, canonical
from kitdesk.services.accounts.keyring import keyring_state
from kitdesk.services.remotes.protocol import is_loopback
from kitdesk.session.loaders.folder import error_info
from kitdesk.session.runtime.runner import JobQueue
from kitdesk.session.state.accounts import AccountItem, ConnectionFacts
from kitdesk.session.state.pages import ResultBanner

if TYPE_CHECKING:
    from kitdesk.errors import KitDeskError
    from kitdesk.services.config.settings import HostFacts
    from kitdesk.services.container import Services
    from kitdesk.session.controllers.context import CommandContext

UNUSABLE = (SecretLocation.LOCKED, SecretLocation.MISSING)


def read_accounts(services: Services, forgotten: frozenset[str]) -> tuple[AccountItem, ...]:
    """Every registry that is known: logins, own facts, and what projects use. Worker thread."""
    used: dict[str, list[str]] = {}
    for project in services.settings.projects():
        host = registry_of(project.remote)
        if host:
            used.setdefault(canonical(host), []).append(project.path.name)
    lines = {
        one.host: AccountItem(
            one.host,
            one.user or "",
            one.user is not None,
            one.place.value if one.place else "",
            one.place not in UNUSABLE,
            facts_of(one.facts),
            is_loopback(one.host),
            tuple(used.get(one.host, ())),
        )
        for one in room.accounts(services)
    }
    for host in (*used, *forgotten):
        if host not in lines:
            users = tuple(used.get(host, ()))
            lines[host] = AccountItem(
                host, local=is_loopback(host), used_by=users, forgotten=host in forgotten
            )
    return tuple(sorted(lines.values(), key=lambda line: (not line.signed_in, line.host)))


def facts_of(facts: HostFacts) -> ConnectionFacts:
    """What is remembered of a host, as the workspace has it."""
    return ConnectionFacts(
        facts.plain_http, facts.ca_file, facts.client_cert, facts.client_key, facts.insecure
    )


class AccountController:
    """Knows who is signed in where, and in which state the keyring is."""

    def __init__(self, context: CommandContext) -> None:
        self._context = context
        self._forgotten: dict[str, Credential] = {}
        """Logins that were forgotten a moment ago: held until the sheet closes."""

    def read(self) -> None:
        """Accounts and keyring, for the strip and the sheets."""
        services, forgotten = self._context.services, frozenset(self._forgotten)

        def work(_report: object) -> tuple[tuple[AccountItem, ...], str]:
            return read_accounts(services, forgotten), keyring_state().value

        def done(found: tuple[tuple[AccountItem, ...], str]) -> None:
            accounts, keyring = found
            self._context.workspace.apply(Topic.SETTINGS, accounts=accounts, keyring=keyring)

        self._context.runner.run_latest(
            "accounts", work, done, lambda _error: None, JobQueue.KEYRING
        )

    def sign_in(self, host: str, user: str, secret: str, retry: int | None = None) -> None:
        """Ask the registry; keep the password once it was accepted, then try the job again."""
        services = self._context.services
        self._context.workspace.apply(Topic.SETTINGS, signing_in=host, sign_in_error=None)

        def work(_report: object) -> str:
            try:
                sign_in(host, Credential(user, secret), services, options_of(services))
            except NoKeyring as error:
                return error.title  # accepted, and held for as long as this program runs
            return "The password is in the keyring."

        def done(text: str) -> None:
            self._forgotten.pop(canonical(host), None)
            who = f" as {user}" if user else " with a token"
            result = ResultBanner(f"Signed in to {host}{who}.", text, undo=False)
            self._context.workspace.apply(
                Topic.SETTINGS | Topic.JOBS, signing_in="", error=None, result=result
            )
            self.read()
            if retry is not None:
                self._context.jobs.retry(retry)
            self._context.reload(Changes(Topic.REMOTE))

        def failed(error: KitDeskError) -> None:
            self._context.workspace.apply(
                Topic.SETTINGS, signing_in="", sign_in_error=error_info(error)
            )

        self._context.runner.start(JobQueue.KEYRING, work, done, failed)

    def sign_out(self, host: str) -> None:
        """Forget a login; until :meth:`settle` it can be taken back."""
        services = self._context.services

        def work(_report: object) -> Credential | None:
            try:
                kept = services.credentials.find(host)
            except NoKeyring:
                kept = None  # locked: it can be forgotten, not taken back
            sign_out(host, services)
            return kept

        def done(kept: Credential | None) -> None:
            if kept is not None:
                self._forgotten[canonical(host)] = kept
            result = ResultBanner(
                f"Signed out of {host}.", "The password is forgotten.", undo=False
            )
            self._context.workspace.apply(Topic.JOBS, result=result)
            self.read()

        self._context.runner.start(JobQueue.KEYRING, work, done, self._context.show_error)

    def take_back(self, host: str) -> None:
        """Keep a login again that was forgotten a moment ago."""
        services, kept = self._context.services, self._forgotten.pop(canonical(host), None)
        if kept is None:
            return

        def work(_report: object) -> None:
            services.credentials.save(host, kept)

        self._context.runner.start(
            JobQueue.KEYRING, work, lambda _none: self.read(), self._not_kept
        )

    def _not_kept(self, error: KitDeskError) -> None:
        self._context.show_error(error)
        self.read()

    def settle(self) -> None:
        """The sheet closed: what was forgotten is forgotten for good."""
        if self._forgotten:
            self._forgotten.clear()
            self.read()
