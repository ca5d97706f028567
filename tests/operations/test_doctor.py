"""The registry doctor: every failure has a sentence and a way on, and what works is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kitdesk.cli.main import main
from kitdesk.operations.doctor import Finding, doctor
from kitdesk.operations.inputs.remotes import RemoteOptions
from kitdesk.services.accounts.credentials import Credential
from tests.conftest import need
from tests.fakes.faulty import Fault, FaultyRegistry
from tests.fakes.registries import PASSWORD, USER, running, with_password

pytestmark = [pytest.mark.registry, pytest.mark.usefixtures("no_waiting")]
FINE = {
    "reaching it": "ok",
    "encryption": "ok",
    "signing in": "ok",
    "pushing": "ok",
    "large layers": "ok",
    "parts of layers": "ok",
    "deleting": "ok",
    "referrers": "limited",
}


@pytest.fixture(scope="module")
def basic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    need("registry", "docker-registry")
    with with_password(tmp_path_factory.mktemp("basic")) as host:
        yield host


def states(host: str, options: RemoteOptions | None = None) -> dict[str, str]:
    found = doctor(host, options or RemoteOptions())
    for one in found.findings:
        assert one.sentence.endswith("."), one
        assert one.state == "ok" or one.fix, f"{one.name} names no way on"
    return {one.name: one.state for one in found.findings}


def finding(host: str, name: str, options: RemoteOptions | None = None) -> Finding:
    return next(f for f in doctor(host, options or RemoteOptions()).findings if f.name == name)


def test_everything_is_tried(registry: str) -> None:
    assert states(registry) == FINE
    assert doctor(registry, RemoteOptions()).ok


def test_who_is_in_is_said(basic: str, registry: str) -> None:
    known = RemoteOptions(find=lambda _host: Credential(USER, PASSWORD))
    assert states(basic, known) == FINE
    assert finding(basic, "signing in", known).sentence == "You are in as analyst."
    assert finding(registry, "signing in", known).sentence == "The registry lets anybody in."
    assert states(basic) == {"reaching it": "ok", "encryption": "ok", "signing in": "failed"}
    assert f"kitdesk login {basic}" in finding(basic, "signing in").fix


@pytest.mark.parametrize(
    ("faults", "name", "state"),
    [
        ([Fault("POST", "/uploads/", status=403, times=99)], "pushing", "failed"),
        ([Fault("PUT", "/uploads/", status=400, times=99)], "pushing", "failed"),
        ([Fault("PATCH", "/uploads/", status=416, times=99)], "large layers", "limited"),
        ([Fault("GET", "/blobs/", no_range=True, times=99)], "parts of layers", "limited"),
        ([Fault("DELETE", "/manifests/", status=405, times=99)], "deleting", "limited"),
        ([Fault("GET", "/v2/", status=404, times=1)], "reaching it", "failed"),
        ([Fault("GET", "/v2/", status=503, times=99)], "reaching it", "failed"),
    ],
    ids=["forbidden", "no-layer", "one-put", "no-range", "no-delete", "no-registry", "busy"],
)
def test_each_failure_is_told(
    faults: list[Fault], name: str, state: str, faulty: FaultyRegistry
) -> None:
    faulty.faults = faults
    found = states(faulty.host)
    assert found[name] == state
    others = {key: value for key, value in found.items() if key != name}
    assert all(FINE[key] == value for key, value in others.items())


def test_a_registry_that_is_not_there() -> None:
    found = doctor("127.0.0.1:1", RemoteOptions())
    assert not found.ok
    assert found.verdict == "127.0.0.1:1 cannot be used as it is: reaching it does not work."
    assert found.findings[0].fix


def test_a_registry_that_lets_nobody_delete(tmp_path: Path) -> None:
    need("registry", "docker-registry")
    with running(tmp_path, delete=False) as host:
        assert states(host) == {**FINE, "deleting": "limited"}


def test_the_command_prints_it(registry: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", registry, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["ok"] is True
    assert {one["name"]: one["state"] for one in data["findings"]} == FINE
    assert main(["doctor", "127.0.0.1:1"]) == 1
    assert "FAILED" in capsys.readouterr().out
