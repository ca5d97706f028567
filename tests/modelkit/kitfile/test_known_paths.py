"""The table of known folders and files, and what first bytes say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitdesk.modelkit.kitfile.known_paths import (
    FILES,
    FOLDERS,
    PathKind,
    known_content,
    known_file,
    known_folder,
    token_in,
)


@pytest.mark.parametrize(
    ("name", "inside", "kind"),
    [
        (".venv", (), PathKind.ENVIRONMENT),
        ("anything", ("bin", "pyvenv.cfg"), PathKind.ENVIRONMENT),
        ("anything", ("conda-meta",), PathKind.ENVIRONMENT),
        ("env", (), None),
        ("__pycache__", (), PathKind.CACHE),
        ("node_modules", (), PathKind.CACHE),
        ("fraud.egg-info", (), PathKind.CACHE),
        ("wandb", (), PathKind.LOG),
        ("MLRuns", (), PathKind.LOG),
        (".git", (), PathKind.VCS),
        (".dvc", (), PathKind.VCS),
        ("__MACOSX", (), PathKind.SYSTEM),
        (".Trash-1000", (), PathKind.SYSTEM),
        (".ssh", (), PathKind.SECRET),
        ("src", ("a.py",), None),
    ],
)
def test_folders(name: str, inside: tuple[str, ...], kind: PathKind | None) -> None:
    found = known_folder(name, inside)
    assert (found.kind if found else None) is kind


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (".DS_Store", PathKind.SYSTEM),
        ("a/THUMBS.DB", PathKind.SYSTEM),
        ("a/Desktop.ini", PathKind.SYSTEM),
        ("._train.py", PathKind.SYSTEM),
        ("~$report.docx", PathKind.SYSTEM),
        (".env", PathKind.SECRET),
        ("deep/.env.production", PathKind.SECRET),
        (".env.example", None),
        ("keys/id_rsa", PathKind.SECRET),
        ("id_rsa.pub", None),
        (".netrc", PathKind.SECRET),
        ("kaggle.json", PathKind.SECRET),
        (".aws/credentials", PathKind.SECRET),
        ("home/.aws/credentials", PathKind.SECRET),
        ("credentials", None),
        ("data.csv.dvc", PathKind.POINTER),
        ("dvc.yaml", None),
        ("run.log", PathKind.LOG),
        ("x/events.out.tfevents.17.host", PathKind.LOG),
        ("train.py", None),
        ("catalog", None),
    ],
)
def test_files(path: str, kind: PathKind | None) -> None:
    found = known_file(path)
    assert (found.kind if found else None) is kind


def test_names_are_kept_in_lower_case() -> None:
    assert [name for name in (*FOLDERS, *FILES) if name != name.lower()] == []


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"-----BEGIN PRIVATE KEY-----\n", PathKind.SECRET),
        (b"-----BEGIN RSA PRIVATE KEY-----\n", PathKind.SECRET),
        (b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n", PathKind.SECRET),
        (b"\xef\xbb\xbf\n-----BEGIN EC PRIVATE KEY-----\n", PathKind.SECRET),
        (b"-----BEGIN CERTIFICATE-----\n", None),
        (b'{"type": "service_account", "private_key": "-"}', PathKind.SECRET),
        (b'{"type": "service_account"}', None),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", PathKind.POINTER),
        (b"/annex/objects/SHA256E-s1--0\n", PathKind.POINTER),
        (b"print('-----BEGIN PRIVATE KEY-----')", None),
        (b"", None),
    ],
)
def test_first_bytes(head: bytes, kind: PathKind | None) -> None:
    found = known_content(head, len(head))
    assert (found.kind if found else None) is kind


def test_a_large_file_that_begins_like_a_pointer_is_none() -> None:
    head = b"version https://git-lfs.github.com/spec/v1\nsize 9\n"
    assert known_content(head, 1024) is None


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("ghp_" + "a" * 36, "GitHub"),
        ("github_pat_" + "a" * 60, "GitHub"),
        ("hf_" + "A" * 34, "Hugging Face"),
        ("AKIA" + "A1" * 8, "Amazon"),
        ("AIza" + "b" * 35, "Google"),
        ("sk-ant-" + "c" * 40, "Anthropic"),
        ("sk-" + "d" * 48, "OpenAI"),
        ("glpat-" + "e" * 20, "GitLab"),
        ("xoxb-" + "1" * 24, "Slack"),
        ("-----BEGIN RSA PRIVATE KEY-----", "private key"),
    ],
)
def test_tokens_in_a_text(text: str, owner: str) -> None:
    found = token_in(f"# one\nKEY = '{text}'\n".encode())
    assert found is not None
    assert (found.owner, found.line) == (owner, 2)
    assert token_in(f"x{text}x".replace("-----", "--").encode()) is None
    assert token_in(b"\0" + text.encode()) is None


@given(st.binary(max_size=2000), st.text(max_size=60))
def test_no_bytes_and_no_name_make_it_stumble(head: bytes, name: str) -> None:
    known_content(head, len(head))
    token_in(head)
    known_file(name)
    known_folder(name)
