"""The Kitfile while it is being edited: problems and preview follow the text after a pause."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Slot

from kitdesk.changes import Topic
from kitdesk.errors import KitDeskError, NoKitfile
from kitdesk.operations.check import check_text, is_ok
from kitdesk.operations.inputs.project import read_kitfile
from kitdesk.services.disk.files import os_errors_as, write_atomically
from kitdesk.session.loaders.folder import error_info
from kitdesk.session.loaders.previews import pack_preview
from kitdesk.session.runtime.runner import JobQueue, Runner
from kitdesk.session.state.project import ErrorInfo, KitfileState
from kitdesk.session.state.workspace import StateChanges, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.modelkit.kitfile.diagnostics import Fix
    from kitdesk.services.container import Services

PAUSE_MS = 150


class KitfileController(QObject):
    """Reads, checks, fixes and writes the project's Kitfile."""

    def __init__(
        self,
        workspace: Workspace,
        runner: Runner,
        services: Services,
        saved: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._runner, self._services = workspace, runner, services
        self._saved = saved
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._look)

    def clear(self) -> None:
        """Another project: forget this one's text."""
        self._timer.stop()
        self._runner.discard("check")
        self._runner.discard("kitfile")
        self._workspace.apply(Topic.KITFILE, kitfile=KitfileState(), preview=None)

    def read(self, *, discard: bool = False) -> None:
        """Read the file; unsaved edits stay, with a note, unless they are to be discarded."""
        folder = self._workspace.state.folder
        if folder is None:
            return

        def work(_report: object) -> str:
            _, data = read_kitfile(folder.path)
            try:
                return data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8")
            except UnicodeDecodeError as error:
                raise KitDeskError(
                    "The Kitfile is not UTF-8 text.",
                    "Save it as UTF-8 in the editor it came from, then refresh.",
                    str(error),
                ) from error

        def done(text: str) -> None:
            state = self._workspace.state.kitfile
            if state.dirty and not discard and text != state.saved:
                self._set(replace(state, saved=text, changed_on_disk=True, error=None))
            elif state.dirty and not discard:
                self._set(replace(state, error=None))
            else:
                self._set(KitfileState(text, text, state.problems if state.text == text else ()))
            self._look()

        def failed(error: KitDeskError) -> None:
            shown = None if isinstance(error, NoKitfile) else error_info(error)
            self._set(KitfileState(error=shown))
            self._workspace.apply(Topic.KITFILE, preview=None, preview_error=shown)

        self._runner.run_latest("kitfile", work, done, failed)

    def reload(self) -> None:
        """Throw the edits away and read the file."""
        self.read(discard=True)

    def edit(self, text: str) -> None:
        """The text in the editor changed."""
        if text != self._workspace.state.kitfile.text:
            self._set(replace(self._workspace.state.kitfile, text=text))
            self._timer.start()

    def fix(self, fix: Fix) -> None:
        """Apply a fix to the text; later edits of it first, so that offsets hold."""
        text = self._workspace.state.kitfile.text
        for one in sorted(fix.edits, key=lambda edit: edit.start, reverse=True):
            text = text[: one.start] + one.text + text[one.end :]
        self._set(replace(self._workspace.state.kitfile, text=text))
        self._look()

    def save(self) -> None:
        """Write the text, aside and renamed; the editor keeps it if that fails."""
        folder, state = self._workspace.state.folder, self._workspace.state.kitfile
        if folder is None:
            return
        path = folder.kitfile or folder.path / "Kitfile"
        text = state.text

        def work(_report: object) -> str:
            with os_errors_as("writing the Kitfile"):
                mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
                write_atomically(path, text.encode(), mode)
            return text

        def done(written: str) -> None:
            now = self._workspace.state.kitfile
            self._set(replace(now, saved=written, changed_on_disk=False))
            self._saved()

        self._runner.start(JobQueue.PROJECT, work, done, self._show)

    def _show(self, error: KitDeskError) -> None:
        self._workspace.apply(Topic.JOBS, error=error_info(error))

    def _set(self, state: KitfileState) -> None:
        self._workspace.apply(Topic.KITFILE, kitfile=state)

    @Slot()
    def _look(self) -> None:
        """Check the text and work out what would be packed."""
        self._timer.stop()
        folder = self._workspace.state.folder
        if folder is None or folder.kitfile is None:
            return
        text, path = self._workspace.state.kitfile.text, folder.path
        rows, changes = self._workspace.state.versions, folder.changes
        services, remote_tags = self._services, self._workspace.state.remote.tags

        def work(_report: object) -> tuple[str, Any, Any, ErrorInfo | None]:
            data = text.encode()
            problems = check_text(data, path)
            if not is_ok(problems):
                return text, problems, None, None
            try:
                preview = pack_preview(path, services, rows, changes, data, remote_tags)
            except KitDeskError as error:
                return text, problems, None, error_info(error)
            return text, problems, preview, None

        self._runner.run_latest("check", work, self._looked, self._show)

    def _looked(self, found: tuple[str, Any, Any, ErrorInfo | None]) -> None:
        text, problems, preview, error = found
        if text != self._workspace.state.kitfile.text:
            return
        kitfile = replace(self._workspace.state.kitfile, problems=problems)
        values: StateChanges = {"kitfile": kitfile, "preview_error": error}
        if preview is not None or error is not None:
            values["preview"] = preview
        self._workspace.apply(Topic.KITFILE, **values)

    def set_tag_template(self, template: str) -> None:
        """Remember how the project's tags are made, and propose by it."""
        folder, services = self._workspace.state.folder, self._services
        if folder is None:
            return

        def work(_report: object) -> None:
            services.settings.remember(folder.path, tag_template=template)

        self._runner.run_latest("template", work, lambda _none: self._look(), self._show)

    def preview(self) -> None:
        """Work the preview out anew (the folder changed, or the Pack sheet opened)."""
        self._look()
