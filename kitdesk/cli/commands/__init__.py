"""The commands: one module a verb, and the one table that names them.

A module has ``NAME``, ``HELP``, ``arguments(parser)`` and ``run(context) -> int``. It is imported
when its verb is called and not before, so that a command starts with what it needs itself.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from kitdesk.cli.context import Context


class Command(NamedTuple):
    """What is known of a verb without its module."""

    help: str
    """One line for ``kitdesk --help``; the module's ``HELP`` says the same or more."""
    module: str
    """In this package."""
    aliases: tuple[str, ...] = ()
    """kit's own words for it."""


COMMANDS = {
    "init": Command("Propose a first Kitfile, or write it.", "init"),
    "check": Command("Validate the Kitfile.", "check"),
    "pack": Command("Freeze a folder as a version.", "pack"),
    "unpack": Command("Write a version's files into a folder.", "unpack"),
    "push": Command("Send a version to a registry or folder.", "push"),
    "pull": Command("Fetch a version into the local store.", "pull"),
    "tag": Command("Give a version one more name.", "tag"),
    "remove": Command("Delete a version, or one of its tags.", "remove"),
    "versions": Command("List versions, local and remote.", "versions", ("list",)),
    "inspect": Command("Show manifest, config and Kitfile of a version.", "inspect", ("info",)),
    "compare": Command(
        "Say what differs between two versions, or a version and a folder.", "compare", ("diff",)
    ),
    "metrics": Command("Say what versions score, side by side.", "metrics"),
    "gate": Command("Say whether a version passes the project's thresholds.", "gate"),
    "promote": Command("Let a tag of a registry name a version.", "promote"),
    "rollback": Command("Take a folder back to a version, exactly.", "rollback"),
    "restore": Command("Bring single files or folders back from a version.", "restore"),
    "undo": Command("Undo the last rollback, restore or overwriting unpack of a folder.", "undo"),
    "verify": Command("Hash every blob of a version again.", "verify"),
    "login": Command("Sign in to a registry; the password goes into the keyring.", "login"),
    "logout": Command("Forget the password of a registry.", "logout"),
    "accounts": Command(
        "List accounts and how hosts are spoken to; take over logins of docker and kit.",
        "accounts",
    ),
    "credential-helper": Command(
        "Give docker, oras and kit what the keyring holds (docker's credential "
        "helper protocol: server or JSON on standard input). Installed as "
        'docker-credential-kitdesk; name it with "credsStore": "kitdesk" in their configuration.',
        "credential_helper",
    ),
    "doctor": Command("Try everything KitDesk needs of a registry.", "doctor"),
    "history": Command("What was done, newest first.", "history"),
    "demo": Command("Write the sample project.", "demo"),
    "tour": Command("The whole story on the sample: no network, no window.", "tour"),
    "version": Command("Say which KitDesk this is.", "version"),
    "help": Command("Show the options of a verb.", "help"),
}
"""Every verb, in the order of ``kitdesk --help``."""

ALIASES = {alias: name for name, command in COMMANDS.items() for alias in command.aliases}
"""kit's word -> ours."""


class CommandModule(Protocol):
    """What each module of this package is."""

    NAME: str
    HELP: str

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the verb's own options; the common ones are there already."""

    def run(self, context: Context) -> int:
        """Carry the verb out; returns the exit code. Raises KitDeskError, Cancelled."""


def command_name(word: str) -> str:
    """The verb that a word means; empty when it is none."""
    return word if word in COMMANDS else ALIASES.get(word, "")


def is_command(words: Sequence[str]) -> bool:
    """True if these words are for the command line rather than for the window."""
    return bool(words) and (bool(command_name(words[0])) or words[0].startswith("-"))


def load(name: str) -> CommandModule:
    """Import the module of one verb."""
    return cast("CommandModule", import_module(f"{__name__}.{COMMANDS[name].module}"))
