"""Registries and accounts: what is known, Forget and its undo, the doctor, logins of others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication

from kitdesk.changes import Topic
from kitdesk.session.state.accounts import ConnectionFacts, DiagnosisView
from kitdesk.session.state.project import ErrorInfo
from kitdesk.ui.sheets.accounts import AccountsSheet
from tests.fakes import boards, pages
from tests.ui.conftest import Opens
from tests.ui.robot import Robot


def accounts(opens: Opens, host: str = "") -> Robot:
    robot = opens(boards.home(accounts=pages.ACCOUNTS))
    robot.window.open_sheet("accounts", host)
    assert "accounts.read" in robot.session.names()
    return robot


def test_the_remote_of_the_project_is_shown_first(opens: Opens) -> None:
    robot = accounts(opens)
    for text in (
        "registry.acme.dev",
        "analyst",
        "in the keyring",
        "HTTPS, own certificate acme-root.pem",
        "movie-recommend, support-lora and churn-forecast",
        "Not tested yet",
        "The keyring is ready.",
    ):
        robot.sees(text)
    sheet = robot.window.sheet
    assert isinstance(sheet, AccountsSheet)
    robot.clicks_row(sheet.list, 1)
    robot.sees("not here: sign in again")
    robot.clicks_row(sheet.list, 3)
    robot.sees("Plain HTTP, on this machine")
    robot.sees("none: only what is public can be read")


def test_a_login_is_forgotten_and_taken_back(opens: Opens) -> None:
    robot = accounts(opens)
    robot.clicks("Forget")
    assert robot.asked("accounts.sign_out") == ("registry.acme.dev",)
    gone = replace(pages.ACCOUNTS[0], user="", signed_in=False, secret="", forgotten=True)
    robot.workspace.apply(Topic.SETTINGS, accounts=(gone, *pages.ACCOUNTS[1:]))
    robot.sees("forgotten; the keyring holds it no more")
    robot.clicks("Undo")
    assert robot.asked("accounts.take_back") == ("registry.acme.dev",)
    robot.clicks("Close")
    assert "accounts.settle" in robot.session.names()


def test_a_registry_is_tried_and_the_results_copied(opens: Opens) -> None:
    robot = accounts(opens)
    robot.clicks("Test")
    assert robot.asked("registries.examine") == ("registry.acme.dev",)
    robot.workspace.apply(
        Topic.SETTINGS, diagnosis=DiagnosisView("registry.acme.dev", running=True)
    )
    robot.sees("Trying…")
    robot.workspace.apply(Topic.SETTINGS, diagnosis=pages.DIAGNOSIS)
    robot.sees("Everything you need works")
    robot.sees("Delete them in the registry's own pages.")
    robot.clicks("Copy results")
    assert "worth knowing: deleting: " in QApplication.clipboard().text()
    error = ErrorInfo("registry.acme.dev did not answer.", "Check the network.")
    failed = DiagnosisView("registry.acme.dev", error=error)
    robot.workspace.apply(Topic.SETTINGS, diagnosis=failed)
    robot.sees("registry.acme.dev did not answer. Check the network.")


def test_changing_a_password_leads_back(opens: Opens) -> None:
    robot = accounts(opens, "ghcr.io")
    robot.clicks("Change…")
    assert robot.field("Registry").text() == "ghcr.io"
    robot.types("s3cret", "Password or token")
    robot.clicks("Sign in")
    assert robot.asked("accounts.sign_in") == ("ghcr.io", "analyst", "s3cret", None)
    robot.workspace.apply(Topic.SETTINGS, signing_in="", sign_in_error=None)
    assert isinstance(robot.window.sheet, AccountsSheet)
    robot.sees("ghcr.io")


def test_a_connection_is_checked_before_it_is_kept(opens: Opens, tmp_path: Path) -> None:
    robot = accounts(opens)
    robot.clicks("Edit…")
    robot.sees("/etc/ssl/acme-root.pem is not a file.")
    assert not robot.button("Save").isEnabled()
    root = tmp_path / "root.pem"
    root.write_text("x")
    robot.types(str(root), "Certificate of the registry or of its authority")
    robot.types(str(root), "Its key, if that is another file")
    robot.sees("A key needs its certificate.")
    robot.types(str(root), "Certificate that KitDesk shows")
    robot.clicks("Accept any certificate")
    robot.sees("Anybody on the way can read and change what is sent, passwords too.")
    robot.clicks("Save")
    facts = ConnectionFacts(False, str(root), str(root), str(root), True)
    assert robot.asked("registries.connect") == ("registry.acme.dev", facts)
    assert isinstance(robot.window.sheet, AccountsSheet)


def test_logins_of_others_are_chosen_one_by_one(opens: Opens) -> None:
    robot = accounts(opens)
    robot.clicks("Take over logins…")
    robot.sees("Looking for logins…")
    robot.workspace.apply(Topic.SETTINGS, logins=pages.LOGINS)
    robot.sees("analyst, from kit; KitDesk has a login here already")
    robot.clicks("Take over 2 logins")
    assert robot.asked("registries.import_logins") == ((0, 1),)
    assert not robot.button("Asking the registries…").isEnabled()
    done = (
        replace(pages.LOGINS[0], outcome="Taken over.", ok=True),
        replace(pages.LOGINS[1], outcome="ghcr.io refused the token.", ok=False),
        pages.LOGINS[2],
    )
    robot.workspace.apply(Topic.SETTINGS, logins=done)
    robot.sees("ghcr.io refused the token.")
    robot.sees("Take over 1 login")


def test_nothing_to_take_over_is_said(opens: Opens) -> None:
    robot = accounts(opens)
    robot.clicks("Take over logins…")
    robot.workspace.apply(Topic.SETTINGS, logins=())
    robot.sees("Neither docker nor podman nor kit keeps a login on this machine.")


def test_no_registry_and_no_keyring_are_said(opens: Opens) -> None:
    said = "No keyring here: passwords are kept only until KitDesk closes"
    robot = opens(boards.home(accounts=(), keyring=said))
    robot.window.open_sheet("accounts")
    robot.sees("No registry yet")
    robot.sees(f"{said}.")
    robot.clicks("Add a registry…")
    assert robot.field("Registry").text() == ""
