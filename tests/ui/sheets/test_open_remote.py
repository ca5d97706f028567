"""Open from a registry: what it is before a byte is pulled, and where it goes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kitdesk.changes import Topic
from kitdesk.session.state.pages import RemoteBrowse
from kitdesk.session.state.project import ErrorInfo
from tests.fakes import boards, pages
from tests.ui.conftest import Opens


def test_a_version_is_chosen_and_opened(opens: Opens, tmp_path: Path) -> None:
    robot = opens(boards.start())
    robot.clicks("Open from a registry…")
    robot.types("Registry.acme.dev/LLM", "Repository")
    robot.sees("capital letters")
    robot.types(pages.OFFER.address, "Repository")
    robot.qtbot.waitUntil(lambda: "open_remote.browse" in robot.session.names())
    assert robot.asked("open_remote.browse") == (pages.OFFER.address,)
    robot.sees("Asking the registry…")
    assert robot.field("New folder").text().endswith("/support-lora")
    robot.workspace.apply(Topic.REMOTE, offer=pages.OFFER)
    for text in ("4 versions, newest first.", "support-lora v0.5.0", "newest", "Apache-2.0",
                 "1.02 GB of it is on this machine; 41.8 MB will be fetched."):  # fmt: skip
        robot.sees(text)
    sheet = robot.window.sheet
    assert sheet is not None
    robot.clicks_row(sheet.list, 1)  # type: ignore[attr-defined]
    assert robot.asked("open_remote.describe") == (pages.OFFER.versions[1].digest,)
    robot.sees("All of it is on this machine already.")
    robot.types("work/new", "New folder")
    assert not robot.button("Pull and open v0.4.1").isEnabled()
    robot.types(str(tmp_path / "new"), "New folder")
    robot.clicks("Pull and open v0.4.1")
    wish = (pages.OFFER.versions[1].digest, tmp_path / "new")
    assert robot.asked("open_remote.open") == wish


def test_what_cannot_be_shown_is_said(opens: Opens) -> None:
    robot = opens(boards.start())
    robot.window.open_sheet("open_remote", "registry.acme.dev/llm/nothing")
    offer = RemoteBrowse("registry.acme.dev/llm/nothing")
    robot.workspace.apply(Topic.REMOTE, offer=offer)
    robot.sees("No version of a project is there.")
    error = ErrorInfo("registry.acme.dev did not answer.", "Check the network.")
    robot.workspace.apply(Topic.REMOTE, offer=replace(offer, error=error))
    robot.sees("registry.acme.dev did not answer. Check the network.")
    assert not robot.button("Pull and open").isEnabled()


def test_a_former_address_never_shows_its_versions(opens: Opens) -> None:
    robot = opens(boards.start())
    robot.window.open_sheet("open_remote", "registry.acme.dev/other/project")
    robot.workspace.apply(Topic.REMOTE, offer=pages.OFFER)
    robot.sees_not("v0.5.0")
    robot.sees("Asking the registry…")
