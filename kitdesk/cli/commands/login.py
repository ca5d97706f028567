"""login: check a password with the registry and keep it in the keyring."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

from kitdesk.cli.context import Context
from kitdesk.cli.remotes import remote_options
from kitdesk.errors import KitDeskError
from kitdesk.operations.sign_in import check_host, sign_in
from kitdesk.services.accounts.credentials import Credential

if TYPE_CHECKING:
    import argparse

NAME = "login"
HELP = "Sign in to a registry; the password goes into the keyring."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("host", metavar="HOST")
    parser.add_argument("-u", "--user", default="")
    parser.add_argument("--password-stdin", action="store_true", help="read it from standard input")


def run(context: Context) -> int:
    """Check a password with the registry and keep it in the keyring."""
    options = context.options
    host = check_host(options.host)
    user, secret = _ask(context, host)
    sign_in(host, Credential(user, secret), context.services, remote_options(context))
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
