"""Accounts of the running program, with real registries and no keyring on the machine."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from kitdesk.session.state.workspace import ConnectionFacts
from tests.conftest import need
from tests.fakes.registries import PASSWORD, USER, with_password
from tests.session.conftest import Desk


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the one of whoever runs the tests nor any other."""
    import keyring
    from keyring.backends.fail import Keyring

    monkeypatch.setattr(keyring, "get_keyring", Keyring)


def test_a_login_is_listed_forgotten_taken_back_and_gone(desk: Desk, tmp_path: Path) -> None:
    need("registry", "docker-registry")
    board = desk.board
    with with_password(tmp_path) as host:
        desk.session.sign_in(host, USER, PASSWORD)
        desk.until(lambda: board.account(host))
        line = board.account(host)
        assert line is not None
        assert (line.user, line.secret, line.local) == (USER, "kept until KitDesk closes", True)
        assert board.keyring.startswith("No keyring here")
        desk.session.sign_out(host)
        desk.until(lambda: (found := board.account(host)) and found.forgotten)
        desk.session.take_back_login(host)
        desk.until(lambda: (found := board.account(host)) and found.signed_in)
        desk.session.sign_out(host)
        desk.until(lambda: (found := board.account(host)) and found.forgotten)
        desk.session.settle_logins()
        desk.until(lambda: board.account(host) is None)
        desk.session.take_back_login(host)
        desk.until(lambda: True)
        assert board.account(host) is None, "what is settled cannot be taken back"


def test_a_registry_is_examined(desk: Desk, registry: str, tmp_path: Path) -> None:
    board = desk.board
    desk.session.examine(registry)
    desk.until(lambda: board.diagnosis and not board.diagnosis.running)
    assert board.diagnosis is not None
    states = {one.name: one.state for one in board.diagnosis.findings}
    assert states["pushing"] == "ok"
    assert states["parts of layers"] == "ok"
    desk.session.examine("nobody.invalid:1")
    desk.until(lambda: board.diagnosis and board.diagnosis.host != registry
               and not board.diagnosis.running)  # fmt: skip
    assert [one.state for one in board.diagnosis.findings] == ["failed"]


def test_how_a_registry_is_spoken_to_is_remembered(desk: Desk, tmp_path: Path) -> None:
    board, root = desk.board, tmp_path / "root.pem"
    root.write_text("x")
    facts = ConnectionFacts(ca_file=str(root))
    desk.session.connect_to("registry.example.org", facts)
    desk.until(lambda: board.account("registry.example.org"))
    line = board.account("registry.example.org")
    assert line is not None
    assert (line.connection, line.signed_in) == (facts, False)
    missing = ConnectionFacts(ca_file=str(tmp_path / "gone.pem"))
    desk.session.connect_to("registry.example.org", missing)
    desk.until(lambda: board.trouble)
    assert board.trouble is not None
    assert "gone.pem is not there" in board.trouble.title


def test_logins_of_docker_are_taken_over_once_they_are_accepted(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("registry", "docker-registry")
    board, home = desk.board, tmp_path / "docker"
    home.mkdir()
    monkeypatch.setenv("DOCKER_CONFIG", str(home))
    with with_password(tmp_path) as host:
        good = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        auths = {host: {"auth": good}, "127.0.0.1:1": {"auth": good}}
        (home / "config.json").write_text(json.dumps({"auths": auths}))
        desk.session.find_logins()
        desk.until(lambda: board.logins)
        assert board.logins is not None
        assert [(one.host, one.user) for one in board.logins] == [
            ("127.0.0.1:1", USER),
            (host, USER),
        ]
        desk.session.take_over((0, 1))
        desk.until(lambda: board.logins and all(one.ok is not None for one in board.logins))
        assert [one.ok for one in board.logins] == [False, True]
        desk.until(lambda: board.account(host))
