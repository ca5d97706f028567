"""What the actions do: short roads from a command to the session or to a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.session.state.project import FOLDER, View
from kitdesk.session.state.workspace import State
from kitdesk.ui.actions import targets

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.ui.host import WindowHost


def opens(
    name: str, about: Callable[[State, str], str] | None = None
) -> Callable[[WindowHost], None]:
    """Open a sheet, about the version that ``about`` finds."""

    def run(window_host: WindowHost) -> None:
        window_host.open_sheet(
            name, about(window_host.workspace.state, window_host.chosen()) if about else ""
        )

    return run


def digest_of(find: Callable[[State, str], object]) -> Callable[[State, str], str]:
    """The digest of the row that ``find`` finds."""

    def found(state: State, digest: str) -> str:
        return str(getattr(find(state, digest), "digest", ""))

    return found


def shows(view: View) -> Callable[[WindowHost], None]:
    """Change the view."""

    def run(window_host: WindowHost) -> None:
        window_host.session.show(view)

    return run


def open_folder(window_host: WindowHost) -> None:
    """Ask for a folder."""
    window_host.ask_folder("Open a folder")


def pull(window_host: WindowHost) -> None:
    """Pull the chosen version, else the newest."""
    row = targets.to_pull(window_host.workspace.state, window_host.chosen())
    if row:
        window_host.session.transfers.pull(row.digest)


def push(window_host: WindowHost) -> None:
    """Open the push sheet; without a remote ask for one first."""
    row = targets.to_push(window_host.workspace.state, window_host.chosen())
    if row and not window_host.workspace.state.remote.address:
        window_host.open_sheet("remote")
    elif row:
        window_host.open_sheet("push", row.digest)


def changes(window_host: WindowHost) -> None:
    """Compare the folder's version with the folder."""
    folder = window_host.workspace.state.folder
    if folder and folder.at:
        window_host.session.comparison.compare(folder.at.digest, FOLDER)


def about_view(window_host: WindowHost) -> None:
    """Show About, of what is chosen."""
    state = window_host.workspace.state
    window_host.session.about.show(
        state.about_side or window_host.chosen() or state.after or FOLDER
    )


def copy_reference(window_host: WindowHost) -> None:
    """Copy where the version is in the remote."""
    row = window_host.workspace.state.version(window_host.chosen())
    if row:
        window_host.copy(f"{window_host.workspace.state.remote.address}:{row.tags[0]}", "reference")


def copy_kit(window_host: WindowHost) -> None:
    """Copy the kit command that unpacks the version."""
    row = window_host.workspace.state.version(window_host.chosen())
    if row:
        command = window_host.session.kit_command(
            "unpack", row.digest, row.tags[0] if row.tags else ""
        )
        window_host.copy(command, "kit command")


def fix(window_host: WindowHost) -> None:
    """Apply the first fix there is."""
    fix = next((p.fix for p in window_host.workspace.state.kitfile.problems if p.fix), None)
    if fix:
        window_host.session.kitfile.fix(fix)
