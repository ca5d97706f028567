"""Open the remote that an address names; what a connection needs beside it comes from outside."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kitdesk.errors import BadReference
from kitdesk.modelkit.reference import Reference, parse
from kitdesk.operations.references import OCI, Address, FolderAddress, parse_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.services.credentials import Credential
    from kitdesk.services.remote import Remote


def _nobody(_host: str) -> None:
    """Anonymous."""


@dataclass(frozen=True, slots=True)
class RemoteOptions:
    """The common options of design.md section 5."""

    plain_http: bool | None = None
    tls_ca: str = ""
    insecure: bool = False
    find: Callable[[str], Credential | None] = _nobody
    """Looks up the login for a host."""
    cancelled: threading.Event = field(default_factory=threading.Event)


DEFAULTS = RemoteOptions()


def open_remote(address: Address, options: RemoteOptions = DEFAULTS) -> Remote:
    """The repository of a reference, or a folder remote. Nothing is asked yet.

    Raises BadReference for a name without a registry: there is nowhere to go.
    """
    if isinstance(address, FolderAddress):
        from kitdesk.services.folder_remote import FolderRemote

        return FolderRemote(address.path)
    if not has_registry(address):
        raise BadReference(
            f"{address.display} names no registry.",
            "Write it as HOST/REPOSITORY:TAG (localhost:5000/name:tag), or oci:FOLDER:TAG.",
        )
    from kitdesk.services.registry.client import Connection
    from kitdesk.services.registry.repository import RegistryRepository

    connection = Connection(
        address.registry, options.plain_http, options.tls_ca, options.insecure, options.find
    )
    return RegistryRepository(address.repository, connection, options.cancelled)


def has_registry(reference: Reference) -> bool:
    """False for names that live in the store only: ``localhost`` without a port is no registry."""
    return reference.registry != "localhost"


def repository_of(address: Address) -> str:
    """Name its versions have in the store once pulled: a folder's own name for a folder remote."""
    if isinstance(address, Reference):
        return address.name
    name = "".join(c if c.isalnum() else "-" for c in address.path.name.lower()).strip("-")
    return f"localhost/{name or 'unnamed'}"


def wanted_of(address: Address) -> str:
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
