"""The first paint: near a bare window's in time, at the same places as what follows."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget

from kitdesk import app
from kitdesk.changes import Topic
from kitdesk.services.config import paths as places
from kitdesk.session.state.workspace import Workspace
from kitdesk.ui.theme import tokens
from kitdesk.ui.widgets.bars import AppMark
from kitdesk.ui.window.main_window import MainWindow
from tests.fakes import boards
from tests.fakes.session import FakeSession

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

ROOT = Path(__file__).resolve().parents[3]


def test_the_tokens_read_line_by_line_are_what_toml_says() -> None:
    found = tomllib.loads((tokens.FOLDER / "themes" / "tokens.toml").read_text("utf-8"))
    assert {name: tuple(pair) for name, pair in found["color"].items()} == tokens.COLOURS
    assert found["size"] == tokens.SIZE
    assert found["font"] == {**tokens.PIXELS, "ui": tokens.UI, "mono": tokens.MONO}


def test_the_first_paint_waits_for_nothing_heavy() -> None:
    code = """if True:
        import sys
        import PySide6.QtCore, PySide6.QtWidgets
        from kitdesk import app
        begin = app.Program.run
        def run(program):
            program.window.first_sight.painted.connect(seen)
            return begin(program)
        def seen():
            heavy = "kitdesk.session kitdesk.operations kitdesk.ui.theme.theme yaml sqlite3 tomllib"
            print([name for name in heavy.split() if name in sys.modules])
            print("Qt" in vars(PySide6.QtCore), "QStyle" in vars(PySide6.QtWidgets))
            PySide6.QtWidgets.QApplication.quit()
        app.Program.run = run
        app.main([])
    """
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["[]", "False False"]


def picture(window: MainWindow) -> QImage:
    return window.grab().toImage()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("project", ["", "movie-recommend"])
def test_nothing_moves_when_the_furniture_comes(qtbot: QtBot, project: str, dark: bool) -> None:
    workspace: Workspace = boards.home(jobs=(), keyring="") if project else boards.start()
    workspace.apply(Topic.SETTINGS, scheme="dark" if dark else "light")
    window = MainWindow(project=project, dark=dark)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.first_sight.painted):
        window.show()
    first = picture(window)
    window.build_content(FakeSession(workspace))
    then = picture(window)
    bar, strip = tokens.SIZE["toolbar"], tokens.SIZE["activity"]
    bottom = window.height() - strip - 1
    left = tokens.SIZE["side"] if project else 20
    places_ = [(4, 4), (900, bar), (4, bottom), (900, bottom), (900, bottom + 6)]
    places_ += [(left, bar + 300), (left + 1, bar + 300), (left + 5, bar + 4), (900, bar + 45)]
    for x, y in places_:
        assert first.pixelColor(x, y) == then.pixelColor(x, y), (x, y)
    title = range(41, 41 + 60)
    ink = [
        [y for y in range(8, bar - 8) if any(is_ink(shot, x, y, dark) for x in title)]
        for shot in (first, then)
    ]
    assert ink[0]
    assert ink[0] == ink[1], "the name stands on the same line"


def is_ink(shot: QImage, x: int, y: int, dark: bool) -> bool:
    """Near the colour of the text."""
    wanted = QColor(tokens.COLOURS["text"][1 if dark else 0])
    return abs(shot.pixelColor(x, y).lightness() - wanted.lightness()) < 40


def test_the_mark_and_the_cards_stand_where_they_were_drawn(qtbot: QtBot) -> None:
    workspace = boards.start()
    workspace.apply(Topic.SETTINGS, scheme="light")
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    first = picture(window)
    window.build_content(FakeSession(workspace))
    then = picture(window)
    mark = window.findChild(AppMark)
    assert mark is not None
    fill = QColor(tokens.COLOURS["accent_fill"][0])
    edge = QColor(tokens.COLOURS["border"][0])
    corner = mark.mapTo(window, QPoint(0, 0))
    for x, y in ((corner.x() + 1, corner.y() + 36), (corner.x() + 70, corner.y() + 36)):
        assert first.pixelColor(x, y) == then.pixelColor(x, y) == fill
    cards = [w for w in window.findChildren(QWidget) if w.property("box") == "card"]
    seen = [card for card in cards if card.isVisible()]
    assert len(seen) == 3
    for card in seen:
        place = card.mapTo(window, QPoint(0, 0))
        for x, y in ((0, 100), (card.width() - 1, 100), (100, 0), (100, card.height() - 1)):
            assert first.pixelColor(place.x() + x, place.y() + y) == edge
            assert then.pixelColor(place.x() + x, place.y() + y) == edge


def test_a_window_furnished_later_is_the_same_window(qtbot: QtBot) -> None:
    window = MainWindow(project="movie-recommend")
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert window.windowTitle() == "movie-recommend - KitDesk"
    window.build_content(FakeSession(boards.home()))
    assert window.focusWidget() is window.side.tree
    assert window.acceptDrops()
    assert [action.text() for action in window.actions()].count("Pack…") == 1
    window.open_sheet("shortcuts")
    assert window.sheet is not None
    assert window.sheet.isVisible()


def test_the_program_opens_its_folder_after_the_first_paint(
    qtbot: QtBot, tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # the program puts its own in place
    program = app.Program(places.from_environment(), tmp_path / "run", str(project))
    qtbot.addWidget(program.window)
    program.window.show()
    qtbot.waitUntil(lambda: program.begun)
    workspace = program.build_content().workspace
    qtbot.waitUntil(
        lambda: workspace.state.folder is not None and not workspace.state.folder.counting,
        timeout=20_000,
    )
    assert workspace.state.folder is not None
    assert workspace.state.folder.path == project
    program.begin()
    assert workspace.state.folder.path == project, "a second beginning changes nothing"
    program.window.close()
    program.close()
    assert not list((tmp_path / "run").glob("window-*"))


def test_no_socket_is_asked_where_nobody_can_listen(tmp_path: Path) -> None:
    assert not app.forwarded_to_running(tmp_path / "nowhere", "")
    (tmp_path / "window-0.sock").touch()
    assert not app.forwarded_to_running(tmp_path, ""), "a leftover file is nobody"


@pytest.mark.parametrize(
    ("text", "dark"), [('scheme = "dark"\n', True), ('scheme = "light"\n', False)]
)
def test_the_first_sight_has_the_chosen_colours(qapp: QApplication, text: str, dark: bool) -> None:
    found = places.from_environment()
    found.config.mkdir(parents=True)
    (found.config / "settings.toml").write_text(text)
    assert app.is_dark(qapp, found) is dark
