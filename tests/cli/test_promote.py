"""kitdesk promote against a real registry: moved, refused, overtaken, and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations import tag_checks
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.services.remotes.protocol import RemoteRepository
from tests.cli.conftest import Shell
from tests.cli.test_metrics import GATE, make, pack

pytestmark = [pytest.mark.registry, pytest.mark.usefixtures("no_waiting")]


@pytest.fixture(autouse=True)
def _no_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tag_checks, "SECOND_LOOK_S", 0.01)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = make(tmp_path / "movies", "0.82")
    monkeypatch.chdir(folder)
    (folder / "kitdesk.toml").write_text(GATE)
    return folder


@pytest.fixture
def place(registry: str, tmp_path: Path) -> str:
    return f"{registry}/promote/{tmp_path.name.replace('_', '-').lower()}"


@pytest.fixture
def versions(kitdesk: Shell, project: Path, place: str) -> tuple[str, str]:
    """v1 and v2 in the registry and nowhere else."""
    found = []
    for tag, rmse in (("v1", "0.82"), ("v2", "0.99")):
        found.append(pack(kitdesk, project, rmse, f"{place}:{tag}"))
        assert kitdesk("push", f"{place}:{tag}") == 0
        kitdesk("remove", f"{place}:{tag}")
    return found[0], found[1]


def at(place: str, tag: str) -> str:
    remote = open_remote(parse(place))
    found = remote.resolve(tag)
    remote.close()
    return found.digest if found else ""


def test_a_tag_is_moved_and_comes_back(
    kitdesk: Shell, place: str, versions: tuple[str, str], project: Path
) -> None:
    one, two = versions
    found = kitdesk.json("promote", f"{place}:v1", "production", "--yes", "-m", "first  release")
    assert {key: found[key] for key in ("tag", "before", "after", "state", "blobs_sent")} == {
        "tag": "production",
        "before": None,
        "after": one,
        "state": "moved",
        "blobs_sent": 0,
    }
    assert found["gate"]["ok"] is True
    assert kitdesk.json("promote", f"{place}:v1", "production", "--yes")["state"] == "already"
    refused = kitdesk.json("promote", f"{place}:v2", "production", "--yes", code=1)
    assert (refused["state"], at(place, "production")) == ("refused", one)
    assert "above the most allowed" in refused["gate"]["tests"][0]["sentence"]
    assert kitdesk("promote", f"{place}:v2", "production", "--yes", "--force") == 1
    assert "needs a reason" in kitdesk.err
    words = ("--yes", "--force", "--reason", "the fair")
    assert kitdesk.json("promote", f"{place}:v2", "production", *words)["state"] == "moved"
    assert at(place, "production") == two
    back = kitdesk.json("promote", "--back", f"{place}:production", "--yes")
    assert (back["state"], back["after"], at(place, "production")) == ("moved", one, one)
    told = kitdesk.json("history")["entries"]
    assert [one["verb"] for one in told[:3]] == ["promote"] * 3
    assert told[2]["note"] == "first release"


def test_nothing_is_moved_without_a_yes(
    kitdesk: Shell, place: str, versions: tuple[str, str]
) -> None:
    assert kitdesk("promote", f"{place}:v1", "production") == 1
    assert "needs a yes" in kitdesk.err
    assert kitdesk("promote", f"{place}:v1", "production", "--dry-run") == 0
    assert kitdesk.out.splitlines()[1:3] == ["  now:  nothing", "  then: v1"]
    assert kitdesk("promote", f"{place}:v2", "production", "--dry-run") == 1
    assert at(place, "production") == ""


def test_who_expected_something_else_is_overtaken_and_sends_nothing(
    kitdesk: Shell, place: str, versions: tuple[str, str]
) -> None:
    one, two = versions
    kitdesk("promote", f"{place}:v1", "staging", "--yes")
    for seen in (two, "none"):
        words = ("--yes", "--expect", seen)
        found = kitdesk.json("promote", f"{place}:v2", "staging", *words, code=1)
        assert (found["state"], found["after"]) == ("overtaken", one)
    assert at(place, "staging") == one
    assert (
        kitdesk.json("promote", f"{place}:v2", "staging", "--yes", "--expect", one)["gate"] is None
    )


def test_whoever_is_overtaken_at_the_same_moment_is_told(
    kitdesk: Shell, place: str, versions: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one puts his version between our PUT and our second look."""
    one, _two = versions
    kitdesk("promote", f"{place}:v1", "staging", "--yes")

    def other(_seconds: float) -> None:
        remote: RemoteRepository = open_remote(parse(place))
        data, found = remote.fetch_manifest(one)
        remote.put_manifest(data, found.media_type, "staging")
        remote.close()

    monkeypatch.setattr(tag_checks, "_wait", other)
    found = kitdesk.json("promote", f"{place}:v2", "staging", "--yes", code=1)
    assert (found["state"], found["before"], found["after"]) == ("overtaken", one, one)
    assert at(place, "staging") == one


def test_a_new_tag_is_taken_away_again_or_the_refusal_is_said(
    kitdesk: Shell, place: str, versions: tuple[str, str]
) -> None:
    one, _two = versions
    kitdesk("promote", f"{place}:v1", "staging", "--yes")
    code = kitdesk("promote", "--back", f"{place}:staging", "--yes")
    if code:
        assert "error:" in kitdesk.err
    assert at(place, "staging") == ("" if code == 0 else one)
    assert at(place, "v1") == one  # the version itself is never deleted with the tag


def test_back_needs_a_promotion_and_the_tag_where_it_was(
    kitdesk: Shell, place: str, versions: tuple[str, str]
) -> None:
    one, two = versions
    assert kitdesk("promote", "--back", f"{place}:production", "--yes") == 1
    assert "No promotion to" in kitdesk.err
    kitdesk("promote", f"{place}:v1", "staging", "--yes")
    remote = open_remote(parse(place))
    data, found = remote.fetch_manifest(two)
    remote.put_manifest(data, found.media_type, "staging")
    remote.close()
    assert kitdesk("promote", "--back", f"{place}:staging", "--yes") == 1
    assert "has moved since" in kitdesk.err
    assert at(place, "staging") == two
    assert one != two


def test_a_version_that_is_only_here_is_sent_and_another_repository_works(
    kitdesk: Shell, project: Path, place: str
) -> None:
    one = pack(kitdesk, project, "0.82", f"{place}:v1")
    found = kitdesk.json("promote", f"{place}:v1", f"{place}/live:production", "--yes")
    assert (found["after"], found["blobs_sent"] > 0) == (one, True)
    assert at(f"{place}/live", "production") == one
    assert at(place, "production") == ""


def test_a_tag_with_two_meanings_is_not_guessed(
    kitdesk: Shell, project: Path, place: str, versions: tuple[str, str]
) -> None:
    pack(kitdesk, project, "0.5", f"{place}:v1")
    assert kitdesk("promote", f"{place}:v1", "staging", "--yes") == 1
    assert "one version on this machine and another one in the registry" in kitdesk.err


def test_names_without_a_registry_and_folders_as_registries(
    kitdesk: Shell, project: Path, tmp_path: Path
) -> None:
    one = pack(kitdesk, project, "0.82", "movies:v1")
    assert kitdesk("promote", "movies:v1", "production", "--yes") == 1
    assert "names no registry" in kitdesk.err
    share = f"oci:{tmp_path / 'share'}"
    kitdesk("push", "movies:v1", f"{share}:v1")
    assert kitdesk.json("promote", f"{share}:v1", "production", "--yes")["after"] == one
    assert kitdesk.json("promote", "--back", f"{share}:production", "--yes")["after"] is None


def test_two_promoting_processes_never_lose_unseen(
    kitdesk: Shell, place: str, versions: tuple[str, str]
) -> None:
    """A few of the hundred races of ``python -m tests.bench races``."""
    from tests.bench.races import race

    for number in range(3):
        assert race(place, f"live{number}", versions) == ""


def test_a_version_tag_is_not_moved(
    kitdesk: Shell, project: Path, place: str, versions: tuple[str, str]
) -> None:
    kitdesk("promote", f"{place}:v1", "v3.0.0", "--yes")
    assert kitdesk("promote", f"{place}:v2", "v3.0.0", "--yes") == 1
    assert "never moved" in kitdesk.err
    assert kitdesk("promote", f"{place}:v2", "v3.0.0", "--yes", "--move-fixed-tag") == 0
