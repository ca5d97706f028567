"""check: every problem of a Kitfile, with its place and its fix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.cli.commands._kitfile import PROFILES, kitfile_bytes
from kitdesk.cli.context import Context, warn_interrupted
from kitdesk.cli.output import lines_of
from kitdesk.modelkit.kitfile.json_schema import schema, text
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.operations.check import check, is_ok

if TYPE_CHECKING:
    import argparse

NAME = "check"
HELP = "Validate the Kitfile."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("folder", nargs="?", default=".")
    parser.add_argument("-f", "--file", metavar="KITFILE")
    parser.add_argument("--profile", choices=PROFILES, default="current")
    parser.add_argument(
        "--schema", action="store_true", help="print a JSON Schema of Kitfiles instead"
    )


def run(context: Context) -> int:
    """Validate the Kitfile."""
    warn_interrupted(context, Path(context.options.folder))
    folder = Path(context.options.folder)
    profile = Profile(context.options.profile)
    if context.options.schema:
        context.output.result(schema(profile), text(profile))
        return 0
    problems = check(folder, profile, kitfile_bytes(context, folder))
    ok = is_ok(problems)
    rows = [
        {
            "line": one.line,
            "column": one.column,
            "severity": one.severity.value,
            "rule": one.rule,
            "message": one.message,
            "fix": {"title": one.fix.title} if one.fix else None,
        }
        for one in problems
    ]
    lines = [
        f"{one.line}:{one.column}: {one.severity.value}: {one.message} [{one.rule}]"
        for one in problems
    ]
    if not problems:
        lines = ["The Kitfile is fine."]
    context.output.result({"ok": ok, "problems": rows}, lines_of(lines))
    return 0 if ok else 1
