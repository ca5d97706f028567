"""What no linter knows: the rules of this house, ten lines each."""

from __future__ import annotations

import ast
import io
import os
import re
import subprocess
import sys
import tokenize
import tomllib
from pathlib import Path

import pytest

import kitdesk
from tests import patterns

ROOT = Path(__file__).parents[1]
CODE = sorted((ROOT / "kitdesk").rglob("*.py"))
UI = [path for path in CODE if "ui" in path.relative_to(ROOT / "kitdesk").parts]
LONGEST = 300


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def found(pattern: str, paths: list[Path], allowed: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in paths
        if path.relative_to(ROOT).as_posix() not in allowed
        for number, line in enumerate(lines(path), 1)
        if re.search(pattern, line)
    ]


def test_no_file_is_longer_than_a_person_can_hold() -> None:
    long = {path.name: len(lines(path)) for path in CODE if len(lines(path)) > LONGEST}
    assert long == {}


def test_every_room_says_what_it_is_for() -> None:
    bare = [path for path in CODE if ast.get_docstring(ast.parse(path.read_text())) is None]
    assert bare == []


def test_colours_have_names() -> None:
    assert found(r"#[0-9A-Fa-f]{6}\b", CODE) == []


def test_the_gui_thread_never_waits() -> None:
    assert found(r"processEvents|waitForDone|\.exec\(\)", UI) == []
    assert found(r"time\.sleep", CODE) == []


def test_slots_hold_no_self_in_a_lambda() -> None:
    assert found(r"\.connect\((lambda|partial)", UI) == []


def test_qt_stays_where_it_belongs() -> None:
    rest = [
        path
        for path in CODE
        if not {"ui", "session"} & set(path.relative_to(ROOT / "kitdesk").parts)
    ]
    assert found(r"PySide6", rest, ("kitdesk/app.py",)) == []
    session = [path for path in CODE if "session" in path.parts]
    assert found(r"QtWidgets|QtGui", session) == []


def test_only_a_job_catches_everything() -> None:
    jobs = ("kitdesk/session/runtime/job.py",)
    assert found(r"except (Exception|BaseException)( as|:)", CODE, jobs) == [
        place
        for place in found(r"except BaseException:", CODE)  # tidies up and passes it on
        if raises_again(place)
    ]


def raises_again(place: str) -> bool:
    name, _, number = place.partition(":")
    after = "\n".join(lines(ROOT / name)[int(number) : int(number) + 12])
    return "raise" in after


def test_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "kitdesk.__version__"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", kitdesk.__version__)


PAGES = sorted({*(ROOT / "kitdesk").rglob("*.md"), *ROOT.glob(".github/*.md"), ROOT / "README.md"})
CITED = re.compile(r"\b([A-Z]+\.md),((?: \d+(?:\.\d+)*(?:,| and)?)+)")


def comments(path: Path) -> str:
    """Comments and docstrings of a module on one line; of any other file the lines with a #."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return " ".join(text.split())
    if path.suffix != ".py":
        return " ".join(line.partition("#")[2] for line in text.splitlines())
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    said = [token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT]
    alone = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Expr)]
    said += [str(value.value) for value in alone if isinstance(value, ast.Constant)]
    return " ".join(" ".join(said).split())


def test_comments_cite_pages_of_the_project_by_sections_that_exist() -> None:
    scripts = [ROOT / name for name in ("pyproject.toml", "packaging/run", ".ci/run")]
    tests = [path for path in (ROOT / "tests").rglob("*.py") if "content" not in path.parts]
    code = [*CODE, *tests, *(ROOT / "packaging").rglob("*.py")]
    texts = {path: comments(path) for path in (*code, *scripts, *PAGES)}
    pages = {path.name: path for path in (*PAGES, *(ROOT / "packaging").glob("*.md"))}
    absent, wrong = [], []
    for path, text in texts.items():
        names = re.findall(r"[\w-]+\.md\b", text)
        absent += [f"{path.name}: {name}" for name in names if name not in pages]
        for name, listed in CITED.findall(text):
            page = pages[name].read_text(encoding="utf-8") if name in pages else ""
            sections = set(re.findall(r"^#{2,4} (\d+(?:\.\d+)*)[. ]", page, re.MULTILINE))
            numbers = re.findall(r"\d+(?:\.\d+)*", listed)
            wrong += [f"{path.name}: {name}, {one}" for one in numbers if one not in sections]
    assert (absent, wrong) == ([], [])
    assert len(CITED.findall(" ".join(texts.values()))) > 60


def test_the_pages_link_to_files_that_exist() -> None:
    links = [
        (page, link)
        for page in (*PAGES, *(ROOT / "packaging").glob("*.md"))
        for link in re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8"))
        if "://" not in link
    ]
    assert [(page.name, link) for page, link in links if not (page.parent / link).exists()] == []
    assert len(links) > 5


def test_the_command_line_starts_light() -> None:
    heavy = "PySide6 oras requests keyring jsonschema yaml rich watchdog zstandard tomlkit"
    code = (
        "import sys; from kitdesk.__main__ import main\n"
        "try: main(['--version'])\n"
        "except SystemExit: pass\n"
        f"print(' '.join(m for m in {heavy.split()!r} if m in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stderr.strip(), done.returncode) == ("", 0)


def test_no_pattern_goes_back_for_ever() -> None:
    """No nested repetition that gives back, no repetition of nothing: see tests/patterns.py."""
    every = {**patterns.literals(), **patterns.compiled()}
    assert len(every) > 100
    bad = {where: patterns.faults(*one) for where, one in every.items()}
    assert {where: why for where, why in bad.items() if why} == {}


@pytest.mark.parametrize(
    "pattern", [r"(?:a+)*", r"(?:a*)+", r"(?:a|b*)*", r"(?:a?)*", r"(a(b+c)*)*", r"(?:#.*\s*)*x"]
)
def test_the_rule_of_patterns_bites(pattern: str) -> None:
    assert patterns.faults(pattern)


def test_every_pattern_ends_on_long_texts() -> None:
    """Some seconds of the processor each; the line without a figure is the one that did not."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.patterns"],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, [*done.stdout.splitlines()[-1:], done.stderr]


def test_locks_hold_a_hash_for_every_package() -> None:
    for name in ("app", "dev"):
        text = (ROOT / "packaging" / "locks" / f"{name}.txt").read_text()
        packages = re.findall(r"^([a-z0-9][a-z0-9.-]*)==", text, re.MULTILINE)
        assert len(packages) > 10
        blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
        assert [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("word", ["True", "None"])
def test_qt_calls_do_not_eat_references(word: str) -> None:
    """PySide6 6.12 on Python 3.11 drops one a call until the interpreter aborts."""
    from PySide6.QtCore import QObject, Signal

    class Bell(QObject):
        rung = Signal()

    value = {"True": True, "None": None}[word]
    bell = Bell()
    before = sys.getrefcount(value)
    for _ in range(100):
        bell.rung.emit()
    assert sys.getrefcount(value) > before - 50
