"""Bring one blob here: streamed, resumed inside, checked; a cut line is picked up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests
import urllib3.exceptions

from kitdesk.errors import BadModelKit, KitDeskError, Unreachable, WrongDigest
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives.json_text import whole_number
from kitdesk.progress import Progress, Report
from kitdesk.services.disk.files import os_errors_as
from kitdesk.services.remotes.registry.partial_file import PartialFile
from kitdesk.services.remotes.registry.responses import error_from_response
from kitdesk.services.remotes.registry.stalls import StallCounter
from kitdesk.services.remotes.registry.transport import read_into

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kitdesk.modelkit.oci.manifest import Descriptor
    from kitdesk.services.remotes.registry.client import Client


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
    client: Client, url: str, layer: Descriptor, path: Path, report: Report
) -> tuple[int, str]:
    with os_errors_as("writing into the store"), PartialFile(path, layer.size) as part:
        resumed, stalls = part.done, StallCounter(layer.size, part.done)
        report(Progress("Fetching", part.done, layer.size, resumed))
        while part.done < layer.size:
            before, problem, again = part.done, None, False
            try:
                for got in _received(client, url, part):
                    if not got:  # the server began at the start again
                        stalls.spend(before)
                        before, resumed, again = 0, 0, True
                    report(Progress("Fetching", part.done, layer.size, resumed))
            except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
                problem = error
            stalls.note(before, part.done, failed=again or problem is not None)
            if stalls.hopeless:
                raise _given_up(client, layer, problem)
        return resumed, part.digest()


def _given_up(client: Client, layer: Descriptor, problem: Exception | None) -> KitDeskError:
    host = client.connection.host
    if problem is None:
        return BadModelKit(
            f"{host} has {digests.short(layer.digest)} cut short.",
            "Ask for the version to be pushed again.",
        )
    return Unreachable(
        f"The connection to {host} was cut again and again.",
        "Try again: what arrived is kept and will not be fetched twice.",
        type(problem).__name__,
    )


def _received(client: Client, url: str, part: PartialFile) -> Iterator[int]:
    """Fill the part from where it is; yields bytes that came, 0 when it began again at 0."""
    headers = {"Accept-Encoding": "identity"}
    start = part.done
    if start:
        headers["Range"] = f"bytes={start}-"
    response = client.do_request(url, headers=headers, stream=True)
    with response:
        if response.status_code not in (requests.codes.ok, requests.codes.partial_content):
            raise error_from_response(client.connection.host, "to send a layer", response)
        where = response.headers.get("Content-Range", "")
        if start and not (
            response.status_code == requests.codes.partial_content
            and where.startswith(f"bytes {start}-")
        ):
            part.reset()
            yield 0
        came, promised = 0, whole_number(response.headers.get("Content-Length"))
        while room := part.buffer():
            got = 0
            try:
                got = read_into(response, room)
            finally:
                part.advance(got)
            came += got
            if not got and came < promised:
                raise urllib3.exceptions.ProtocolError("the connection was cut")
            if not got:
                return  # it has no more: its copy is too short
            client.count(got)
            yield got
        response.raw.release_conn()  # it has nothing more to say: the next blob may use it
