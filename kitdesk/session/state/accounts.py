"""What the sheet Registries and accounts shows. Plain values, without any secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from kitdesk.session.state.project import ErrorInfo

FindingState = Literal["ok", "limited", "failed"]


@dataclass(frozen=True, slots=True)
class ConnectionFacts:
    """How a registry is spoken to; the defaults are the usual way."""

    plain_http: bool = False
    ca_file: str = ""
    client_cert: str = ""
    client_key: str = ""
    """Empty: the key lies in the certificate's file."""
    insecure: bool = False
    """Certificates are not checked."""


@dataclass(frozen=True, slots=True)
class AccountItem:
    """One registry: with a login, with facts of its own, or used by a project."""

    host: str
    user: str = ""
    """"" with :attr:`signed_in`: an identity token."""
    signed_in: bool = False
    secret: str = ""
    """Where the password is, as a part of a sentence: ``in the keyring``."""
    usable: bool = True
    """False: the secret is locked or gone, so a request would be anonymous."""
    connection: ConnectionFacts = ConnectionFacts()
    local: bool = False
    """On this machine: plain HTTP needs no choice."""
    used_by: tuple[str, ...] = ()
    """Names of the projects whose remote is there."""
    forgotten: bool = False
    """Its login was forgotten a moment ago, and can still be taken back."""


@dataclass(frozen=True, slots=True)
class FindingItem:
    """One thing that was tried with a registry."""

    name: str
    state: FindingState
    sentence: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class DiagnosisView:
    """What the doctor found; ``running`` while it is still trying."""

    host: str
    running: bool = False
    verdict: str = ""
    findings: tuple[FindingItem, ...] = ()
    when: datetime | None = None
    error: ErrorInfo | None = None


@dataclass(frozen=True, slots=True)
class LoginItem:
    """A login that another program keeps and that could be taken over."""

    number: int
    """Its place in the list that was read."""
    host: str
    user: str
    """Empty: an identity token, or only the helper knows."""
    source: str
    """``docker``, ``kit``, ``docker (secretservice)``."""
    known: bool = False
    """KitDesk has a login for this registry already."""
    outcome: str = ""
    """``taken over``, or why not; empty while it was not asked for."""
    ok: bool | None = None
