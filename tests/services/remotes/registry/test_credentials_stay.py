"""Passwords, tokens and certificates are shown to the registry itself and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kitdesk.cli.main import main
from kitdesk.errors import AuthRequired, KitDeskError, Refused, Unreachable
from kitdesk.modelkit.oci.manifest import Descriptor
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.inputs.remotes import RemoteOptions, open_remote
from kitdesk.progress import silent
from kitdesk.services.accounts.credentials import Credential, CredentialStore
from kitdesk.services.config.settings import Settings
from kitdesk.services.remotes.protocol import RemoteRepository, is_loopback
from kitdesk.services.remotes.registry.challenge import parse_challenge
from tests.fakes.certificates import Certificates, make
from tests.fakes.hostile import Answer, Asked, HostileServer, third_host

pytestmark = pytest.mark.usefixtures("no_waiting")
USER, PASSWORD = "analyst", "correct horse"
BLOB = b"layer"
LAYER = Descriptor("application/octet-stream", digests.of_bytes(BLOB), len(BLOB))
BASIC = {"WWW-Authenticate": 'Basic realm="own"'}


@pytest.fixture(scope="module")
def pems(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make(tmp_path_factory.mktemp("pems"))


def options(**more: object) -> RemoteOptions:
    return RemoteOptions(find=lambda _host: Credential(USER, PASSWORD), **more)  # type: ignore[arg-type]


def wants_login(then: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
    """A registry that knows nobody who has not signed in by Basic."""

    def answer(asked: Asked) -> Answer:
        return then(asked) if asked.authorization.startswith("Basic ") else Answer(401, BASIC)

    return answer


def ways_out(third: str) -> dict[str, Callable[[Asked], Answer]]:
    """How a registry may lead its clients to another host."""
    away = Answer(307, {"Location": f"{third}/elsewhere"})
    page = Answer(headers={"Link": f'<{third}/more>; rel="next"'}, body=b'{"tags": ["v1"]}')
    upload = Answer(202, {"Location": f"{third}/upload"})
    return {"redirect": lambda _: away, "page": lambda _: page, "upload": lambda _: upload}


def goes(way: str, remote: RemoteRepository, source: Path) -> None:
    if way == "upload":
        remote.upload(LAYER, source, silent)
    else:
        remote.tags()


@pytest.mark.parametrize("way", ["redirect", "page", "upload"])
def test_a_third_host_never_gets_the_password(way: str, tmp_path: Path) -> None:
    source = tmp_path / "layer"
    source.write_bytes(BLOB)
    with third_host() as third:
        lead = ways_out(third.url)[way]
        with HostileServer(wants_login(lead)) as registry:
            remote = open_remote(parse(f"{registry.host}/demo"), options())
            with pytest.raises(Refused, match=f"{third.host} wants a login") as error:
                goes(way, remote, source)
            remote.close()
    assert not isinstance(error.value, AuthRequired), "nobody is asked to sign in there"
    assert third.asked, "it was led there"
    assert [one.authorization for one in third.asked] == [""] * len(third.asked)
    assert not any(one.path.startswith("/token") for one in third.asked)
    assert registry.asked[-1].authorization.startswith("Basic ")


def test_a_layer_may_lie_on_another_host(tmp_path: Path) -> None:
    with HostileServer(lambda _: Answer(body=BLOB)) as third:
        away = Answer(307, {"Location": f"{third.url}/signed?x=1"})
        with HostileServer(wants_login(lambda _: away)) as registry:
            remote = open_remote(parse(f"{registry.host}/demo"), options())
            remote.download(LAYER, tmp_path / "part", silent)
            remote.close()
    assert (tmp_path / "part").read_bytes() == BLOB
    assert [(one.path, one.authorization) for one in third.asked] == [("/signed?x=1", "")]


def test_redirects_have_an_end() -> None:
    def answer(asked: Asked) -> Answer:
        return Answer(302, {"Location": asked.path + "x"}, endless=b"x" * 65536, claims=1 << 40)

    with HostileServer(answer) as registry:
        remote = open_remote(parse(f"{registry.host}/demo"), options())
        with pytest.raises(Refused, match="without end"):
            remote.tags()
        remote.close()
    assert len(registry.asked) == 6


def test_a_client_certificate_follows_no_redirect(pems: Certificates) -> None:
    shown = options(
        plain_http=False,
        tls_ca=str(pems.ca),
        tls_cert=str(pems.client),
        tls_key=str(pems.client_key),
    )
    with HostileServer(lambda _: Answer(body=b'{"tags": []}'), pems) as third:
        away = Answer(307, {"Location": f"{third.url}/elsewhere"})
        with HostileServer(lambda _: away, pems) as registry:
            remote = open_remote(parse(f"{registry.host}/demo"), shown)
            assert remote.tags() == ()
            remote.close()
    assert [one.certificate for one in registry.asked] == [True]
    assert [one.certificate for one in third.asked] == [False]


@pytest.mark.parametrize("way", ["redirect", "page", "upload"])
def test_tls_is_never_left(way: str, pems: Certificates, tmp_path: Path) -> None:
    source = tmp_path / "layer"
    source.write_bytes(BLOB)
    with third_host() as third:
        with HostileServer(ways_out("http://plain.invalid")[way], pems) as registry:
            remote = open_remote(
                parse(f"{registry.host}/demo"), options(plain_http=False, tls_ca=str(pems.ca))
            )
            with pytest.raises(Refused, match="without encryption"):
                goes(way, remote, source)
            remote.close()
    assert third.asked == []


def test_a_page_of_the_registry_that_forgot_tls_keeps_it(pems: Certificates) -> None:
    def answer(asked: Asked) -> Answer:
        if "last" in asked.path:
            return Answer(body=b'{"tags": ["v2"]}')
        link = f'<http://{registry.host}/v2/demo/tags/list?last=v1>; rel="next"'
        return Answer(headers={"Link": link}, body=b'{"tags": ["v1"]}')

    with HostileServer(answer, pems) as registry:
        where = parse(f"{registry.host}/demo")
        remote = open_remote(where, options(plain_http=False, tls_ca=str(pems.ca)))
        assert remote.tags() == ("v1", "v2")
        remote.close()


def test_a_token_request_follows_no_redirect() -> None:
    with third_host() as third:

        def answer(asked: Asked) -> Answer:
            if asked.path.startswith("/token"):
                return Answer(307, {"Location": f"{third.url}/token"})
            realm = f"{registry.url}/token"
            return Answer(401, {"WWW-Authenticate": f'Bearer realm="{realm}"'})

        with HostileServer(answer) as registry:
            remote = open_remote(parse(f"{registry.host}/demo"), options())
            with pytest.raises(Refused, match="sign-in service"):
                remote.tags()
            remote.close()
    assert third.asked == []


def test_a_token_is_renewed_before_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    now = 1000.0

    def answer(asked: Asked) -> Answer:
        if asked.path.startswith("/token"):
            given.append(f"t{len(given)}")
            return Answer(body=f'{{"token": "{given[-1]}", "expires_in": 100}}'.encode())
        if given and asked.authorization == f"Bearer {given[-1]}":
            return Answer(body=b'{"tags": ["v1"]}')
        return Answer(401, {"WWW-Authenticate": f'Bearer realm="{registry.url}/token"'})

    monkeypatch.setattr(
        "kitdesk.services.remotes.registry.auth.time.monotonic", lambda: now, raising=True
    )
    with HostileServer(answer) as registry:
        remote = open_remote(parse(f"{registry.host}/demo"), options())
        assert remote.tags() == ("v1",)
        now += 79
        assert remote.tags() == ("v1",)
        assert given == ["t0"], "it has a fifth of its life left"
        now += 2
        assert remote.tags() == ("v1",)
        remote.close()
    assert given == ["t0", "t1"]
    assert [one for one in registry.asked if one.authorization == "Bearer t1"]


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1:5000", True),
        ("127.8.9.1", True),
        ("[::1]:5000", True),
        ("localhost", True),
        ("localhost:5000", True),
        ("registry.localhost:5000", True),
        ("127.evil.example", False),
        ("127.0.0.1.evil.example:5000", False),
        ("localhost.evil.example", False),
        ("mylocalhost", False),
        ("evil.example", False),
        ("[::2]", False),
        ("[", False),
    ],
)
def test_only_this_machine_is_spoken_to_in_the_clear(host: str, local: bool) -> None:
    assert is_loopback(host) is local


def test_the_password_of_the_environment_is_for_the_host_that_is_named(tmp_path: Path) -> None:
    env = {"KITDESK_USERNAME": USER, "KITDESK_PASSWORD": PASSWORD}
    found = CredentialStore(Settings(tmp_path), env)
    found.use_environment_for("ghcr.io")
    assert found.find("GHCR.io") == Credential(USER, PASSWORD)
    assert found.find("evil.example") is None


def test_a_command_gives_it_to_the_host_that_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITDESK_USERNAME", USER)
    monkeypatch.setenv("KITDESK_PASSWORD", PASSWORD)
    tags = wants_login(lambda _: Answer(body=b'{"tags": []}'))
    with HostileServer(tags) as registry:
        assert main(["versions", f"{registry.host}/demo", "--remote"]) == 0
        assert main(["doctor", registry.host]) in (0, 1)
    assert [one for one in registry.asked if one.authorization]


def test_a_challenge_is_read_to_its_letters() -> None:
    found = parse_challenge('Basic realm="bearer, or not", charset="UTF-8"')
    assert found is not None
    assert (found.scheme, found.realm) == ("basic", "bearer, or not")
    assert parse_challenge('x-bearer realm="https://evil.example"') is None
    assert parse_challenge("") is None


def test_a_token_that_would_be_two_headers_is_none() -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path.startswith("/token"):
            return Answer(body=b'{"token": "a\\r\\nX-Evil: 1"}')
        return Answer(401, {"WWW-Authenticate": f'Bearer realm="{registry.url}/token"'})

    with HostileServer(answer) as registry:
        remote = open_remote(parse(f"{registry.host}/demo"), options())
        with pytest.raises(KitDeskError) as error:
            remote.tags()
        remote.close()
    assert not isinstance(error.value, Unreachable)
