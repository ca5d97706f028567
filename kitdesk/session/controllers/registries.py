"""Trying registries, how they are spoken to, and logins of other programs, for the window."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kitdesk.changes import Changes, Topic
from kitdesk.operations import accounts as room
from kitdesk.operations.doctor import Diagnosis, doctor
from kitdesk.operations.inputs.remotes import options_of, repository_at
from kitdesk.services.accounts.external_logins import ExternalLogin
from kitdesk.services.config.settings import HostFacts
from kitdesk.session.loaders.folder import error_info, utc_now
from kitdesk.session.runtime.runner import JobQueue
from kitdesk.session.state.accounts import ConnectionFacts, DiagnosisView, FindingItem, LoginItem

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.errors import KitDeskError
    from kitdesk.progress import Report
    from kitdesk.session.controllers.context import CommandContext


class RegistryController:
    """What the sheet Registries and accounts starts beside signing in and out."""

    def __init__(self, context: CommandContext, read: Callable[[], None]) -> None:
        self._context = context
        self._read = read
        self._logins: tuple[ExternalLogin, ...] = ()

    def examine(self, host: str) -> None:
        """Try all that is needed of a registry, in the project's repository if it is there."""
        services = self._context.services
        repository = repository_at(self._context.workspace.state.remote.address, host)
        self._context.workspace.apply(Topic.SETTINGS, diagnosis=DiagnosisView(host, running=True))

        def work(report: Report) -> Diagnosis:
            return doctor(host, options_of(services), repository, report)

        def done(found: Diagnosis) -> None:
            findings = tuple(
                FindingItem(one.name, one.state, one.sentence, one.fix) for one in found.findings
            )
            view = DiagnosisView(host, False, found.verdict, findings, utc_now())
            self._context.workspace.apply(Topic.SETTINGS, diagnosis=view)

        def failed(error: KitDeskError) -> None:
            view = DiagnosisView(host, when=utc_now(), error=error_info(error))
            self._context.workspace.apply(Topic.SETTINGS, diagnosis=view)

        self._context.runner.run_latest("doctor", work, done, failed)

    def connect(self, host: str, facts: ConnectionFacts) -> None:
        """Remember how a registry is spoken to."""
        services = self._context.services

        def work(_report: object) -> None:
            room.set_host(
                host,
                HostFacts(
                    facts.plain_http,
                    facts.ca_file,
                    facts.client_cert,
                    facts.client_key,
                    facts.insecure,
                ),
                services,
            )

        def done(_none: object) -> None:
            self._context.workspace.apply(Topic.SETTINGS, diagnosis=None)
            self._read()
            self._context.reload(Changes(Topic.REMOTE))

        self._context.runner.start(JobQueue.LOOKUP, work, done, self._context.show_error)

    def find_logins(self) -> None:
        """Look for logins that docker, podman and kit keep."""
        services = self._context.services
        self._context.workspace.apply(Topic.SETTINGS, logins=None)

        def work(_report: object) -> tuple[tuple[ExternalLogin, ...], frozenset[str]]:
            return room.find_external_logins(services), frozenset(services.credentials.accounts())

        def done(found: tuple[tuple[ExternalLogin, ...], frozenset[str]]) -> None:
            self._logins, known = found
            lines = tuple(
                LoginItem(number, one.host, one.user, one.source, one.host in known)
                for number, one in enumerate(self._logins)
            )
            self._context.workspace.apply(Topic.SETTINGS, logins=lines)

        self._context.runner.run_latest("logins", work, done, self._context.show_error)

    def import_logins(self, numbers: tuple[int, ...]) -> None:
        """Check chosen logins with their registries and keep those that are accepted."""
        services = self._context.services
        chosen = tuple(self._logins[number] for number in numbers)

        def work(report: Report) -> tuple[room.ImportResult, ...]:
            return room.import_logins(chosen, services, options_of(services), report)

        def done(taken: tuple[room.ImportResult, ...]) -> None:
            lines = {line.number: line for line in self._context.workspace.state.logins or ()}
            for number, one in zip(numbers, taken, strict=True):
                if number in lines:
                    said = one.problem.title if one.problem else "Taken over."
                    lines[number] = replace(lines[number], outcome=said, ok=one.ok)
            self._context.workspace.apply(Topic.SETTINGS, logins=tuple(lines.values()))
            self._read()
            self._context.reload(Changes(Topic.REMOTE))

        self._context.runner.start(JobQueue.LOOKUP, work, done, self._context.show_error)
