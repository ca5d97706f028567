"""About: what a version is, and that its README stays inert."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QUrl
from PySide6.QtGui import QGuiApplication, QTextDocument

from kitdesk.changes import Topic
from kitdesk.session.state.project import FOLDER, ErrorInfo, View
from kitdesk.ui.about.readme import Readme
from tests.fakes import boards
from tests.fakes.about import ABOUT, MANIFEST
from tests.fakes.pages import KITFILE
from tests.fakes.samples import RC, V12
from tests.ui.conftest import Opens


def test_facts_contents_and_places(opens: Opens) -> None:
    robot = opens(boards.about())
    for text in ("movie-recommend", "v2.1.0-rc.1", "Apache-2.0", "5 layers, 6 files", "7.01 MB"):
        robot.sees(text)
    robot.sees("2 of 5 layers are. Pull fetches 4.54 MB.")
    robot.clicks("Compare with this folder")
    assert robot.asked("comparison.compare") == (RC, FOLDER)


def test_files_of_remote_layers_are_listed_on_request(opens: Opens) -> None:
    far = replace(
        ABOUT,
        layers=(
            replace(ABOUT.layers[0], local=False, files=(), file_count=0, unlisted=True),
            replace(ABOUT.layers[1], local=False, note="This layer is compressed (gzip)."),
        ),
    )
    robot = opens(boards.about())
    robot.workspace.apply(Topic.ABOUT, about=far)
    robot.sees("1 layer is only in the registry.")
    robot.sees("This layer is compressed (gzip).")
    robot.clicks("List its files")
    assert robot.asked("about.list_files") == (RC,)


def test_actions_are_about_the_version_shown(opens: Opens) -> None:
    robot = opens(boards.about())
    robot.window.pages.about.head.findChildren(type(robot.button("Pull")))
    pulls = [b for b in robot.buttons_named("") if b.text() == "Pull"]
    pulls[-1].click()
    assert robot.asked("transfers.pull") == (RC,)
    robot.chooses("v1.2.0", "Version")
    assert robot.asked("about.show") == (V12,)
    robot.clicks_row(robot.window.side.tree, 0)
    assert robot.asked("about.show") == (RC,)


def test_the_readme_is_text_and_nothing_else(opens: Opens) -> None:
    robot = opens(boards.about())
    readme = robot.window.pages.about.readme
    assert "<script>alert(1)</script>" in readme.toPlainText(), "HTML is shown, not obeyed"
    robot.sees("1 picture is not loaded")
    kind = QTextDocument.ResourceType.ImageResource.value
    assert readme.loadResource(kind, QUrl("file:///etc/passwd")) is None
    assert not readme.openLinks()


def test_a_link_shows_its_address_and_asks(opens: Opens) -> None:
    robot = opens(boards.about())
    readme = robot.window.pages.about.readme
    readme.anchorClicked.emit(QUrl("https://grouplens.org/datasets/"))
    robot.sees("https://grouplens.org/datasets/")
    robot.clicks("Cancel")
    robot.sees_not("https://grouplens.org/datasets/")
    readme.anchorClicked.emit(QUrl("file:///etc/passwd"))
    robot.sees_not("passwd")


def test_kitfile_and_manifest_to_read_and_copy(opens: Opens) -> None:
    robot = opens(boards.about())
    robot.clicks("Text: Kitfile")
    assert robot.window.pages.about.code.toPlainText() == KITFILE.rstrip("\n")
    robot.clicks("Text: Manifest")
    assert robot.window.pages.about.code.toPlainText() == MANIFEST.rstrip("\n")
    robot.clicks("Copy")
    assert QGuiApplication.clipboard().text() == ABOUT.manifest_exact
    robot.sees("Copied the manifest")
    robot.clicks("Copy the whole digest")
    assert QGuiApplication.clipboard().text() == RC


def test_no_readme_says_what_would_be_here(opens: Opens) -> None:
    robot = opens(boards.home(view=View.ABOUT, about_side=RC, about=replace(ABOUT, readme=None)))
    robot.clicks("Text: README")
    robot.sees("This version has no README")


def test_waiting_and_trouble(opens: Opens) -> None:
    robot = opens(boards.home(view=View.ABOUT, about_side=RC, about=None))
    assert not robot.window.pages.about.readme.isVisible()
    error = ErrorInfo("The registry did not answer.", "Try again later.", code="unreachable")
    robot.workspace.apply(Topic.ABOUT, about_error=error)
    robot.sees("Try again later.")
    robot.clicks("Try again")
    assert robot.asked("about.show") == (RC,)


def test_pictures_are_counted(opens: Opens) -> None:
    robot = opens(boards.about())
    readme = Readme()
    robot.qtbot.addWidget(readme)
    readme.show_text("![a](x.png) text ![](https://e.org/y.png)")
    assert readme.pictures == 2
    assert "a (picture)" in readme.toPlainText()


def test_a_hostile_readme_does_no_harm(opens: Opens) -> None:
    robot = opens(boards.about())
    readme = Readme()
    robot.qtbot.addWidget(readme)
    readme.show_text(
        "<iframe src='x'>\n\n[a](javascript:alert(1))\n\n" + "*" * 3000 + "\n\n```\ncode"
    )
    wanted: list[str] = []
    readme.link_wanted.connect(wanted.append)
    readme.anchorClicked.emit(QUrl("javascript:alert(1)"))
    assert wanted == []
    assert "<iframe" in readme.toPlainText()
