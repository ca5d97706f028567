"""A README of anybody: no file of this machine is opened, nothing is drawn, and it ends."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage, QTextDocument
from pytestqt.qtbot import QtBot

from kitdesk.ui.about.readme import Readme

IN_OPEN = 0x20
WAYS = {
    "inline": "![c]({})",
    "by reference": "![c]\n\n[c]: {}",
    "by a full reference": "![c][d]\n\n[d]: {}",
    "by an empty reference": "![c][]\n\n[c]: {} 'title'",
    "in a link": "[![c]({})](https://e.org)",
    "in angles": "![c](<{}>)",
    "in a list": "- ![c]({})\n- ![]({})",
    "in a table": "|a|\n|-|\n|![c]({})|",
    "as HTML": '<img src="{}">',
}


class Opened:
    """Tells which files of a folder were opened (inotify)."""

    def __init__(self, folder: Path) -> None:
        system = ctypes.CDLL(None)
        self._handle = system.inotify_init1(os.O_NONBLOCK)
        assert system.inotify_add_watch(self._handle, os.fsencode(folder), IN_OPEN) >= 0

    def close(self) -> None:
        os.close(self._handle)

    @property
    def any(self) -> bool:
        try:
            return bool(os.read(self._handle, 65536))
        except BlockingIOError:
            return False


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "red.png"
    image = QImage(50, 50, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    assert image.save(str(path))
    return path


@pytest.fixture
def opened(picture: Path) -> Iterator[Opened]:
    watch = Opened(picture.parent)
    yield watch
    watch.close()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scheme", ["", "file://"])
def test_no_picture_is_opened_or_drawn(
    way: str, scheme: str, picture: Path, opened: Opened, qtbot: QtBot
) -> None:
    readme = Readme()
    qtbot.addWidget(readme)
    readme.resize(300, 200)
    readme.show()
    readme.show_text(WAYS[way].replace("{}", f"{scheme}{picture}") + "\n\nthe end")
    shown = readme.grab().toImage()
    assert not opened.any
    red = QColor("red").rgb()
    assert red not in {shown.pixel(x, y) for x in range(0, 300, 3) for y in range(0, 200, 3)}
    assert "the end" in readme.toPlainText()


def test_the_watch_sees_what_qt_opens(picture: Path, opened: Opened, qtbot: QtBot) -> None:
    """The same picture in a document as Qt makes it: the test above can fail."""
    document = QTextDocument()
    document.setMarkdown(f"![c]\n\n[c]: {picture}")
    document.documentLayout().documentSize()
    assert opened.any


def test_a_picture_that_never_ends_is_not_read(qtbot: QtBot) -> None:
    readme = Readme()
    qtbot.addWidget(readme)
    readme.show()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    readme.show_text("![c] ![d](/dev/zero)\n\n[c]: /dev/zero")
    readme.grab()
    assert readme.pictures == 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "KiB"


SCRIPT = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
from PySide6.QtWidgets import QApplication
app = QApplication([])
from kitdesk.ui.about.readme import Readme
readme = Readme()
readme.resize(700, 600)
readme.show()
texts = {
    "prose": ("word *em* `code` " * 20 + "\\n\\n") * 180,
    "headings": "# a\\n\\n" * 15000,
    "codes": "`a` " * 15000,
    "list": "- a\\n" * 15000,
    "table": "|a|b|\\n|-|-|\\n" + "|1|2|\\n" * 9000,
    "columns": "|a" * 9000 + "|\\n" + "|-" * 9000 + "|\\n" + "|1" * 9000 + "|\\n",
    "pictures": "![a](/dev/zero) " * 3500,
    "brackets": "[" * 50000,
    "fences": "```\\nx\\n```\\n\\n" * 5000,
    "quotes": "> " * 30000,
}
for name, text in texts.items():
    print(name, flush=True)
    readme.show_text(text)
    readme.grab()
print("done")
"""


def test_sixty_kilobytes_of_anything_are_laid_out_once() -> None:
    """All of them within half a minute of the processor; one of them needed that alone."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.stdout.split()[-1] == "done", done.stdout + done.stderr
