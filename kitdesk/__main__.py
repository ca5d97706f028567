"""``python -m kitdesk``: a verb goes to the command line, anything else opens the window."""

from __future__ import annotations

import gc
import os
import sys

CANCELLED = 130


def main(arguments: list[str] | None = None) -> int:
    """Decide by the first word; returns the exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    if words == ["--version"]:  # before anything is imported: scripts ask it often
        from kitdesk import __version__

        sys.stdout.write(f"kitdesk {__version__}\n")
        return 0
    try:
        if arguments is None and words:  # a process that is soon over: garbage may wait
            gc.set_threshold(200_000, 20, 20)
        code = _go(words, ends=arguments is None)
    except KeyboardInterrupt:  # while modules were still being loaded
        sys.stderr.write("Cancelled. Nothing was done.\n")
        code = CANCELLED
    if code == CANCELLED and arguments is None:
        _leave(code)
    return code


def _go(words: list[str], *, ends: bool) -> int:
    from kitdesk.cli.main import is_command
    from kitdesk.cli.main import main as command

    if is_command(words) and words[0] not in {"--self-test", "--new-window"}:
        code = command(words)
        if ends:
            _leave(code)
        return code
    if words and not words[0].startswith("-") and not os.path.exists(words[0]):
        sys.stderr.write(
            f"kitdesk: {words[0]!r} is neither a verb nor a folder\n"
            "hint: kitdesk --help lists the verbs\n"
        )
        return 2
    from kitdesk.app import main as window

    code = window(words)
    if ends:
        _leave(code)  # a thread that waits for a mount which never answers holds nobody up
    return code


def _leave(code: int) -> None:
    """End with this very code, at once: a verb has tidied up, and taking the interpreter apart
    would cost more than many a verb. After an interrupt inside ``exec`` (every dataclass is made
    by it) Python would end by the signal, though the interrupt was caught.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except OSError:  # nobody reads any more, or there is no room: the verb has said so
            code = code or 1
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
