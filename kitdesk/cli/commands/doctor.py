"""doctor: try everything that is needed of a registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.cli.context import Context
from kitdesk.cli.output import lines_of
from kitdesk.cli.remotes import remote_options
from kitdesk.operations.doctor import doctor

if TYPE_CHECKING:
    import argparse

NAME = "doctor"
HELP = "Try everything KitDesk needs of a registry."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("host", metavar="HOST")
    parser.add_argument("--repository", default="", help="repository to try instead of a probe")


def run(context: Context) -> int:
    """Try everything that is needed of a registry."""
    options = context.options
    context.services.credentials.use_environment_for(options.host)
    done = doctor(options.host, remote_options(context), options.repository, context.output.report)
    data = {"host": done.host, "ok": done.ok, "verdict": done.verdict, "findings": done.findings}
    marks = {"ok": "ok      ", "limited": "limited ", "failed": "FAILED  "}
    lines = [done.verdict]
    for one in done.findings:
        lines.append(f"  {marks[one.state]}{one.name}: {one.sentence}")
        lines += [f"          {one.fix}"] if one.fix else []
    context.output.result(data, lines_of(lines))
    return 0 if done.ok else 1
