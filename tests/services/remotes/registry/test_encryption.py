"""TLS with an authority of one's own, and a certificate that is shown to the registry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kitdesk.errors import KitDeskError, NotFound, Unreachable
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.accounts import set_host
from kitdesk.operations.doctor import doctor
from kitdesk.operations.inputs.remotes import RemoteOptions, open_remote, options_of
from kitdesk.operations.pack import pack
from kitdesk.operations.push_pull import pull, push
from kitdesk.services.config.settings import HostFacts
from kitdesk.services.container import Services
from tests.conftest import library_at, need
from tests.fakes.certificates import Certificates, make
from tests.fakes.registries import running

pytestmark = [pytest.mark.registry, pytest.mark.usefixtures("no_waiting")]


@pytest.fixture(scope="module")
def pems(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make(tmp_path_factory.mktemp("pems"))


@pytest.fixture(scope="module")
def sealed(pems: Certificates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A registry that answers over TLS only."""
    need("registry", "docker-registry")
    tls = f"tls: {{certificate: {pems.server}, key: {pems.server_key}}}"
    with running(tmp_path_factory.mktemp("sealed"), http=tls) as host:
        yield host


@pytest.fixture(scope="module")
def choosy(pems: Certificates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A registry that wants to see a certificate, too."""
    need("registry", "docker-registry")
    tls = f"tls: {{certificate: {pems.server}, key: {pems.server_key}, clientcas: [{pems.ca}]}}"
    with running(tmp_path_factory.mktemp("choosy"), http=tls) as host:
        yield host


def both_ways(host: str, options: RemoteOptions, services: Services, project: Path) -> None:
    packed = pack(project, parse("demo:v1"), services)
    remote = open_remote(parse(f"{host}/tls/demo"), options)
    other = library_at(project.parent / "other", "store")
    try:
        push(packed.digest, packed.reference.name, "v1", remote, services)
        assert pull("v1", "localhost/demo", remote, other).digest == packed.digest
    finally:
        remote.close()


def https(pems: Certificates | None = None, tls_cert: str = "", tls_key: str = "") -> RemoteOptions:
    ca_file = str(pems.ca) if pems else ""
    return RemoteOptions(plain_http=False, tls_ca=ca_file, tls_cert=tls_cert, tls_key=tls_key)


def test_a_registry_with_an_authority_of_its_own(
    sealed: str, pems: Certificates, services: Services, project: Path
) -> None:
    both_ways(sealed, https(pems), services, project)


def test_an_unknown_authority_is_not_trusted(sealed: str) -> None:
    remote = open_remote(parse(f"{sealed}/x"), https())
    with pytest.raises(Unreachable, match="could not prove who it is") as error:
        remote.tags()
    assert "--tls-ca" in error.value.hint
    assert remote.traffic.requests == 1, "a second try would not help"
    remote.close()


def test_insecure_is_meant_and_said(sealed: str, services: Services, project: Path) -> None:
    options = RemoteOptions(plain_http=False, insecure=True)
    with pytest.warns(match="Unverified HTTPS request"):
        both_ways(sealed, options, services, project)


def test_the_bundle_of_the_environment_counts(
    sealed: str, pems: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pems.ca))
    remote = open_remote(parse(f"{sealed}/x"), https())
    assert remote.tags() == ()
    remote.close()


@pytest.mark.parametrize("apart", [True, False])
def test_a_certificate_is_shown(
    apart: bool, choosy: str, pems: Certificates, services: Services, project: Path
) -> None:
    if apart:
        options = https(pems, tls_cert=str(pems.client), tls_key=str(pems.client_key))
    else:
        options = https(pems, tls_cert=str(pems.client_both))
    both_ways(choosy, options, services, project)


def test_what_is_remembered_is_enough(
    choosy: str, pems: Certificates, services: Services, project: Path
) -> None:
    facts = HostFacts(
        ca_file=str(pems.ca), client_cert=str(pems.client), client_key=str(pems.client_key)
    )
    set_host(choosy, facts, services)
    both_ways(choosy, options_of(services, plain_http=False), services, project)


def test_without_the_certificate_the_way_on_is_told(choosy: str, pems: Certificates) -> None:
    remote = open_remote(parse(f"{choosy}/x"), https(pems))
    with pytest.raises(KitDeskError) as error:
        remote.tags()
    assert "--tls-cert" in error.value.hint
    assert remote.traffic.requests == 1
    remote.close()
    found = doctor(choosy, https(pems))
    assert not found.ok
    assert any("--tls-cert" in one.fix for one in found.findings)


def test_a_file_that_holds_no_certificate_is_told(
    sealed: str, tmp_path: Path, pems: Certificates
) -> None:
    junk = tmp_path / "junk.pem"
    junk.write_text("nothing of the kind")
    for options in (
        RemoteOptions(plain_http=False, tls_ca=str(junk)),
        https(pems, tls_cert=str(junk)),
    ):
        remote = open_remote(parse(f"{sealed}/x"), options)
        with pytest.raises(KitDeskError, match="holds no certificate"):
            remote.tags()
        remote.close()
    with pytest.raises(NotFound):
        open_remote(parse(f"{sealed}/x"), https(pems, tls_cert=str(tmp_path / "none.pem")))


def test_plain_words_to_a_sealed_registry_are_told(sealed: str) -> None:
    remote = open_remote(parse(f"{sealed}/x"), RemoteOptions(plain_http=True))
    with pytest.raises(KitDeskError):
        remote.resolve("v1")
    remote.close()


def test_tls_to_a_registry_without_it_is_told(registry: str) -> None:
    remote = open_remote(parse(f"{registry}/x"), https())
    with pytest.raises(Unreachable, match="does not speak TLS") as error:
        remote.resolve("v1")
    assert "--plain-http" in error.value.hint
    remote.close()
