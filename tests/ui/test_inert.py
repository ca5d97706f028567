"""What comes out of a kit is inert: hostile text in every field, on every surface."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction, QTextDocument
from PySide6.QtWidgets import QAbstractItemView, QLabel, QPlainTextEdit, QTextEdit, QWidget

from kitdesk import text as texts
from kitdesk.changes import Topic
from kitdesk.session.state.workspace import Workspace
from kitdesk.ui.theme.tokens import FOLDER
from kitdesk.ui.widgets.layer_kinds import ICONS as KINDS
from kitdesk.ui.window.crash_dialog import CrashDialog
from tests.fakes import boards, pages
from tests.ui.conftest import Opens
from tests.ui.robot import Robot
from tests.ui.screens import SCREENS

EVIL = (
    '<img src="file:///etc/passwd"><b>loud</b><a href="https://evil.example">go</a>\u202e\x1b[31m'
)
ACTS = "\u202e\x1b"
"""Characters that turn the direction of writing, or speak to a terminal."""
MARK = "<img src="
"""What must be readable as it stands wherever the text is shown as rich text."""
SYMBOLS = {path.stem for path in (FOLDER / "icons").iterdir()} | set(KINDS)
KEPT = {
    *("view", "scheme", "before", "after", "about_side", "side", "digest", "here", "there"),
    *("kind", "sign", "code", "verb", "layer", "severity", "rule", "sha256", "moved_from", "host"),
    *("state", "changed", "tone", "to"),
}
"""Fields that are keys of the program or digests; no kit writes them."""
KEYS = frozenset({"A", "D", "M", "=", "", "folder"})


def poisoned(value: Any, name: str = "") -> Any:
    """The same value with markup behind every text that a kit, a folder or a server may write."""
    if name in KEPT and not dataclasses.is_dataclass(value) and not isinstance(value, tuple):
        return value
    if isinstance(value, str) and type(value) is str:
        keep = value in SYMBOLS or value in KEYS or value.startswith("sha256:")
        return value if keep else value + EVIL
    if isinstance(value, Path):
        return value.with_name(value.name + "<b>loud<b>")
    if isinstance(value, tuple):
        return tuple(poisoned(one, name) for one in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (one.name for one in dataclasses.fields(value) if one.init)
        return dataclasses.replace(value, **{f: poisoned(getattr(value, f), f) for f in fields})
    return value


def poison(workspace: Workspace) -> Workspace:
    workspace.state = poisoned(workspace.state)
    workspace.apply(Topic.EVERYTHING)
    return workspace


def rich(text: str) -> QTextDocument | None:
    """The document that Qt might make of a text; None where there is no markup at all."""
    if "<" not in text:
        return None
    document = QTextDocument()
    document.setHtml(text)
    return document


def formats(document: QTextDocument) -> Iterator[tuple[bool, bool]]:
    """(is a picture, is a link) of every piece."""
    block = document.begin()
    while block.isValid():
        piece = block.begin()
        while not piece.atEnd():
            shape = piece.fragment().charFormat()
            yield shape.isImageFormat(), shape.isAnchor()
            piece += 1
        block = block.next()


def said(robot: Robot) -> Iterator[tuple[str, str]]:
    """(where, text) of all that Qt might take for rich text."""
    window = robot.window
    for widget in (window, *window.findChildren(QWidget)):
        where = f"{type(widget).__name__} {widget.accessibleName()[:40]}"
        yield f"tooltip of {where}", widget.toolTip()
        yield f"what's this of {where}", widget.whatsThis()
        if isinstance(widget, QLabel) and widget.textFormat() != Qt.TextFormat.PlainText:
            yield f"label {where}", widget.text()
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            yield from of_model(widget.model(), where)
    for action in window.findChildren(QAction):
        yield f"tooltip of action {action.text()}", action.toolTip()


def of_model(
    model: QAbstractItemModel, where: str, parent: QModelIndex | None = None
) -> Iterator[tuple[str, str]]:
    above = parent or QModelIndex()
    for row in range(min(40, model.rowCount(above))):
        columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(above)
        for column in range(columns):
            index = model.index(row, column, above)
            yield f"row of {where}", str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
        yield from of_model(model, where, model.index(row, 0, above))


def look(robot: Robot) -> None:
    robot.window.grab()  # tooltips of elided labels are set while they are painted
    for where, text in said(robot):
        document = rich(text)
        if document is None:
            continue
        assert not any(picture or link for picture, link in formats(document)), where
        assert "loud" not in text or "<b>loud" in document.toPlainText(), f"{where}: {text}"
    for edit in robot.window.findChildren(QTextEdit):
        assert not any(picture for picture, _ in formats(edit.document()))
    for shown in robot.window.findChildren(QLabel):
        assert not set(ACTS) & set(shown.text()), f"{type(shown).__name__}: {shown.text()!r}"
    for plain in robot.window.findChildren(QPlainTextEdit):
        if plain.isReadOnly():
            assert not set(ACTS) & set(plain.toPlainText())
        assert not any(picture or link for picture, link in formats(plain.document()))


def test_markup_in_any_field_stays_text(opens: Opens) -> None:
    robot = opens(poison(boards.home()))
    for make, size, act in SCREENS.values():
        robot.turns_to(poison(make()), size)
        act(robot.window)
        look(robot)
        for dialog in robot.window.findChildren(CrashDialog):
            dialog.accept()


def test_a_folder_with_markup_in_its_name_that_is_gone(opens: Opens) -> None:
    gone = dataclasses.replace(pages.REFUSED, title=f"{EVIL} is not there.", hint=EVIL)
    workspace = boards.home(folder=boards.folder(problem=gone, watch_problem=EVIL))
    robot = opens(workspace)
    look(robot)
    robot.window.open_sheet("command_palette")
    look(robot)


def test_what_acts_unseen_is_seen() -> None:
    assert (
        texts.inert("a\u202eb\x1b[1m\r\n\ud800\u2028c") == "a\ufffdb\ufffd[1m" + 4 * "\ufffd" + "c"
    )
    assert texts.inert("a\n\tb\u200f", lines=True) == "a\n\tb\ufffd"
    assert texts.inert("naïve – 火\N{NO-BREAK SPACE}5 MB") == "naïve – 火\N{NO-BREAK SPACE}5 MB"


def test_the_poison_reaches_what_is_shown(opens: Opens) -> None:
    robot = opens(poison(boards.home()))
    assert robot.words().count(MARK) > 10
