"""login and logout: a password is checked with the registry before it is kept anywhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.errors import AuthRequired, BadReference, Refused
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.inputs.remotes import connection_of

if TYPE_CHECKING:
    from kitdesk.operations.inputs.remotes import RemoteOptions
    from kitdesk.services.accounts.credentials import Credential
    from kitdesk.services.container import Services


def check_host(host: str) -> str:
    """A registry's name; raises BadReference for a path or a URL."""
    if "/" in host or not host:
        raise BadReference(
            f"“{host}” is not a registry.", "Write its host alone: registry.example.com"
        )
    parse(f"{host}/probe:probe") if "." in host or ":" in host else None
    return host


def sign_in(host: str, credential: Credential, services: Services, options: RemoteOptions) -> None:
    """Ask the registry whether it takes the login, then keep it in the keyring.

    What the options say of the host (plain HTTP, certificates) is remembered with it. Raises
    AuthRequired when the login is refused (nothing is kept), Refused by what is no registry,
    NoKeyring when it holds for this program only, Unreachable.
    """
    check_login(host, credential, options)
    save_host_options(host, options, services)
    services.credentials.save(host, credential)


def check_login(host: str, credential: Credential, options: RemoteOptions) -> None:
    """Ask the registry whether it takes a login; nothing is kept."""
    from kitdesk.services.remotes.registry.client import Client

    connection = connection_of(check_host(host), replace(options, find=lambda _: credential))
    client = Client(connection)
    try:
        answer = client.do_request(f"{client.root}/v2/")
    except AuthRequired as error:
        raise AuthRequired(
            host,
            f"{host} refused the password of {credential.user or 'the token'}.",
            "Check the user name; many registries want a token instead of the password.",
            error.detail,
        ) from error
    finally:
        client.close()
    if not answer.ok:
        raise Refused(
            f"{host} answers, but not as a registry ({answer.status_code}).",
            "Check the name and the port. Nothing was kept.",
        )


def save_host_options(host: str, options: RemoteOptions, services: Services) -> None:
    """Keep what the options say of a host beside what is known; files by their full paths."""
    from kitdesk.services.accounts.credentials import canonical

    name = canonical(check_host(host))
    known = services.settings.host(name)
    facts = replace(
        known,
        plain_http=known.plain_http if options.plain_http is None else options.plain_http,
        ca_file=_full(options.tls_ca) or known.ca_file,
        insecure=options.insecure or known.insecure,
    )
    if options.tls_cert:
        facts = replace(
            facts, client_cert=_full(options.tls_cert), client_key=_full(options.tls_key)
        )
    if facts != known:
        services.settings.set_host(name, facts)


def _full(path: str) -> str:
    return str(Path(path).absolute()) if path else ""


def sign_out(host: str, services: Services) -> bool:
    """Forget a login; False if there was none."""
    return services.credentials.delete(check_host(host))
