"""Signing in and out, as the window starts it; the password is held no longer than the check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.changes import Topic
from kitdesk.operations import accounts as room
from kitdesk.operations.inputs.remotes import options_of, registry_of
from kitdesk.operations.sign_in import sign_in, sign_out
from kitdesk.services.accounts.credentials import (
    Credential,
    NoKeyring,
    SecretPlace,
    canonical,
    keyring_state,
)
from kitdesk.services.remotes.protocol import is_loopback
from kitdesk.session.loaders.folder import trouble_of
from kitdesk.session.runtime.runner import Lane
from kitdesk.session.state.accounts import AccountLine, ConnectionFacts
from kitdesk.session.state.workspace import Result

if TYPE_CHECKING:
    from kitdesk.errors import KitDeskError
    from kitdesk.services.config.settings import HostFacts
    from kitdesk.services.container import Library
    from kitdesk.session.controllers.context import Desk

UNUSABLE = (SecretPlace.LOCKED, SecretPlace.MISSING)


def read_accounts(library: Library, forgotten: frozenset[str]) -> tuple[AccountLine, ...]:
    """Every registry that is known: logins, own facts, and what projects use. Worker thread."""
    used: dict[str, list[str]] = {}
    for project in library.settings.projects():
        host = registry_of(project.remote)
        if host:
            used.setdefault(canonical(host), []).append(project.path.name)
    lines = {
        one.host: AccountLine(
            one.host,
            one.user or "",
            one.user is not None,
            one.place.value if one.place else "",
            one.place not in UNUSABLE,
            facts_of(one.facts),
            is_loopback(one.host),
            tuple(used.get(one.host, ())),
        )
        for one in room.accounts(library)
    }
    for host in (*used, *forgotten):
        if host not in lines:
            users = tuple(used.get(host, ()))
            lines[host] = AccountLine(
                host, local=is_loopback(host), used_by=users, forgotten=host in forgotten
            )
    return tuple(sorted(lines.values(), key=lambda line: (not line.signed_in, line.host)))


def facts_of(facts: HostFacts) -> ConnectionFacts:
    """What is remembered of a host, as the board has it."""
    return ConnectionFacts(
        facts.plain_http, facts.ca_file, facts.client_cert, facts.client_key, facts.insecure
    )


class Accounts:
    """Knows who is signed in where, and in which state the keyring is."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._forgotten: dict[str, Credential] = {}
        """Logins that were forgotten a moment ago: held until the sheet closes."""

    def read(self) -> None:
        """Accounts and keyring, for the strip and the sheets."""
        library, forgotten = self._desk.library, frozenset(self._forgotten)

        def work(_report: object) -> tuple[tuple[AccountLine, ...], str]:
            return read_accounts(library, forgotten), keyring_state().value

        def done(found: tuple[tuple[AccountLine, ...], str]) -> None:
            accounts, keyring = found
            self._desk.workspace.apply(Topic.SETTINGS, accounts=accounts, keyring=keyring)

        self._desk.runner.latest("accounts", work, done, lambda _error: None)

    def sign_in(self, host: str, user: str, secret: str, retry: int | None) -> None:
        """Ask the registry; keep the password once it was accepted, then try the job again."""
        library = self._desk.library
        self._desk.workspace.apply(Topic.SETTINGS, signing_in=host, sign_in_trouble=None)

        def work(_report: object) -> str:
            try:
                sign_in(host, Credential(user, secret), library, options_of(library))
            except NoKeyring as error:
                return error.title  # accepted, and held for as long as this program runs
            return "The password is in the keyring."

        def done(text: str) -> None:
            self._forgotten.pop(canonical(host), None)
            who = f" as {user}" if user else " with a token"
            result = Result(f"Signed in to {host}{who}.", text, undo=False)
            self._desk.workspace.apply(
                Topic.SETTINGS | Topic.JOBS, signing_in="", trouble=None, result=result
            )
            self.read()
            if retry is not None:
                self._desk.activity.retry(retry)
            self._desk.after(Topic.REMOTE)

        def failed(error: KitDeskError) -> None:
            self._desk.workspace.apply(
                Topic.SETTINGS, signing_in="", sign_in_trouble=trouble_of(error)
            )

        self._desk.runner.start(Lane.LOOKUP, work, done, failed)

    def sign_out(self, host: str) -> None:
        """Forget a login; until :meth:`settle` it can be taken back."""
        library = self._desk.library

        def work(_report: object) -> Credential | None:
            try:
                kept = library.credentials.find(host)
            except NoKeyring:
                kept = None  # locked: it can be forgotten, not taken back
            sign_out(host, library)
            return kept

        def done(kept: Credential | None) -> None:
            if kept is not None:
                self._forgotten[canonical(host)] = kept
            result = Result(f"Signed out of {host}.", "The password is forgotten.", undo=False)
            self._desk.workspace.apply(Topic.JOBS, result=result)
            self.read()

        self._desk.runner.start(Lane.LOOKUP, work, done, self._desk.show)

    def take_back(self, host: str) -> None:
        """Keep a login again that was forgotten a moment ago."""
        library, kept = self._desk.library, self._forgotten.pop(canonical(host), None)
        if kept is None:
            return

        def work(_report: object) -> None:
            library.credentials.keep(host, kept)

        self._desk.runner.start(Lane.LOOKUP, work, lambda _none: self.read(), self._not_kept)

    def _not_kept(self, error: KitDeskError) -> None:
        self._desk.show(error)
        self.read()

    def settle(self) -> None:
        """The sheet closed: what was forgotten is forgotten for good."""
        if self._forgotten:
            self._forgotten.clear()
            self.read()
