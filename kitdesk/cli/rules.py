"""The project's ``kitdesk.toml`` as a command means it: --file, else the project's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.modelkit.primitives.typed_path import typed_path
from kitdesk.operations.inputs.rules import load_rules

if TYPE_CHECKING:
    import argparse

    from kitdesk.cli.context import Context
    from kitdesk.modelkit.metrics.rules import Rules


def rule_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options that say which thresholds hold."""
    parser.add_argument("--file", default="", metavar="TOML", help="thresholds and directions")
    parser.add_argument(
        "--project", default="", metavar="FOLDER", help="the project whose kitdesk.toml is read"
    )


def rules_of(context: Context) -> tuple[Rules, Path | None]:
    """What holds, and where it was read; raises BadRules, NotFound."""
    options = context.options
    file = typed_path(options.file) if options.file else None
    return load_rules(typed_path(options.project) if options.project else Path(), file)
