"""Checks the typed Kitfile after a pause and works out what would be packed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Slot

from kitdesk.changes import Topic
from kitdesk.errors import KitDeskError
from kitdesk.operations.check import check_text, is_ok
from kitdesk.session.loaders.folder import error_info
from kitdesk.session.loaders.previews import pack_preview
from kitdesk.session.loaders.text_form import encoded
from kitdesk.session.state.project import ErrorInfo
from kitdesk.session.state.workspace import StateChanges, Workspace

if TYPE_CHECKING:
    from kitdesk.services.container import Services
    from kitdesk.session.runtime.runner import Runner

PAUSE_MS = 150


class KitfileChecker(QObject):
    """Problems and preview follow ``workspace.state.kitfile.text``."""

    def __init__(
        self,
        workspace: Workspace,
        runner: Runner,
        services: Services,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._runner, self._services = workspace, runner, services
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.check)

    def clear(self) -> None:
        """Another project: nothing is checked any more."""
        self._timer.stop()
        self._runner.discard("check")

    def check_soon(self) -> None:
        """Check after a pause in typing."""
        self._timer.start()

    @Slot()
    def check(self) -> None:
        """Check the text and work out what would be packed."""
        self._timer.stop()
        folder = self._workspace.state.folder
        if folder is None or (folder.kitfile is None and not self._workspace.state.kitfile.text):
            return
        text, path = self._workspace.state.kitfile.text, folder.path
        rows, changes = self._workspace.state.versions, folder.changes
        services, remote_tags = self._services, self._workspace.state.remote.tags

        def work(_report: object) -> tuple[str, Any, Any, ErrorInfo | None]:
            data = encoded(text)
            problems = check_text(data, path)
            if not is_ok(problems):
                return text, problems, None, None
            try:
                preview = pack_preview(path, services, rows, changes, data, remote_tags)
            except KitDeskError as error:
                return text, problems, None, error_info(error)
            return text, problems, preview, None

        self._runner.run_latest("check", work, self._checked, self._show)

    def _checked(self, found: tuple[str, Any, Any, ErrorInfo | None]) -> None:
        text, problems, preview, error = found
        if text != self._workspace.state.kitfile.text:
            return
        kitfile = replace(self._workspace.state.kitfile, problems=problems)
        values: StateChanges = {"kitfile": kitfile, "preview_error": error}
        if preview is not None or error is not None:
            values["preview"] = preview
        self._workspace.apply(Topic.KITFILE, **values)

    def _show(self, error: KitDeskError) -> None:
        self._workspace.apply(Topic.JOBS, error=error_info(error))
