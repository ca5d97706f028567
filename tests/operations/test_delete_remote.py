"""Deleting in a registry: every tag that goes is named before; nothing else goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitdesk.errors import Conflict, NotFound, Refused
from kitdesk.modelkit.oci.manifest import MANIFEST_MEDIA_TYPE
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.delete_remote import delete_remote, plan_deletion
from kitdesk.operations.inputs.addresses import FolderAddress
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.operations.pack import pack
from kitdesk.operations.push_pull import push
from kitdesk.operations.versions.remote_listing import remote_versions
from kitdesk.services.container import Services
from kitdesk.services.remotes.protocol import RemoteRepository
from tests.fakes.faulty import Fault, FaultyRegistry
from tests.operations.versions.test_remote_listing import put_version

pytestmark = pytest.mark.registry


@pytest.fixture
def remote(registry: str, tmp_path: Path) -> RemoteRepository:
    return open_remote(parse(f"{registry}/remove/{tmp_path.name.replace('_', '-').lower()}"))


def tags(remote: RemoteRepository, services: Services) -> set[str]:
    return {tag.name for one in remote_versions(remote, services).versions for tag in one.tags}


def test_every_tag_that_vanishes_is_named(
    remote: RemoteRepository, services: Services, tmp_path: Path
) -> None:
    digest = put_version(remote, "v1", tmp_path / "scratch")
    put_version(remote, "v2", tmp_path / "scratch")
    data, _ = remote.fetch_manifest("v1")
    for tag in ("latest", "stable"):
        remote.put_manifest(data, MANIFEST_MEDIA_TYPE, tag)
    remote_versions(remote, services)
    plan = plan_deletion("stable", remote, services)
    assert plan.digest == digest
    assert plan.vanishing[0] == "stable"
    assert set(plan.vanishing) == {"v1", "latest", "stable"}
    assert (plan.unties, plan.local) == (False, False)
    done = delete_remote(plan, remote, services)
    assert set(done.untagged) == {"v1", "latest", "stable"}
    assert tags(remote, services) == {"v2"}
    assert set(services.tag_history.read(remote.address)) == {"v2"}
    assert services.journal.entries()[0].verb == "remove"
    with pytest.raises(NotFound):
        plan_deletion("stable", remote, services)
    remote.close()


def test_what_moved_since_the_preview_is_not_deleted(
    remote: RemoteRepository, services: Services, tmp_path: Path
) -> None:
    put_version(remote, "v1", tmp_path / "scratch")
    plan = plan_deletion("v1", remote, services)
    put_version(remote, "v1", tmp_path / "scratch", "other-name")
    with pytest.raises(Conflict, match="has changed"):
        delete_remote(plan, remote, services)
    assert tags(remote, services) == {"v1"}
    remote.close()


def test_a_registry_that_forbids_it_says_so(
    registry: str, services: Services, tmp_path: Path
) -> None:
    faulty = FaultyRegistry(registry)
    remote = open_remote(parse(f"{faulty.host}/remove/forbidden"))
    try:
        put_version(remote, "v1", tmp_path / "scratch")
        faulty.faults = [Fault("DELETE", "/manifests/", status=405, times=9)]
        plan = plan_deletion("v1", remote, services)
        with pytest.raises(Refused, match="does not allow deleting"):
            delete_remote(plan, remote, services)
        assert tags(remote, services) == {"v1"}
    finally:
        remote.close()
        faulty.close()


def test_a_folder_unties_one_tag_and_keeps_the_version(
    services: Services, project: Path, tmp_path: Path
) -> None:
    packed = pack(project, parse("demo:v1"), services)
    remote = open_remote(FolderAddress(tmp_path / "stick", ""))
    for tag in ("v1", "latest"):
        push(packed.digest, packed.reference.name, tag, remote, services)
    plan = plan_deletion("latest", remote, services)
    assert (plan.vanishing, plan.unties, plan.local) == (("latest",), True, True)
    delete_remote(plan, remote, services)
    assert remote.tags() == ("v1",)
