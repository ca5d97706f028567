"""A session that does nothing but write down what it was asked."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject

from kitdesk.changes import Topic
from kitdesk.session.controllers.about import AboutController
from kitdesk.session.controllers.accounts import AccountController
from kitdesk.session.controllers.comparison import ComparisonController
from kitdesk.session.controllers.delete_remote import RemoteDeletionController
from kitdesk.session.controllers.folder import FolderController
from kitdesk.session.controllers.jobs import JobController
from kitdesk.session.controllers.kitfile import KitfileController
from kitdesk.session.controllers.kitfile_merge import MergeController
from kitdesk.session.controllers.leaving import LeavingController
from kitdesk.session.controllers.open_remote import OpenRemoteController
from kitdesk.session.controllers.project import ProjectController
from kitdesk.session.controllers.registries import RegistryController
from kitdesk.session.controllers.transfers import TransferController
from kitdesk.session.controllers.version_tree import VersionTreeController
from kitdesk.session.controllers.versions import VersionController
from kitdesk.session.session import Session
from kitdesk.session.state.project import View
from kitdesk.session.state.workspace import Scheme, Workspace

CONTROLLERS: dict[str, type] = {
    "project": ProjectController,
    "tree": VersionTreeController,
    "comparison": ComparisonController,
    "about": AboutController,
    "kitfile": KitfileController,
    "kitfile_merge": MergeController,
    "leaving": LeavingController,
    "versions": VersionController,
    "folder": FolderController,
    "transfers": TransferController,
    "open_remote": OpenRemoteController,
    "delete_remote": RemoteDeletionController,
    "accounts": AccountController,
    "registries": RegistryController,
    "jobs": JobController,
}


class Recorder:
    """Takes every call that a controller's class takes, with its signature, and writes it down."""

    def __init__(self, name: str, controller: type, session: FakeSession) -> None:
        self._name, self._controller, self._session = name, controller, session

    def __getattr__(self, method: str) -> Any:
        signature = inspect.signature(getattr(self._controller, method))

        def call(*args: object, **kwargs: object) -> None:
            bound = signature.bind(None, *args, **kwargs)
            bound.apply_defaults()
            self._session.note(f"{self._name}.{method}", *list(bound.arguments.values())[1:])

        return call


class FakeSession(Session):
    """``asked`` holds (controller.method, arguments) in order."""

    def __init__(self, workspace: Workspace | None = None) -> None:
        # none of the real parts is made: each controller is a recorder of its class
        QObject.__init__(self)
        self.workspace = workspace or Workspace()
        self.asked: list[tuple[Any, ...]] = []
        for name, controller in CONTROLLERS.items():
            self.__dict__[name] = Recorder(name, controller, self)

    def names(self) -> list[str]:
        return [name for name, *_ in self.asked]

    def note(self, name: str, *args: object) -> None:
        """Write a call down; what a view needs to go on is put into the workspace."""
        self.asked.append((name, *args))
        apply = self.workspace.apply
        match name, args:
            case "comparison.compare", (str(before), str(after)):
                apply(Topic.SELECTION, view=View.COMPARE, before=before, after=after)
            case "about.show", (str(side),):
                apply(Topic.SELECTION | Topic.ABOUT, view=View.ABOUT, about_side=side)
            case "leaving.stay" | "leaving.save_and_go" | "leaving.keep_and_go", _:
                apply(Topic.SELECTION, leaving=None)
            case "kitfile.edit", (str(text),):
                apply(Topic.KITFILE, kitfile=replace(self.workspace.state.kitfile, text=text))
            case "jobs.dismiss_error", _:
                apply(Topic.JOBS, error=None)
            case "jobs.dismiss_result", _:
                apply(Topic.HISTORY, result=None)

    def show(self, view: View) -> None:
        self.note("show", view)
        self.workspace.apply(Topic.SELECTION, view=view)

    def leave_at_once(self) -> None:
        self.note("leave_at_once")
        self.workspace.apply(Topic.SELECTION, leaving=None, closing=True)

    def refresh(self) -> None:
        self.note("refresh")

    def set_scheme(self, scheme: Scheme) -> None:
        self.note("set_scheme", scheme)
        self.workspace.apply(Topic.SETTINGS, scheme=scheme)

    def kit_command(self, verb: str, digest: str = "", tag: str = "") -> str:
        return f"kit {verb} {tag or digest}".strip()
