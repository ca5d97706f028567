"""What every test may use: own homes, a library, a project, a real registry."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kitdesk.operations.demo import demo
from kitdesk.services.config.paths import Paths
from kitdesk.services.container import Services
from tests.fakes.faulty import FaultyRegistry
from tests.fakes.registries import running

REQUIRED = set(filter(None, os.environ.get("KITDESK_REQUIRE", "").split(",")))


def need(part: str, *programs: str) -> None:
    """Skip for want of a program, unless the environment requires this part: then fail."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing and part in REQUIRED:
        pytest.fail(f"{part} is required, and {', '.join(missing)} is not installed")
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed")


@pytest.fixture(autouse=True)
def _own_homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes what belongs to the person who runs it."""
    monkeypatch.setenv("KITDESK_HOME", str(tmp_path / "kitdesk-home"))
    monkeypatch.setenv("KITOPS_HOME", str(tmp_path / "kitops-home"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("KITDESK_USERNAME", "KITDESK_PASSWORD", "KITDESK_TIMEOUT", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    old = os.umask(0o022)
    os.umask(old)
    if old != 0o022:
        os.umask(0o022)


@pytest.fixture
def services(tmp_path: Path) -> Services:
    """All services of one person, in a scratch folder."""
    return library_at(tmp_path)


def library_at(folder: Path, store: str = "kitops-home") -> Services:
    """The same by hand, to be two people on one store."""
    home = folder / "kitdesk-home"
    return Services.at(
        Paths(home / "config", home / "data", home / "cache", home / "log", folder / store)
    )


@pytest.fixture
def project(tmp_path: Path, services: Services) -> Path:
    """movie-recommend at v1.0.0; ``next`` in it holds what v2.0.0 changes."""
    return demo(tmp_path / "movie-recommend", services).project


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real docker-registry without authentication on loopback: its ``host:port``."""
    need("registry", "docker-registry")
    with running(tmp_path_factory.mktemp("registry")) as host:
        yield host


@pytest.fixture
def faulty(registry: str) -> Iterator[FaultyRegistry]:
    """The same behind a server that can be told to fail."""
    server = FaultyRegistry(registry)
    yield server
    server.close()


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeat at once what the registry spoiled."""
    monkeypatch.setattr("kitdesk.services.remotes.registry.client.BACKOFF_S", 0.001)
