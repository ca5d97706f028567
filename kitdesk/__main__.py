"""``python -m kitdesk``: a verb goes to the command line, anything else opens the window."""

from __future__ import annotations

import gc
import sys


def main(arguments: list[str] | None = None) -> int:
    """Decide by the first word; returns the exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    if words == ["--version"]:  # before anything is imported: scripts ask it often
        from kitdesk import __version__

        sys.stdout.write(f"kitdesk {__version__}\n")
        return 0
    if arguments is None and words:  # a process that is soon over: garbage may wait
        gc.set_threshold(200_000, 20, 20)
    from kitdesk.cli.main import is_command
    from kitdesk.cli.main import main as command

    if is_command(words) and words[0] not in {"--self-test", "--new-window"}:
        return command(words)
    from kitdesk.app import main as window

    return window(words)


if __name__ == "__main__":
    sys.exit(main())
