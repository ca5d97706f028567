"""What a person chose: TOML, only what differs from the default, comments kept."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

from kitdesk.errors import DiskFailure
from kitdesk.services.config.records_kept import RecordWarnings
from kitdesk.services.disk.files import locked, write_atomically
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
    source: str = ""
    """Address of its git repository that new versions name; "" = they name none."""


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
    """Reads on each question (the file is small and another window may write it).

    They only remember: where they cannot be read, the defaults hold; where they cannot be written,
    :attr:`problem` says so and the work goes on.
    """

    def __init__(self, config: Path, warnings: RecordWarnings | None = None) -> None:
        self._warnings = warnings or RecordWarnings()
        self.path = config / "settings.toml"
        self._lock = config / "settings.lock"
        self.problem = ""
        """Why nothing is remembered, one sentence; "" while all is well."""

    def _read(self) -> dict[str, Any]:
        """What the file says; what cannot be read says nothing: no verb depends on it."""
        try:
            return tomllib.loads(_text_of(self.path))
        except FileNotFoundError:
            return {}
        except OSError as error:
            self._note(error)
            return {}
        except (ValueError, RecursionError):
            return {}

    def _table(self, name: str) -> dict[str, Any]:
        """A table of the file; whatever else stands there is none."""
        found = self._read().get(name)
        return found if isinstance(found, dict) else {}

    def _note(self, error: OSError) -> None:
        self.problem = f"Settings are not remembered: {error.strerror or error}."

    def get(self, name: str, default: str) -> str:
        """A plain text setting."""
        value = self._read().get(name, default)
        return value if isinstance(value, str) else default

    def flag(self, name: str, *, default: bool = True) -> bool:
        """A setting that is on or off."""
        value = self._read().get(name, default)
        return value if isinstance(value, bool) else default

    def set(self, name: str, value: str, default: str) -> None:
        """Remember a choice; the default is not written."""
        self._change({name: None if value == default else value})

    def project(self, path: Path) -> ProjectSettings:
        """What is known of a folder."""
        return _project(path.absolute(), self._table("projects").get(project_key(path)))

    def projects(self) -> tuple[ProjectSettings, ...]:
        """All remembered folders, last opened first."""
        table = self._table("projects")
        result = [_project(project_path(name), raw) for name, raw in table.items() if name]
        return tuple(sorted(result, key=lambda one: one.opened, reverse=True))

    def remember(self, path: Path, **values: str) -> None:
        """Change what is known of a folder; an empty text forgets the value."""
        self._change({}, project_key(path), {k: v or None for k, v in values.items()})

    def forget(self, path: Path) -> None:
        """Take a folder off the list."""
        self._change({}, project_key(path), None)

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
        try:
            with locked(self._lock):
                self._write(values, project, facts, table)
        except OSError as error:
            self._note(error)
        else:
            self.problem = ""

    def _write(self, values: Values, project: str, facts: Values | None, table: str) -> None:
        import tomlkit

        try:
            document = tomlkit.parse(_text_of(self.path))
        except FileNotFoundError:
            document = tomlkit.document()
        except (ValueError, RecursionError):
            # Somebody's hand broke it: keep that file, begin a new one.
            broken = self.path.with_suffix(".broken.toml")
            self.path.replace(broken)
            document = tomlkit.document()
            document["set_aside"] = broken.name
        _put(document, values)
        if table and facts is not None and not project:
            _put(_table_in(document, table), facts)
        elif project:
            projects = _table_in(document, table or "projects")
            if facts is None:
                projects.pop(project, None)
            else:
                _put(_table_in(projects, project), facts)
        # A linked file stays linked: its place may be kept under version control.
        target = Path(os.path.realpath(self.path))
        write_atomically(target, tomlkit.dumps(document).encode(), 0o600)

    def take_set_aside(self) -> str:
        """Name of a broken settings file that was set aside since this was asked last, "" = none;
        told once.
        """
        name = self.get("set_aside", "")
        if name:
            self.set("set_aside", "", "")
        return name


MAX_SETTINGS = 4 << 20
"""Bytes; a larger file is not one of settings."""
_BYTES = "bytes:"
"""Begins the name of a folder whose path is not UTF-8: TOML has no other way to say it."""


def _text_of(path: Path) -> str:
    """Text of the file; raises OSError, or ValueError where it is none (a pipe is not read)."""
    try:
        return read_small(path, MAX_SETTINGS).decode("utf-8")
    except DiskFailure as error:
        raise IsADirectoryError(0, "it is no ordinary file", str(path)) from error


def project_key(path: Path) -> str:
    """How a folder is named in the file."""
    text = str(path.absolute())
    if text.isprintable() and not text.startswith(_BYTES):
        return text
    return _BYTES + quote_from_bytes(os.fsencode(text))


def project_path(key: str) -> Path:
    """The folder that a name in the file means."""
    if key.startswith(_BYTES):
        return Path(os.fsdecode(unquote_to_bytes(key.removeprefix(_BYTES))))
    return Path(key)


def _project(path: Path, raw: object) -> ProjectSettings:
    values = raw if isinstance(raw, dict) else {}
    known = {key: str(value) for key, value in values.items() if key in _FIELDS}
    return ProjectSettings(path, **known)


def _table_in(parent: Any, name: str) -> Any:
    """The table of that name; made anew where something else stands there."""
    import tomlkit

    if not isinstance(parent.get(name), dict):
        parent[name] = tomlkit.table()
    return parent[name]


_FIELDS = {"remote", "repository", "opened", "state", "at", "tag_template", "source"}


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
