"""help: the options of a verb, or the list of verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.cli.commands import ALIASES, COMMANDS, command_name
from kitdesk.cli.context import Context
from kitdesk.cli.parser import help_text

if TYPE_CHECKING:
    import argparse

NAME = "help"
HELP = "Show the options of a verb."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("of", nargs="?", metavar="VERB", choices=(*COMMANDS, *ALIASES))


def run(context: Context) -> int:
    """What ``kitdesk VERB --help`` or ``kitdesk --help`` prints."""
    text = help_text(command_name(context.options.of or ""))
    context.output.result({"help": text}, text)
    return 0
