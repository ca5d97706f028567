"""Records beside a version: kept here, sent, fetched, told in metrics; nothing private in them."""

from __future__ import annotations

import getpass
import json
import os
import socket
from pathlib import Path

import pytest

from kitdesk.modelkit.oci.manifest import INDEX_MEDIA_TYPE, MANIFEST_MEDIA_TYPE
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.modelkit.records.statement import MAX_BYTES, TEST_RESULT, read_record, statement
from kitdesk.operations import tag_checks
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.services.container import Services
from kitdesk.services.remotes.registry import referrers
from tests.cli.conftest import Shell
from tests.cli.test_metrics import GATE, make, pack
from tests.conftest import library_at


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = make(tmp_path / "movies", "0.82")
    (folder / "kitdesk.toml").write_text(GATE)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(referrers, "LOOK_AGAIN_S", 0.01)
    monkeypatch.setattr(tag_checks, "SECOND_LOOK_S", 0.01)
    return folder


@pytest.fixture
def place(registry: str, tmp_path: Path) -> str:
    return f"{registry}/records/{tmp_path.name.replace('_', '-').lower()}"


def test_a_pack_tells_who_when_why_and_from_what(
    kitdesk: Shell, project: Path, services: Services
) -> None:
    one = pack(kitdesk, project, "0.82", "movies:v1")
    make(project, "0.9", "v2")
    two = kitdesk.json("pack", project, "-t", "movies:v2", "-m", "more  data\nnow")
    (record,) = services.records.of(str(two["digest"]))
    assert (record.kind, record.note, record.parent) == ("pack", "more data now", one)
    assert two["records"] == [record.digest]
    assert record.time
    assert record.who
    again = kitdesk.json("pack", project, "-t", "movies:v2")
    assert again["records"] == [record.digest], "what says the same is not written again"
    data = services.records.read(record.subject, record.digest).decode()
    for private in (socket.gethostname(), str(project), str(Path.home()), "@", os.sep + "tmp"):
        assert private not in data
    assert kitdesk.json("history")["entries"][1]["note"] == "more data now"


def test_the_name_is_left_out_where_that_is_wished(
    kitdesk: Shell, project: Path, services: Services
) -> None:
    services.settings.path.parent.mkdir(parents=True, exist_ok=True)
    services.settings.path.write_text("record_who = false\n")
    one = pack(kitdesk, project, "0.82", "movies:v1")
    (record,) = services.records.of(one)
    data = services.records.read(one, record.digest).decode()
    assert (record.who, getpass.getuser() in data) == ("", False)


def test_a_number_found_later_beats_the_packed_one(
    kitdesk: Shell, project: Path, services: Services
) -> None:
    one = pack(kitdesk, project, "0.82", "movies:v1")
    words = ("--record", "ctr=0.04", "rmse=0.97", "--source", "A/B test", "-m", "two weeks")
    assert kitdesk.json("metrics", "movies:v1", *words)["digest"] == one
    found = {row["name"]: row for row in kitdesk.json("metrics", "movies:v1")["metrics"]}
    assert (found["ctr"]["values"], found["rmse"]["values"]) == ([0.04], [0.97])
    source = found["rmse"]["sources"][0]
    assert (source["source"], source["place"], source["note"]) == (
        "recorded",
        "A/B test",
        "two weeks",
    )
    assert source["time"]
    assert kitdesk("gate", "movies:v1") == 1
    for bad in ("ctr", "ctr=nan", "ctr=inf", "=1", "ctr=soon"):
        assert kitdesk("metrics", "movies:v1", "--record", bad) == 1
    kitdesk("remove", "movies:v1")
    assert services.records.of(one) == ()


@pytest.mark.registry
@pytest.mark.usefixtures("no_waiting")
def test_records_go_with_a_version_where_that_is_wished(
    kitdesk: Shell, project: Path, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docker-registry 2.8 has no referrers API: the fallback tag needs consent."""
    one = pack(kitdesk, project, "0.82", f"{place}:v1")
    assert kitdesk.json("push", f"{place}:v1")["records"] == []
    assert "kept on this machine" in kitdesk.err
    remote = open_remote(parse(place))
    tag = one.replace(":", "-")
    assert remote.resolve(tag) is None
    other = {
        "mediaType": MANIFEST_MEDIA_TYPE,
        "digest": one,
        "size": remote.fetch_manifest(one)[1].size,
        "artifactType": "application/example",
    }
    index = {"schemaVersion": 2, "mediaType": INDEX_MEDIA_TYPE, "manifests": [other]}
    remote.put_manifest(json.dumps(index).encode(), INDEX_MEDIA_TYPE, tag)
    sent = kitdesk.json("push", f"{place}:v1", "--records", "always")["records"]
    assert len(sent) == 1
    listed = json.loads(remote.fetch_manifest(tag)[0])["manifests"]
    assert (listed[0], len(listed)) == (other, 2)
    assert remote.tags() == ("v1",), "a list of records is no version"
    asked = remote.traffic.requests
    assert kitdesk.json("push", f"{place}:v1", "--records", "always")["records"] == []
    remote.close()
    assert asked
    monkeypatch.setenv("KITDESK_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("KITOPS_HOME", str(tmp_path / "elsewhere" / "kit"))
    assert kitdesk.json("pull", f"{place}:v1")["records"] == sent
    assert kitdesk("gate", f"{place}:v1", "--attach") == 0
    names = [
        one["name"] for one in kitdesk.json("versions", place, "--remote")["versions"][0]["tags"]
    ]
    assert names == ["v1"]


def test_a_folder_remote_keeps_them_as_untagged_entries(
    kitdesk: Shell, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack(kitdesk, project, "0.82", "movies:v1")
    share = f"oci:{tmp_path / 'share'}"
    sent = kitdesk.json("push", "movies:v1", f"{share}:v1")["records"]
    assert len(sent) == 1
    monkeypatch.setenv("KITDESK_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("KITOPS_HOME", str(tmp_path / "elsewhere" / "kit"))
    assert kitdesk.json("pull", f"{share}:v1")["records"] == sent
    assert len(kitdesk.json("versions", share)["versions"]) == 1


@pytest.mark.registry
@pytest.mark.usefixtures("no_waiting")
def test_a_promotion_leaves_a_record(
    kitdesk: Shell, project: Path, place: str, services: Services
) -> None:
    one = pack(kitdesk, project, "0.82", f"{place}:v1")
    done = kitdesk.json("promote", f"{place}:v1", "production", "--yes", "-m", "release")
    found = next(one for one in services.records.of(one) if one.kind == "promote")
    assert (found.digest, found.result, found.note) == (done["record"], "PASSED", "release")
    assert found.tag == f"{place}:production"


SUBJECT = digests.of_bytes(b"a version")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"subject":' + b"[" * 100_000,
        b" " * (MAX_BYTES + 1),
        statement("demo", digests.of_bytes(b"another"), TEST_RESULT, {}),
        b'{"subject":[{"digest":{"sha256":1}}],"predicate":{}}',
    ],
)
def test_what_is_no_record_of_this_version_is_none(data: bytes) -> None:
    assert read_record(data, SUBJECT) is None


def test_odd_records_are_bounded() -> None:
    metrics = [{"name": f"n{n}", "value": n} for n in range(10_000)]
    metrics[:3] = [{"name": 1, "value": 1}, {"name": "x", "value": "y"}, {"name": "", "value": 1}]
    predicate = {"kitdesk_metrics": metrics, "kitdesk_note": "w" * 10_000, "kitdesk_who": [1]}
    found = read_record(statement("demo", SUBJECT, TEST_RESULT, predicate), SUBJECT)
    assert found is not None
    assert (len(found.metrics), len(found.note), found.who) == (497, 500, "")


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b"", 0),
        (b"[" * 100_000, 0),
        (b'{"manifests":{}}', 0),
        (b'{"manifests":[1,{},{"digest":"x"}]}', 0),
        (
            b'{"manifests":['
            + b",".join([b'{"digest":"%s","size":1}' % SUBJECT.encode()] * 20_000)
            + b"]}",
            10_000,
        ),
    ],
)
def test_a_hostile_list_is_bounded(data: bytes, count: int) -> None:
    assert len(referrers.descriptors(data)) == count


def test_a_damaged_record_is_left_out(services: Services, tmp_path: Path) -> None:
    data = statement("demo", SUBJECT, TEST_RESULT, {"result": "PASSED"})
    digest = services.records.keep(SUBJECT, data)
    assert [one.digest for one in services.records.of(SUBJECT)] == [digest]
    (path,) = (services.paths.data / "records").rglob("*.json")
    path.write_bytes(data[:-1])
    assert services.records.of(SUBJECT) == ()
    assert library_at(tmp_path / "other").records.of(SUBJECT) == ()
