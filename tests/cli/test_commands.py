"""The table of commands: one row and one module a verb, and a start that loads no other."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from kitdesk import __version__
from kitdesk.cli.commands import ALIASES, COMMANDS, load
from tests.cli.conftest import Shell

ROOT = Path(__file__).parents[2]
CLI = ROOT / "kitdesk" / "cli"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_row_and_its_module_say_the_same(name: str) -> None:
    module = load(name)
    assert (name, COMMANDS[name].help) == (module.NAME, module.HELP)
    assert callable(module.arguments)
    assert callable(module.run)


def test_every_module_has_a_row() -> None:
    modules = {path.stem for path in (CLI / "commands").glob("*.py") if path.stem[0] != "_"}
    assert {command.module for command in COMMANDS.values()} == modules
    assert not set(ALIASES) & set(COMMANDS)


def commands_loaded_by(*words: str) -> set[str]:
    code = (
        "import sys; from kitdesk.__main__ import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print(*(name for name in sys.modules if 'cli.commands.' in name), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {name.rpartition(".")[2] for name in done.stderr.split()}


def test_a_command_loads_its_own_module_and_help_loads_none() -> None:
    assert commands_loaded_by("--help") == set()
    assert commands_loaded_by("versions") == {"versions"}
    assert commands_loaded_by("list") == {"versions"}
    assert commands_loaded_by("tag", "--help") == {"tag"}


def test_imports_stand_at_the_top() -> None:
    inside = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in CLI.rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kitdesk")
    ]
    assert inside == []


def test_kits_own_words_are_answered(kitdesk: Shell, project: Path) -> None:
    kitdesk("pack", project, "-t", "demo:v1")
    for word, verb, given in (
        ("list", "versions", ("demo",)),
        ("info", "inspect", ("demo:v1",)),
        ("diff", "compare", ("demo:v1", project)),
    ):
        assert kitdesk.json(word, *given) == kitdesk.json(verb, *given)
    assert kitdesk("diff", "demo:v1", project, "--exit-code") == 0
    assert kitdesk("version") == 0
    assert kitdesk.out == f"kitdesk {__version__}\n"
    assert kitdesk.json("version") == {"version": __version__}


@pytest.mark.parametrize("word", ["pack", "list"])
def test_help_of_a_verb_is_what_the_verb_says_itself(
    kitdesk: Shell, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert kitdesk("help", word) == 0
    told = kitdesk.out
    assert kitdesk(ALIASES.get(word, word), "--help") == 0
    assert told == kitdesk.out
    assert "common options" in told


def test_help_alone_lists_the_verbs(kitdesk: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert kitdesk("help") == 0
    told = kitdesk.out
    kitdesk("--help")
    assert told == kitdesk.out
    assert all(f"\n    {name}" in told for name in COMMANDS)
    assert kitdesk("help", "nonsense") == 2


def test_q_and_v_are_quiet_and_verbose(kitdesk: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Kitfile").write_text("manifestVersion: 1.0.0\ncode:\n  - path: .\n")
    (folder / "a.py").write_text("1\n")
    (folder / "link").symlink_to("a.py")
    assert kitdesk("pack", folder, "-t", "demo:v1") == 0
    assert kitdesk.err.startswith("warning: “link” is not packed")
    assert kitdesk("pack", folder, "-t", "demo:v1", "-q") == 0
    assert kitdesk.err == ""
    (folder / "Kitfile").write_text("nonsense: 1\ncode:\n  - path: .\n")
    assert kitdesk("pack", folder) == 1
    assert "detail:" not in kitdesk.err
    assert kitdesk("pack", folder, "-v") == 1
    assert "detail:" in kitdesk.err


def test_an_option_before_the_verb_is_wrong_usage(kitdesk: Shell, project: Path) -> None:
    assert kitdesk("--json", "pack", project) == 2
    assert "unrecognized arguments: --json" in kitdesk.err
