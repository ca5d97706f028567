"""Accounts: what is known of hosts, logins of other programs taken over, long secrets in parts."""

from __future__ import annotations

import base64
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import keyring
import keyring.backend
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitdesk.errors import AuthRequired, BadReference, NotFound, Refused
from kitdesk.operations.accounts import accounts, find_external_logins, import_logins, set_host
from kitdesk.operations.inputs.remotes import RemoteOptions, connection_of, options_of
from kitdesk.operations.sign_in import sign_in, sign_out
from kitdesk.services.accounts import keyring as keyring_module
from kitdesk.services.accounts.credentials import Credential, NoKeyring, SecretLocation
from kitdesk.services.accounts.keyring import KeyringStore
from kitdesk.services.config.settings import HostFacts
from kitdesk.services.container import Services
from tests.conftest import need
from tests.fakes.registries import PASSWORD, USER, running, with_password
from tests.fakes.token_server import ISSUER, SERVICE, TokenServer

SECRET = "s3cret-never-shown"


class Box:
    """A keyring in memory with the size limit of Windows; no subclass: keyring would choose it."""

    priority = 5
    limit = 1280

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        assert len(password.encode("utf-16-le")) <= 2 * self.limit, "error 1783"
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.held.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError


def entries_of(box: Box) -> KeyringStore:
    return KeyringStore(cast("keyring.backend.KeyringBackend", box))


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Box:
    found = Box()
    monkeypatch.setattr(keyring, "get_keyring", lambda: found)
    monkeypatch.setitem(keyring_module.LIMITS, Box.__module__, Box.limit)
    return found


@pytest.fixture(scope="module")
def basic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    need("registry", "docker-registry")
    with with_password(tmp_path_factory.mktemp("basic")) as host:
        yield host


def coded(user: str, secret: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:{secret}".encode()).decode()}


def written(folder: Path, document: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = "credentials.json" if "kitops" in folder.name else "config.json"
    (folder / name).write_text(json.dumps(document))


@given(
    secret=st.one_of(
        st.text(min_size=1, max_size=5000),
        st.text("é𝄞x", min_size=1270, max_size=1300),
        st.sampled_from(["kitdesk-parts:3", "kitdesk-parts:", "kitdesk-parts:x" * 300]),
    ),
    after=st.text(min_size=1, max_size=3000),
)
def test_every_secret_comes_back_whatever_its_length(secret: str, after: str) -> None:
    box = Box()
    entries = entries_of(box)
    old = keyring_module.LIMITS
    keyring_module.LIMITS = {Box.__module__: Box.limit}
    try:
        for one in (secret, after):
            entries.set("host", "me", one)
            assert entries.get("host", "me") == one
        entries.delete("host", "me")
    finally:
        keyring_module.LIMITS = old
    assert box.held == {}, "no part stays behind"


def test_a_secret_that_lost_a_part_is_none(box: Box) -> None:
    entries = entries_of(box)
    entries.set("host", "me", "x" * 3000)
    del box.held["kitdesk:host#2", "me"]
    assert entries.get("host", "me") is None


def test_other_programs_logins_are_found_without_their_secrets(
    tmp_path: Path, services: Services
) -> None:
    written(
        tmp_path / "home/.docker",
        {
            "auths": {
                "https://index.docker.io/v1/": coded("ann", SECRET),
                "ghcr.io": {"identitytoken": SECRET},
                "quay.io/team": coded("ann", SECRET),
                "empty.example": {},
                "bad.example": {"auth": "%%%"},
                "https://Upper.Example:5000/v2/": {"username": "u", "password": SECRET},
            }
        },
    )
    written(tmp_path / "kitops-home", {"auths": {"jozu.ml": coded("k", SECRET)}})
    found = find_external_logins(services)
    assert [(one.host, one.user, one.source) for one in found] == [
        ("docker.io", "ann", "docker"),
        ("ghcr.io", "", "docker"),
        ("jozu.ml", "k", "kit"),
        ("upper.example:5000", "u", "docker"),
    ]
    assert SECRET not in repr(found)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"auths": []}', '{"auths": {"a": 1}}', "null"])
def test_a_broken_file_of_another_program_is_none_of_our_business(
    text: str, tmp_path: Path, services: Services
) -> None:
    folder = tmp_path / "home/.docker"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(text)
    assert find_external_logins(services) == ()


def helper(folder: Path, name: str, body: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / f"docker-credential-{name}"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.registry
def test_a_helpers_login_is_checked_and_taken_over(
    basic: str, tmp_path: Path, services: Services, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper(
        tmp_path / "bin",
        "safe",
        f'read -r key; case "$1 $key" in "list "*) echo \'{{"http://{basic}": "{USER}"}}\';; '
        f'"get http://{basic}") echo \'{{"Username": "{USER}", "Secret": "{PASSWORD}"}}\';; '
        "*) exit 1;; esac",
    )
    helper(tmp_path / "bin", "hangs", "sleep 60")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("kitdesk.services.accounts.external_logins.HELPER_TIMEOUT_S", 0.5)
    written(
        tmp_path / "home/.docker",
        {
            "credsStore": "safe",
            "credHelpers": {"never.example": "hangs", "self.example": "kitdesk"},
            "auths": {basic: coded(USER, "wrong")},
        },
    )
    written(tmp_path / "kitops-home", {"credsStore": "hangs"})
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    found = find_external_logins(services)
    assert {(one.host, one.source) for one in found} == {
        (basic, "docker"),
        (basic, "docker (safe)"),
        ("never.example", "docker (hangs)"),
    }
    done = {one.login.source: one for one in import_logins(found, services, options_of(services))}
    assert isinstance(done["docker"].problem, AuthRequired)
    assert isinstance(done["docker (hangs)"].problem, NotFound)
    assert done["docker (safe)"].problem is None
    assert done["docker (safe)"].user == USER
    assert box.held == {(f"kitdesk:{basic}", USER): PASSWORD}
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json")} == before


@pytest.mark.registry
def test_an_identity_token_signs_in(tmp_path: Path, services: Services, box: Box) -> None:
    need("registry", "docker-registry")
    tokens = TokenServer(tmp_path, USER, PASSWORD)
    tokens.identity = SECRET
    auth = (
        f"auth:\n  token:\n    realm: {tokens.realm}\n    service: {SERVICE}\n"
        f"    issuer: {ISSUER}\n    rootcertbundle: {tokens.bundle}\n"
    )
    (tmp_path / "registry").mkdir()
    try:
        with running(tmp_path / "registry", auth) as host:
            with pytest.raises(AuthRequired, match="the token"):
                sign_in(host, Credential("", "other"), services, options_of(services))
            assert accounts(services) == ()
            sign_in(host, Credential("", SECRET), services, options_of(services))
            [account] = accounts(services)
            assert (account.kind, account.user) == ("token", "")
            assert account.place is SecretLocation.KEYRING
            again = Services.at(services.paths).credentials.find(host)
            assert again == Credential("", SECRET)
            assert sign_out(host, services)
            assert box.held == {}
    finally:
        tokens.close()


def test_accounts_say_where_each_secret_is(services: Services, box: Box) -> None:
    kept = services.credentials
    kept.save("a.example", Credential("ann", SECRET))
    kept.save("b.example", Credential("ben", SECRET))
    box.held.pop(("kitdesk:b.example", "ben"))
    services.settings.set_host("c.example:5000", HostFacts(plain_http=True))
    fresh = Services.at(services.paths)
    found = {one.host: one.place for one in accounts(fresh)}
    assert found == {
        "a.example": SecretLocation.KEYRING,
        "b.example": SecretLocation.MISSING,
        "c.example:5000": None,
    }
    kept.save("a.example", Credential("other", SECRET))
    assert ("kitdesk:a.example", "ann") not in box.held, "one login a host"


def test_without_a_keyring_an_account_holds_for_the_session(services: Services) -> None:
    with pytest.raises(NoKeyring):
        services.credentials.save("a.example", Credential("ann", SECRET))
    assert [one.place for one in accounts(services)] == [SecretLocation.SESSION]
    assert accounts(Services.at(services.paths)) == ()


def test_what_is_remembered_of_a_host_holds_for_every_request(
    services: Services, tmp_path: Path
) -> None:
    ca, cert = tmp_path / "ca.pem", tmp_path / "cert.pem"
    for file in (ca, cert):
        file.write_text("x")
    set_host("Host.Example", HostFacts(ca_file=str(ca), client_cert=str(cert)), services)
    found = connection_of("host.example", options_of(services))
    assert (found.ca_file, found.client_cert, found.insecure) == (str(ca), str(cert), False)
    assert connection_of("host.example", options_of(services, tls_ca=str(cert))).ca_file == str(
        cert
    )
    assert connection_of("other.example", options_of(services)).ca_file == ""
    set_host("plain.example:5000", HostFacts(plain_http=True), services)
    assert connection_of("plain.example:5000", options_of(services)).plain
    assert not connection_of("plain.example:5000", options_of(services, plain_http=False)).plain
    ca.unlink()
    with pytest.raises(NotFound, match=r"ca\.pem is not there"):
        connection_of("host.example", options_of(services))
    set_host("host.example", HostFacts(), services)
    assert list(services.settings.hosts()) == ["plain.example:5000"]
    with pytest.raises(BadReference):
        set_host("a/b", HostFacts(), services)


@pytest.mark.registry
def test_sign_in_remembers_how_the_host_was_spoken_to(
    basic: str, services: Services, box: Box
) -> None:
    options = options_of(services, plain_http=True)
    with pytest.raises(AuthRequired):
        sign_in(basic, Credential(USER, "wrong"), services, options)
    assert services.settings.hosts() == {}
    sign_in(basic, Credential(USER, PASSWORD), services, options)
    assert services.settings.host(basic) == HostFacts(plain_http=True)
    assert box.held


def test_what_is_no_registry_gets_no_account(services: Services, box: Box, tmp_path: Path) -> None:
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from threading import Thread

    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    BaseHTTPRequestHandler.log_message = lambda *_: None  # type: ignore[method-assign]
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        host = f"127.0.0.1:{server.server_port}"
        with pytest.raises((Refused,), match="not as a registry"):
            sign_in(host, Credential(USER, PASSWORD), services, RemoteOptions())
        assert box.held == {}
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
