"""A damaged store: the good is listed, the bad is explained, and no verb makes it worse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kitdesk.errors import KitDeskError, StoreDamaged
from kitdesk.modelkit.oci.manifest import INDEX_ARTIFACT_TYPE, INDEX_MEDIA_TYPE, ManifestKind
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.local_versions import remove, verify
from kitdesk.operations.pack import PackResult, pack
from kitdesk.operations.unpack import unpack
from kitdesk.operations.versions.listing import local_versions
from kitdesk.services.container import Services
from kitdesk.services.store.index import encode_name
from tests.operations.hand_made import plain_tar, sha256, stored


def packed(
    services: Services, folder: Path, text: str, reference: str, kind: str = "code"
) -> PackResult:
    (folder / "a").mkdir(parents=True, exist_ok=True)
    (folder / "a/f").write_text(text)
    (folder / "Kitfile").write_text(f"manifestVersion: 1.0.0\n{kind}:\n- path: a\n")
    return pack(folder, parse(reference), services)


def storage(services: Services, name: str, kind: str) -> Path:
    return services.store.storage / f"{encode_name(f'localhost/{name}')}-{kind}.json"


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[600] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)


def layer(services: Services, version: PackResult) -> Path:
    return services.store.blobs.path(version.layers[0].digest)


@pytest.fixture
def two(services: Services, tmp_path: Path) -> tuple[PackResult, PackResult]:
    return (
        packed(services, tmp_path / "p", "one", "good:v1"),
        packed(services, tmp_path / "q", "two", "bad:v1"),
    )


@pytest.mark.parametrize("cut", [0, 1, 40])
def test_a_cut_index_hides_only_its_own_repository(
    services: Services, two: tuple[PackResult, PackResult], cut: int
) -> None:
    path = storage(services, "bad", "index")
    path.write_bytes(path.read_bytes()[:cut])
    if not cut:
        path.write_bytes(b"{")
    tree = local_versions(services)
    assert [one.digest for one in tree.versions] == [two[0].digest]
    assert len(tree.damage) == 1
    torn = path.read_bytes()
    with pytest.raises(KitDeskError):
        remove(parse("bad:v1"), services)
    assert path.read_bytes() == torn
    assert verify(two[1].digest, services).ok, "nothing of it was deleted"


def test_cut_tags_leave_the_versions_in_the_list(
    services: Services, two: tuple[PackResult, PackResult]
) -> None:
    storage(services, "bad", "tags").write_bytes(b'{"v1":{"dig')
    damage: list[str] = []
    found = {one.digest: one.tags for one in services.store.versions(damage=damage)}
    assert found == {two[0].digest: ("v1",), two[1].digest: ()}
    assert damage


def test_a_cut_global_index_is_made_again_from_the_others(
    services: Services, two: tuple[PackResult, PackResult], tmp_path: Path
) -> None:
    path = services.store.storage / "index.json"
    path.write_bytes(path.read_bytes()[:50])
    third = packed(services, tmp_path / "p", "three", "good:v2")
    names = {one["digest"] for one in json.loads(path.read_bytes())["manifests"]}
    assert names == {two[0].digest, two[1].digest, third.digest}
    assert list((services.store.root / "kitdesk").glob("damaged-index-*"))


def test_a_flipped_byte_is_found_refused_and_mended_by_packing_again(
    services: Services, two: tuple[PackResult, PackResult], tmp_path: Path
) -> None:
    flip(layer(services, two[1]))
    checked = verify(two[1].digest, services)
    assert not checked.ok
    assert [one.digest for one in checked.layers if one.problem] == [two[1].layers[0].digest]
    with pytest.raises(KitDeskError):
        unpack(two[1].digest, "v1", tmp_path / "out", services)
    assert not (tmp_path / "out").exists()
    again = pack(tmp_path / "q", parse("bad:v1"), services)
    assert again.digest == two[1].digest
    assert verify(two[1].digest, services).ok


def test_a_missing_blob_is_named_and_comes_back_with_a_pack(
    services: Services, two: tuple[PackResult, PackResult], tmp_path: Path
) -> None:
    layer(services, two[1]).unlink()
    problems = [one.problem for one in verify(two[1].digest, services).layers if one.problem]
    assert problems == ["is missing"]
    pack(tmp_path / "q", parse("bad:v1"), services)
    assert verify(two[1].digest, services).ok


def test_a_missing_manifest_hides_no_other_and_remove_keeps_what_it_may_need(
    services: Services, two: tuple[PackResult, PackResult]
) -> None:
    services.store.blobs.path(two[1].digest).unlink()
    assert [one.digest for one in services.store.versions()] == [two[0].digest]
    remove(parse("good:v1"), services)
    assert layer(services, two[0]).exists(), "nobody knows what the lost manifest needs"
    assert not verify(two[1].digest, services).ok


def test_bytes_under_two_media_types_survive_a_remove(services: Services, tmp_path: Path) -> None:
    code = packed(services, tmp_path / "p", "same", "one:v1", "code")
    docs = packed(services, tmp_path / "q", "same", "two:v1", "docs")
    assert code.layers[0].digest == docs.layers[0].digest
    remove(parse("one:v1"), services)
    assert verify(docs.digest, services).ok
    remove(parse("two:v1"), services)
    assert list(services.store.blobs.all()) == []


def test_modelpacks_and_indexes_are_shown_and_foreign_manifests_are_not(
    services: Services, two: tuple[PackResult, PackResult]
) -> None:
    store = services.store
    tar = plain_tar([{"name": "m", "type": "file", "text": "x"}])
    note = {"org.cncf.model.filepath": "m"}
    kind = "application/vnd.cncf.model.weight.v1.tar"
    model_pack = stored(services, "other", [(kind, tar, note)], b"{}", pack=True)
    members = [{"mediaType": "x", "digest": two[0].digest, "size": 1}]
    index = {
        "schemaVersion": 2,
        "mediaType": INDEX_MEDIA_TYPE,
        "artifactType": INDEX_ARTIFACT_TYPE,
        "manifests": members,
    }
    foreign = {"schemaVersion": 2, "config": {"mediaType": "a/b", "digest": sha256(b""), "size": 0}}
    digests = []
    for document in (index, foreign):
        data = json.dumps(document).encode()
        digests.append(store.blobs.put(data))
        store.add("localhost/other", digests[-1], len(data), (f"t{len(digests)}",))
    damage: list[str] = []
    kinds = {one.digest: one.kind for one in store.versions("localhost/other", damage)}
    assert kinds == {model_pack: ManifestKind.MODELPACK, digests[0]: ManifestKind.KIT_INDEX}
    assert damage == []
    remove(parse("good:v1"), services)
    assert store.has(two[0].digest), "the index still needs its member"


def test_a_remove_of_something_shared_with_a_damaged_version_frees_nothing_it_needs(
    services: Services, tmp_path: Path
) -> None:
    first = packed(services, tmp_path / "p", "same", "one:v1")
    again = packed(services, tmp_path / "p", "same", "two:v1")
    assert first.digest == again.digest
    flip_index = storage(services, "two", "index")
    flip_index.write_bytes(b"{")
    with pytest.raises(StoreDamaged):
        remove(parse("one:v1"), services)
    assert verify(first.digest, services).ok
