"""Signing in as registries really ask for it: htpasswd, tokens, and a real Secret Service."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from kitdesk.errors import AuthRequired, Refused
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.inputs.remotes import RemoteOptions, open_remote
from kitdesk.operations.pack import pack
from kitdesk.operations.push_pull import pull, push
from kitdesk.operations.sign_in import sign_in, sign_out
from kitdesk.services.accounts.credentials import Credential, NoKeyring
from kitdesk.services.container import Services
from kitdesk.services.remotes.registry.auth import same_origin
from kitdesk.services.remotes.registry.challenge import Challenge, parse_challenge
from tests.conftest import need
from tests.fakes.registries import PASSWORD, USER, running, with_password
from tests.fakes.token_server import ISSUER, SERVICE, TokenServer

ROOT = Path(__file__).parents[4]
pytestmark = pytest.mark.registry


@pytest.fixture(scope="module")
def basic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    need("registry", "docker-registry")
    with with_password(tmp_path_factory.mktemp("basic")) as host:
        yield host


@pytest.fixture
def tokens(tmp_path: Path) -> Iterator[TokenServer]:
    server = TokenServer(tmp_path, USER, PASSWORD)
    yield server
    server.close()


@pytest.fixture
def bearer(tmp_path: Path, tokens: TokenServer) -> Iterator[str]:
    need("registry", "docker-registry")
    folder = tmp_path / "bearer"
    folder.mkdir()
    auth = (
        f"auth:\n  token:\n    realm: {tokens.realm}\n    service: {SERVICE}\n"
        f"    issuer: {ISSUER}\n    rootcertbundle: {tokens.bundle}\n"
    )
    with running(folder, auth) as host:
        yield host


def signed_in(password: str = PASSWORD) -> RemoteOptions:
    return RemoteOptions(find=lambda _host: Credential(USER, password))


def both_ways(host: str, options: RemoteOptions, project: Path, services: Services) -> int:
    """Push and pull once; returns the requests of the push."""
    packed = pack(project, parse("demo:v1"), services)
    remote = open_remote(parse(f"{host}/auth/demo"), options)
    push(packed.digest, packed.reference.name, "v1", remote, services)
    asked = remote.traffic.requests
    services.store.remove(parse("demo:v1"))
    assert pull("v1", f"{host}/auth/demo", remote, services).digest == packed.digest
    assert remote.tags() == ("v1",)
    remote.close()
    return asked


def test_basic(basic: str, project: Path, services: Services) -> None:
    asked = both_ways(basic, signed_in(), project, services)
    records = 1  # whether the registry takes them
    assert asked <= 1 + 1 + 7 * 3 + 1 + records, "one 401 in all: afterwards the scheme is known"


def test_tokens_of_every_scope(
    bearer: str, tokens: TokenServer, project: Path, services: Services
) -> None:
    both_ways(bearer, signed_in(), project, services)
    assert len(tokens.asked) <= 3, "a token is kept until it is too narrow or too old"
    assert any("push" in scope for query in tokens.asked for scope in query.get("scope", []))


def test_a_token_that_ran_out_is_renewed(
    bearer: str,
    tokens: TokenServer,
    project: Path,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both_ways(bearer, signed_in(), project, services)
    remote = open_remote(parse(f"{bearer}/auth/demo"), signed_in())
    assert remote.tags() == ("v1",)
    before = len(tokens.asked)
    monkeypatch.setattr(remote._client._authorizer, "_expires", 0.0)  # type: ignore[attr-defined]
    assert remote.tags() == ("v1",)
    assert len(tokens.asked) == before + 1
    remote.close()


@pytest.mark.parametrize("kind", ["basic", "bearer"])
def test_a_wrong_password_is_told_at_once(
    kind: str, request: pytest.FixtureRequest, project: Path, services: Services
) -> None:
    host = request.getfixturevalue(kind)
    packed = pack(project, parse("demo:v1"), services)
    remote = open_remote(parse(f"{host}/auth/demo"), signed_in("wrong"))
    with pytest.raises(AuthRequired, match="refused the password of analyst") as error:
        push(packed.digest, packed.reference.name, "v1", remote, services)
    assert remote.traffic.requests <= 4
    assert f"kitdesk login {host}" in error.value.hint
    assert "wrong" not in f"{error.value}{error.value.detail}"
    remote.close()


@pytest.mark.parametrize("kind", ["basic", "bearer"])
def test_nobody_is_told_how_to_sign_in(
    kind: str, request: pytest.FixtureRequest, project: Path, services: Services
) -> None:
    host = request.getfixturevalue(kind)
    packed = pack(project, parse("demo:v1"), services)
    remote = open_remote(parse(f"{host}/auth/demo"))
    with pytest.raises(AuthRequired) as error:
        push(packed.digest, packed.reference.name, "v1", remote, services)
    assert error.value.host == host
    assert "kitdesk login" in error.value.hint
    remote.close()


def test_login_checks_before_it_keeps(basic: str, services: Services) -> None:
    with pytest.raises(AuthRequired, match="refused"):
        sign_in(basic, Credential(USER, "wrong"), services, RemoteOptions())
    assert services.credentials.find(basic) is None
    with pytest.raises(NoKeyring, match="no keyring to keep it in"):
        sign_in(basic, Credential(USER, PASSWORD), services, RemoteOptions())
    held = services.credentials.find(basic)
    assert held is not None
    assert held.secret == PASSWORD, "for this process it holds"
    assert services.settings.accounts() == {}
    assert sign_out(basic, services)


def test_a_password_never_leaves_for_another_host(tmp_path: Path) -> None:
    assert same_origin("http://127.0.0.1:5000/v2/", "http://127.0.0.1:5000")
    assert not same_origin("http://127.0.0.1:5001/v2/", "http://127.0.0.1:5000")
    assert not same_origin("https://evil.example/v2/", "https://good.example")
    assert same_origin("https://good.example:443/v2/", "https://good.example")


def test_challenges_are_read_as_written() -> None:
    found = parse_challenge(
        'Basic realm="x", Bearer realm="https://a/token",service="s",scope="repository:a/b:pull,push"'
    )
    assert found is not None
    assert (found.scheme, found.realm, found.scopes) == (
        "bearer",
        "https://a/token",
        ("repository:a/b:pull,push",),
    )
    assert parse_challenge("Negotiate") is None


def test_a_token_service_without_encryption_gets_no_password(tmp_path: Path) -> None:
    from kitdesk.services.remotes.registry.auth import Authorizer

    def send(*_: object, **__: object) -> requests.Response:
        raise AssertionError("nothing may be sent")

    authorizer = Authorizer("https://good.example", send, lambda: Credential(USER, PASSWORD))
    with pytest.raises(Refused, match="without encryption"):
        authorizer._fetch(Challenge("bearer", "http://evil.example/token"))


SCRIPT = """
import sys
from kitdesk.__main__ import main
host, project = sys.argv[1:]
assert main(["login", host, "-u", "analyst", "--password-stdin"]) == 0
assert main(["pack", project, "-t", "demo:v1", "--quiet"]) == 0
assert main(["push", "demo:v1", f"{host}/keyring/demo"]) == 0
assert main(["logout", host]) == 0
assert main(["push", "demo:v1", f"{host}/keyring/other"]) == 1
"""


@pytest.mark.keyring
def test_login_push_logout_with_a_real_secret_service(
    basic: str, project: Path, tmp_path: Path
) -> None:
    need("keyring", "gnome-keyring-daemon", "dbus-run-session")
    home, run = tmp_path / "keyring-home", tmp_path / "run"
    for folder in (home, run):
        folder.mkdir(mode=0o700)
    env = {
        **os.environ,
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(run),
        "PYTHONPATH": str(ROOT),
        "PYTHON_KEYRING_BACKEND": "",
    }
    env.pop("PYTHON_KEYRING_BACKEND")
    command = (
        'printf "%s" testpw | gnome-keyring-daemon --unlock --components=secrets >/dev/null && '
        f'printf "%s" "{PASSWORD}" | "{sys.executable}" -c "$SCRIPT" "{basic}" "{project}"'
    )
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", command],
        env={**env, "SCRIPT": SCRIPT},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Signed in to" in done.stdout
    assert "kitdesk login" in done.stderr, "after logout a push names login"
    written = io.StringIO()
    for path in [*(tmp_path / "kitdesk-home").rglob("*"), *(tmp_path / "kitops-home").rglob("*")]:
        if path.is_file():
            written.write(path.read_bytes().decode("latin-1"))
    assert PASSWORD not in written.getvalue() + done.stdout + done.stderr
    assert "Y29ycmVjdCBob3JzZ" not in written.getvalue()


def test_what_is_logged_holds_no_secret(
    bearer: str,
    tokens: TokenServer,
    project: Path,
    services: Services,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in (None, "kitdesk.transport"):  # the log file's level may be set already
        caplog.set_level("DEBUG", name)
    both_ways(bearer, signed_in(), project, services)
    text = caplog.text
    assert f"POST {bearer}/v2/auth/demo/blobs/uploads/ 202" in text
    assert f"HEAD {bearer}/v2/auth/demo/manifests/v1 401" in text
    coded = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    for secret in (PASSWORD, coded, "_state=", "Bearer ey", tokens.given[-1]):
        assert secret not in text
