"""logout: forget the password of a registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.cli.context import Context
from kitdesk.errors import NotFound
from kitdesk.operations.sign_in import sign_out

if TYPE_CHECKING:
    import argparse

NAME = "logout"
HELP = "Forget the password of a registry."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("host", metavar="HOST")


def run(context: Context) -> int:
    """Forget a login."""
    host = context.options.host
    if not sign_out(host, context.services):
        raise NotFound(f"Nobody is signed in to {host}.", "There is nothing to forget.")
    context.output.result({"host": host}, f"Signed out of {host}. The password is forgotten.")
    return 0
