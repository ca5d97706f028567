"""Each own place of KitDesk made unusable in turn: opening, packing, rolling back go on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kitdesk.errors import NotFound
from kitdesk.modelkit.primitives.typed_path import home_folder, typed_path
from kitdesk.services.config import logs
from kitdesk.services.config.instance_lock import InstanceLock
from kitdesk.services.config.paths import Paths, from_environment
from kitdesk.services.config.settings import Settings, project_key, project_path
from kitdesk.services.container import Services
from kitdesk.session.runtime.single_instance import SingleInstanceServer, forward_to_running
from tests.session.conftest import Desk

PLACES = ("config", "data", "cache", "log")


def spoilt(place: str, paths: Paths) -> None:
    folder = Path(getattr(paths, place))
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where a folder should be")


@pytest.mark.parametrize("place", PLACES)
def test_the_window_works_without(
    place: str, context: Desk, services: Services, project: Path
) -> None:
    spoilt(place, services.paths)
    context.session.begin()
    context.opens(project)
    context.packs("v1.0.0")
    before = (project / "movie_recommender.py").read_bytes()
    (project / "movie_recommender.py").write_text("print()")
    context.session.refresh()
    context.until(lambda: context.workspace.state.versions)
    digest = context.workspace.state.versions[0].digest
    context.session.folder.preview_rollback(digest)
    context.until(lambda: context.workspace.state.rollback)
    context.session.folder.rollback(digest)
    context.until(lambda: context.workspace.state.result)
    assert (project / "movie_recommender.py").read_bytes() == before
    state = context.workspace.state
    assert state.error is None
    wanted = {"config": "Settings are not remembered", "data": "History is not remembered"}
    context.session.tell_problems()
    said = " ".join(context.workspace.state.notices)
    assert wanted.get(place, "") in said
    assert len(context.workspace.state.notices) == (place in wanted)


def test_settings_of_another_shape_are_the_defaults(tmp_path: Path) -> None:
    for text in ("projects = 5\nhosts = []\naccounts = 'x'\n", "[projects]\n'/a' = 3\n", "\0", "="):
        (tmp_path / "settings.toml").write_text(text)
        settings = Settings(tmp_path)
        assert settings.accounts() == {}
        assert settings.hosts() == {}
        assert settings.project(Path("/a")).remote == ""
        settings.projects()
        settings.remember(Path("/a"), remote="r/x")
        assert settings.project(Path("/a")).remote == "r/x"


def test_broken_settings_are_set_aside_and_that_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("not [ toml")
    settings = Settings(tmp_path)
    settings.set("scheme", "dark", "system")
    assert (tmp_path / "settings.broken.toml").read_text() == "not [ toml"
    assert settings.take_set_aside() == "settings.broken.toml"
    assert settings.take_set_aside() == ""
    assert settings.get("scheme", "system") == "dark"


def test_linked_settings_stay_linked(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text('scheme = "dark"\n')
    (tmp_path / "settings.toml").symlink_to(real)
    Settings(tmp_path).set("scheme", "light", "system")
    assert (tmp_path / "settings.toml").is_symlink()
    assert "light" in real.read_text()


def test_any_folder_has_a_name_in_the_settings(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    for name in ("caf\udce9", "line\n", "x" * 255, "bytes:x", "ordinary"):
        folder = tmp_path / name
        settings.remember(folder, remote="r/x")
        assert settings.project(folder).remote == "r/x"
        assert project_path(project_key(folder)) == folder
        assert folder in [one.path for one in settings.projects()]


def test_a_log_that_cannot_be_kept_says_so_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("")
    assert logs.start(tmp_path / "log").startswith("No log is kept: ")


def test_a_runtime_folder_that_cannot_be_used_costs_the_second_start_only(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    lock = InstanceLock(tmp_path / "run")
    assert lock.take(lambda: False)
    assert lock.problem
    server = SingleInstanceServer(tmp_path / "run", lambda _folder: None)
    assert server.problem
    server.close()
    assert not forward_to_running(tmp_path / "run", "/x")


def test_a_user_without_home_and_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    found = from_environment({})
    assert all(place.is_absolute() and "~" not in str(place) for place in found)
    assert home_folder().is_absolute()


def test_a_tilde_is_the_home_and_an_unknown_user_is_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert typed_path("~/shared") == tmp_path / "shared"
    assert typed_path("~") == tmp_path
    assert typed_path("a/~/b") == Path("a/~/b")
    with pytest.raises(NotFound, match="no user"):
        typed_path("~nobody-of-this-name/x")
