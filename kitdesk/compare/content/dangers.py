"""Dangerous imports in the words of people: what a file asks for when it is opened."""

from __future__ import annotations

from kitdesk.compare.content.differ import ASKS
from kitdesk.compare.content.words import label

RUNS = "asks to run a command"
"""What is said of a file that names one of COMMANDS."""
COMMANDS = frozenset(
    ("os.system", "posix.system", "nt.system", "os.popen", "os.execv", "os.spawnv", "pty.spawn",
     "posix.popen", "builtins.eval", "builtins.exec", "runpy.run_module", "commands.getoutput")
)  # fmt: skip


def runs_command(name: str) -> bool:
    """Whether an import can run a command by itself."""
    return name in COMMANDS or name.startswith("subprocess.")


def danger_words(names: tuple[str, ...]) -> str:
    """``asks to run a command``, ``asks for socket.socket and 2 more``."""
    if any(map(runs_command, names)):
        return RUNS
    more = len(names) - 1
    return f"{ASKS}{label(names[0], 60)}" + (f" and {more} more" if more else "")


__all__ = ["ASKS", "RUNS", "danger_words", "runs_command"]
