"""Run one command and give its exit code: 0 done, 1 expected error, 2 usage, 130 cancelled."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from kitdesk.cli.context import Context
from kitdesk.cli.interrupts import ended_by_ctrl_c
from kitdesk.cli.output import Output, standard
from kitdesk.cli.parser import build
from kitdesk.cli.streams import prepare
from kitdesk.errors import KitDeskError
from kitdesk.progress import Cancelled
from kitdesk.services.boundary import expected
from kitdesk.services.config import paths
from kitdesk.services.container import Services

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

CANCELLED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, run the verb, report."""
    prepare()
    words = sys.argv[1:] if arguments is None else list(arguments)
    options = build(words).parse_args(words)
    output = standard(as_json=options.json, quiet=options.quiet)
    return run(options, output)


def run(options: argparse.Namespace, output: Output) -> int:
    """One parsed command."""
    try:
        with ended_by_ctrl_c(), expected(options.verb):
            services = Services.at(paths.from_environment())
            try:
                return int(options.run(Context(options, output, services)))
            finally:
                for sentence in services.warnings.take():
                    output.warn(sentence)
                for sentence in services.unremembered():
                    output.say(sentence)
    except KitDeskError as error:
        output.error(error, verbose=options.verbose)
        return 1
    except (KeyboardInterrupt, Cancelled):
        output.say("Cancelled. Nothing is half done.")
        return CANCELLED
    except BrokenPipeError:
        with contextlib.suppress(OSError):
            sys.stderr.close()  # whoever read us has gone; no complaint at exit
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
