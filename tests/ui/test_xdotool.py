"""The story at a real window: a process under Xvfb, and nothing but keys of a keyboard.

The test knows what a person knows: what is on the screen, what is in the folder, and what
``kitdesk versions`` and the list of recent projects say.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from PySide6.QtGui import QColor

from tests.conftest import need
from tests.fakes.display import Display, display
from tests.snapshots import Snapshot, snapshot

PICTURES = os.environ.get("KITDESK_PICTURES", "")
"""Folder for a picture of every step; empty = none are taken."""
PATIENCE = 30.0
"""Seconds that a step may take on a busy machine."""
FILLED = 150
"""So many of every sixteenth point a filled button has at least; a focus ring has fewer."""
KITDESK = (sys.executable, "-m", "kitdesk")
TOKENS = tomllib.loads(
    (files("kitdesk.resources") / "themes" / "tokens.toml").read_text(encoding="utf-8")
)["color"]


class Person:
    """Sits at the display; waits by looking."""

    def __init__(self, screen: Display, home: Path) -> None:
        self.screen, self._home, self._number = screen, home, 0

    def waits(self, what: str, holds: Callable[[], bool]) -> None:
        """Look until it holds; every look costs a process or a picture, so none is in vain."""
        limit = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > limit:
                path = self._home.parent / "in-vain.png"
                self.screen.picture().save(str(path))
                pytest.fail(f"waited in vain: {what}; see {path}")

    def sheet_is_ready(self) -> bool:
        """True once the sheet's filled button can be pressed; what is behind is dimmed."""
        picture, fill = self.screen.picture(), QColor(TOKENS["accent_fill"][0]).rgb()
        rows, columns = range(0, picture.height(), 4), range(0, picture.width(), 4)
        found = sum(1 for y in rows for x in columns if picture.pixel(x, y) == fill)
        return picture.pixelColor(2, 2) != QColor(TOKENS["window"][0]) and found > FILLED

    def presses(self, keys: str) -> None:
        self.screen.presses(keys)

    def keeps_a_picture(self, name: str) -> None:
        self._number += 1
        if PICTURES:
            path = f"{PICTURES}/xvfb-{self._number:02d}-{name.replace(' ', '-')}.png"
            self.screen.picture().save(path)

    def recent(self) -> str:
        """What the list of recent projects says of the folder: the window has read it then."""
        found = [path.read_text("utf-8") for path in self._home.rglob("*.toml")]
        return "\n".join(found)

    def versions(self) -> dict[str, str]:
        """Tag -> digest, as the command line tells."""
        done = subprocess.run(
            [*KITDESK, "versions", "--json"], check=True, capture_output=True, timeout=30
        )
        rows = json.loads(done.stdout)["versions"]
        return {tag["name"]: row["digest"] for row in rows for tag in row["tags"]}


def seen(folder: Path) -> Snapshot | None:
    """The folder now; None in the moment in which a file changes places (look again then)."""
    try:
        return snapshot(folder)
    except FileNotFoundError:
        return None


@pytest.fixture
def person(tmp_path: Path, project: Path) -> Iterator[Person]:
    need("xvfb", "Xvfb", "xdotool")
    scratch = tmp_path / "screen"
    scratch.mkdir()
    with display(scratch) as screen:
        window = subprocess.Popen(
            [*KITDESK, "--new-window", str(project)],
            env=screen.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            found = screen.xdotool("search", "--sync", "--onlyvisible", "--name", "KitDesk")
            assert window.poll() is None, window.communicate()[1]
            screen.xdotool("windowfocus", "--sync", found.splitlines()[-1])
            yield Person(screen, tmp_path / "kitdesk-home")
            assert window.poll() is None, "the window went away by itself"
        finally:
            window.terminate()
            said = window.communicate(timeout=10)[1]
    assert "Traceback" not in said, said


@pytest.mark.xvfb
@pytest.mark.timeout(180)
def test_a_person_with_a_keyboard_packs_goes_back_and_undoes(person: Person, project: Path) -> None:
    person.waits("the folder is read", lambda: "not packed yet" in person.recent())
    person.keeps_a_picture("opened")
    person.presses("ctrl+Return")
    person.waits("Pack is ready", person.sheet_is_ready)
    person.keeps_a_picture("pack")
    person.presses("Return")
    person.waits("v1.0.0 is there", lambda: set(person.versions()) == {"v1.0.0"})
    person.waits("the folder is at it", lambda: "no changes" in person.recent())
    at_v1 = snapshot(project)

    script = project / "movie_recommender.py"
    script.write_text(script.read_text("utf-8") + "\nNEIGHBOURS = 7\n", encoding="utf-8")
    person.waits("the window saw the edit", lambda: "1 change, not packed" in person.recent())
    person.keeps_a_picture("edited")
    person.presses("ctrl+Return")
    person.waits("Pack is ready", person.sheet_is_ready)
    person.screen.types("v7.0.0")
    person.keeps_a_picture("pack again")
    person.presses("Return")
    person.waits("v7.0.0 is there", lambda: set(person.versions()) == {"v1.0.0", "v7.0.0"})
    person.waits("the folder is at it", lambda: "no changes" in person.recent())
    at_v7 = snapshot(project)
    assert at_v7 != at_v1
    versions = person.versions()

    person.presses("ctrl+r")
    person.waits("Roll back is ready", person.sheet_is_ready)
    person.keeps_a_picture("roll back")
    assert snapshot(project) == at_v7, "the preview touches nothing"
    person.presses("Return")
    person.waits("the folder is v1.0.0", lambda: seen(project) == at_v1)
    person.waits("the window knows", lambda: 'at = "v1.0.0"' in person.recent())
    person.keeps_a_picture("rolled back")

    person.presses("ctrl+shift+BackSpace")
    person.waits("the folder is v7.0.0", lambda: seen(project) == at_v7)
    person.keeps_a_picture("undone")
    assert person.versions() == versions, "going back and forth makes no version and loses none"
