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
    state = context.state
    with with_password(tmp_path) as host:
        context.session.sign_in(host, USER, PASSWORD)
        context.until(lambda: state.account(host))
        line = state.account(host)
        assert line is not None
        assert (line.user, line.secret, line.local) == (USER, "kept until KitDesk closes", True)
        assert state.keyring.startswith("No keyring here")
        context.session.sign_out(host)
        context.until(lambda: (found := state.account(host)) and found.forgotten)
        context.session.take_back_login(host)
        context.until(lambda: (found := state.account(host)) and found.signed_in)
        context.session.sign_out(host)
        context.until(lambda: (found := state.account(host)) and found.forgotten)
        context.session.settle_logins()
        context.until(lambda: state.account(host) is None)
        context.session.take_back_login(host)
        context.until(lambda: True)
        assert state.account(host) is None, "what is settled cannot be taken back"


def test_a_registry_is_examined(context: Desk, registry: str, tmp_path: Path) -> None:
    state = context.state
    context.session.examine(registry)
    context.until(lambda: state.diagnosis and not state.diagnosis.running)
    assert state.diagnosis is not None
    states = {one.name: one.state for one in state.diagnosis.findings}
    assert states["pushing"] == "ok"
    assert states["parts of layers"] == "ok"
    context.session.examine("nobody.invalid:1")
    context.until(lambda: state.diagnosis and state.diagnosis.host != registry
               and not state.diagnosis.running)  # fmt: skip
    assert [one.state for one in state.diagnosis.findings] == ["failed"]


def test_how_a_registry_is_spoken_to_is_remembered(context: Desk, tmp_path: Path) -> None:
    state, root = context.state, tmp_path / "root.pem"
    root.write_text("x")
    facts = ConnectionFacts(ca_file=str(root))
    context.session.connect_to("registry.example.org", facts)
    context.until(lambda: state.account("registry.example.org"))
    line = state.account("registry.example.org")
    assert line is not None
    assert (line.connection, line.signed_in) == (facts, False)
    missing = ConnectionFacts(ca_file=str(tmp_path / "gone.pem"))
    context.session.connect_to("registry.example.org", missing)
    context.until(lambda: state.error)
    assert state.error is not None
    assert "gone.pem is not there" in state.error.title


def test_logins_of_docker_are_taken_over_once_they_are_accepted(
    context: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("registry", "docker-registry")
    state, home = context.state, tmp_path / "docker"
    home.mkdir()
    monkeypatch.setenv("DOCKER_CONFIG", str(home))
    with with_password(tmp_path) as host:
        good = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        auths = {host: {"auth": good}, "127.0.0.1:1": {"auth": good}}
        (home / "config.json").write_text(json.dumps({"auths": auths}))
        context.session.find_logins()
        context.until(lambda: state.logins)
        assert state.logins is not None
        assert [(one.host, one.user) for one in state.logins] == [
            ("127.0.0.1:1", USER),
            (host, USER),
        ]
        context.session.take_over((0, 1))
        context.until(lambda: state.logins and all(one.ok is not None for one in state.logins))
        assert [one.ok for one in state.logins] == [False, True]
        context.until(lambda: state.account(host))
