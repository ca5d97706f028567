"""What holds for every surface: names for all that takes the focus, at most one filled button."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QWidget

from kitdesk.compare.values import FileKind
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.window.crash_dialog import CrashDialog
from tests.fakes import boards, samples
from tests.ui.conftest import Opens
from tests.ui.screens import SCREENS

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("keyring", "oras", "yaml", "rich", "requests", "zstandard")


def nameless(scope: QWidget) -> list[str]:
    found = []
    for widget in scope.findChildren(QWidget):
        takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        inner = isinstance(widget.parentWidget(), QComboBox)
        if not widget.isVisible() or not takes or inner or widget.objectName().startswith("qt_"):
            continue
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        if not (widget.accessibleName() or text):
            found.append(repr(widget))
    return found


def test_every_surface_is_named_and_calm(opens: Opens) -> None:
    robot = opens(boards.home())
    for name, (make, size, act) in SCREENS.items():
        robot.turns_to(make(), size)
        act(robot.window)
        assert nameless(robot.window) == [], name
        scope = robot.window.sheet
        if scope is not None:
            filled = [
                b
                for b in scope.findChildren(Button)
                if b.isVisible() and b.kind in ("primary", "danger")
            ]
            assert len(filled) <= 1, f"{name}: one filled button at most on a sheet"
            assert scope.height() <= robot.window.height(), name
            assert scope.accessibleName(), name
        for dialog in robot.window.findChildren(CrashDialog):
            dialog.accept()


def test_no_hex_colour_outside_the_themes() -> None:
    bad = [
        f"{path.name}: {match.group()}"
        for path in (ROOT / "kitdesk" / "ui").rglob("*.py")
        for match in re.finditer(r"#[0-9a-fA-F]{6}\b", path.read_text("utf-8"))
    ]
    assert bad == []


def test_the_window_starts_without_what_it_does_not_need() -> None:
    code = (
        "import sys, kitdesk.ui.window.main_window;"
        f"print([m for m in {HEAVY!r} if m in sys.modules],"
        " [m for m in sys.modules if m.startswith('kitdesk.ui.sheets.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[] []"


def test_the_crash_dialog_copies_everything(opens: Opens) -> None:
    from PySide6.QtGui import QGuiApplication

    robot = opens(SCREENS["1-home"][0]())
    dialog = CrashDialog("KitDesk met a bug.", "ValueError: x", robot.window)
    dialog.present()
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == "KitDesk met a bug.\n\nValueError: x"
    dialog.close_button.click()


def test_nothing_from_outside_is_taken_for_markup(opens: Opens) -> None:
    evil = "<img src='file:///etc/passwd'>"
    path = f"datasets/{evil}.csv"
    change = samples.changed(path, FileKind.ADDED, None, (1, "aa"), "dataset", evil)
    comparison = replace(samples.COMPARISON, files=(change,), headline=evil)
    folder = boards.folder(changes=(change,))
    robot = opens(boards.home(comparison=comparison, file=path, content=None, folder=folder))
    robot.window.grab()
    for widget in robot.window.findChildren(QWidget):
        assert "<img" not in widget.toolTip()
        if isinstance(widget, QLabel) and "<img" in widget.text():
            assert widget.textFormat() == Qt.TextFormat.PlainText
    table = robot.window.compare.table
    for column in range(6):
        assert "<img" not in str(table.rows.index(0, column).data(Qt.ItemDataRole.ToolTipRole))
