"""How a host is spoken to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.errors import Unreachable
from kitdesk.services.remotes.protocol import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.services.accounts.credentials import Credential


def _nobody(_host: str) -> None:
    """Anonymous."""


@dataclass(frozen=True, slots=True)
class RegistryEndpoint:
    """How a host is spoken to."""

    host: str
    plain_http: bool | None = None
    """None: plain for loopback hosts only."""
    ca_file: str = ""
    insecure: bool = False
    client_cert: str = ""
    client_key: str = ""
    find: Callable[[str], Credential | None] = _nobody
    """Looks up the login for the host; asked at the first 401 only."""

    @property
    def plain(self) -> bool:
        """True when the host is spoken to without TLS."""
        if self.plain_http is not None:
            return self.plain_http
        return is_loopback(self.host)


def tls_error(connection: RegistryEndpoint, error: Exception) -> Unreachable:
    """Why TLS failed, and what would help; the reasons are OpenSSL's."""
    host, said = connection.host, str(error)
    lowered = said.lower().replace("_", " ")
    if "pem lib" in lowered or "no certificate or crl" in lowered or "no start line" in lowered:
        files = [
            file
            for file in (connection.client_cert, connection.client_key, connection.ca_file)
            if file
        ]
        return Unreachable(
            f"{' or '.join(files)} holds no certificate, or its key is another one.",
            "PEM files are needed: -----BEGIN CERTIFICATE-----",
            said,
        )
    if "certificate required" in lowered or "alert" in lowered:
        return Unreachable(
            f"{host} wants to see a certificate, or refused the one it saw.",
            "Name it with --tls-cert FILE and its key with --tls-key FILE.",
            said,
        )
    if "wrong version number" in lowered or "http request" in lowered:
        return Unreachable(
            f"{host} does not speak TLS on this port.",
            "Inside a closed network --plain-http does without.",
            said,
        )
    return Unreachable(
        f"{host} could not prove who it is.",
        "If it uses its own certificate, name it with --tls-ca FILE.",
        said,
    )
