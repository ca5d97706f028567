"""The wishes that start verbs: each goes to the room that knows how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject

from kitdesk.changes import Topic
from kitdesk.session.state.project import RemoteState
from kitdesk.session.state.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.session.container import ControllerContainer
    from kitdesk.session.state.accounts import ConnectionFacts


class VerbIntents(QObject):
    """The part of :class:`kitdesk.session.session.Session` that changes versions and accounts."""

    workspace: Workspace
    _rooms: ControllerContainer

    # verbs -----------------------------------------------------------------------------------

    def preview_pack(self) -> None:
        """For the Pack sheet."""
        self._rooms.editor.preview_now()

    def set_tag_template(self, template: str) -> None:
        """How the project's tags are made."""
        self._rooms.editor.set_tag_template(template)

    def pack(self, tags: tuple[str, ...], *, push: bool = False) -> None:
        """Pack the folder."""
        self._rooms.making.pack(tags, self._rooms.tree.repository, push=push)

    def preview_push(self, digest: str, tag: str, destination: str) -> None:
        """For the Push sheet."""
        self._rooms.transfers.preview_push(digest, tag, destination)

    def push(self, digest: str, tag: str, destination: str, *, replace: bool = False) -> None:
        """Send a version."""
        self._rooms.transfers.push(
            digest, tag, destination, self._rooms.tree.repository, replace=replace
        )

    def pull(self, digest: str) -> None:
        """Fetch a version."""
        self._rooms.transfers.pull(digest)

    def unpack(self, digest: str, target: Path, *, overwrite: bool = False) -> None:
        """Write a version elsewhere."""
        self._rooms.changing.unpack(
            digest, target, self._rooms.tree.repository, overwrite=overwrite
        )

    def preview_rollback(self, digest: str) -> None:
        """For the Roll back sheet."""
        self._rooms.changing.preview_rollback(digest, self._rooms.tree.repository)

    def rollback(self, digest: str) -> None:
        """Take the folder back."""
        self._rooms.changing.rollback(digest)

    def restore(self, digest: str, path: str) -> None:
        """Bring one file back."""
        self._rooms.changing.restore(digest, path, self._rooms.tree.repository)

    def undo(self) -> None:
        """Undo the last change of the folder."""
        self._rooms.changing.undo()

    def finish_interrupted(self, way: Literal["finish", "undo"]) -> None:
        """Bring a cut-off change to an end."""
        self._rooms.changing.resolve_interrupted(way)

    def add_tag(self, digest: str, tag: str) -> None:
        """One more name."""
        self._rooms.making.add_tag(digest, tag)

    def remove(self, digest: str) -> None:
        """Delete from this machine."""
        self._rooms.making.remove(digest)

    def preview_removal(self, digest: str) -> None:
        """For the sheet that deletes from the remote."""
        self._rooms.removing.preview(digest)

    def remove_remote(self, digest: str) -> None:
        """Delete from the remote."""
        self._rooms.removing.remove(digest)

    def verify(self, digest: str) -> None:
        """Hash again."""
        self._rooms.making.verify(digest)

    def set_remote(self, address: str) -> None:
        """Choose the project's remote."""
        folder = self.workspace.folder
        if folder is None:
            return
        from kitdesk.errors import KitDeskError
        from kitdesk.operations.inputs.remotes import parse_remote

        try:
            if address:
                parse_remote(address)
        except KitDeskError as error:
            self._rooms.project.show_error(error)
            return
        path = folder.path

        def work(_report: object) -> None:
            self._rooms.services.settings.remember(path, remote=address)

        def done(_none: object) -> None:
            self.workspace.apply(Topic.REMOTE, remote=RemoteState(address))
            self._rooms.tree.again()
            self._rooms.tree.ask_remote()

        self._rooms.runner.run_latest("set-remote", work, done, self._rooms.project.show_error)

    # accounts --------------------------------------------------------------------------------

    def sign_in(self, host: str, user: str, secret: str, retry: int | None = None) -> None:
        """Check a password and keep it."""
        self._rooms.accounts.sign_in(host, user, secret, retry)

    def sign_out(self, host: str) -> None:
        """Forget a login."""
        self._rooms.accounts.sign_out(host)

    def take_back_login(self, host: str) -> None:
        """Keep a forgotten login again."""
        self._rooms.accounts.take_back(host)

    def settle_logins(self) -> None:
        """What was forgotten is gone."""
        self._rooms.accounts.settle()

    def read_accounts(self) -> None:
        """Accounts and keyring."""
        self._rooms.accounts.read()

    def examine(self, host: str) -> None:
        """Try a registry."""
        self._rooms.registries.examine(host)

    def connect_to(self, host: str, facts: ConnectionFacts) -> None:
        """How a registry is spoken to."""
        self._rooms.registries.connect(host, facts)

    def find_logins(self) -> None:
        """Logins of other programs."""
        self._rooms.registries.find_logins()

    def take_over(self, numbers: tuple[int, ...]) -> None:
        """Take logins over."""
        self._rooms.registries.take_over(numbers)
