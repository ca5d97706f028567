"""Every surface of the window by name: its workspace, its size, and what is opened in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.changes import Topic
from kitdesk.session.state.kitfile import Disk, Leaving
from kitdesk.ui.compare.content.notebook import NotebookBody
from kitdesk.ui.sheets.command_palette import CommandPaletteSheet
from kitdesk.ui.window.crash_dialog import CrashDialog
from kitdesk.ui.window.main_window import MainWindow
from tests.fakes import boards as fake
from tests.fakes import contents, drawn, pages, samples

if TYPE_CHECKING:
    from kitdesk.session.state.workspace import Workspace

BIG, SMALL, LEAST = (1440, 900), (1100, 700), (960, 600)
Act = Callable[[MainWindow], None]


def focus_table(window: MainWindow) -> None:
    window.compare.table.setFocus()


def sheet(name: str, digest: str = "") -> Act:
    def act(window: MainWindow) -> None:
        window.open_sheet(name, digest)

    return act


def panel(window: MainWindow) -> None:
    window.toggle_activity()


def refresh(window: MainWindow) -> None:
    """Have it look at its workspace: the sheet that asks opens by itself."""
    window.workspace.apply(Topic.SELECTION)


def nothing(_window: MainWindow) -> None:
    """Leave it as it is."""


def one_column(window: MainWindow) -> None:
    window.compare.content._pick(1)


def manifest(window: MainWindow) -> None:
    window.pages.about._pick(2)


def finder(window: MainWindow) -> None:
    window.open_sheet("command_palette")
    assert isinstance(window.sheet, CommandPaletteSheet)
    window.sheet.field.setText("ro")


def crash(window: MainWindow) -> None:
    CrashDialog("KitDesk met a bug.", "Traceback\n  line 1\nValueError: x", window).present()


def model() -> Workspace:
    return fake.home(file="saved_model/user_similarity_model.pkl", content=samples.FACTS)


def interrupted() -> Workspace:
    return fake.home(folder=fake.folder(interrupted="A roll back to v1.0.0 was cut off."))


def packaging() -> Workspace:
    return fake.home(comparison=samples.PACKAGING, file="", content=None)


def unsure() -> Workspace:
    found = replace(samples.COMPARISON, unverified=("a.bin", "b.bin"))
    return fake.home(comparison=found)


def far_folder() -> Workspace:
    return fake.home(folder=fake.folder(at=samples.VERSIONS[0], changes=()))


def loading() -> Workspace:
    return fake.home(comparison=None, comparing=True, file="", content=None)


def refused() -> Workspace:
    return fake.home(error=pages.REFUSED, jobs=(pages.FAILED, pages.PACKED))


def jobs() -> Workspace:
    return fake.home(jobs=(pages.PUSHING, pages.WAITING, pages.FAILED, pages.PACKED))


def rolling_back() -> Workspace:
    return fake.home(rollback=pages.ROLLBACK)


def packing() -> Workspace:
    return fake.home(preview=pages.PREVIEW)


def templated() -> Workspace:
    return fake.home(preview=pages.TEMPLATED)


def pushing() -> Workspace:
    return fake.home(push=pages.PUSH)


def accounts() -> Workspace:
    return fake.home(accounts=pages.ACCOUNTS, diagnosis=pages.DIAGNOSIS)


def untried() -> Workspace:
    return fake.home(
        accounts=(), keyring="No keyring here: passwords are kept only until KitDesk closes"
    )


def logins() -> Workspace:
    return fake.home(accounts=pages.ACCOUNTS, logins=pages.LOGINS)


def removing() -> Workspace:
    return fake.home(removal=pages.REMOVAL)


def offered() -> Workspace:
    return fake.fill(fake.start(), offer=pages.OFFER, accounts=pages.ACCOUNTS)


def push_taken() -> Workspace:
    return fake.home(push=pages.PUSH_TAKEN)


DRAWN: dict[str, Callable[[], Workspace]] = {
    "table-keyed": drawn.partly_read,
    "tensors": drawn.tensors,
    "tensors-remote": drawn.remote_tensors,
    "object": drawn.dangerous,
    "image": drawn.image,
}
"""Screens that the design has drawn."""
GOLDEN = {
    "table": "csv/basic",
    "table-type": "csv/type-change",
    "tensors-golden": "safetensors/fine-tuned",
    "tensors-torch": "torch/checkpoint",
    "object-understood": "joblib/pipeline",
    "object-same": "hostile/pickle-system",
    "notebook": "notebook/cells",
    "values": "json/config",
    "packages": "packages/requirements",
    "graph": "onnx/retrained",
    "trees": "trees/lightgbm",
    "audio": "audio/rate",
    "archive": "archive/zip",
    "database": "database/rows",
    "binary": "binary/unknown",
    "card": "card/front-matter",
    "equal": "json/layout",
}
"""Screens of contents: the kind and the golden pair that shows it."""


def view(word: str) -> Act:
    """Pick a view of the content by its word."""

    def act(window: MainWindow) -> None:
        head = window.compare.content.head
        next(part for part in head.views.parts if part.text() == word).click()

    return act


def outputs(window: MainWindow) -> None:
    body = window.compare.content.body
    assert isinstance(body, NotebookBody)
    body.open_outputs()


def golden(name: str) -> Callable[[], Workspace]:
    """The window on a golden pair."""

    def make() -> Workspace:
        return contents.board(name)

    return make


def draft_clash() -> Workspace:
    return fake.draft(clash=True)


def changed() -> Workspace:
    return fake.marked(Disk.CHANGED)


def draft_back() -> Workspace:
    return fake.marked(Disk.SAME, draft_back=samples.NOW, other_kept=True)


def unreadable() -> Workspace:
    problem = "The Kitfile on the disk is not UTF-8 text."
    return fake.marked(Disk.UNREADABLE, disk_problem=problem)


def closing() -> Workspace:
    return fake.leaving(Leaving("quit"))


def opening_other() -> Workspace:
    return fake.leaving(Leaving("open", Path("/projects/churn")))


def packing_unsaved() -> Workspace:
    return fake.marked(Disk.SAME)


def unremembered() -> Workspace:
    return fake.home(notices=("Settings are not remembered: Permission denied.",))


SCREENS: dict[str, tuple[Callable[[], Workspace], tuple[int, int], Act]] = {
    "1-home": (fake.home, BIG, focus_table),
    "1-home-small": (fake.home, SMALL, focus_table),
    "1-home-least": (fake.home, LEAST, focus_table),
    "1-home-column": (fake.home, BIG, one_column),
    "1-home-model": (model, BIG, focus_table),
    "1-fresh": (fake.fresh, BIG, nothing),
    "1-interrupted": (interrupted, BIG, nothing),
    "1-same": (packaging, BIG, nothing),
    "1-unsure": (unsure, BIG, nothing),
    "1-far": (far_folder, BIG, nothing),
    "1-loading": (loading, BIG, nothing),
    "2-kitfile": (fake.editing, BIG, nothing),
    "15-draft": (fake.draft, BIG, nothing),
    "15-draft-small": (fake.draft, SMALL, nothing),
    "15-draft-clash": (draft_clash, BIG, nothing),
    "15-draft-back": (draft_back, BIG, nothing),
    "15-draft-back-small": (draft_back, SMALL, nothing),
    "15-changed": (changed, BIG, nothing),
    "15-unreadable": (unreadable, BIG, nothing),
    "15-closing": (closing, BIG, refresh),
    "15-opening": (opening_other, BIG, refresh),
    "15-pack-unsaved": (packing_unsaved, BIG, sheet("pack")),
    "1-unremembered": (unremembered, BIG, nothing),
    "2-kitfile-small": (fake.editing, SMALL, nothing),
    "3-rollback": (rolling_back, BIG, sheet("rollback", samples.V1)),
    "3-rollback-done": (fake.rolled_back, BIG, focus_table),
    "4-start": (fake.start, BIG, nothing),
    "4-start-small": (fake.start, LEAST, nothing),
    "4-open-remote": (offered, BIG, sheet("open_remote", pages.OFFER.address)),
    "4-open-remote-empty": (fake.start, LEAST, sheet("open_remote")),
    "5-pack": (packing, BIG, sheet("pack")),
    "5-pack-template": (templated, BIG, sheet("pack")),
    "5-push": (pushing, BIG, sheet("push", samples.V2)),
    "5-push-guard": (push_taken, BIG, sheet("push", samples.V12)),
    "5-unpack": (fake.home, BIG, sheet("unpack", samples.V1)),
    "5-tag": (fake.home, BIG, sheet("tag", samples.V1)),
    "5-delete": (fake.home, BIG, sheet("delete", samples.V1)),
    "5-delete-remote": (removing, BIG, sheet("delete_remote", samples.V1)),
    "5-remote": (fake.home, BIG, sheet("remote")),
    "6-error": (refused, BIG, nothing),
    "6-offline": (fake.offline, BIG, nothing),
    "6-crash": (fake.home, BIG, crash),
    "7-about": (fake.about, BIG, nothing),
    "7-about-small": (fake.about, SMALL, nothing),
    "7-about-manifest": (fake.about, BIG, manifest),
    "8-store": (fake.store, BIG, nothing),
    "9-accounts": (accounts, BIG, sheet("accounts")),
    "9-accounts-none": (untried, LEAST, sheet("accounts")),
    "9-accounts-signed-out": (accounts, BIG, sheet("accounts", "jozu.ml")),
    "9-connection": (accounts, BIG, sheet("connection", "registry.acme.dev")),
    "9-take-over": (logins, BIG, sheet("import_logins")),
    "9-sign-in": (accounts, BIG, sheet("sign_in", "accounts/ghcr.io")),
    "9-activity": (jobs, BIG, panel),
    "10-preferences": (fake.home, BIG, sheet("preferences")),
    "10-shortcuts": (fake.home, BIG, sheet("shortcuts")),
    "10-finder": (fake.home, BIG, finder),
    **{f"14-{kind}": (make, BIG, focus_table) for kind, make in DRAWN.items()},
    **{f"14-{kind}-small": (make, SMALL, focus_table) for kind, make in DRAWN.items()},
    "14-image-swipe": (drawn.image, BIG, view("Swipe")),
    "14-image-difference": (drawn.image, BIG, view("Difference")),
    "14-notebook-outputs": (golden("notebook/cells"), BIG, outputs),
    "14-table-columns": (golden("csv/basic"), BIG, view("Columns")),
    "14-database-rows": (golden("database/rows"), BIG, view("Rows")),
    **{f"14-{kind}": (golden(name), BIG, focus_table) for kind, name in GOLDEN.items()},
    **{f"14-{kind}-small": (golden(name), SMALL, focus_table) for kind, name in GOLDEN.items()},
}
