"""A user of the window: clicks, types, presses keys, and sees what is written."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from kitdesk.changes import Topic
from kitdesk.ui.window.main_window import MainWindow
from tests.fakes.session import FakeSession

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from kitdesk.session.state.workspace import Workspace


class Robot:
    """Works on one window; finds things by what they say, as a person does."""

    def __init__(
        self, qtbot: QtBot, workspace: Workspace, size: tuple[int, int] = (1440, 900)
    ) -> None:
        self.qtbot = qtbot
        self.session = FakeSession(workspace)
        self.workspace = workspace
        self.window = MainWindow(self.session)
        qtbot.addWidget(self.window)
        self.window.resize(*size)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.session.asked.clear()

    def turns_to(self, workspace: Workspace, size: tuple[int, int] = (1440, 900)) -> None:
        """Show another board in the same window; what is open over it goes."""
        if self.window.sheet is not None:
            self.window.sheet.reject()
        self.window.panel.hide()
        self.window.resize(*size)
        self.workspace.state = workspace.state
        self.workspace.apply(Topic.EVERYTHING)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.session.asked.clear()

    def asked(self, name: str) -> tuple[object, ...]:
        """The arguments of the last wish of that name."""
        found = [wish[1:] for wish in self.session.asked if wish[0] == name]
        assert found, f"{name} was not asked; asked were {self.session.names()}"
        return tuple(found[-1])

    def scope(self) -> QWidget:
        return self.window.sheet or self.window

    def button(self, text: str) -> QAbstractButton:
        found = [
            w
            for w in self.scope().findChildren(QAbstractButton)
            if w.isVisible() and text in (w.text(), w.accessibleName())
        ]
        assert found, f"no button {text!r}; there are {self.buttons()}"
        return found[0]

    def buttons_named(self, start: str) -> list[QAbstractButton]:
        """Buttons whose accessible name begins so."""
        every = self.scope().findChildren(QAbstractButton)
        return [w for w in every if w.isVisible() and w.accessibleName().startswith(start)]

    def buttons(self) -> list[str]:
        return [w.text() for w in self.scope().findChildren(QAbstractButton) if w.isVisible()]

    def clicks(self, text: str) -> None:
        button = self.button(text)
        assert button.isEnabled(), f"{text!r} is disabled: {button.toolTip()}"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def field(self, name: str) -> QLineEdit:
        found = [
            w
            for w in self.scope().findChildren(QLineEdit)
            if w.isVisible() and w.accessibleName() == name
        ]
        assert found, f"no field {name!r}"
        return found[0]

    def types(self, text: str, into: str) -> None:
        field = self.field(into)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)

    def chooses(self, text: str, into: str) -> None:
        combos = [w for w in self.scope().findChildren(QComboBox) if w.accessibleName() == into]
        combo = combos[0]
        combo.setCurrentIndex(combo.findText(text))
        combo.activated.emit(combo.currentIndex())

    def clicks_row(self, view: QAbstractItemView, row: int, *, ctrl: bool = False) -> None:
        index = view.model().index(row, 0)
        view.scrollTo(index)
        place = view.visualRect(index).center()
        mods = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, mods, QPoint(place))

    def presses(self, keys: str, on: QWidget | None = None) -> None:
        target = on or self.window.focusWidget() or self.window
        QTest.keySequence(target, QKeySequence(keys))

    def shortcut(self, keys: str) -> None:
        """Press a shortcut of the window."""
        wanted = QKeySequence(keys)
        found = [a for a in self.window.actions() if wanted in a.shortcuts()]
        assert found, f"no action has {keys}"
        assert found[0].isEnabled(), f"{keys} is off: {found[0].toolTip()}"
        found[0].trigger()

    def words(self) -> str:
        """Everything that can be read now."""
        QCoreApplication.sendPostedEvents()
        texts: list[str] = [self.window.windowTitle()]
        for widget in self.scope().findChildren(QWidget):
            if not widget.isVisible():
                continue
            if isinstance(widget, QLabel) and widget.textFormat() == Qt.TextFormat.RichText:
                texts.append(unescape(re.sub(r"<[^>]*>", "", widget.text())))
            elif isinstance(widget, (QLabel, QAbstractButton, QLineEdit)):
                texts.append(widget.text())
            elif isinstance(widget, (QPlainTextEdit, QTextEdit)):
                texts.append(widget.toPlainText())
            elif isinstance(widget, QComboBox):
                texts.append(widget.currentText())
        return "\n".join(texts)

    def sees(self, text: str) -> None:
        assert text in self.words(), f"{text!r} is not to be seen in:\n{self.words()}"

    def sees_not(self, text: str) -> None:
        assert text not in self.words(), f"{text!r} is to be seen"
