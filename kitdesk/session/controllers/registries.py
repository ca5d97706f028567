"""Trying registries, how they are spoken to, and logins of other programs, for the window."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kitdesk.changes import Topic
from kitdesk.operations import accounts as room
from kitdesk.operations.doctor import Diagnosis, doctor
from kitdesk.operations.inputs.remotes import options_of, repository_at
from kitdesk.services.config.settings import HostFacts
from kitdesk.session.loaders.folder import trouble_of, utc_now
from kitdesk.session.runtime.runner import Lane
from kitdesk.session.state.accounts import ConnectionFacts, DiagnosisView, FindingLine, LoginLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.errors import KitDeskError
    from kitdesk.progress import Report
    from kitdesk.session.controllers.context import Desk


class Registries:
    """What the sheet Registries and accounts starts beside signing in and out."""

    def __init__(self, desk: Desk, read: Callable[[], None]) -> None:
        self._desk = desk
        self._read = read
        self._logins: tuple[room.ForeignLogin, ...] = ()

    def examine(self, host: str) -> None:
        """Try all that is needed of a registry, in the project's repository if it is there."""
        library = self._desk.library
        repository = repository_at(self._desk.workspace.remote.address, host)
        self._desk.workspace.apply(Topic.SETTINGS, diagnosis=DiagnosisView(host, running=True))

        def work(report: Report) -> Diagnosis:
            return doctor(host, options_of(library), repository, report)

        def done(found: Diagnosis) -> None:
            findings = tuple(
                FindingLine(one.name, one.state, one.sentence, one.fix) for one in found.findings
            )
            view = DiagnosisView(host, False, found.verdict, findings, utc_now())
            self._desk.workspace.apply(Topic.SETTINGS, diagnosis=view)

        def failed(error: KitDeskError) -> None:
            view = DiagnosisView(host, when=utc_now(), trouble=trouble_of(error))
            self._desk.workspace.apply(Topic.SETTINGS, diagnosis=view)

        self._desk.runner.latest("doctor", work, done, failed)

    def connect(self, host: str, facts: ConnectionFacts) -> None:
        """Remember how a registry is spoken to."""
        library = self._desk.library

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
                library,
            )

        def done(_none: object) -> None:
            self._desk.workspace.apply(Topic.SETTINGS, diagnosis=None)
            self._read()
            self._desk.after(Topic.REMOTE)

        self._desk.runner.start(Lane.LOOKUP, work, done, self._desk.show)

    def find_logins(self) -> None:
        """Look for logins that docker, podman and kit keep."""
        library = self._desk.library
        self._desk.workspace.apply(Topic.SETTINGS, logins=None)

        def work(_report: object) -> tuple[tuple[room.ForeignLogin, ...], frozenset[str]]:
            return room.importable(library), frozenset(library.credentials.known())

        def done(found: tuple[tuple[room.ForeignLogin, ...], frozenset[str]]) -> None:
            self._logins, known = found
            lines = tuple(
                LoginLine(number, one.host, one.user, one.source, one.host in known)
                for number, one in enumerate(self._logins)
            )
            self._desk.workspace.apply(Topic.SETTINGS, logins=lines)

        self._desk.runner.latest("logins", work, done, self._desk.show)

    def take_over(self, numbers: tuple[int, ...]) -> None:
        """Check chosen logins with their registries and keep those that are accepted."""
        library = self._desk.library
        chosen = tuple(self._logins[number] for number in numbers)

        def work(report: Report) -> tuple[room.Taken, ...]:
            return room.take_over(chosen, library, options_of(library), report)

        def done(taken: tuple[room.Taken, ...]) -> None:
            lines = {line.number: line for line in self._desk.workspace.logins or ()}
            for number, one in zip(numbers, taken, strict=True):
                if number in lines:
                    said = one.problem.title if one.problem else "Taken over."
                    lines[number] = replace(lines[number], outcome=said, ok=one.ok)
            self._desk.workspace.apply(Topic.SETTINGS, logins=tuple(lines.values()))
            self._read()
            self._desk.after(Topic.REMOTE)

        self._desk.runner.start(Lane.LOOKUP, work, done, self._desk.show)
