"""Which keyring may hold a password, and what its failures are called."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import keyring
import keyring.backends.null
import pytest

from kitdesk.progress import Cancelled, Canceller, stoppable
from kitdesk.services.accounts import keyring_thread
from kitdesk.services.accounts.credentials import Credential, CredentialStore, NoKeyring
from kitdesk.services.accounts.keyring import KeyringState, keyring_state, open_keyring
from kitdesk.services.config.settings import Settings


class Weak:
    """A file somewhere, or worse: below what keyring recommends.

    No subclass of keyring's: those are found by every program that asks for the best one.
    """

    priority: ClassVar[float] = 0.9

    def __init__(self) -> None:
        """Nothing is opened."""

    def get_password(self, service: str, username: str) -> str | None:
        raise AssertionError("it is not asked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("it is given nothing")

    def delete_password(self, service: str, username: str) -> None:
        raise AssertionError("it is not asked")


class Strong(Weak):
    priority: ClassVar[float] = 1

    def get_password(self, service: str, username: str) -> str | None:
        return None


class Broken(Strong):
    def __getattribute__(self, name: str) -> object:
        if name == "priority":
            raise RuntimeError("needs a bus")
        return super().__getattribute__(name)


class Chainer(Strong):
    __module__ = "keyring.backends.chainer"

    def __init__(self, *backends: Weak) -> None:
        self.backends = backends


@pytest.mark.parametrize(
    ("backend", "trusted"),
    [
        (Weak(), False),
        (Strong(), True),
        (Broken(), False),
        (keyring.backends.null.Keyring(), False),  # type: ignore[no-untyped-call]
        (Chainer(Weak()), False),
        (Chainer(Weak(), Strong()), True),
    ],
)
def test_a_keyring_of_low_priority_gets_no_secret(
    backend: Weak, trusted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    assert (open_keyring() is not None) is trusted
    assert keyring_state() is (KeyringState.READY if trusted else KeyringState.ABSENT)


class Hangs(Strong):
    """Never answers, like a bus that is dead."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        self.free.wait(30)
        return None


@pytest.fixture
def hangs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hangs]:
    backend = Hangs()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    monkeypatch.setattr(keyring_thread, "ANSWER_WITHIN_S", 0.05)
    yield backend
    backend.free.set()
    for one in keyring_thread._hanging:
        one.join()
    keyring_thread._hanging.clear()


def test_a_keyring_that_never_answers_is_given_up(hangs: Hangs) -> None:
    assert keyring_state() is KeyringState.REFUSED
    assert keyring_state() is KeyringState.ABSENT, "it is not asked again while it hangs"
    assert hangs.asked == 1
    hangs.free.set()
    for one in tuple(keyring_thread._hanging):
        one.join()
    assert keyring_state() is KeyringState.READY


def test_a_cancel_ends_the_waiting(hangs: Hangs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring_thread, "ANSWER_WITHIN_S", 50)
    canceller = Canceller()
    found = open_keyring()
    assert found is not None
    threading.Timer(0.05, canceller.cancel).start()
    with stoppable(canceller), pytest.raises(Cancelled):
        found.get("ghcr.io", "ann")
    assert not hangs.free.is_set()


@pytest.mark.parametrize("error", [OSError("bus"), RuntimeError("dbus"), KeyError("x"), EOFError()])
def test_whatever_the_bus_says_is_a_refusal(
    error: Exception, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Angry(Strong):
        def get_password(self, service: str, username: str) -> str | None:
            raise error

        set_password = get_password  # type: ignore[assignment]
        delete_password = get_password  # type: ignore[assignment]

    monkeypatch.setattr(keyring, "get_keyring", Angry)
    assert keyring_state() is KeyringState.REFUSED
    settings = Settings(tmp_path)
    settings.set_account("ghcr.io", "ann")
    credentials = CredentialStore(settings, {})
    assert credentials.find("ghcr.io") is None
    with pytest.raises(NoKeyring, match="refused to keep"):
        credentials.save("ghcr.io", Credential("ann", "secret"))
    with pytest.raises(NoKeyring, match="refused to delete"):
        credentials.delete("ghcr.io")
