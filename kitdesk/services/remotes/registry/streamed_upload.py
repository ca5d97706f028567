"""A blob that is sent while it is made: its digest is known last, its bytes are kept nowhere.

Pieces are gathered in memory and sent by a second thread, so that a cut or refused piece can be
sent again. A registry that takes one PUT only wants the digest first and cannot be served so.
"""

from __future__ import annotations

import contextlib
import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

import requests

from kitdesk.errors import KitDeskError, Unreachable
from kitdesk.modelkit.primitives.json_text import whole_number
from kitdesk.services.disk.files import os_errors_as, read_at
from kitdesk.services.remotes.registry.responses import error_from_response, upload_location
from kitdesk.services.remotes.registry.stalls import StallCounter
from kitdesk.services.remotes.registry.upload import (
    MONOLITHIC_ONLY,
    SESSION_LOST,
    STREAM,
    stored_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from kitdesk.services.remotes.registry.client import Client

CHUNK_BYTES = 8 << 20
"""Bytes of one PATCH: two of them are in memory at a time."""
COPY_CHUNK_BYTES = 256 << 10
MIN_CHUNK_BYTES = 1 << 16


class ChunkedUploadUnsupported(Exception):
    """This registry takes no pieces."""


class StreamedUpload:
    """As :class:`kitdesk.services.store.blob_writer.BlobWriter`; the blob ends in a registry."""

    def __init__(self, client: Client, url: str, chunk: int = CHUNK_BYTES) -> None:
        self._client, self._url, self._chunk = client, url, chunk
        self._hash = hashlib.sha256()
        self._buffer = bytearray()
        self._spare = bytearray()
        self._filled = 0
        self._pool = ThreadPoolExecutor(1, "stream")  # no thread before the first piece
        self._under_way: Future[None] | None = None
        self._place = ""
        self._sent = 0
        self.size = 0

    def __enter__(self) -> Self:
        answer = self._client.do_request(self._url, "POST", headers={"Content-Length": "0"})
        if answer.status_code != requests.codes.accepted:
            raise error_from_response(self._client.connection.host, "an upload", answer)
        self._place = upload_location(self._client.root, self._url, answer)
        least = whole_number(answer.headers.get("OCI-Chunk-Min-Length"))
        if least > 4 * CHUNK_BYTES:  # that much is not held in memory
            raise ChunkedUploadUnsupported
        self._chunk = max(self._chunk, least)
        return self

    def write(self, data: bytes | memoryview) -> None:
        """Append; waits while two pieces are under way. Raises what the sending met."""
        self._hash.update(data)
        self.size += len(data)
        view, at = memoryview(data), 0
        while at < len(view):
            if not self._buffer:  # two in all: one is filled while the other one is sent
                self._buffer = self._spare or bytearray(self._chunk)
                self._spare = bytearray()
            step = min(len(view) - at, self._chunk - self._filled)
            self._buffer[self._filled : self._filled + step] = view[at : at + step]
            self._filled += step
            at += step
            if self._filled == self._chunk:
                self._pass_on()

    def copy(self, source: int, size: int, offset: int) -> int:
        """Append ``size`` bytes of an open file from ``offset`` on; returns how many there were."""
        done = 0
        while done < size:
            with os_errors_as("reading a file"):
                data = read_at(source, min(COPY_CHUNK_BYTES, size - done), offset + done)
            if not data:
                break
            self.write(data)
            done += len(data)
        return done

    def _pass_on(self) -> None:
        chunk, size = self._buffer, self._filled
        self._buffer, self._filled = bytearray(), 0
        self._settle()
        self._under_way = self._pool.submit(self._send_and_return, chunk, size)

    def _send_and_return(self, chunk: bytearray, size: int) -> None:
        self._send(memoryview(chunk)[:size])
        self._spare = chunk

    def _settle(self) -> None:
        """Wait for the piece under way; raises what it met."""
        former, self._under_way = self._under_way, None
        if former is not None:
            former.result()

    @property
    def digest(self) -> str:
        """Digest of what was written so far."""
        return f"sha256:{self._hash.hexdigest()}"

    def commit(self) -> str:
        """Send the rest and give the blob its name. Returns the digest."""
        if self._filled:
            self._pass_on()
        self._settle()
        join = "&" if "?" in self._place else "?"
        answer = self._client.do_request(
            f"{self._place}{join}digest={self.digest}", "PUT", b"", STREAM
        )
        if answer.status_code != requests.codes.created:
            raise error_from_response(self._client.connection.host, "a layer", answer)
        self._place = ""
        return self.digest

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown()
        if self._place and error is not None:
            with contextlib.suppress(KitDeskError):
                self._client.do_request(self._place, "DELETE")

    # the sending thread ------------------------------------------------------------------------

    def _send(self, chunk: memoryview) -> None:
        """One piece, in smaller ones where the host wants that; a cut is looked into."""
        start, end = self._sent, self._sent + len(chunk)
        step, stalls = len(chunk), StallCounter(len(chunk))
        while self._sent < end:
            part, before = chunk[self._sent - start :][:step], self._sent - start
            try:
                answer = self._patch(part)
            except Unreachable as error:
                stalls.note(before, before, failed=True)
                if stalls.hopeless:
                    raise
                self._client.wait(error, stalls.stalls - 1)
                self._look(start, end, error)
                continue
            if (
                answer.status_code == requests.codes.request_entity_too_large
                and step > MIN_CHUNK_BYTES
            ):
                step //= 4
            elif answer.status_code in MONOLITHIC_ONLY and not self._sent:
                raise ChunkedUploadUnsupported
            elif answer.status_code in SESSION_LOST:
                stalls.note(before, before, failed=True)
                if stalls.hopeless:
                    raise Unreachable(*_LOST)
                self._look(start, end, Unreachable(*_LOST))
            elif answer.status_code != requests.codes.accepted:
                raise error_from_response(self._client.connection.host, "a layer", answer)
            else:
                self._place = upload_location(self._client.root, self._place, answer)
                self._sent += len(part)

    def _patch(self, part: memoryview) -> requests.Response:
        span = f"{self._sent}-{self._sent + len(part) - 1}"
        return self._client.do_request(
            self._place, "PATCH", _Once(part), {**STREAM, "Content-Range": span}
        )

    def _look(self, start: int, end: int, error: Unreachable) -> None:
        """Ask how much is stored; what lies before this piece is not to be had again."""
        answer = self._client.do_request(self._place)
        stored = stored_bytes(answer) if answer.status_code == requests.codes.no_content else None
        if stored is None or not start <= stored <= end:
            raise error
        self._place = upload_location(self._client.root, self._place, answer, self._place)
        self._sent = stored


_LOST = (
    "The registry has lost the upload under way.",
    "Try again; without --push the layers are kept here and a cut upload goes on.",
)


class _Once:
    """Bytes that do_request sends once: whether to repeat is judged here."""

    def __init__(self, data: memoryview) -> None:
        self._data = data

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[memoryview]:
        yield self._data
