"""Ready-made workspaces: what the pictures of the design show."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from kitdesk.changes import Topic
from kitdesk.session.loaders.merge import merge_view
from kitdesk.session.state.kitfile import Cause, Disk, KitfileState, Leaving, Question
from kitdesk.session.state.pages import ResultBanner
from kitdesk.session.state.project import (
    FOLDER,
    ErrorInfo,
    FolderState,
    JobState,
    JobView,
    View,
)
from kitdesk.session.state.workspace import Workspace
from tests.fakes.about import ABOUT
from tests.fakes.lists import OFFLINE, RECENT, REMOTE, STORE
from tests.fakes.pages import (
    KITFILE,
    PACKED,
    PREVIEW,
    PROBLEMS,
    PUSHING,
)
from tests.fakes.samples import (
    COMPARISON,
    CONTENT,
    FOLDER_CHANGES,
    NOW,
    RC,
    V1,
    V2,
    V11,
    V101,
    VERSIONS,
)


def folder(**values: Any) -> FolderState:
    path = Path("/projects/movie-recommend")
    facts: dict[str, Any] = {
        "at": VERSIONS[1],
        "changes": FOLDER_CHANGES,
        "kitfile": path / "Kitfile",
        "files": 7,
        "watching": True,
    }
    return FolderState(path, "movie-recommend", **{**facts, **values})


def fill(workspace: Workspace, **values: Any) -> Workspace:
    """Set attributes and tell everybody that everything changed."""
    workspace.apply(Topic.EVERYTHING, frozenset(), **values)
    return workspace


def home(**values: Any) -> Workspace:
    """The picture 1-home: v1.0.0 against v2.0.0, the code file chosen."""
    facts: dict[str, Any] = {
        "view": View.COMPARE,
        "folder": folder(),
        "versions": VERSIONS,
        "remote": REMOTE,
        "before": V1,
        "after": V2,
        "comparison": COMPARISON,
        "file": "movie_recommender.py",
        "content": CONTENT,
        "kitfile": KitfileState(KITFILE, KITFILE),
        "jobs": (PUSHING, PACKED),
        "keyring": "Keyring ready",
        "recent": RECENT,
        "store": STORE,
    }
    return fill(Workspace(), **{**facts, **values})


def rolled_back() -> Workspace:
    """The picture 3-rollback-done."""
    versions = tuple(replace(v, here=v.digest == V1, transfer=None) for v in VERSIONS)
    job = JobView(
        9,
        "rollback",
        "Rolled back to v1.0.0",
        JobState.DONE,
        summary="7 files in 0.2 s",
        finished=NOW,
    )
    return home(
        versions=versions,
        folder=folder(at=versions[5], changes=()),
        jobs=(job, PACKED),
        result=ResultBanner(
            "This folder is exactly v1.0.0 again.",
            "5 files came back, 6 are in the safe copy.",
            True,
        ),
        can_undo="the roll back to v1.0.0",
    )


def offline() -> Workspace:
    """The picture 6-offline."""
    versions = tuple(replace(v, stale=v.remote, transfer=None) for v in VERSIONS)
    error = ErrorInfo(
        "v1.1.0 is only in the registry.",
        "registry.acme.dev did not answer, and the files of v1.1.0 were never fetched here.",
        code="unreachable",
    )
    job = JobView(
        7, "push", "Push of v2.0.0 waits for the network", JobState.WAITING, "tries again in 40 s"
    )
    return home(
        versions=versions,
        remote=OFFLINE,
        before=V101,
        after=V11,
        comparison=None,
        content=None,
        file="",
        comparison_error=error,
        jobs=(job,),
    )


def editing() -> Workspace:
    """The picture 2-kitfile."""
    return home(
        view=View.KITFILE, kitfile=KitfileState(KITFILE, KITFILE + "\n", PROBLEMS), preview=PREVIEW
    )


MINE = KITFILE.replace("version: 2.0\n", "version: 2.0.1\n").replace("0.97", "0.94")


def draft(*, clash: bool = False) -> Workspace:
    """The pictures 15-draft and 15-draft-clash."""
    theirs = KITFILE.replace("[Movie team]", "[Movie team, Data team]", 1)
    theirs = theirs.replace("path: datasets/ratings.csv", "path: datasets/ratings.csv\n    x: y", 1)
    if clash:
        theirs = theirs.replace("version: 2.0\n", "version: 2.1\n")
    question = Question(
        Cause.DRAFT,
        merge_view(KITFILE, MINE, theirs),
        NOW - timedelta(minutes=12),
        NOW - timedelta(minutes=41),
    )
    kitfile = KitfileState(
        MINE, KITFILE, disk=Disk.CHANGED, question=question, draft_back=question.draft_typed
    )
    return home(view=View.KITFILE, kitfile=kitfile, preview=PREVIEW)


def marked(disk: Disk, **values: Any) -> Workspace:
    """Typed text, and something has happened to the file."""
    kitfile = KitfileState(MINE, KITFILE, disk=disk, **values)
    return home(view=View.KITFILE, kitfile=kitfile, preview=PREVIEW)


def leaving(to: Leaving) -> Workspace:
    """Unsaved text, and somebody wants to go."""
    return home(view=View.KITFILE, kitfile=KitfileState(MINE, KITFILE), preview=PREVIEW, leaving=to)


def about() -> Workspace:
    """The picture 7-about."""
    return home(view=View.ABOUT, about_side=RC, about=ABOUT)


def start() -> Workspace:
    """The picture 4-start."""
    return fill(Workspace(), recent=RECENT)


def store() -> Workspace:
    """The picture 8-store."""
    return home(view=View.STORE)


def fresh(**values: Any) -> Workspace:
    """A folder that was just opened: no Kitfile, no version, no remote."""
    workspace = folder(at=None, changes=(), kitfile=None, files=0)
    return fill(
        Workspace(), **{"view": View.COMPARE, "folder": workspace, "after": FOLDER, **values}
    )
