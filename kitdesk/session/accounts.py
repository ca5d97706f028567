"""Signing in and out, as the window starts it; the password is held no longer than the check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.changes import Topic
from kitdesk.operations.remotes import options_of
from kitdesk.operations.sign_in import sign_in, sign_out
from kitdesk.services.credentials import Credential, NoKeyring, keyring_state
from kitdesk.session.reading import trouble_of
from kitdesk.session.runner import Lane
from kitdesk.session.workspace import Result

if TYPE_CHECKING:
    from kitdesk.errors import KitDeskError
    from kitdesk.session.desk import Desk


class Accounts:
    """Knows who is signed in where, and in which state the keyring is."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def read(self) -> None:
        """Accounts and keyring, for the strip and the sign-in sheet."""
        library = self._desk.library

        def work(_report: object) -> tuple[tuple[tuple[str, str], ...], str]:
            return tuple(sorted(library.settings.accounts().items())), keyring_state().value

        def done(found: tuple[tuple[tuple[str, str], ...], str]) -> None:
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
            result = Result(f"Signed in to {host} as {user}.", text, undo=False)
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
        """Forget a password."""
        library = self._desk.library

        def work(_report: object) -> bool:
            return sign_out(host, library)

        def done(_known: object) -> None:
            result = Result(f"Signed out of {host}.", "The password is forgotten.", undo=False)
            self._desk.workspace.apply(Topic.JOBS, result=result)
            self.read()

        self._desk.runner.start(Lane.LOOKUP, work, done, self._desk.show)
