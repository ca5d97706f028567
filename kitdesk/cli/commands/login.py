"""login, logout, doctor: who may do what at a registry."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

from kitdesk.cli.resolve import remote_options
from kitdesk.errors import KitDeskError, NotFound
from kitdesk.operations import sign_in
from kitdesk.services.accounts.credentials import Credential

if TYPE_CHECKING:
    from kitdesk.cli.dispatch import Context


def login(context: Context) -> int:
    """Check a password with the registry and keep it in the keyring."""
    options = context.options
    host = sign_in.check_host(options.host)
    user, secret = _ask(context, host)
    sign_in.sign_in(host, Credential(user, secret), context.services, remote_options(context))
    data = {"host": host, "user": user, "kind": "password" if user else "token"}
    as_whom = f" as {user}" if user else ""
    what = "password" if user else "token"
    context.output.result(data, f"Signed in to {host}{as_whom}. The {what} is in the keyring.")
    return 0


def _ask(context: Context, host: str) -> tuple[str, str]:
    """User and password; never from the command line, where every process could read them."""
    options = context.options
    user = options.user
    terminal = sys.stdin is not None and sys.stdin.isatty()
    if options.password_stdin:  # without a user it is an identity token, as kit has it
        secret = sys.stdin.readline().rstrip("\r\n")
        if not secret:
            raise KitDeskError("Standard input holds no password.", "Pipe it in, in one line.")
        return user, secret
    if not terminal:
        raise KitDeskError(
            "The password cannot be typed in here.", "Pipe it in and add --password-stdin."
        )
    if not user:
        sys.stderr.write(f"User at {host} (empty for an identity token): ")
        sys.stderr.flush()
        user = sys.stdin.readline().strip()
    return user, getpass.getpass(
        f"Password or token of {user}: " if user else "Token: ", sys.stderr
    )


def logout(context: Context) -> int:
    """Forget a login."""
    host = context.options.host
    if not sign_in.sign_out(host, context.services):
        raise NotFound(f"Nobody is signed in to {host}.", "There is nothing to forget.")
    context.output.result({"host": host}, f"Signed out of {host}. The password is forgotten.")
    return 0


def doctor(context: Context) -> int:
    """Try everything that is needed of a registry."""
    from kitdesk.operations.doctor import doctor as verb

    options = context.options
    done = verb(options.host, remote_options(context), options.repository, context.output.report)
    data = {"host": done.host, "ok": done.ok, "verdict": done.verdict, "findings": done.findings}
    marks = {"ok": "ok      ", "limited": "limited ", "failed": "FAILED  "}
    lines = [done.verdict]
    for one in done.findings:
        lines.append(f"  {marks[one.state]}{one.name}: {one.sentence}")
        lines += [f"          {one.fix}"] if one.fix else []
    context.output.result(data, "\n".join(lines))
    return 0 if done.ok else 1
