"""The commit that a version notes: git states, reuse, and that git is never started."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kitdesk.errors import BadReference
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.pack import PackResult, pack
from kitdesk.services.container import Services
from tests.conftest import need

KITFILE = "manifestVersion: 1.0.0\npackage:\n  name: demo\ncode:\n  - path: src\n"


def git(folder: Path, *words: str) -> str:
    env = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_NAME": "A Person" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "person@example.org" for who in ("AUTHOR", "COMMITTER")},
    }
    done = subprocess.run(
        ["git", "-C", folder, *words], env=env, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def age(folder: Path) -> None:
    """Files older than the index, so that their facts can be trusted."""
    for path in folder.rglob("*"):
        if ".git" not in path.parts and path.is_file():
            os.utime(path, (1_700_000_000, 1_700_000_000))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    need("git", "git")
    place = tmp_path / "demo"
    (place / "src").mkdir(parents=True)
    (place / "Kitfile").write_text(KITFILE)
    (place / "src" / "a.py").write_text("one\n")
    (place / "src" / "b.py").write_text("two\n")
    git(place, "init", "-q", "-b", "main")
    commit(place)
    return place


def commit(folder: Path, message: str = "one") -> str:
    age(folder)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message, "--allow-empty")
    return git(folder, "rev-parse", "HEAD")


def packed(folder: Path, services: Services, tag: str = "v1", **options: object) -> PackResult:
    return pack(folder, parse(f"demo:{tag}"), services, **options)  # type: ignore[arg-type]


def test_a_clean_folder_notes_its_commit(folder: Path, services: Services) -> None:
    head = git(folder, "rev-parse", "HEAD")
    found = packed(folder, services)
    assert (found.commit.commit, found.commit.modified) == (head, False)
    assert found.manifest["annotations"]["org.opencontainers.image.revision"] == head
    assert "org.kitdesk.vcs.modified" not in found.manifest["annotations"]
    assert (found.git.branch, found.git.untracked) == ("main", ())


def test_equal_content_at_an_equal_commit_has_one_digest(
    folder: Path, services: Services, tmp_path: Path
) -> None:
    first = packed(folder, services)
    assert packed(folder, services, use_cache=False).digest == first.digest
    other = tmp_path / "again"
    shutil.copytree(folder, other)
    from tests.conftest import library_at

    assert packed(other, library_at(tmp_path / "x")).digest == first.digest


@pytest.mark.parametrize(
    "change",
    [
        lambda f: (f / "src/a.py").write_text("changed\n"),
        lambda f: (f / "src/a.py").write_text("two\n"),
        lambda f: (f / "src/a.py").chmod(0o755),
        lambda f: (f / "src/b.py").unlink(),
        lambda f: (f / "Kitfile").write_text(KITFILE + "  # more\n"),
    ],
)
def test_what_differs_from_the_commit_is_modified(
    folder: Path, services: Services, change: object
) -> None:
    change(folder)  # type: ignore[operator]
    found = packed(folder, services)
    assert found.commit.modified
    assert found.manifest["annotations"]["org.kitdesk.vcs.modified"] == "true"
    assert found.git.modified_count == 1


def test_a_change_of_equal_size_and_time_is_seen(folder: Path, services: Services) -> None:
    """The index is older than the file's facts: they prove nothing."""
    (folder / "src/a.py").write_text("ONE\n")
    assert packed(folder, services).git.modified == ("src/a.py",)


def test_files_that_git_does_not_know_are_told_and_change_nothing(
    folder: Path, services: Services
) -> None:
    (folder / "src/new.py").write_text("new\n")
    found = packed(folder, services)
    assert (found.git.untracked, found.commit.modified) == (("src/new.py",), False)


def test_line_ends_and_large_files_of_lfs_are_clean(folder: Path, services: Services) -> None:
    data = b"weights" * 1000
    import hashlib

    pointer = (
        "version https://git-lfs.github.com/spec/v1\n"
        f"oid sha256:{hashlib.sha256(data).hexdigest()}\nsize {len(data)}\n"
    )
    (folder / "src/model.bin").write_text(pointer)
    (folder / "src/text.txt").write_bytes(b"one\ntwo\n")
    commit(folder)
    (folder / "src/model.bin").write_bytes(data)
    (folder / "src/text.txt").write_bytes(b"one\r\ntwo\r\n")
    assert not packed(folder, services).commit.modified
    (folder / "src/model.bin").write_bytes(data + b"!")
    assert packed(folder, services).git.modified == ("src/model.bin",)


def test_a_carriage_return_at_the_edge_of_a_block(folder: Path, services: Services) -> None:
    text = b"x" * ((1 << 20) - 1) + b"\r\n" + b"y\r\n" * 10 + b"\r"
    (folder / "src/big.txt").write_bytes(text.replace(b"\r\n", b"\n"))
    commit(folder)
    (folder / "src/big.txt").write_bytes(text)
    assert not packed(folder, services).commit.modified


def test_file_modes_are_nothing_where_git_says_so(folder: Path, services: Services) -> None:
    git(folder, "config", "core.fileMode", "false")
    (folder / "src/a.py").chmod(0o755)
    assert not packed(folder, services).commit.modified


def test_detached_worktree_packed_and_shallow(
    folder: Path, services: Services, tmp_path: Path
) -> None:
    head = git(folder, "rev-parse", "HEAD")
    for number in range(3):
        commit(folder, str(number))
    git(folder, "gc", "-q", "--prune=now")
    git(folder, "pack-refs", "--all")
    assert packed(folder, services).commit.commit == git(folder, "rev-parse", "HEAD")
    git(folder, "worktree", "add", "-q", str(tmp_path / "tree"), head)
    found = packed(tmp_path / "tree", services, "v2")
    assert (found.git.branch, found.git.commit, found.git.modified_count) == ("", head, 0)
    git(tmp_path, "clone", "-q", "--depth", "1", folder.as_uri(), "shallow")
    found = packed(tmp_path / "shallow", services, "v3")
    assert (found.git.branch, found.git.modified_count, found.git.problem) == ("main", 0, "")


def test_a_submodule_is_not_in_git(folder: Path, services: Services, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    git(inner, "init", "-q", "-b", "main")
    (inner / "lib.py").write_text("x\n")
    commit(inner)
    allow = ("-c", "protocol.file.allow=always")
    git(folder, *allow, "submodule", "add", "-q", str(inner), "src/inner")
    commit(folder)
    found = packed(folder, services)
    assert "src/inner/lib.py" in found.git.untracked
    assert not found.commit.modified


def test_sha256_repositories_are_said_and_not_guessed(services: Services, tmp_path: Path) -> None:
    need("git", "git")
    place = tmp_path / "demo"
    (place / "src").mkdir(parents=True)
    (place / "Kitfile").write_text(KITFILE)
    (place / "src/a.py").write_text("one")
    git(place, "init", "-q", "--object-format=sha256")
    commit(place)
    found = packed(place, services)
    assert found.commit.commit == ""
    assert "SHA-256" in found.git.problem


@pytest.mark.parametrize("what", ["objects", "HEAD", "index", "commit"])
def test_damage_is_not_known_and_packing_goes_on(
    folder: Path, services: Services, what: str
) -> None:
    head = git(folder, "rev-parse", "HEAD")
    match what:
        case "objects":
            shutil.rmtree(folder / ".git/objects")
        case "HEAD":
            (folder / ".git/HEAD").write_bytes(b"\xff\xfe")
        case "index":
            (folder / ".git/index").write_bytes(b"DIRC" + b"\xff" * 40)
        case _:
            loose = folder / ".git/objects" / head[:2] / head[2:]
            loose.chmod(0o644)
            loose.write_bytes(b"\x78\x9c rubbish")
    found = packed(folder, services)
    assert found.commit.commit == (head if what == "index" else "")
    assert bool(found.git.problem) is (what != "index")


def test_a_repository_that_knows_none_of_the_files_gives_no_note(
    services: Services, tmp_path: Path
) -> None:
    need("git", "git")
    git(tmp_path, "init", "-q")
    (tmp_path / "dotfile").write_text("x")
    commit(tmp_path)
    place = tmp_path / "sub" / "demo"
    (place / "src").mkdir(parents=True)
    (place / "Kitfile").write_text(KITFILE)
    (place / "src/a.py").write_text("one")
    assert packed(place, services).commit.commit == ""


def test_git_is_never_started_whatever_its_configuration_says(
    folder: Path, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap, sprung = tmp_path / "trap", tmp_path / "sprung"
    trap.write_text(f"#!/bin/sh\ntouch {sprung}\ncat\n")
    trap.chmod(0o755)
    fake = tmp_path / "bin"
    fake.mkdir()
    shutil.copy(trap, fake / "git")
    monkeypatch.setenv("PATH", f"{fake}:{os.environ['PATH']}")
    with (folder / ".git/config").open("a") as config:
        config.write(
            f'[core]\n\tfsmonitor = {trap}\n\thooksPath = {tmp_path}\n[filter "x"]\n'
            f"\tclean = {trap}\n\tsmudge = {trap}\n\tprocess = {trap}\n"
            f"[include]\n\tpath = {trap}\n[diff]\n\texternal = {trap}\n"
        )
    (folder / ".gitattributes").write_text("* filter=x\n")
    (folder / "src/a.py").write_text("changed\n")
    found = packed(folder, services)
    assert found.commit.modified
    assert not sprung.exists()


def test_reuse_takes_the_first_clean_commit(folder: Path, services: Services) -> None:
    (folder / "src/a.py").write_text("new\n")
    dirty = packed(folder, services)
    assert packed(folder, services).digest == dirty.digest
    first = commit(folder)
    clean = packed(folder, services)
    assert (clean.reused, clean.commit.commit, clean.commit.modified) == (False, first, False)
    assert clean.digest != dirty.digest
    assert [one.digest for one in clean.layers] == [one.digest for one in dirty.layers]
    commit(folder, "something else")
    later = packed(folder, services)
    assert (later.reused, later.digest, later.commit.commit) == (True, clean.digest, first)
    none = packed(folder, services, commit=False)
    assert (none.reused, none.commit.commit) == (False, "")
    assert "org.opencontainers.image.revision" not in none.manifest["annotations"]


def test_who_wants_no_note_gets_none(
    folder: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    for profile in (Profile.KIT_1_7, Profile.KIT_1_11):
        notes = packed(folder, services, profile=profile).manifest["annotations"]
        assert list(notes) == ["ml.kitops.modelkit.cli-version"]
    services.settings.path.parent.mkdir(parents=True, exist_ok=True)
    services.settings.path.write_text("commit_note = false\n")
    assert packed(folder, services).commit.commit == ""


def test_a_given_time_is_noted(
    folder: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = packed(folder, services)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    found = packed(folder, services)
    assert found.commit.created == "2023-11-14T22:13:20Z"
    assert found.digest != plain.digest
    assert packed(folder, services).digest == found.digest
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    with pytest.raises(BadReference):
        packed(folder, services)


@pytest.mark.parametrize(
    ("written", "noted"),
    [
        ("https://user:secret@example.org/a/b.git?x=1#y", "https://example.org/a/b.git"),
        ("git@example.org:a/b.git", "ssh://example.org/a/b.git"),
        ("ssh://git@example.org:2222/a", "ssh://example.org:2222/a"),
        ("file:///home/me/a", ""),
        ("/home/me/a", ""),
        ("C:\\Users\\me", ""),
        ("c:/Users/me", ""),
        ("https://[bad", ""),
    ],
)
def test_the_source_holds_neither_secrets_nor_paths(
    folder: Path, services: Services, written: str, noted: str
) -> None:
    services.settings.remember(folder, source=written)
    assert packed(folder, services).commit.source == noted
