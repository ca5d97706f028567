"""The watcher on a real folder: bundles of paths, atomic saves, silence about what is skipped."""

from __future__ import annotations

import queue
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kitdesk.errors import DiskFailure
from kitdesk.services.disk import watcher as watcher_module
from kitdesk.services.disk.watcher import Watcher

Told = queue.SimpleQueue[frozenset[str] | None]


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    (tmp_path / "src").mkdir()
    (tmp_path / ".git").mkdir()
    found: Told = queue.SimpleQueue()
    watcher = Watcher(tmp_path, found.put)
    watcher.start()
    yield found
    watcher.stop()


def paths(told: Told, wanted: str) -> set[str]:
    """Everything told until ``wanted`` is among it."""
    seen: set[str] = set()
    while wanted not in seen:
        bundle = told.get(timeout=10)
        assert bundle is not None
        seen |= bundle
    return seen


def test_an_edit_is_seen(told: Told, tmp_path: Path) -> None:
    (tmp_path / "src" / "a.py").write_text("1")
    assert "src/a.py" in paths(told, "src/a.py")


def test_an_atomic_save_names_the_real_file(told: Told, tmp_path: Path) -> None:
    (tmp_path / "a.tmp").write_text("1")
    (tmp_path / "a.tmp").rename(tmp_path / "Kitfile")
    assert "Kitfile" in paths(told, "Kitfile")


def test_what_lies_in_git_is_not_told(told: Told, tmp_path: Path) -> None:
    (tmp_path / ".git" / "index").write_text("1")
    (tmp_path / "last.txt").write_text("1")
    assert not any(path.startswith(".git/") for path in paths(told, "last.txt"))


def test_a_new_folder_is_watched_too(told: Told, tmp_path: Path) -> None:
    (tmp_path / "new" / "deep").mkdir(parents=True)
    paths(told, "new")
    (tmp_path / "new" / "deep" / "x").write_text("1")
    assert "new/deep/x" in paths(told, "new/deep/x")
    shutil.rmtree(tmp_path / "new")
    assert "new" in paths(told, "new")


def test_a_burst_is_told_as_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher_module, "MAX_PATHS", 20)
    found: Told = queue.SimpleQueue()
    watcher = Watcher(tmp_path, found.put)
    watcher.start()
    for number in range(200):
        (tmp_path / f"{number}.txt").write_text("x")
    bundle: frozenset[str] | None = frozenset()
    while bundle is not None:
        bundle = found.get(timeout=10)
    watcher.stop()


def test_a_system_that_watches_no_more_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = Watcher(tmp_path, lambda _paths: None)

    def full() -> None:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr(watcher._observer, "start", full)
    with pytest.raises(DiskFailure, match="too few folders") as error:
        watcher.start()
    assert "F5" in error.value.hint
    watcher.stop()
