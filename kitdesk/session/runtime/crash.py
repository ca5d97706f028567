"""A bug is told, written down, and kept from taking anything with it."""

from __future__ import annotations

import sys
from collections.abc import Callable

from kitdesk import __version__

Show = Callable[[str, str], None]
"""Takes a title and the details."""


def report_of(error: BaseException) -> str:
    """What a report needs: versions and the trace, no environment, no secrets."""
    import platform
    import traceback

    from kitdesk.services.config.logs import redacted

    head = f"KitDesk {__version__}, Python {platform.python_version()}, {platform.platform()}"
    trace = "".join(traceback.format_exception(error))
    return redacted(f"{head}\n\n{trace}")


def install(show: Show) -> Callable[[BaseException], None]:
    """Route every unexpected exception to the log and to ``show``; returns the same for jobs."""

    def broken(error: BaseException) -> None:
        import logging

        details = report_of(error)
        logging.getLogger("kitdesk.crash").error("%s", details)
        show(f"KitDesk made a mistake: {type(error).__name__}", details)

    def hook(kind: type[BaseException], error: BaseException, _trace: object) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, None)
            return
        broken(error)

    sys.excepthook = hook
    return broken
