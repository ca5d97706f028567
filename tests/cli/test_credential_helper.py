"""docker's credential helper protocol, on a real Secret Service, with the real oras where it is."""

from __future__ import annotations

import io
import json
import os
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from kitdesk.cli.commands.credential_helper import HUB, NOT_FOUND, answer, main
from kitdesk.services.container import Services
from tests.conftest import need
from tests.fakes.registries import PASSWORD, USER, with_password
from tests.operations.test_accounts import Box

ROOT = Path(__file__).parents[2]
SECRET = "never-in-argv"


@pytest.fixture(scope="module")
def basic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    need("registry", "docker-registry")
    with with_password(tmp_path_factory.mktemp("basic")) as host:
        yield host


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Box:
    found = Box()
    monkeypatch.setattr(keyring, "get_keyring", lambda: found)
    return found


def asked(services: Services, action: str, given: object = "") -> tuple[int, str]:
    out = io.StringIO()
    text = given if isinstance(given, str) else json.dumps(given)
    code = answer(action, services, io.StringIO(text), out)
    return code, out.getvalue().strip()


def stored(server: str, user: str = "ann") -> dict[str, str]:
    return {"ServerURL": server, "Username": user, "Secret": SECRET}


@pytest.mark.parametrize(
    ("server", "entry"),
    [
        (HUB, "docker.io"),
        ("ghcr.io", "ghcr.io"),
        ("https://Quay.IO", "quay.io"),
        ("http://localhost:5000/v2/", "localhost:5000"),
    ],
)
def test_what_is_stored_is_got_listed_and_erased(
    server: str, entry: str, services: Services, box: Box
) -> None:
    assert asked(services, "store", stored(server)) == (0, "")
    assert box.held == {(f"kitdesk:{entry}", "ann"): SECRET}
    code, text = asked(services, "get", f"{server}\n")
    assert (code, json.loads(text)) == (0, stored(server))
    listed = json.loads(asked(services, "list")[1])
    assert list(listed.values()) == ["ann"]
    assert SECRET not in str(listed)
    assert asked(services, "erase", server) == (0, "")
    assert asked(services, "get", server) == (1, NOT_FOUND)
    assert box.held == {}


def test_an_identity_token_keeps_its_kind(services: Services, box: Box) -> None:
    asked(services, "store", stored("ghcr.io", "<token>"))
    found = services.credentials.find("ghcr.io")
    assert found is not None
    assert (found.user, found.secret) == ("", SECRET)
    assert json.loads(asked(services, "get", "ghcr.io")[1])["Username"] == "<token>"


@pytest.mark.parametrize("given", ["", "{", "[]", '{"ServerURL": "x"}', "null"])
def test_nonsense_is_a_sentence(given: str, services: Services, box: Box) -> None:
    code, text = asked(services, "store", given)
    assert (code, text) == (1, "Standard input holds no credentials.")


def test_nothing_is_kept_without_a_keyring(services: Services) -> None:
    code, text = asked(services, "store", stored("ghcr.io"))
    assert code == 1
    assert "no keyring" in text
    assert SECRET not in text


def test_the_environment_is_not_handed_out(
    services: Services, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KITDESK_USERNAME", "ci")
    monkeypatch.setenv("KITDESK_PASSWORD", SECRET)
    assert asked(services, "get", "ghcr.io") == (1, NOT_FOUND)


def test_wrong_use_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["frobnicate"]) == 1
    assert "get|store|erase|list" in capsys.readouterr().err
    assert main(["version"]) == 0


def in_a_secret_service(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script with an unlocked keyring, the helper in PATH."""
    need("keyring", "gnome-keyring-daemon", "dbus-run-session")
    home, run, programs = folder / "keyring-home", folder / "run", folder / "bin"
    for one in (home, run, programs):
        one.mkdir(mode=0o700)
    helper = programs / "docker-credential-kitdesk"
    helper.write_text(
        f"#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} "
        '-m kitdesk credential-helper "$@"\n'
    )
    helper.chmod(helper.stat().st_mode | stat.S_IXUSR)
    env = {
        **os.environ,
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(run),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "KITDESK_TEST_SECRET": PASSWORD,
    }
    env.pop("PYTHON_KEYRING_BACKEND", None)
    unlock = 'printf "%s" testpw | gnome-keyring-daemon --unlock --components=secrets >/dev/null\n'
    return subprocess.run(
        ["dbus-run-session", "--", "sh", "-ec", unlock + script],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


STORE = """printf '{"ServerURL":"%s","Username":"analyst","Secret":"%s"}' "$HOST" \
"$KITDESK_TEST_SECRET" | docker-credential-kitdesk store
"""


@pytest.mark.keyring
@pytest.mark.registry
def test_a_real_secret_service_answers_the_protocol(basic: str, tmp_path: Path) -> None:
    script = (
        f"HOST={basic}\n{STORE}"
        "docker-credential-kitdesk list\n"
        'printf "%s" "$HOST" | docker-credential-kitdesk get\n'
        'printf "%s" "$HOST" | docker-credential-kitdesk erase\n'
        'printf "%s" "$HOST" | docker-credential-kitdesk get || true\n'
    )
    done = in_a_secret_service(tmp_path, script)
    assert done.returncode == 0, done.stderr
    listed, got, gone = done.stdout.strip().split("\n")
    assert json.loads(listed) == {basic: USER}
    assert json.loads(got)["Secret"] == PASSWORD
    assert gone == NOT_FOUND
    for path in (tmp_path / "kitdesk-home").rglob("*"):
        assert not path.is_file() or PASSWORD.encode() not in path.read_bytes()


@pytest.mark.keyring
@pytest.mark.registry
def test_the_real_oras_pushes_with_it(basic: str, tmp_path: Path) -> None:
    if shutil.which("oras") is None:
        pytest.skip("oras is not installed")
    (tmp_path / "config.json").write_text('{"credsStore": "kitdesk"}')
    (tmp_path / "hello.txt").write_text("hello")
    push = f"oras push --plain-http --registry-config ../config.json {basic}/oras/x:v1 hello.txt"
    script = (
        f"cd {shlex.quote(str(tmp_path))}/run\ncp ../hello.txt .\nHOST={basic}\n"
        f"{push} && exit 9 || true\n{STORE}{push}\n"
    )
    done = in_a_secret_service(tmp_path, script)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "Digest: sha256:" in done.stdout
    assert json.loads((tmp_path / "config.json").read_text()) == {"credsStore": "kitdesk"}
