"""A session that does nothing but write down what it was asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from kitdesk.changes import Topic
from kitdesk.session.state.accounts import ConnectionFacts
from kitdesk.session.state.project import View
from kitdesk.session.state.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.modelkit.kitfile.diagnostics import Fix


class FakeSession:
    """Implements Intents; ``asked`` holds (name, arguments) in order."""

    def __init__(self, workspace: Workspace | None = None) -> None:
        self.workspace = workspace or Workspace()
        self.asked: list[tuple[Any, ...]] = []

    def names(self) -> list[str]:
        return [name for name, *_ in self.asked]

    def _note(self, name: str, *args: object) -> None:
        self.asked.append((name, *args))

    def open_folder(self, path: Path) -> None:
        self._note("open_folder", path)

    def close_project(self) -> None:
        self._note("close_project")

    def open_sample(self, folder: Path) -> None:
        self._note("open_sample", folder)

    def show(self, view: View) -> None:
        self._note("show", view)
        self.workspace.apply(Topic.SELECTION, view=view)

    def refresh(self) -> None:
        self._note("refresh")

    def forget_recent(self, path: Path) -> None:
        self._note("forget_recent", path)

    def compare(self, before: str, after: str) -> None:
        self._note("compare", before, after)
        self.workspace.apply(Topic.SELECTION, view=View.COMPARE, before=before, after=after)

    def compare_with_previous(self, digest: str) -> None:
        self._note("compare_with_previous", digest)

    def swap(self) -> None:
        self._note("swap")

    def choose_file(self, path: str) -> None:
        self._note("choose_file", path)

    def show_about(self, side: str) -> None:
        self._note("show_about", side)
        self.workspace.apply(Topic.SELECTION | Topic.ABOUT, view=View.ABOUT, about_side=side)

    def edit_kitfile(self, text: str) -> None:
        self._note("edit_kitfile", text)
        kitfile = replace(self.workspace.kitfile, text=text)
        self.workspace.apply(Topic.KITFILE, kitfile=kitfile)

    def save_kitfile(self) -> None:
        self._note("save_kitfile")

    def reload_kitfile(self) -> None:
        self._note("reload_kitfile")

    def list_files(self, side: str) -> None:
        self._note("list_files", side)

    def look_at_remote(self, address: str) -> None:
        self._note("look_at_remote", address)

    def describe_offer(self, digest: str) -> None:
        self._note("describe_offer", digest)

    def open_from_remote(self, digest: str, target: Path) -> None:
        self._note("open_from_remote", digest, target)

    def more_versions(self, text: str = "") -> None:
        self._note("more_versions", text)

    def compare_exactly(self) -> None:
        self._note("compare_exactly")

    def restore(self, digest: str, path: str) -> None:
        self._note("restore", digest, path)

    def preview_removal(self, digest: str) -> None:
        self._note("preview_removal", digest)

    def remove_remote(self, digest: str) -> None:
        self._note("remove_remote", digest)

    def take_back_login(self, host: str) -> None:
        self._note("take_back_login", host)

    def settle_logins(self) -> None:
        self._note("settle_logins")

    def read_accounts(self) -> None:
        self._note("read_accounts")

    def examine(self, host: str) -> None:
        self._note("examine", host)

    def connect_to(self, host: str, facts: ConnectionFacts) -> None:
        self._note("connect_to", host, facts)

    def find_logins(self) -> None:
        self._note("find_logins")

    def take_over(self, numbers: tuple[int, ...]) -> None:
        self._note("take_over", numbers)

    def set_tag_template(self, template: str) -> None:
        self._note("set_tag_template", template)

    def fix(self, fix: Fix) -> None:
        self._note("fix", fix)

    def make_kitfile(self) -> None:
        self._note("make_kitfile")

    def preview_pack(self) -> None:
        self._note("preview_pack")

    def pack(self, tags: tuple[str, ...], *, push: bool = False) -> None:
        self._note("pack", tags, push)

    def preview_push(self, digest: str, tag: str, destination: str) -> None:
        self._note("preview_push", digest, tag, destination)

    def push(self, digest: str, tag: str, destination: str, *, replace: bool = False) -> None:
        self._note("push", digest, tag, destination, replace)

    def pull(self, digest: str) -> None:
        self._note("pull", digest)

    def unpack(self, digest: str, target: Path, *, overwrite: bool = False) -> None:
        self._note("unpack", digest, target, overwrite)

    def preview_rollback(self, digest: str) -> None:
        self._note("preview_rollback", digest)

    def rollback(self, digest: str) -> None:
        self._note("rollback", digest)

    def undo(self) -> None:
        self._note("undo")

    def finish_interrupted(self, way: Literal["finish", "undo"]) -> None:
        self._note("finish_interrupted", way)

    def add_tag(self, digest: str, tag: str) -> None:
        self._note("add_tag", digest, tag)

    def remove(self, digest: str) -> None:
        self._note("remove", digest)

    def verify(self, digest: str) -> None:
        self._note("verify", digest)

    def set_remote(self, address: str) -> None:
        self._note("set_remote", address)

    def cancel(self, job: int) -> None:
        self._note("cancel", job)

    def retry(self, job: int) -> None:
        self._note("retry", job)

    def clear_finished(self) -> None:
        self._note("clear_finished")

    def dismiss_error(self) -> None:
        self._note("dismiss_error")
        self.workspace.apply(Topic.JOBS, error=None)

    def dismiss_result(self) -> None:
        self._note("dismiss_result")
        self.workspace.apply(Topic.HISTORY, result=None)

    def set_scheme(self, scheme: Literal["system", "light", "dark"]) -> None:
        self._note("set_scheme", scheme)
        self.workspace.apply(Topic.SETTINGS, scheme=scheme)

    def kit_command(self, verb: str, digest: str = "", tag: str = "") -> str:
        return f"kit {verb} {tag or digest}".strip()

    def sign_in(self, host: str, user: str, secret: str, retry: int | None = None) -> None:
        self._note("sign_in", host, user, secret, retry)

    def sign_out(self, host: str) -> None:
        self._note("sign_out", host)
