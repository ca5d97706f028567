"""Bad input is told with a way on, and never reaches the terminal as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Shell

BAD = [
    (("pack", "{empty}", "-t", "demo:v1"), "no-kitfile"),
    (("check", "{nowhere}"), "folder-gone"),
    (("pack", "{project}", "-t", "demo:v1+gpu"), "bad-reference"),
    (("pack", "{project}", "-t", "Demo:v1"), "bad-reference"),
    (("pack", "{project}", "-t", "demo:v1,"), "bad-reference"),
    (("inspect", "demo:nope"), "not-found"),
    (("push", "demo:v1", "127.0.0.1:1/demo"), "not-found"),
    (("pull", "127.0.0.1:1/demo:v1"), "unreachable"),
    (("pull", "demo:v1"), "bad-reference"),
    (("undo", "{project}"), "nothing-to-undo"),
    (("demo", "{project}"), "conflict"),
    (("rollback", "demo:nope", "{project}"), "not-found"),
    (("tag", "demo", "demo:v2"), "bad-reference"),
]


@pytest.mark.parametrize(("words", "code"), BAD, ids=lambda value: str(value)[:40])
def test_bad_input_is_told_with_a_way_on(
    words: tuple[str, ...],
    code: str,
    kitdesk: Shell,
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KITDESK_TIMEOUT", "1")
    monkeypatch.setattr("kitdesk.services.remotes.registry.client.BACKOFF_S", 0.001)
    (tmp_path / "empty").mkdir()
    places = {"empty": tmp_path / "empty", "nowhere": tmp_path / "nowhere", "project": project}
    filled = [word.format(**places) for word in words]
    assert kitdesk(*filled) == 1
    assert kitdesk.err.startswith("error: ")
    assert "\nhint: " in kitdesk.err
    assert "Traceback" not in kitdesk.err
    found = kitdesk.json(*filled, code=1)["error"]
    assert found["code"] == code
    assert found["title"]
    assert found["hint"]


def test_unreadable_kitfiles_are_told(kitdesk: Shell, project: Path) -> None:
    (project / "Kitfile").write_bytes(b"package:\n  name: caf\xe9\n")
    found = kitdesk.json("check", project, code=1)
    assert found["ok"] is False
    assert found["problems"][0]["line"] == 2
    assert kitdesk.json("pack", project, "-t", "demo:v1", code=1)["error"]["code"] == "bad-kitfile"


def test_no_control_character_reaches_the_terminal(kitdesk: Shell, project: Path) -> None:
    text = (project / "Kitfile").read_text()
    (project / "Kitfile").write_text(text.replace("Movie team", '"\\e[31mred\\e[0m\\a"'))
    kitdesk("pack", project, "-t", "demo:v1")
    kitdesk("inspect", "demo:v1")
    assert "\x1b" not in kitdesk.out + kitdesk.err
    assert "\x07" not in kitdesk.out + kitdesk.err


def test_quiet_says_nothing_on_success(kitdesk: Shell, project: Path) -> None:
    assert kitdesk("pack", project, "-t", "demo:v1", "--quiet") == 0
    assert kitdesk.err == ""


def test_wrong_usage_is_two(kitdesk: Shell) -> None:
    assert kitdesk("pack", "--nonsense") == 2
    assert kitdesk("check", "--profile", "kit-9") == 2


def test_no_control_character_in_json_either(kitdesk: Shell, project: Path) -> None:
    kitfile = project / "Kitfile"
    text = kitfile.read_text(encoding="utf-8")
    assert "description:" in text
    escapes = 'description: "\\u009b31m \\u202e \\U000e0041" #'
    kitfile.write_text(text.replace("description:", escapes, 1), encoding="utf-8")
    found = kitdesk.json("pack", project, "-t", "demo:v1")
    assert kitdesk.out.rstrip("\n").isprintable()
    assert "\x9b31m \u202e \U000e0041" in json.dumps(found, ensure_ascii=False)


def test_a_word_that_is_no_verb_and_no_folder_is_wrong_usage(
    kitdesk: Shell, tmp_path: Path
) -> None:
    assert kitdesk(tmp_path / "bogus") == 2
    assert "neither a verb nor a folder" in kitdesk.err
