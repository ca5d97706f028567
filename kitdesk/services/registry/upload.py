"""Send one blob: streamed in pieces, so that no proxy's limit and no expiring token spoils it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

import requests

from kitdesk.errors import Unreachable
from kitdesk.progress import Progress, Report
from kitdesk.services.files import explained
from kitdesk.services.registry.answers import refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kitdesk.modelkit.manifest import Descriptor
    from kitdesk.services.registry.client import Client

PIECE = 64 << 20
"""Bytes of one PATCH; a blob of at most :data:`SINGLE` goes in one PUT (transport.md section 5)."""
SINGLE = 16 << 20
BLOCK = 1 << 20
CUTS = 3
"""Times a spoiled upload is begun anew."""
WHOLE = frozenset({404, 405, 413, 416, 501, 201})
"""Answers to a PATCH of registries that take one PUT only."""


class Piece:
    """A part of a file as a request body that knows its length."""

    def __init__(self, path: Path, start: int, size: int, tell: Report, total: int) -> None:
        self._path, self._start, self._size = path, start, size
        self._tell, self._total = tell, total

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        with self._path.open("rb", buffering=0) as source:
            source.seek(self._start)
            left = self._size
            while left:
                block = source.read(min(BLOCK, left))
                if not block:
                    return
                left -= len(block)
                yield block
                self._tell(Progress("Sending", self._start + self._size - left, self._total))


def upload(client: Client, url: str, layer: Descriptor, source: Path, report: Report) -> None:
    """Send ``source`` as the blob ``layer``; ``url`` is where uploads of the repository begin.

    The registry checks the digest at the end. Raises Unreachable, Refused, AuthRequired.
    """
    whole = layer.size <= SINGLE
    with explained("reading the store"):
        for number in range(CUTS):
            try:
                if _once(client, url, layer, source, report, whole=whole):
                    return
                whole = True
            except Unreachable:
                if number == CUTS - 1:
                    raise
    raise Unreachable(
        f"The upload to {client.connection.host} was cut again and again.",
        "Try again: layers that are complete there are not sent twice.",
    )


def _once(
    client: Client, url: str, layer: Descriptor, source: Path, report: Report, *, whole: bool
) -> bool:
    """One session; False when the registry wants the blob in one piece."""
    host = client.connection.host
    begun = client.do_request(url, "POST", headers={"Content-Length": "0"})
    if begun.status_code != requests.codes.accepted:
        raise refused(host, "an upload", begun)
    place = _location(url, begun)
    sent = 0
    while not whole and sent < layer.size:
        size = min(PIECE, layer.size - sent)
        body = Piece(source, sent, size, report, layer.size)
        answer = client.do_request(
            place,
            "PATCH",
            body,
            {
                "Content-Type": "application/octet-stream",
                "Content-Range": f"{sent}-{sent + size - 1}",
            },
        )
        if answer.status_code in WHOLE:
            return False
        if answer.status_code != requests.codes.accepted:
            raise refused(host, "a layer", answer)
        place = _location(place, answer)
        sent += size
    rest = Piece(source, sent, layer.size - sent, report, layer.size)
    last: Piece | bytes = rest if len(rest) else b""
    join = "&" if "?" in place else "?"
    answer = client.do_request(
        f"{place}{join}digest={layer.digest}",
        "PUT",
        last,
        {"Content-Type": "application/octet-stream"},
    )
    if answer.status_code != requests.codes.created:
        raise refused(host, "a layer", answer)
    return True


def _location(base: str, response: requests.Response) -> str:
    """Where the next piece goes; the query is kept to the letter (transport.md section 1)."""
    place = response.headers.get("Location", "")
    if not place:
        raise refused(base, "to say where the upload goes", response)
    return urljoin(base, place)
