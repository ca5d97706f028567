"""What a person chose: TOML, only what differs from the default, comments kept."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kitdesk.errors import DiskFailure
from kitdesk.services.config.records_kept import RecordWarnings
from kitdesk.services.disk.files import locked, os_errors_as, write_atomically
from kitdesk.services.disk.regular_files import read_small

LARGEST = 4 << 20
"""Bytes of the settings; more were not written by this program."""
Values = Mapping[str, str | bool | None]
"""What is written into a table; None takes the name out."""


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """What is remembered of one project folder."""

    path: Path
    remote: str = ""
    """registry/repository or ``oci:PATH``."""
    repository: str = ""
    """Name its versions have in the store, ``registry/repository``."""
    opened: str = ""
    """RFC 3339, UTC."""
    state: str = ""
    at: str = ""
    """Tag it was last seen at, for the start page."""
    tag_template: str = ""
    """How its tags are made, ``{version}-{branch}-{sha7}``."""


@dataclass(frozen=True, slots=True)
class HostFacts:
    """How a registry is spoken to; holds for every later request to it."""

    plain_http: bool = False
    """No TLS although it is not on this machine."""
    ca_file: str = ""
    client_cert: str = ""
    client_key: str = ""
    """Empty: the key lies in the certificate's file."""
    insecure: bool = False
    """Certificates are not checked."""


class Settings:
    """Reads on each question (the file is small and another window may write it)."""

    def __init__(self, config: Path, warnings: RecordWarnings | None = None) -> None:
        self._warnings = warnings or RecordWarnings()
        self.path = config / "settings.toml"
        self._lock = config / "settings.lock"

    def _read(self) -> dict[str, Any]:
        """What the file says; what cannot be read says nothing: no verb depends on it."""
        try:
            return tomllib.loads(read_small(self.path, LARGEST).decode())
        except (OSError, DiskFailure, ValueError, RecursionError):
            return {}

    def _table(self, name: str) -> dict[str, Any]:
        found = self._read().get(name)
        return found if isinstance(found, dict) else {}

    def get(self, name: str, default: str) -> str:
        """A plain text setting."""
        value = self._read().get(name, default)
        return value if isinstance(value, str) else default

    def set(self, name: str, value: str, default: str) -> None:
        """Remember a choice; the default is not written."""
        self._change({name: None if value == default else value})

    def project(self, path: Path) -> ProjectSettings:
        """What is known of a folder."""
        raw = self._table("projects").get(str(path.absolute()))
        items = raw.items() if isinstance(raw, dict) else ()
        known = {key: str(value) for key, value in items if key in _FIELDS}
        return ProjectSettings(path.absolute(), **known)

    def projects(self) -> tuple[ProjectSettings, ...]:
        """All remembered folders, last opened first."""
        names = self._table("projects")
        result = [self.project(Path(name)) for name in names]
        return tuple(sorted(result, key=lambda one: one.opened, reverse=True))

    def remember(self, path: Path, **values: str) -> None:
        """Change what is known of a folder; an empty text forgets the value."""
        with self._warnings.instead_of_failing("The project could not be remembered"):
            self._change({}, str(path.absolute()), {k: v or None for k, v in values.items()})

    def forget(self, path: Path) -> None:
        """Take a folder off the list."""
        self._change({}, str(path.absolute()), None)

    def accounts(self) -> dict[str, str]:
        """Host -> login name; the secrets are in the keyring."""
        found = self._table("accounts")
        return {str(host): str(user) for host, user in found.items()}

    def set_account(self, host: str, user: str | None) -> None:
        """Remember or forget a login name."""
        self._change({}, table="accounts", facts={host: user})

    def hosts(self) -> dict[str, HostFacts]:
        """Host -> how it is spoken to, where that is not the usual way."""
        found = self._table("hosts")
        return {str(host): _facts(raw) for host, raw in found.items() if isinstance(raw, dict)}

    def host(self, host: str) -> HostFacts:
        """How one host is spoken to."""
        return self.hosts().get(host, HostFacts())

    def set_host(self, host: str, facts: HostFacts) -> None:
        """Remember how a host is spoken to; the usual way is not written."""
        values = {name: value or None for name, value in asdict(facts).items()}
        self._change({}, host, values if any(values.values()) else None, "hosts")

    def _change(
        self,
        values: Values,
        project: str = "",
        facts: Values | None = None,
        table: str = "",
    ) -> None:
        import tomlkit
        from tomlkit.exceptions import TOMLKitError

        with os_errors_as("writing the settings"), locked(self._lock):
            try:
                document = tomlkit.parse(read_small(self.path, LARGEST).decode())
                _drop_what_is_no_table(document)
            except FileNotFoundError:
                document = tomlkit.document()
            except (TOMLKitError, DiskFailure, ValueError, RecursionError):
                # Somebody's hand broke it: keep that file, begin a new one.
                self.path.replace(self.path.with_suffix(".broken.toml"))
                document = tomlkit.document()
            _put(document, values)
            if table and facts is not None and not project:
                _put(document.setdefault(table, tomlkit.table()), facts)
            elif project:
                projects = document.setdefault(table or "projects", tomlkit.table())
                if facts is None:
                    projects.pop(project, None)
                else:
                    _put(projects.setdefault(project, tomlkit.table()), facts)
            write_atomically(self.path, tomlkit.dumps(document).encode(), 0o600)


_FIELDS = {"remote", "repository", "opened", "state", "at", "tag_template"}


def _facts(raw: dict[str, Any]) -> HostFacts:
    def text(name: str) -> str:
        return str(raw.get(name) or "")

    return HostFacts(
        raw.get("plain_http") is True,
        text("ca_file"),
        text("client_cert"),
        text("client_key"),
        raw.get("insecure") is True,
    )


def _drop_what_is_no_table(document: Any) -> None:
    for name in ("projects", "accounts", "hosts"):
        if name in document and not isinstance(document[name], dict):
            del document[name]
    for name in ("projects", "hosts"):
        rows = document.get(name, {})
        for key in [key for key, one in rows.items() if not isinstance(one, dict)]:
            del rows[key]


def _put(table: Any, values: Values) -> None:
    for name, value in values.items():
        if value is None:
            table.pop(name, None)
        else:
            table[name] = value
