"""The list of a repository's tags, which comes in pages and need not be honest about their end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import requests
from requests.utils import parse_header_links

from kitdesk.errors import Refused
from kitdesk.modelkit.primitives.json_text import BadJson, loads_object
from kitdesk.modelkit.primitives.reference import tag_problem
from kitdesk.services.remotes.registry.responses import error_from_response, joined

if TYPE_CHECKING:
    from kitdesk.services.remotes.registry.client import Client

PAGES = 2000
"""Pages of one list; a registry gives 100 names or more in each."""
RECORD_TAG = re.compile(r"sha256-[0-9a-f]{64}(?:\.[a-z]{1,8})?")
"""Lists of records and signatures beside a version (OCI distribution 1.1, cosign): no versions."""
TAGS = 1_000_000
"""Names of one list."""


def list_tags(client: Client, base: str) -> tuple[str, ...]:
    """All tags of the repository at ``base``; none where nobody has pushed yet.

    A page that brings nothing new is the last one. Names that are no tags are left out: they could
    be asked for nowhere. Raises Refused for a list without end, or what is no list.
    """
    host = client.connection.host
    found: dict[str, None] = {}
    url = f"{base}/tags/list"
    for _page in range(PAGES):
        answer = client.do_request(url)
        if answer.status_code == requests.codes.not_found:
            break
        if answer.status_code != requests.codes.ok:
            raise error_from_response(host, "to list tags", answer)
        before = len(found)
        found.update(dict.fromkeys(_names(host, answer)))
        url = _next_page(client.root, url, answer)
        if len(found) == before or not url:
            break
        if len(found) > TAGS:
            raise _endless(host)
    else:
        raise _endless(host)
    return tuple(found)


def _names(host: str, answer: requests.Response) -> list[str]:
    try:
        names = loads_object(answer.content).get("tags") or []
    except BadJson as error:
        raise Refused(f"{host} does not list tags.", "", str(error)) from error
    if not isinstance(names, list):
        raise Refused(f"{host} does not list tags.")
    texts = [name for name in names if isinstance(name, str) and tag_problem(name) is None]
    return [name for name in texts if not RECORD_TAG.fullmatch(name)]


def _next_page(root: str, url: str, answer: requests.Response) -> str:
    """Where the list goes on (RFC 5988); "" at its end."""
    links = parse_header_links(answer.headers.get("Link", ""))
    place = next((link["url"] for link in links if link.get("rel") == "next"), "")
    return joined(root, url, place) if place else ""


def _endless(host: str) -> Refused:
    return Refused(f"{host} lists tags without end.", "Nothing was kept.")
