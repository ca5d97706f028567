"""Records beside a version in a registry: the referrers API, else the fallback tag.

OCI distribution specification 1.1, "Listing Referrers" and "Referrers Tag Schema".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import requests

from kitdesk.errors import BadModelKit
from kitdesk.modelkit.oci.manifest import INDEX_MEDIA_TYPE, Descriptor, descriptor_from
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives.json_text import BadJson, loads_object
from kitdesk.progress import current_canceller
from kitdesk.services.remotes.registry.responses import error_from_response

if TYPE_CHECKING:
    from kitdesk.services.remotes.registry.client import Client

TRIES = 3
"""How often a fallback index is written again because another writer lost our entry."""
LOOK_AGAIN_S = 1.0
MOST_ENTRIES = 10_000
"""Of an index that is kept while it is added to."""


def fallback_tag(subject: str) -> str:
    """The tag that holds the list where the registry has no API for it."""
    return subject.replace(":", "-", 1)


def has_api(client: Client, base: str, subject: str) -> tuple[bool, list[Descriptor]]:
    """Whether the registry answers for referrers, and which it names."""
    answer = client.do_request(f"{base}/referrers/{subject}", headers={"Accept": INDEX_MEDIA_TYPE})
    if answer.status_code != requests.codes.ok:
        return False, []
    return True, descriptors(answer.content)


def fallback(client: Client, base: str, subject: str) -> tuple[list[Descriptor], dict[str, Any]]:
    """What stands at the fallback tag: descriptors, and the index as it is."""
    answer = client.do_request(
        f"{base}/manifests/{fallback_tag(subject)}", headers={"Accept": INDEX_MEDIA_TYPE}
    )
    if answer.status_code == requests.codes.not_found:
        return [], {}
    if answer.status_code != requests.codes.ok:
        raise error_from_response(client.connection.host, "to list records", answer)
    try:
        index = loads_object(answer.content)
    except BadJson:
        return [], {}
    return descriptors(answer.content), index


def add_to_fallback(client: Client, base: str, subject: str, entry: dict[str, Any]) -> bool:
    """Add an entry to the fallback index and look a second later whether it is still there.

    Foreign entries stay. False where another writer took ours out three times.
    """
    for _try in range(TRIES):
        known, index = fallback(client, base, subject)
        if all(one.digest != entry["digest"] for one in known):
            listed = index.get("manifests")
            rest = listed[:MOST_ENTRIES] if isinstance(listed, list) else []
            made = {
                **index,
                "schemaVersion": 2,
                "mediaType": INDEX_MEDIA_TYPE,
                "manifests": [*rest, entry],
            }
            text = json.dumps(made, separators=(",", ":")).encode()
            answer = client.do_request(
                f"{base}/manifests/{fallback_tag(subject)}",
                "PUT",
                text,
                {"Content-Type": INDEX_MEDIA_TYPE},
            )
            if answer.status_code not in (requests.codes.created, requests.codes.ok):
                raise error_from_response(client.connection.host, "the list of records", answer)
        canceller = current_canceller()
        canceller.event.wait(LOOK_AGAIN_S)
        canceller.check()
        if any(one.digest == entry["digest"] for one in fallback(client, base, subject)[0]):
            return True
    return False


def descriptors(data: bytes) -> list[Descriptor]:
    """Entries of an index that are well formed."""
    try:
        listed = loads_object(data).get("manifests")
    except BadJson:
        return []
    found = []
    for one in listed[:MOST_ENTRIES] if isinstance(listed, list) else ():
        try:
            made = descriptor_from(one)
        except BadModelKit:
            continue
        if digests.is_digest(made.digest):
            found.append(made)
    return found
