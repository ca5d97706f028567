"""The right side of Registries and accounts: the facts of one registry, and what was tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from kitdesk import text as texts
from kitdesk.ui.sheets.account_rows import connection_words
from kitdesk.ui.sheets.sign_in import FROM_ACCOUNTS
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import Elide, IconLabel, label
from kitdesk.ui.widgets.layouts import Item, line, row
from kitdesk.ui.widgets.side_scroll import PlainScroll

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from kitdesk.session.state.accounts import AccountItem, DiagnosisView, FindingItem
    from kitdesk.ui.host import WindowHost

MARKS = {
    "ok": ("check", "added", "passed"),
    "limited": ("alert-triangle", "changed", "worth knowing"),
    "failed": ("circle-x", "removed", "failed"),
}


def report_text(found: DiagnosisView) -> str:
    """What Copy results copies: plain lines."""
    lines = [f"{found.host}: {found.verdict}"]
    for one in found.findings:
        lines.append(f"{MARKS[one.state][2]}: {one.name}: {one.sentence}")
        lines += [f"  {one.fix}"] if one.fix else []
    return "\n".join(lines)


class AccountDetails(PlainScroll):
    """Follows the workspace; filled anew when what it says has changed."""

    def __init__(self, window_host: WindowHost) -> None:
        super().__init__("What is known of the registry", (20, 14, 24, 12), 2)
        self._window_host = window_host
        self._host = ""
        self._shown: object = None

    def show_host(self, host: str) -> None:
        """Show a registry of the workspace; "" = there is none."""
        state = self._window_host.workspace.state
        account, found = state.account(host), state.diagnosis
        found = found if found is not None and found.host == host else None
        key = (host, account, found)
        if key == self._shown:
            return
        self._shown, self._host = key, host
        if account is None:
            self.pile.fill(
                label("No registry yet", "title", weight=600),
                6,
                label(
                    "Sign in to one, or choose a remote for a project: it appears here.",
                    "body",
                    "muted",
                    wrap=True,
                ),
            )
            return
        self.pile.fill(*self._facts(account), 6, line(), 10, *self._examination(found))

    def _facts(self, account: AccountItem) -> list[Item]:
        if account.forgotten:
            back = self._button("Undo", self._take_back)
            login = _fact("Login", "forgotten; the keyring holds it no more", back)
        elif account.signed_in:
            change = self._button("Change…", self._sign_in)
            forget = self._button("Forget", self._forget)
            login = _fact("Password", account.secret, change, forget)
        else:
            sign_in = self._button("Sign in…", self._sign_in)
            login = _fact("Login", "none: only what is public can be read", sign_in)
        edit = self._button("Edit…", self._edit)
        connection = connection_words(account.connection, local=account.local)
        items: list[Item] = [label(account.host, "title", weight=600), 6]
        if account.signed_in and not account.forgotten:
            items.append(_fact("User", account.user or "an identity token"))
        items += [login, _fact("Connection", connection, edit)]
        if account.used_by:
            items.append(_fact("Used by", texts.listed(account.used_by)))
        return items

    def _examination(self, found: DiagnosisView | None) -> list[Item]:
        test = Button("Test", "soft", "stethoscope", small=True)
        test.clicked.connect(self._test)
        if found is None:
            said = label("Not tested yet", weight=600)
            hint = "Tries what KitDesk needs: to reach it, to sign in, to push, to look inside."
            return [row(said, "*", test), label(hint, "small", "muted", wrap=True)]
        if found.running:
            test.setEnabled(False)
            return [row(label("Trying…", weight=600), "*", test)]
        test.setText("Test again")
        if found.error is not None:
            error = f"{found.error.title} {found.error.hint}".strip()
            head = row(label("It could not be tested", weight=600), "*", test)
            return [head, label(error, "small", "changed", wrap=True)]
        copy = Button("Copy results", "flat", "copy", small=True)
        copy.clicked.connect(self._copy)
        age = label(f"tested {texts.age(found.when)}", "small", "muted")
        failed = any(one.state == "failed" for one in found.findings)
        verdict = "It cannot be used as it is" if failed else "Everything you need works"
        head = row(label(verdict, weight=600), age, "*", test, copy)
        return [head, 2, *[_finding(one) for one in found.findings]]

    def _button(self, text: str, slot: Callable[[], None]) -> Button:
        result = Button(text, "soft", small=True)
        result.clicked.connect(slot)
        return result

    @Slot()
    def _sign_in(self) -> None:
        self._window_host.open_sheet("sign_in", FROM_ACCOUNTS + self._host)

    @Slot()
    def _forget(self) -> None:
        self._window_host.session.accounts.sign_out(self._host)

    @Slot()
    def _take_back(self) -> None:
        self._window_host.session.accounts.take_back(self._host)

    @Slot()
    def _edit(self) -> None:
        self._window_host.open_sheet("connection", self._host)

    @Slot()
    def _test(self) -> None:
        self._window_host.session.registries.examine(self._host)

    @Slot()
    def _copy(self) -> None:
        found = self._window_host.workspace.state.diagnosis
        if found is not None:
            self._window_host.copy(report_text(found), "results")


def _fact(name: str, value: str, *actions: Button) -> QWidget:
    key = label(name, "small", "muted")
    key.setFixedWidth(96)
    result = row(key, Elide(value), *actions, gap=8)
    result.setFixedHeight(28)
    for action in actions:
        action.setAccessibleName(f"{action.text().rstrip('…')} {name.lower()}")
    return result


def _finding(one: FindingItem) -> QWidget:
    icon, tone, said = MARKS[one.state]
    sign = IconLabel(icon, tone, 14)
    sign.setAccessibleName(said)
    name = label(one.name[:1].upper() + one.name[1:], weight=500)
    name.setFixedWidth(128)
    text = f"{one.sentence} {one.fix}".strip() if one.state != "ok" else one.sentence
    return row(sign, name, label(text, "small", "muted", wrap=True), gap=8, margins=(0, 3, 0, 3))
