"""What the window lends to its parts: the session, and the few things only a window can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from kitdesk.session.session import Session
    from kitdesk.session.state.workspace import Workspace
    from kitdesk.ui.window.placement import Placement


class WindowHost(Protocol):
    """The window as actions and sheets see it."""

    session: Session
    placement: Placement | None
    """Where windows and dialogs were; None: nothing is remembered."""

    @property
    def workspace(self) -> Workspace:
        """The workspace of state."""

    def chosen(self) -> str:
        """Digest of the version that a version action is about; "" = none."""

    def open_sheet(self, name: str, digest: str = "") -> None:
        """Open a sheet by name, about a version where it is about one."""

    def ask_folder(self, title: str) -> None:
        """Ask for a folder with the desktop's dialog and open it as the project."""

    def copy(self, text: str, said: str) -> None:
        """Put a text on the clipboard and say so in the strip."""

    def say(self, text: str) -> None:
        """Say a short thing in the strip that needs no answer."""

    def focus_pane(self, forward: bool) -> None:
        """F6: the next or previous pane."""

    def focus_filter(self) -> None:
        """Ctrl+F: filter the pane with the focus."""

    def show_menu(self) -> None:
        """F10: the menu."""

    def toggle_activity(self) -> None:
        """Open or close the activity panel."""

    def next_change(self, forward: bool) -> None:
        """F7: jump to a change in the content."""

    def next_problem(self, forward: bool) -> None:
        """F8: jump to a problem in the Kitfile."""

    def root(self) -> QWidget:
        """What sheets stand in."""
