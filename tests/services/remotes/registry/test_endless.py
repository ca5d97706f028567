"""Whatever a server makes look like progress has an end: in tries, in bytes, in pages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kitdesk.errors import AuthRequired, BadModelKit, KitDeskError, Refused, Unreachable
from kitdesk.modelkit.oci.manifest import Descriptor
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.inputs.remotes import RemoteOptions, open_remote
from kitdesk.progress import Progress, silent
from kitdesk.services.accounts.credentials import Credential
from kitdesk.services.remotes.protocol import RemoteRepository
from kitdesk.services.remotes.registry import pages, upload_policy
from kitdesk.services.remotes.registry.repository import RegistryRepository
from kitdesk.services.remotes.registry.stalls import MAX_STALLS, StallCounter
from kitdesk.services.remotes.registry.streamed_upload import StreamedUpload
from tests.fakes.hostile import Answer, Asked, HostileServer

pytestmark = pytest.mark.usefixtures("no_waiting")
KIB = 1 << 10
SIZE = 1 << 20
BLOB = os.urandom(SIZE)
LAYER = Descriptor("application/octet-stream", digests.of_bytes(BLOB), SIZE)
MANY = 60
"""More requests than any of these may cost."""


@pytest.fixture
def serve() -> Iterator[
    Callable[[Callable[[Asked], Answer]], tuple[HostileServer, RemoteRepository]]
]:
    open_ones: list[tuple[HostileServer, RemoteRepository]] = []

    def start(answer: Callable[[Asked], Answer]) -> tuple[HostileServer, RemoteRepository]:
        server = HostileServer(answer).__enter__()
        found = RemoteOptions(find=lambda _host: Credential("ann", "secret"))
        open_ones.append((server, open_remote(parse(f"{server.host}/demo"), found)))
        return open_ones[-1]

    yield start
    for server, remote in open_ones:
        remote.close()
        server.__exit__()


Serve = Callable[[Callable[[Asked], Answer]], tuple[HostileServer, RemoteRepository]]


def start_of(asked: Asked) -> int:
    return int(asked.headers.get("range", "bytes=0-")[6:-1])


def a_byte_a_try(asked: Asked) -> Answer:
    start = start_of(asked)
    headers = {"Content-Range": f"bytes {start}-{SIZE - 1}/{SIZE}"} if start else {}
    return Answer(206 if start else 200, headers, BLOB[start : start + 1], claims=SIZE - start)


def cut_without_ranges(_asked: Asked) -> Answer:
    return Answer(body=BLOB[: SIZE // 2], claims=SIZE)


def shorter_than_said(_asked: Asked) -> Answer:
    return Answer(body=BLOB[: SIZE // 2])


@pytest.mark.parametrize("how", [a_byte_a_try, cut_without_ranges, shorter_than_said])
def test_a_layer_that_never_comes_whole_is_given_up(
    how: Callable[[Asked], Answer], serve: Serve, tmp_path: Path
) -> None:
    server, remote = serve(how)
    with pytest.raises((Unreachable, BadModelKit)):
        remote.download(LAYER, tmp_path / "part", silent)
    assert len(server.asked) < MANY
    assert server.sent < 8 * SIZE


def test_a_layer_without_end_stops_at_its_size(serve: Serve, tmp_path: Path) -> None:
    server, remote = serve(lambda _: Answer(body=BLOB, endless=BLOB, claims=1 << 50))
    remote.download(LAYER, tmp_path / "part", silent)
    assert (tmp_path / "part").stat().st_size == SIZE
    assert len(server.asked) == 1


def test_what_was_there_before_is_told_as_skipped(serve: Serve, tmp_path: Path) -> None:
    def rest(asked: Asked) -> Answer:
        start = start_of(asked)
        return Answer(206, {"Content-Range": f"bytes {start}-{SIZE - 1}/{SIZE}"}, BLOB[start:])

    _server, remote = serve(rest)
    (tmp_path / "part").write_bytes(BLOB[: SIZE // 2])
    told: list[Progress] = []
    assert remote.download(LAYER, tmp_path / "part", told.append) == SIZE // 2
    assert {one.skipped for one in told} == {SIZE // 2}
    assert told[-1].done == SIZE


class Uploads:
    """A registry that takes uploads in its own way."""

    def __init__(self, patch: Callable[[int], Answer], stored: int, closing: int) -> None:
        self._patch, self._stored, self._closing = patch, stored, closing
        self.received = 0

    def __call__(self, asked: Asked) -> Answer:
        place = {"Location": "/v2/demo/blobs/uploads/1"}
        self.received += len(asked.body)
        if asked.method == "POST":
            return Answer(202, place)
        if asked.method == "PATCH":
            answer = self._patch(int(asked.headers["content-range"].partition("-")[0]))
            answer.headers.update(place)
            return answer
        if asked.method == "PUT":
            return Answer(self._closing)
        return Answer(204, {**place, "Range": f"0-{self._stored}"})


HOSTILE_UPLOADS = {
    "it takes a byte of each piece": Uploads(lambda at: Answer(202, {"Range": f"0-{at}"}), 0, 201),
    "it loses the upload at its end": Uploads(lambda _: Answer(202), 0, 404),
    "it is busy, and has nothing": Uploads(lambda at: Answer(503 if at else 202), 0, 201),
    "it lost the place": Uploads(lambda at: Answer(416 if at else 202), 0, 201),
    "it answers with absurd numbers": Uploads(
        lambda _: Answer(202, {"Range": "0-" + "9" * 5000}), 0, 404
    ),
}


@pytest.mark.parametrize("how", HOSTILE_UPLOADS)
def test_an_upload_that_never_ends_is_given_up(
    how: str, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_policy, "MONOLITHIC_BYTES", 64 * KIB)
    monkeypatch.setattr(upload_policy, "CHUNK_BYTES", 128 * KIB)
    source = tmp_path / "layer"
    source.write_bytes(BLOB)
    registry = HOSTILE_UPLOADS[how]
    server, remote = serve(registry)
    with pytest.raises(Unreachable):
        remote.upload(LAYER, source, silent)
    assert len(server.asked) < 3 * MANY
    assert registry.received < 10 * SIZE + (32 << 20)


def written(stream: StreamedUpload) -> None:
    with stream as out:
        out.write(BLOB[: 32 * KIB])
        out.commit()


def test_a_stream_that_is_always_lost_is_given_up(serve: Serve) -> None:
    server, remote = serve(Uploads(lambda at: Answer(416 if at else 202), 8 * KIB - 1, 201))
    assert isinstance(remote, RegistryRepository)
    stream = remote.stream()
    assert stream is not None
    stream._chunk = 8 * KIB
    with pytest.raises(Unreachable, match="has lost the upload"):
        written(stream)
    assert len(server.asked) < MANY


def test_tags_that_lead_round_in_a_circle(serve: Serve) -> None:
    page = Answer(
        headers={"Link": '</v2/demo/tags/list?last=v1>; rel="next"'}, body=b'{"tags": ["v1"]}'
    )
    server, remote = serve(lambda _: page)
    assert remote.tags() == ("v1",)
    assert len(server.asked) == 2


def test_tags_without_end(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGES", 10)

    def answer(asked: Asked) -> Answer:
        number = len(asked.path)
        link = f'<{asked.path}{"&" if "?" in asked.path else "?"}x>; rel="next"'
        return Answer(headers={"Link": link}, body=f'{{"tags": ["v{number}"]}}'.encode())

    server, remote = serve(answer)
    with pytest.raises(Refused, match="without end"):
        remote.tags()
    assert len(server.asked) == 10


def test_too_many_tags(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "TAGS", 3)
    names = ", ".join(f'"v{number}"' for number in range(5))
    link = {"Link": '<?last=v4>; rel="next"'}
    _server, remote = serve(lambda _: Answer(headers=link, body=f'{{"tags": [{names}]}}'.encode()))
    with pytest.raises(Refused, match="without end"):
        remote.tags()


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b'{"tags": {"a": 1}}',
        b'{"tags": 5}',
        b"{",
        b"[" * 100_000,
        b"\xff",
        b"1e999",
    ],
)
def test_tags_that_are_none_are_told(body: bytes, serve: Serve) -> None:
    _server, remote = serve(lambda _: Answer(body=body))
    with pytest.raises(Refused, match="does not list tags"):
        remote.tags()


def test_names_that_are_no_tags_are_left_out(serve: Serve) -> None:
    names = (
        b'["v1", "../../x", "", 5, null, {"a": 1}, "a\\u001b[31m", "v\\ud800", "'
        + b"x" * 200
        + b'"]'
    )
    _server, remote = serve(lambda _: Answer(body=b'{"tags": ' + names + b"}"))
    assert remote.tags() == ("v1",)


def test_a_right_that_is_never_enough(serve: Serve) -> None:
    number = 0

    def answer(asked: Asked) -> Answer:
        nonlocal number
        if asked.path.startswith("/token"):
            return Answer(body=b'{"token": "t"}')
        number += 1
        realm = f"http://{asked.headers['host']}/token"
        wants = f'Bearer realm="{realm}",scope="repository:r{number}:pull"'
        return Answer(401, {"WWW-Authenticate": wants})

    server, remote = serve(answer)
    with pytest.raises(AuthRequired):
        remote.tags()
    assert len(server.asked) < 10


@pytest.mark.parametrize(
    "body",
    [
        b'{"errors": null}',
        b"[]",
        b'{"errors": 5}',
        b'{"errors": [null, 5, {"code": null}, {"message": {"a": []}}]}',
        b'{"errors": [{"code": "A\\u001b[31m", "message": "' + b"x" * 70_000 + b'"}]}',
        b"[" * 60_000,
        b"\xff\xfe",
        b"",
    ],
)
@pytest.mark.parametrize("after", ["", "9" * 400, "-1", "\xb2", "Thu, 99 Foo 99999 99:99:99 GMT"])
def test_any_refusal_has_its_words(body: bytes, after: str, serve: Serve) -> None:
    headers = {"Retry-After": after} if after else {}
    server, remote = serve(lambda _: Answer(418, headers, body))
    with pytest.raises(Refused, match="refused to list tags") as error:
        remote.tags()
    assert len(error.value.detail) < 5000
    assert len(server.asked) == 1


def test_who_asks_to_wait_for_ever_is_not_waited_for(serve: Serve) -> None:
    server, remote = serve(lambda _: Answer(429, {"Retry-After": "9" * 400}))
    with pytest.raises(KitDeskError, match="too busy"):
        remote.tags()
    assert len(server.asked) == 1


def test_what_counts_as_getting_on() -> None:
    stalls = StallCounter(SIZE)
    for at in range(0, SIZE, 64 * KIB):
        stalls.note(at, at + 64 * KIB, failed=True)
    assert stalls.stalls == 0
    for _again in range(MAX_STALLS):
        assert not stalls.hopeless
        stalls.note(0, SIZE // 2, failed=True)
    assert stalls.hopeless
