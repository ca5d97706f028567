"""Guards of the command line, one short test each: each fails when its guard is taken out."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kitdesk.cli import output as outputs
from kitdesk.cli.output import Output
from kitdesk.errors import NotFound
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.pack import pack
from kitdesk.progress import Progress
from kitdesk.services.container import Services
from tests.cli.conftest import Shell
from tests.operations.folder_changes.test_interrupted import killed
from tests.snapshots import snapshot

EVIL = "a\x1b[31mred\x07\r\x9b2J\u202e"
"""Colours, bells, goes back to the start, clears and turns round."""


@pytest.fixture
def folder(tmp_path: Path, services: Services) -> Path:
    """A project that was changed since it was packed as demo:v1."""
    found = tmp_path / "demo"
    (found / "src").mkdir(parents=True)
    (found / "Kitfile").write_text("manifestVersion: 1.0.0\ncode:\n  - path: src\n")
    for name in ("a.py", "b.py"):
        (found / "src" / name).write_text("then")
    pack(found, parse("demo:v1"), services)
    for name in ("a.py", "b.py"):
        (found / "src" / name).write_text("now")
    return found


@pytest.mark.parametrize(
    "words",
    [
        ("check", "{}"),
        ("history", "{}"),
        ("init", "{}"),
        ("pack", "{}", "-t", "demo:v2"),
        ("restore", "demo:v1", "src/a.py", "--folder", "{}"),
        ("rollback", "demo:v1", "{}", "--dry-run"),
        ("undo", "{}"),
    ],
    ids=lambda words: words[0],
)
def test_every_verb_of_a_folder_says_that_a_change_was_cut_off(
    words: tuple[str, ...], folder: Path, services: Services, kitdesk: Shell
) -> None:
    digest = services.store.resolve(parse("demo:v1"))
    assert killed(folder, digest, "rollback", 2)
    kitdesk(*(word.format(folder) for word in words))
    assert "interrupted: a change of this folder to demo:v1 was cut off." in kitdesk.err
    assert f"kitdesk undo {folder}" in kitdesk.err


class Terminal(io.StringIO):
    """A person at a keyboard who says yes to everything, and remembers that they were asked."""

    asked = False

    def isatty(self) -> bool:
        return True

    def readline(self, _size: int = -1, /) -> str:  # type: ignore[override]
        self.asked = True
        return "y\n"


def test_with_json_nobody_is_asked_and_nothing_is_changed(
    folder: Path, kitdesk: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal, before = Terminal(), snapshot(folder)
    monkeypatch.setattr(sys, "stdin", terminal)
    assert kitdesk("rollback", "demo:v1", folder, "--json") != 0
    assert '"needs-yes"' in kitdesk.out
    assert not terminal.asked
    assert snapshot(folder) == before
    assert kitdesk("rollback", "demo:v1", folder) == 0
    assert terminal.asked


@pytest.mark.parametrize("as_json", [True, False])
def test_no_control_character_reaches_the_terminal(
    as_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "SHOW_AFTER", 0)
    monkeypatch.setattr(outputs, "EVERY", 0)
    out, err = Terminal(), Terminal()
    shown = Output(as_json=as_json, quiet=False, out=out, err=err)
    ways: tuple[Callable[[], None], ...] = (
        lambda: shown.result({"name": EVIL}, EVIL),
        lambda: shown.say(EVIL),
        lambda: shown.warn(EVIL),
        lambda: shown.problem(EVIL, EVIL),
        lambda: shown.error(NotFound(EVIL, EVIL, EVIL), verbose=True),
    )
    for tell in ways:
        for stream in (out, err):
            stream.truncate(0)
            stream.seek(0)
        tell()
        said = out.getvalue() + err.getvalue()
        assert "red" in said
        assert not [c for c in said if not c.isprintable() and c != "\n"], repr(said)
    err.truncate(0)
    err.seek(0)
    shown.report(Progress(f"Packing {EVIL}", 1, 2))
    line = err.getvalue().removeprefix("\r\x1b[K")  # our own: the line is written anew
    assert "red" in line
    assert line.isprintable(), repr(line)
