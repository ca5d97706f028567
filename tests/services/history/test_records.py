"""Journal, settings, remembered tags, log: small files that must survive anything."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kitdesk.services.config import logs
from kitdesk.services.config.settings import Settings
from kitdesk.services.history.journal import Journal
from kitdesk.services.history.tag_history import TagHistory

DIGEST = f"sha256:{'a' * 64}"
OTHER = f"sha256:{'b' * 64}"


def test_the_journal_keeps_order_and_project(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    one, two = tmp_path / "one", tmp_path / "two"
    journal.append("pack", project=one, reference="a:v1", digest=DIGEST)
    journal.append("pack", project=two, reference="b:v1", digest=OTHER)
    journal.append("push", reference="host/a:v1", digest=DIGEST)
    assert [entry.verb for entry in journal.entries()] == ["push", "pack", "pack"]
    assert [entry.reference for entry in journal.entries(one)] == ["a:v1"]
    assert journal.version_of(one) == DIGEST
    assert journal.version_of(tmp_path / "three") == ""


def test_a_line_that_a_crash_cut_costs_only_itself(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append("pack", project=tmp_path, digest=DIGEST)
    path = tmp_path / "journal.jsonl"
    path.write_bytes(path.read_bytes() + b'{"time": "2026-01-01T00:00:00Z", "verb": "pu')
    journal.append("push", digest=OTHER)
    assert [entry.verb for entry in journal.entries()] == ["push", "pack"]


def test_many_writers_lose_no_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    threads = [
        threading.Thread(target=lambda: [journal.append("pack", digest=DIGEST) for _ in range(10)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(journal.entries()) == 80


def test_the_first_text_of_a_version_stays(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.keep_kitfile(DIGEST, b"# mine\n")
    journal.keep_kitfile(DIGEST, b"other\n")
    assert journal.kitfile(DIGEST) == b"# mine\n"
    assert journal.kitfile(OTHER) is None


def test_settings_keep_comments_and_hold_no_default(tmp_path: Path) -> None:
    found = Settings(tmp_path)
    found.set("scheme", "dark", "system")
    found.path.write_text("# my note\n" + found.path.read_text())
    found.remember(tmp_path / "p", remote="host/x", at="v1")
    found.set("scheme", "system", "system")
    text = found.path.read_text()
    assert text.startswith("# my note\n")
    assert "scheme" not in text
    assert found.project(tmp_path / "p").remote == "host/x"
    found.remember(tmp_path / "p", remote="")
    assert found.project(tmp_path / "p").remote == ""
    found.forget(tmp_path / "p")
    assert found.projects() == ()


def test_broken_settings_are_kept_aside(tmp_path: Path) -> None:
    found = Settings(tmp_path)
    found.path.write_text("this is = = not toml")
    assert found.get("scheme", "system") == "system"
    found.set("scheme", "dark", "system")
    assert found.get("scheme", "system") == "dark"
    assert (tmp_path / "settings.broken.toml").read_text() == "this is = = not toml"


@settings(max_examples=30)
@given(name=st.text(min_size=1).filter(lambda text: "\0" not in text and "\r" not in text))
def test_any_folder_name_can_be_remembered(name: str, tmp_path_factory: object) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        found = Settings(Path(folder))
        path = Path(folder) / name.replace("/", "_").replace("\n", "_")
        found.remember(path, remote="host/x")
        assert found.project(path).remote == "host/x"


def test_a_tag_that_moved_is_remembered_as_moved(tmp_path: Path) -> None:
    seen = TagHistory(tmp_path)
    seen.record("host/x", {"v1": DIGEST})
    found = seen.record("host/x", {"v1": OTHER})
    assert (found["v1"].digest, found["v1"].before) == (OTHER, DIGEST)
    assert seen.read("host/x")["v1"].moved
    assert seen.record("host/x", {"v1": DIGEST}, expected=True)["v1"].before == ""
    assert seen.read("host/y") == {}


def test_the_log_holds_no_secret(tmp_path: Path) -> None:
    assert logs.start(tmp_path) == ""
    path = tmp_path / "kitdesk.log"
    logger = logging.getLogger(logs.NAME)
    for text in (
        "Authorization: Basic c2VjcmV0LXBhc3M=",
        "https://user:secret-pass@host/v2/",
        "GET https://host/blob?sig=secret-pass&x=1",
        json.dumps({"password": "secret-pass", "token": "secret-pass"}),
        "identitytoken=secret-pass",
    ):
        logger.info("%s", text)
    for handler in list(logger.handlers):
        handler.close()
        logger.removeHandler(handler)
    written = path.read_text()
    assert "secret-pass" not in written
    assert "c2VjcmV0" not in written
    assert "host" in written
