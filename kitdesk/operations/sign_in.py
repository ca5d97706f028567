"""login and logout: a password is checked with the registry before it is kept anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.errors import AuthRequired, BadReference
from kitdesk.modelkit.reference import parse

if TYPE_CHECKING:
    from kitdesk.operations.remotes import RemoteOptions
    from kitdesk.services.credentials import Credential
    from kitdesk.services.library import Library


def check_host(host: str) -> str:
    """A registry's name; raises BadReference for a path or a URL."""
    if "/" in host or not host:
        raise BadReference(
            f"“{host}” is not a registry.", "Write its host alone: registry.example.com"
        )
    parse(f"{host}/probe:probe") if "." in host or ":" in host else None
    return host


def sign_in(host: str, credential: Credential, library: Library, options: RemoteOptions) -> None:
    """Ask the registry whether it takes the login, then keep it in the keyring.

    Raises AuthRequired when it is refused (nothing is kept), NoKeyring when it holds for this
    program only, Unreachable.
    """
    from kitdesk.services.registry.client import Client, Connection

    connection = Connection(
        check_host(host), options.plain_http, options.tls_ca, options.insecure, lambda _: credential
    )
    client = Client(connection)
    try:
        client.do_request(f"{client.root}/v2/")
    except AuthRequired as error:
        raise AuthRequired(
            host,
            f"{host} refused the password of {credential.user or 'the token'}.",
            "Check the user name; many registries want a token instead of the password.",
            error.detail,
        ) from error
    finally:
        client.session.close()
    library.credentials.keep(host, credential)


def sign_out(host: str, library: Library) -> bool:
    """Forget a login; False if there was none."""
    return library.credentials.forget(check_host(host))
