"""How a host is spoken to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.services.remote import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.services.credentials import Credential


def _nobody(_host: str) -> None:
    """Anonymous."""


@dataclass(frozen=True, slots=True)
class Connection:
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
