"""Open the remote that an address names; what a connection needs beside it comes from outside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.errors import BadReference, NotFound
from kitdesk.modelkit.primitives.reference import Reference, parse
from kitdesk.operations.inputs.addresses import OCI, Address, FolderAddress, parse_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.services.accounts.credentials import Credential
    from kitdesk.services.config.settings import HostFacts
    from kitdesk.services.container import Services
    from kitdesk.services.remotes.protocol import RemoteRepository
    from kitdesk.services.remotes.registry.cache import RegistryCache
    from kitdesk.services.remotes.registry.endpoint import RegistryEndpoint


def _nobody(_host: str) -> None:
    """Anonymous."""


def _usual(_host: str) -> HostFacts:
    """Nothing is remembered."""
    from kitdesk.services.config.settings import HostFacts

    return HostFacts()


@dataclass(frozen=True, slots=True)
class RemoteOptions:
    """How a registry is spoken to; what is not said is looked up by host."""

    plain_http: bool | None = None
    tls_ca: str = ""
    insecure: bool = False
    find: Callable[[str], Credential | None] = _nobody
    """Looks up the login for a host."""
    tls_cert: str = ""
    """A certificate to show the registry; ``tls_key`` empty: its key is in the same file."""
    tls_key: str = ""
    facts: Callable[[str], HostFacts] = _usual
    """Looks up how a host is spoken to."""
    memory: RegistryCache | None = None
    """What is remembered of registries."""


DEFAULTS = RemoteOptions()


def options_of(
    services: Services,
    plain_http: bool | None = None,
    tls_ca: str = "",
    insecure: bool = False,
    tls_cert: str = "",
    tls_key: str = "",
) -> RemoteOptions:
    """Options that find logins and remembered facts of hosts in a person's own services."""

    def facts(host: str) -> HostFacts:
        return services.settings.host(host)

    def find(host: str) -> Credential | None:
        return services.credentials.find(host)

    return RemoteOptions(
        plain_http, tls_ca, insecure, find, tls_cert, tls_key, facts, services.registry_cache
    )


def connection_of(host: str, options: RemoteOptions) -> RegistryEndpoint:
    """How a host is spoken to: as the options say, else as it is remembered.

    Raises NotFound for a certificate file that is not there.
    """
    from kitdesk.services.accounts.credentials import canonical
    from kitdesk.services.remotes.registry.endpoint import RegistryEndpoint

    known = options.facts(canonical(host))
    plain = options.plain_http
    if plain is None and known.plain_http:
        plain = True
    cert, key = options.tls_cert or known.client_cert, options.tls_key or known.client_key
    if options.tls_cert:
        key = options.tls_key
    ca_file = options.tls_ca or known.ca_file
    for file in filter(None, (ca_file, cert, key)):
        if not Path(file).is_file():
            raise NotFound(
                f"The certificate file {file} is not there.",
                f"It is meant for {host}. Name another one, or forget it: "
                f"kitdesk accounts --remember {host}",
            )
    insecure = options.insecure or known.insecure
    return RegistryEndpoint(host, plain, ca_file, insecure, cert, key, options.find)


def open_remote(address: Address, options: RemoteOptions = DEFAULTS) -> RemoteRepository:
    """The repository of a reference, or a folder remote. Nothing is asked yet.

    What cancels the work of the calling thread (:func:`kitdesk.progress.stoppable`) cuts the
    remote's connections at once, wherever they wait.

    Raises BadReference for a name without a registry: there is nowhere to go.
    """
    if isinstance(address, FolderAddress):
        from kitdesk.services.remotes.folder import FolderRemote

        return FolderRemote(address.path)
    if not has_registry(address):
        raise BadReference(
            f"{address.display} names no registry.",
            "Write it as HOST/REPOSITORY:TAG (localhost:5000/name:tag), or oci:FOLDER:TAG.",
        )
    from kitdesk.services.remotes.registry.repository import RegistryRepository

    connection = connection_of(address.registry, options)
    return RegistryRepository(address.repository, connection, options.memory)


def has_registry(reference: Reference) -> bool:
    """False for names that live in the store only: ``localhost`` without a port is no registry."""
    return reference.registry != "localhost"


def registry_of(text: str) -> str:
    """Host of a project's remote as it is remembered; "" for a folder, none, or nonsense."""
    if not text or text.startswith(OCI):
        return ""
    try:
        return parse(text).registry
    except BadReference:
        return ""


def repository_at(text: str, host: str) -> str:
    """Repository of a project's remote if it lies at ``host``, else ""."""
    from kitdesk.services.accounts.credentials import canonical

    found = registry_of(text)
    return parse(text).repository if found and canonical(found) == canonical(host) else ""


def repository_of(address: Address) -> str:
    """Name its versions have in the store once pulled: a folder's own name for a folder remote."""
    if isinstance(address, Reference):
        return address.name
    name = "".join(c if c.isalnum() else "-" for c in address.path.name.lower()).strip("-")
    return f"localhost/{name or 'unnamed'}"


def requested_tag(address: Address) -> str:
    """The tag or digest an address asks for; ``latest`` when it names none."""
    if isinstance(address, FolderAddress):
        return address.tag or "latest"
    return address.digest or address.tag or "latest"


def parse_remote(text: str) -> Address:
    """A remote as a person writes it for a project: ``HOST/REPOSITORY`` or ``oci:PATH``."""
    if text.startswith(OCI):
        return parse_address(text)
    reference = parse(text)
    if not has_registry(reference):
        raise BadReference(
            f"“{text}” names no registry.", "Write HOST/REPOSITORY, or oci:FOLDER for a folder."
        )
    return reference
