"""Accounts of the running program, with real registries and no keyring on the machine."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from kitdesk.session.state.accounts import ConnectionFacts
from tests.conftest import need
from tests.fakes.registries import PASSWORD, USER, with_password
from tests.session.conftest import Desk


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the one of whoever runs the tests nor any other."""
    import keyring
    from keyring.backends.fail import Keyring

    monkeypatch.setattr(keyring, "get_keyring", Keyring)


def test_a_login_is_listed_forgotten_taken_back_and_gone(context: Desk, tmp_path: Path) -> None:
    need("registry", "docker-registry")
    workspace = context.workspace
    with with_password(tmp_path) as host:
        context.session.accounts.sign_in(host, USER, PASSWORD)
        context.until(lambda: workspace.state.account(host))
        line = workspace.state.account(host)
        assert line is not None
        assert (line.user, line.secret, line.local) == (USER, "kept until KitDesk closes", True)
        assert workspace.state.keyring.startswith("No keyring here")
        context.session.accounts.sign_out(host)
        context.until(lambda: (found := workspace.state.account(host)) and found.forgotten)
        context.session.accounts.take_back(host)
        context.until(lambda: (found := workspace.state.account(host)) and found.signed_in)
        context.session.accounts.sign_out(host)
        context.until(lambda: (found := workspace.state.account(host)) and found.forgotten)
        context.session.accounts.settle()
        context.until(lambda: workspace.state.account(host) is None)
        context.session.accounts.take_back(host)
        context.until(lambda: True)
        assert workspace.state.account(host) is None, "what is settled cannot be taken back"


def test_a_registry_is_examined(context: Desk, registry: str, tmp_path: Path) -> None:
    workspace = context.workspace
    context.session.registries.examine(registry)
    context.until(lambda: workspace.state.diagnosis and not workspace.state.diagnosis.running)
    assert workspace.state.diagnosis is not None
    states = {one.name: one.state for one in workspace.state.diagnosis.findings}
    assert states["pushing"] == "ok"
    assert states["parts of layers"] == "ok"
    context.session.registries.examine("nobody.invalid:1")
    context.until(lambda: workspace.state.diagnosis and workspace.state.diagnosis.host != registry
               and not workspace.state.diagnosis.running)  # fmt: skip
    assert [one.state for one in workspace.state.diagnosis.findings] == ["failed"]


def test_how_a_registry_is_spoken_to_is_remembered(context: Desk, tmp_path: Path) -> None:
    workspace, root = context.workspace, tmp_path / "root.pem"
    root.write_text("x")
    facts = ConnectionFacts(ca_file=str(root))
    context.session.registries.connect("registry.example.org", facts)
    context.until(lambda: workspace.state.account("registry.example.org"))
    line = workspace.state.account("registry.example.org")
    assert line is not None
    assert (line.connection, line.signed_in) == (facts, False)
    missing = ConnectionFacts(ca_file=str(tmp_path / "gone.pem"))
    context.session.registries.connect("registry.example.org", missing)
    context.until(lambda: workspace.state.error)
    assert workspace.state.error is not None
    assert "gone.pem is not there" in workspace.state.error.title


def test_logins_of_docker_are_taken_over_once_they_are_accepted(
    context: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("registry", "docker-registry")
    workspace, home = context.workspace, tmp_path / "docker"
    home.mkdir()
    monkeypatch.setenv("DOCKER_CONFIG", str(home))
    with with_password(tmp_path) as host:
        good = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        auths = {host: {"auth": good}, "127.0.0.1:1": {"auth": good}}
        (home / "config.json").write_text(json.dumps({"auths": auths}))
        context.session.registries.find_logins()
        context.until(lambda: workspace.state.logins)
        assert workspace.state.logins is not None
        assert [(one.host, one.user) for one in workspace.state.logins] == [
            ("127.0.0.1:1", USER),
            (host, USER),
        ]
        context.session.registries.import_logins((0, 1))
        context.until(
            lambda: (
                workspace.state.logins and all(one.ok is not None for one in workspace.state.logins)
            )
        )
        assert [one.ok for one in workspace.state.logins] == [False, True]
        context.until(lambda: workspace.state.account(host))
