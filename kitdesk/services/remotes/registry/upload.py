"""Send one blob: streamed in pieces, so that no proxy's limit and no expiring token spoils it.

After every piece the place is remembered: an upload that was cut, or whose program was killed, goes
on where the registry says it is. A piece whose outcome is unknown is never sent again by guess.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import requests

from kitdesk.errors import AuthRequired, FileChanged, KitDeskError, Unreachable, WrongDigest
from kitdesk.modelkit.primitives.json_text import whole_number
from kitdesk.progress import Progress, Report
from kitdesk.services.disk.files import os_errors_as
from kitdesk.services.remotes.registry.cache import UploadSession
from kitdesk.services.remotes.registry.responses import (
    detail_of,
    error_from_response,
    upload_location,
)
from kitdesk.services.remotes.registry.stalls import StallCounter
from kitdesk.services.remotes.registry.upload_policy import policy_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kitdesk.modelkit.oci.manifest import Descriptor
    from kitdesk.services.remotes.registry.cache import RegistryCache
    from kitdesk.services.remotes.registry.client import Client

SEND_BYTES = 256 << 10
"""Bytes read and sent at a time. Not sendfile(2): the registry is what a push waits for, and it
takes bytes faster that this process has just brought into the processor's cache."""
MONOLITHIC_ONLY = frozenset({201, 404, 405, 416, 501})
"""Answers to a first PATCH of registries that take one PUT only."""
SESSION_LOST = frozenset({404, 416})
"""Answers of a registry that has lost the upload, or is at another place in it."""
STREAM = {"Content-Type": "application/octet-stream"}


class ChunkBody:
    """A part of a file as a request body that knows its length; each attempt reads it anew."""

    def __init__(self, path: Path, start: int, size: int, tell: Report, progress: Progress) -> None:
        self._path, self._start, self._size = path, start, size
        self._tell, self._progress = tell, progress

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[memoryview]:
        step, total, skipped = self._progress.step, self._progress.total, self._progress.skipped
        buffer = memoryview(bytearray(min(SEND_BYTES, self._size)))
        done = 0
        with self._path.open("rb", buffering=0) as source:
            source.seek(self._start)
            while done < self._size:
                got = source.readinto(buffer[: self._size - done])
                if not got:
                    raise FileChanged(
                        "A layer in the store was cut short.", "Pack or pull the version again."
                    )
                yield buffer[:got]
                done += got
                self._tell(Progress(step, self._start + done, total, skipped))


def upload(
    client: Client,
    url: str,
    layer: Descriptor,
    source: Path,
    report: Report,
    memory: RegistryCache | None = None,
    begun: str = "",
) -> int:
    """Send ``source`` as the blob ``layer``; ``url`` is where uploads of the repository begin.

    ``begun``: place of an upload that a refused mount has opened. Returns the bytes that an
    earlier try had sent. The registry checks the digest at the end. Raises Unreachable, Refused,
    AuthRequired, WrongDigest.
    """
    with os_errors_as("reading the store"):
        return _Upload(client, url, layer, source, report, memory, begun).run()


class _Upload:
    def __init__(
        self,
        client: Client,
        url: str,
        layer: Descriptor,
        source: Path,
        report: Report,
        memory: RegistryCache | None,
        begun: str,
    ) -> None:
        self._client, self._url, self._layer = client, url, layer
        self._source, self._report, self._memory = source, report, memory
        self._host = client.connection.host
        self._rule = policy_for(self._host, memory)
        self._place = begun
        self._sent = 0
        self._skipped = 0
        """Bytes that an earlier run had sent, and that still count."""
        self._stalls = StallCounter(layer.size)
        self._retry_monolithic = False
        """True after the registry found another digest: once more, in one piece."""

    def run(self) -> int:
        """Until the blob is there."""
        self._resume_saved()
        self._stalls = StallCounter(self._layer.size, self._sent)
        while True:
            before, problem = self._sent, None
            try:
                if self._step():
                    self._remember(ended=True)
                    return self._skipped
            except Unreachable as error:
                problem = error
            self._stalls.note(before, self._sent, failed=problem is not None)
            if self._stalls.hopeless:
                raise problem or Unreachable(
                    f"The upload to {self._host} was cut again and again.",
                    "Try again: layers that are complete there are not sent twice.",
                )
            if problem is not None:
                self._client.wait(problem, self._stalls.stalls - 1)
                self._query_offset()

    def _step(self) -> bool:
        """Begin, or send one piece, or end; True when the blob is complete."""
        if not self._place:
            self._begin()
        size = self._layer.size
        if self._rule.is_monolithic(size) or self._retry_monolithic:
            return self._end(0, size)
        if self._sent >= size:
            return self._end(size, 0)
        self._patch(min(self._rule.chunk, size - self._sent))
        return False

    def _begin(self) -> None:
        answer = self._client.do_request(self._url, "POST", headers={"Content-Length": "0"})
        if answer.status_code != requests.codes.accepted:
            raise error_from_response(self._host, "an upload", answer)
        least = whole_number(answer.headers.get("OCI-Chunk-Min-Length"))
        self._rule = self._rule.at_least(least)
        self._at(upload_location(self._client.root, self._url, answer), 0)

    def _patch(self, size: int) -> None:
        span = f"{self._sent}-{self._sent + size - 1}"
        answer = self._client.do_request(
            self._place, "PATCH", self._body(self._sent, size), {**STREAM, "Content-Range": span}
        )
        status = answer.status_code
        if status == requests.codes.accepted:
            stored = stored_bytes(answer)
            end = self._sent + size
            if stored is not None and self._sent < stored < end:
                end = stored  # it took a part: the rest comes with the next piece
            self._at(upload_location(self._client.root, self._place, answer), end)
            self._remember()
        elif status == requests.codes.request_entity_too_large:
            self._shrink(size, answer)
        elif self._sent == 0 and status in MONOLITHIC_ONLY:
            self._learn(0)
        elif status in SESSION_LOST:
            self._query_offset()
        else:
            raise error_from_response(self._host, "a layer", answer)

    def _end(self, start: int, size: int) -> bool:
        join = "&" if "?" in self._place else "?"
        body = self._body(start, size) if size else b""
        answer = self._client.do_request(
            f"{self._place}{join}digest={self._layer.digest}", "PUT", body, STREAM
        )
        status = answer.status_code
        if status == requests.codes.created:
            return True
        if status == requests.codes.request_entity_too_large and size:
            self._shrink(size, answer)
        elif status in SESSION_LOST:
            self._at("", 0)
        elif status == requests.codes.bad_request and "DIGEST_INVALID" in detail_of(answer):
            if self._retry_monolithic:
                raise WrongDigest(
                    f"{self._host} received other bytes than the digest promises, twice.",
                    "Check the version here with kitdesk verify, then push again.",
                    self._layer.digest,
                )
            self._retry_monolithic = True
            self._at("", 0)
        else:
            raise error_from_response(self._host, "a layer", answer)
        return False

    def _body(self, start: int, size: int) -> ChunkBody:
        progress = Progress("Sending", 0, self._layer.size, self._skipped)
        return ChunkBody(self._source, start, size, self._report, progress)

    def _at(self, place: str, sent: int) -> None:
        self._place, self._sent = place, sent
        self._skipped = min(self._skipped, sent)

    def _shrink(self, size: int, answer: requests.Response) -> None:
        smaller = self._rule.with_smaller_chunks(size)
        if smaller is None:
            raise error_from_response(self._host, "a layer", answer)
        self._learn(smaller.chunk)

    def _learn(self, chunk: int) -> None:
        """The host wants its uploads otherwise: begin anew so, and remember it."""
        if self._memory is not None:
            self._memory.set_chunk_size(self._host, chunk)
        rule = policy_for(self._host)
        self._rule = type(rule)(chunk, min(rule.single, chunk) if chunk else rule.single)
        self._abandon()

    def _abandon(self) -> None:
        """Let the registry throw away what it has of this session; best effort."""
        place = self._place
        self._at("", 0)
        self._remember(ended=True)
        with contextlib.suppress(KitDeskError):
            self._client.do_request(place, "DELETE")

    # going on ----------------------------------------------------------------------------------

    @property
    def _key(self) -> str:
        return f"{self._url}@{self._layer.digest}"

    def _remember(self, *, ended: bool = False) -> None:
        if self._memory is not None and not self._rule.is_monolithic(self._layer.size):
            upload = None if ended else UploadSession(self._place, self._sent)
            self._memory.keep_upload(self._key, upload)

    def _resume_saved(self) -> None:
        """Go on with what an earlier run has left, if the registry still knows it."""
        if self._memory is None or self._rule.is_monolithic(self._layer.size):
            return
        left = self._memory.take_upload(self._key)
        if left is not None:
            self._place, self._sent = left.location, left.offset
            self._query_offset()
            self._skipped = self._sent
            if self._sent:
                self._remember()

    def _query_offset(self) -> None:
        """Ask how much of the upload is stored; an answer that says nothing begins anew."""
        stored = None
        try:
            if self._place and not self._rule.is_monolithic(self._layer.size):
                stored = self._stored()
        except AuthRequired:
            raise
        except KitDeskError:
            pass  # it does not say: then it begins anew
        if stored is None or stored > self._layer.size:
            self._at("", 0)
        else:  # what an earlier run has sent still counts
            self._at(self._place, stored)

    def _stored(self) -> int | None:
        """Bytes that the registry says are stored, None where it has lost the upload."""
        place = self._place
        answer = self._client.do_request(place)
        if answer.status_code != requests.codes.no_content:
            return None
        self._place = upload_location(self._client.root, place, answer, place)
        return stored_bytes(answer)


def stored_bytes(answer: requests.Response) -> int | None:
    """Bytes that the Range of an answer says are stored; ``0-0`` is how nothing is written."""
    span = answer.headers.get("Range", "").removeprefix("bytes=")
    end = whole_number(span.removeprefix("0-"), -1) if span.startswith("0-") else -1
    if end < 0:
        return None
    return end + 1 if end else 0
