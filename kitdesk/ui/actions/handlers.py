"""What the actions do: short roads from a command to the session or to a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.session.state.workspace import FOLDER, View, Workspace
from kitdesk.ui.actions import targets

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.ui.host import Shell


def opens(
    name: str, about: Callable[[Workspace, str], str] | None = None
) -> Callable[[Shell], None]:
    """Open a sheet, about the version that ``about`` finds."""

    def run(shell: Shell) -> None:
        shell.open_sheet(name, about(shell.workspace, shell.chosen()) if about else "")

    return run


def digest_of(find: Callable[[Workspace, str], object]) -> Callable[[Workspace, str], str]:
    """The digest of the row that ``find`` finds."""

    def found(workspace: Workspace, digest: str) -> str:
        return str(getattr(find(workspace, digest), "digest", ""))

    return found


def shows(view: View) -> Callable[[Shell], None]:
    """Change the view."""

    def run(shell: Shell) -> None:
        shell.session.show(view)

    return run


def open_folder(shell: Shell) -> None:
    """Ask for a folder."""
    shell.ask_folder("Open a folder")


def pull(shell: Shell) -> None:
    """Pull the chosen version, else the newest."""
    row = targets.to_pull(shell.workspace, shell.chosen())
    if row:
        shell.session.pull(row.digest)


def push(shell: Shell) -> None:
    """Open the push sheet; without a remote ask for one first."""
    row = targets.to_push(shell.workspace, shell.chosen())
    if row and not shell.workspace.remote.address:
        shell.open_sheet("remote")
    elif row:
        shell.open_sheet("push", row.digest)


def changes(shell: Shell) -> None:
    """Compare the folder's version with the folder."""
    folder = shell.workspace.folder
    if folder and folder.at:
        shell.session.compare(folder.at.digest, FOLDER)


def about_view(shell: Shell) -> None:
    """Show About, of what is chosen."""
    workspace = shell.workspace
    shell.session.show_about(workspace.about_side or shell.chosen() or workspace.after or FOLDER)


def copy_reference(shell: Shell) -> None:
    """Copy where the version is in the remote."""
    row = shell.workspace.version(shell.chosen())
    if row:
        shell.copy(f"{shell.workspace.remote.address}:{row.tags[0]}", "reference")


def copy_kit(shell: Shell) -> None:
    """Copy the kit command that unpacks the version."""
    row = shell.workspace.version(shell.chosen())
    if row:
        command = shell.session.kit_command("unpack", row.digest, row.tags[0] if row.tags else "")
        shell.copy(command, "kit command")


def fix(shell: Shell) -> None:
    """Apply the first fix there is."""
    fix = next((p.fix for p in shell.workspace.kitfile.problems if p.fix), None)
    if fix:
        shell.session.fix(fix)
