"""Everything the window may ask for: the one road from a click to a verb.

Every method returns at once; what comes of it appears in the :class:`Workspace`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.modelkit.kitfile.diagnostics import Fix
    from kitdesk.session.state.accounts import ConnectionFacts
    from kitdesk.session.state.project import View
    from kitdesk.session.state.workspace import Workspace


class SessionCommands(Protocol):
    """What :class:`kitdesk.session.session.Session` does and a test's fake records."""

    workspace: Workspace

    # project and views
    def open_folder(self, path: Path) -> None:
        """Make a folder the project: read it, watch it, list its versions."""

    def close_project(self) -> None:
        """Back to the start page."""

    def open_sample(self, folder: Path) -> None:
        """Write movie-recommend into a new folder, pack both versions, open it."""

    def look_at_remote(self, address: str) -> None:
        """List the versions of a remote that is no project's yet."""

    def describe_offer(self, digest: str) -> None:
        """Say what one of these versions is."""

    def open_from_remote(self, digest: str, target: Path) -> None:
        """Pull one of these versions, unpack it into a new folder, open that."""

    def show(self, view: View) -> None:
        """Change the view."""

    def refresh(self) -> None:
        """F5: read folder, store and remote again."""

    def more_versions(self, text: str = "") -> None:
        """Look at more of the remote's tags: the next ones, or those whose name has ``text``."""

    def forget_recent(self, path: Path) -> None:
        """Take a project off the start page."""

    # choosing
    def compare(self, before: str, after: str) -> None:
        """Compare two sides (digest or FOLDER) and show the Compare view."""

    def compare_with_previous(self, digest: str) -> None:
        """Compare a version with the one before it in the tree."""

    def compare_exactly(self) -> None:
        """Fetch remote files that could not be told apart, and compare again."""

    def swap(self) -> None:
        """Before becomes after."""

    def choose_file(self, path: str) -> None:
        """Show the content of one file of the comparison."""

    def show_about(self, side: str) -> None:
        """Show what a version (or FOLDER) is."""

    def list_files(self, side: str) -> None:
        """List the files of a remote version's layers too, by Range, for About."""

    # Kitfile
    def edit_kitfile(self, text: str) -> None:
        """The editor's text changed; problems and preview follow after a pause."""

    def save_kitfile(self) -> None:
        """Write the editor's text, aside and renamed."""

    def reload_kitfile(self) -> None:
        """Throw the edits away and read the file again."""

    def fix(self, fix: Fix) -> None:
        """Apply a problem's fix to the editor's text."""

    def make_kitfile(self) -> None:
        """Write a first Kitfile from a scan of the folder."""

    # verbs
    def preview_pack(self) -> None:
        """Work out what Pack would make and which tags to propose."""

    def set_tag_template(self, template: str) -> None:
        """Choose how the project's tags are made ("" = plain version numbers); preview again."""

    def pack(self, tags: tuple[str, ...], *, push: bool = False) -> None:
        """Pack the folder; push afterwards when asked."""

    def preview_push(self, digest: str, tag: str, destination: str) -> None:
        """Look what the remote has: taken tags, missing bytes."""

    def push(self, digest: str, tag: str, destination: str, *, replace: bool = False) -> None:
        """Send a version; ``replace`` allows to move a tag in the remote."""

    def pull(self, digest: str) -> None:
        """Fetch a remote version of the project's repository into the store."""

    def unpack(self, digest: str, target: Path, *, overwrite: bool = False) -> None:
        """Write a version into another folder."""

    def preview_rollback(self, digest: str) -> None:
        """Work out what Roll back would do."""

    def rollback(self, digest: str) -> None:
        """Take the folder back; only after a preview."""

    def restore(self, digest: str, path: str) -> None:
        """Bring one file of the folder back as a version has it."""

    def undo(self) -> None:
        """Undo the last roll back, restore or overwriting unpack of this folder."""

    def finish_interrupted(self, way: Literal["finish", "undo"]) -> None:
        """Bring a cut-off rollback to one of its two ends."""

    def add_tag(self, digest: str, tag: str) -> None:
        """Give a local version one more name (moves the tag if it exists)."""

    def remove(self, digest: str) -> None:
        """Delete a version from this machine."""

    def preview_removal(self, digest: str) -> None:
        """Look at the remote's tags: which of them a deletion would take away."""

    def remove_remote(self, digest: str) -> None:
        """Delete a version, with all its tags, from the remote; only after a preview."""

    def verify(self, digest: str) -> None:
        """Hash every blob of a version again."""

    def set_remote(self, address: str) -> None:
        """Choose the project's remote: registry/repository or ``oci:PATH``."""

    # accounts
    def sign_in(self, host: str, user: str, secret: str, retry: int | None = None) -> None:
        """Check a password with its registry and keep it in the keyring; then do a job again."""

    def sign_out(self, host: str) -> None:
        """Forget a login; it can be taken back until the sheet closes."""

    def take_back_login(self, host: str) -> None:
        """Keep a login again that was forgotten a moment ago."""

    def settle_logins(self) -> None:
        """The sheet closed: what was forgotten is gone."""

    def read_accounts(self) -> None:
        """Read accounts and keyring anew."""

    def examine(self, host: str) -> None:
        """Try everything that is needed of a registry."""

    def connect_to(self, host: str, facts: ConnectionFacts) -> None:
        """Remember how a registry is spoken to."""

    def find_logins(self) -> None:
        """Look for logins of docker, podman and kit."""

    def take_over(self, numbers: tuple[int, ...]) -> None:
        """Check chosen logins of other programs and keep what is accepted."""

    # activity
    def cancel(self, job: int) -> None:
        """Ask a job to stop."""

    def retry(self, job: int) -> None:
        """Do a failed job again."""

    def clear_finished(self) -> None:
        """Forget finished jobs in the panel."""

    def dismiss_error(self) -> None:
        """Close the error card."""

    def dismiss_result(self) -> None:
        """Close the result bar."""

    def set_scheme(self, scheme: Literal["system", "light", "dark"]) -> None:
        """Choose the colours."""

    def kit_command(self, verb: str, digest: str = "", tag: str = "") -> str:
        """The same with terminal kit, to copy."""
