"""version: which KitDesk this is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk import __version__
from kitdesk.cli.context import Context

if TYPE_CHECKING:
    import argparse

NAME = "version"
HELP = "Say which KitDesk this is."


def arguments(_parser: argparse.ArgumentParser) -> None:
    """It has no options of its own."""


def run(context: Context) -> int:
    """The same line as ``kitdesk --version``."""
    context.output.result({"version": __version__}, f"kitdesk {__version__}")
    return 0
