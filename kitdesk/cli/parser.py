"""The parser of the command line: the verbs of the table, the options they share."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from typing import TYPE_CHECKING

from kitdesk import __version__
from kitdesk.cli.commands import COMMANDS, command_name, load

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Formatter(argparse.HelpFormatter):
    """Asks for the terminal's width without shutil, whose compressors cost 3 ms at each start."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    with contextlib.suppress(KeyError, ValueError):
        return max(int(os.environ["COLUMNS"]), 20)
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    return 80


def build(words: Sequence[str]) -> argparse.ArgumentParser:
    """A parser for these words; only verbs that stand among them have their own options.

    When the first word is a verb, that verb alone is known, which is quicker to make.
    """
    return _build(words)[0]


def help_text(verb: str) -> str:
    """What ``kitdesk VERB --help`` prints; for an empty ``verb`` what ``kitdesk --help`` does."""
    parser, verbs = _build((verb,) if verb else ())
    return (verbs[verb] if verb else parser).format_help()


def _build(
    words: Sequence[str],
) -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    parser = argparse.ArgumentParser(
        prog="kitdesk",
        formatter_class=_Formatter,
        description="Versions of a machine-learning project, as ModelKits. "
        "Without a verb: kitdesk [FOLDER] opens the window.",
    )
    parser.add_argument("--version", action="version", version=f"kitdesk {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    common = _common()
    first = command_name(words[0]) if words else ""
    parsers: dict[str, argparse.ArgumentParser] = {}
    named = {command_name(word) for word in words}
    for name in (first,) if first else COMMANDS:
        command = COMMANDS[name]
        module = load(name) if name in named else None
        parsers[name] = one = verbs.add_parser(
            name,
            aliases=command.aliases,
            help=command.help,
            description=module.HELP if module else command.help,
            parents=[common],
            formatter_class=_Formatter,
        )
        if module:
            module.arguments(one)
            one.set_defaults(run=module.run)
    return parser, parsers


def _common() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, formatter_class=_Formatter)
    group = common.add_argument_group("common options")
    group.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    group.add_argument("--plain-http", action="store_true", default=None, help="no TLS")
    group.add_argument("--tls-ca", default="", metavar="FILE", help="certificates to trust")
    group.add_argument("--tls-cert", default="", metavar="FILE", help="certificate to show")
    group.add_argument("--tls-key", default="", metavar="FILE", help="its key, if apart")
    group.add_argument("--insecure", action="store_true", help="do not check certificates")
    group.add_argument("-q", "--quiet", action="store_true", help="say nothing on success")
    group.add_argument("-v", "--verbose", action="store_true", help="say more when something fails")
    return common
