"""The remote half of the tree: rows as they arrive, asked but once, shown without a network."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kitdesk.cli.main import main
from kitdesk.errors import Unreachable
from kitdesk.modelkit.oci.manifest import CONFIG_MEDIA_TYPE, MANIFEST_MEDIA_TYPE, Descriptor
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.operations.versions.listing import Version
from kitdesk.operations.versions.remote_listing import (
    cached_versions,
    list_tags,
    remote_versions,
    version_details,
)
from kitdesk.progress import Cancelled, Progress
from kitdesk.services.container import Services
from kitdesk.services.remotes.protocol import RemoteRepository
from tests.conftest import library_at
from tests.fakes.faulty import Fault, FaultyRegistry

pytestmark = [pytest.mark.registry, pytest.mark.usefixtures("no_waiting")]
LAYER = b"one layer for all"
Open = Callable[[], RemoteRepository]


@pytest.fixture
def opened(faulty: FaultyRegistry, tmp_path: Path) -> Iterator[Open]:
    """Opens one repository of this test, anew each time."""
    made: list[RemoteRepository] = []
    name = tmp_path.name.replace("_", "-").lower()

    def open_it() -> RemoteRepository:
        made.append(open_remote(parse(f"{faulty.host}/tree/{name}")))
        return made[-1]

    yield open_it
    for one in made:
        one.close()


def put_version(remote: RemoteRepository, tag: str, scratch: Path, name: str = "movies") -> str:
    """A small ModelKit straight into the registry; returns its digest."""
    layer = Descriptor("application/vnd.kitops.modelkit.model.v1.tar", digests.of_bytes(LAYER), 17)
    config = json.dumps(
        {"manifestVersion": "1.0.0", "package": {"name": name, "version": tag}}
    ).encode()
    for data in (LAYER, config):
        scratch.write_bytes(data)
        blob = Descriptor("", digests.of_bytes(data), len(data))
        if not remote.blob_exists(blob.digest):
            remote.upload(blob, scratch, lambda _p: None)
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_MEDIA_TYPE,
        "config": {
            "mediaType": CONFIG_MEDIA_TYPE,
            "digest": digests.of_bytes(config),
            "size": len(config),
        },
        "layers": [{"mediaType": layer.media_type, "digest": layer.digest, "size": layer.size}],
    }
    data = json.dumps(manifest).encode()
    remote.put_manifest(data, MANIFEST_MEDIA_TYPE, tag)
    return digests.of_bytes(data)


@pytest.fixture
def many(opened: Open, registry: str, tmp_path: Path) -> Iterator[list[str]]:
    """Twelve versions, put there without the proxy in between."""
    remote = open_remote(parse(f"{registry}/{opened().address.partition('/')[2]}"))
    yield [put_version(remote, f"v1.{n}.0", tmp_path / "scratch") for n in range(12)]
    remote.close()


def asked(faulty: FaultyRegistry, method: str, part: str) -> int:
    return sum(line.startswith(f"{method} ") and part in line for line in faulty.seen)


def test_the_second_time_costs_one_head_a_tag(
    many: list[str], opened: Open, faulty: FaultyRegistry, services: Services
) -> None:
    faulty.seen.clear()
    first = remote_versions(opened(), services)
    assert [one.tags[0].name for one in first.versions] == [f"v1.{n}.0" for n in range(11, -1, -1)]
    assert {one.name for one in first.versions} == {"movies"}
    assert [one.version for one in first.versions][:2] == ["v1.11.0", "v1.10.0"]
    assert len(faulty.seen) == 1 + 12 + 12, "names, manifests, configs"
    faulty.seen.clear()
    again = remote_versions(opened(), Services.at(services.paths))
    assert again.versions == first.versions
    assert len(faulty.seen) == 1 + 12
    assert asked(faulty, "HEAD", "/manifests/") == 12


def test_at_most_six_requests_at_once(
    many: list[str], opened: Open, faulty: FaultyRegistry, services: Services
) -> None:
    import threading

    now = most = 0
    lock = threading.Lock()
    real = faulty._handle

    def counted(request: object, behind: str) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        real(request, behind)  # type: ignore[arg-type]
        with lock:
            now -= 1

    faulty._handle = counted  # type: ignore[method-assign]
    remote_versions(opened(), services)
    assert 1 < most <= 6


def test_rows_come_one_by_one(many: list[str], opened: Open, services: Services) -> None:
    rows: list[Version] = []
    steps: list[int] = []
    tree = remote_versions(opened(), services, lambda p: steps.append(len(rows)), rows.append)
    assert {row.digest for row in rows} == {row.digest for row in tree.versions}
    assert steps == list(range(12)), "each row is told before the next is waited for"


def test_tags_on_one_digest_are_one_row_that_grows(
    opened: Open, services: Services, tmp_path: Path
) -> None:
    remote = opened()
    digest = put_version(remote, "v1", tmp_path / "scratch")
    data, _ = remote.fetch_manifest("v1")
    for tag in ("latest", "stable"):
        remote.put_manifest(data, MANIFEST_MEDIA_TYPE, tag)
    rows: list[Version] = []
    [one] = remote_versions(opened(), services, row=rows.append).versions
    assert one.digest == digest
    assert {tag.name for tag in one.tags} == {"v1", "latest", "stable"}
    assert [len(row.tags) for row in rows] == [1, 2, 3]


def test_only_what_is_visible_is_looked_up(
    many: list[str], opened: Open, faulty: FaultyRegistry, services: Services
) -> None:
    remote = opened()
    listed = list_tags(remote, services)
    assert len(listed.tags) == 12
    faulty.seen.clear()
    tree = version_details(remote, services, ["v1.3.0", "v1.4.0"])
    assert [one.tags[0].name for one in tree.versions] == ["v1.4.0", "v1.3.0"]
    assert len(faulty.seen) == 4
    known = cached_versions(remote.address, services)
    assert known is not None
    assert len(known.versions) == 2, "of the others only the names are known"


def test_without_a_network_the_last_list_is_shown(
    many: list[str],
    opened: Open,
    faulty: FaultyRegistry,
    services: Services,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address = opened().address
    assert cached_versions(address, services) is None
    assert main(["versions", address, "--remote", "--json"]) == 0
    fresh = json.loads(capsys.readouterr().out)
    assert fresh["stale"] is False
    assert len(fresh["versions"]) == 12
    faulty.faults = [Fault("GET", "/tags/list", status=503, times=99)]
    assert main(["versions", address, "--remote", "--json"]) == 0
    shown = capsys.readouterr()
    stale = json.loads(shown.out)
    assert stale == {**fresh, "stale": True}
    assert "This is what it had at" in shown.err
    assert main(["versions", f"{faulty.host}/tree/never-seen", "--remote", "--json"]) == 1


def test_what_was_learned_before_a_cancel_stays(
    many: list[str], opened: Open, faulty: FaultyRegistry, services: Services
) -> None:
    def stop(progress: Progress) -> None:
        if progress.done == 8:
            raise Cancelled

    with pytest.raises(Cancelled):
        remote_versions(opened(), services, stop)
    known = cached_versions(opened().address, services)
    assert known is not None
    assert len(known.versions) >= 8


def test_a_tag_that_moved_is_told(
    many: list[str], opened: Open, services: Services, tmp_path: Path
) -> None:
    remote = opened()
    remote_versions(remote, services)
    data, found = remote.fetch_manifest("v1.5.0")
    remote.put_manifest(data, MANIFEST_MEDIA_TYPE, "v1.3.0")
    [row] = [one for one in remote_versions(opened(), services).versions if one.digest == many[5]]
    moved = {tag.name: tag.moved_from for tag in row.tags}
    assert moved == {"v1.3.0": many[3], "v1.5.0": None}
    assert found.digest == many[5]


def test_a_damaged_tag_hides_no_good_one(
    many: list[str], opened: Open, faulty: FaultyRegistry, services: Services
) -> None:
    faulty.faults = [Fault("GET", "/manifests/v1.4.0", spoil=lambda data: data + b" ", times=9)]
    tree = remote_versions(opened(), services)
    assert len(tree.versions) == 11
    assert len(tree.damage) == 1
    assert tree.damage[0].startswith("v1.4.0: ")


def test_a_container_image_beside_is_left_out(
    many: list[str], opened: Open, services: Services
) -> None:
    remote = opened()
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_MEDIA_TYPE,
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": digests.of_bytes(LAYER),
            "size": len(LAYER),
        },
        "layers": [],
    }
    remote.put_manifest(json.dumps(manifest).encode(), MANIFEST_MEDIA_TYPE, "image")
    tree = remote_versions(opened(), services)
    assert "image" not in {tag.name for one in tree.versions for tag in one.tags}


def test_a_page_of_names_after_the_other(opened: Open, services: Services) -> None:
    """``Link`` with rel=next is followed, as Docker Hub and others want it."""
    from threading import Thread

    pages = {"": (["a", "b"], "b"), "b": (["c"], "c"), "c": (["d"], "")}

    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from urllib.parse import parse_qs, urlsplit

    class Paged(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            tags, following = pages[parse_qs(url.query).get("last", [""])[0]]
            body = json.dumps({"name": "x", "tags": tags}).encode()
            self.send_response(200)
            if following:
                self.send_header("Link", f'<{url.path}?n=2&last={following}>; rel="next"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Paged)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        remote = open_remote(parse(f"127.0.0.1:{server.server_port}/x"))
        assert remote.tags() == ("a", "b", "c", "d")
        remote.close()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_two_people_see_the_same(many: list[str], opened: Open, tmp_path: Path) -> None:
    one, other = (library_at(tmp_path / name, "store") for name in ("one", "other"))
    assert remote_versions(opened(), one).versions == remote_versions(opened(), other).versions


def test_a_host_that_never_answered_is_told(services: Services) -> None:
    remote = open_remote(parse("127.0.0.1:1/x"))
    with pytest.raises(Unreachable):
        remote_versions(remote, services)
    remote.close()
