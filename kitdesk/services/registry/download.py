"""Bring one blob here: streamed, resumed inside, checked; a cut line is picked up again."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import requests
import urllib3.exceptions

from kitdesk.errors import BadModelKit, Unreachable, WrongDigest
from kitdesk.modelkit import digest as digests
from kitdesk.progress import Progress, Report
from kitdesk.services.files import WRITE, explained
from kitdesk.services.registry.answers import refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kitdesk.modelkit.manifest import Descriptor
    from kitdesk.services.registry.client import Client

BUFFER = 256 << 10
"""Bytes read at a time (performance.md section 4)."""
CUTS = 5
"""Cut connections without a byte of progress between them that are survived."""


def download(client: Client, url: str, layer: Descriptor, part: Path, report: Report) -> int:
    """Fill ``part`` until it is the whole blob; returns the bytes that were there before.

    Raises WrongDigest after one clean second try, Unreachable when the line stays cut.
    """
    started = None
    for clean in (False, True):
        if clean:
            part.unlink(missing_ok=True)
        resumed, digest = _fetch(client, url, layer, part, report)
        started = resumed if started is None else 0
        if digest == layer.digest:
            return started
    part.unlink(missing_ok=True)
    raise WrongDigest(
        f"{client.connection.host} sent other bytes than the digest promises, twice.",
        "Nothing was kept. Tell whoever runs the registry.",
        layer.digest,
    )


def _fetch(
    client: Client, url: str, layer: Descriptor, part: Path, report: Report
) -> tuple[int, str]:
    state = hashlib.sha256()
    done = 0
    with explained("writing into the store"), part.open("a+b", buffering=WRITE) as out:
        out.seek(0)
        while done < layer.size and (block := out.read(min(BUFFER, layer.size - done))):
            state.update(block)
            done += len(block)
        out.truncate(done)
        resumed, idle = done, 0
        report(Progress("Fetching", done, layer.size, resumed))
        while done < layer.size:
            before = done
            try:
                for piece in _blocks(client, url, layer, done):
                    if piece is None:  # the server began at the start again
                        out.truncate(0)
                        state, done, before, resumed = hashlib.sha256(), 0, 0, 0
                        continue
                    state.update(piece)
                    for at in range(0, len(piece), WRITE):
                        out.write(piece[at : at + WRITE])
                    done += len(piece)
                    report(Progress("Fetching", done, layer.size, resumed))
            except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
                out.flush()
                idle = idle + 1 if done == before else 0
                if idle >= CUTS:
                    raise Unreachable(
                        f"The connection to {client.connection.host} was cut again and again.",
                        "Try again: what arrived is kept and will not be fetched twice.",
                        type(error).__name__,
                    ) from error
                continue
            if done < layer.size:
                idle = idle + 1 if done == before else 0
                if idle >= CUTS:
                    raise BadModelKit(
                        f"{client.connection.host} has {digests.short(layer.digest)} cut short.",
                        "Ask for the version to be pushed again.",
                    )
    return resumed, f"sha256:{state.hexdigest()}"


def _blocks(client: Client, url: str, layer: Descriptor, start: int) -> Iterator[bytes | None]:
    """Blocks from ``start`` on; a leading None says that the server sends from 0 instead."""
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    response = client.do_request(url, headers=headers, stream=True)
    with response:
        if response.status_code not in (requests.codes.ok, requests.codes.partial_content):
            raise refused(client.connection.host, "to send a layer", response)
        where = response.headers.get("Content-Range", "")
        if start and not (
            response.status_code == requests.codes.partial_content
            and where.startswith(f"bytes {start}-")
        ):
            yield None
            start = 0
        left = layer.size - start
        while left > 0:
            block = response.raw.read(min(BUFFER, left))
            if not block:
                return
            left -= len(block)
            client.count(len(block))
            yield block
