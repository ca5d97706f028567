"""rollback: take a folder back to a version, exactly, after a preview."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.cli.commands._rollback_plan import SHOWN, counts, plan_data, rolled_back_text
from kitdesk.cli.context import Context, warn_interrupted
from kitdesk.cli.leftovers import sweep_leftovers
from kitdesk.cli.output import lines_of
from kitdesk.cli.remotes import open_address
from kitdesk.cli.resolve import fetch, find_local
from kitdesk.errors import FileChanged, Interrupted, NeedsConsent
from kitdesk.modelkit.primitives.digest import short
from kitdesk.operations.inputs.addresses import FolderAddress, parse_address
from kitdesk.operations.inputs.project import folder_of
from kitdesk.operations.inputs.remotes import requested_tag
from kitdesk.operations.messages import count_words, size_words
from kitdesk.operations.records import one_line
from kitdesk.operations.rollback import (
    PlanChanged,
    RollbackPlan,
    RollbackResult,
    check_whole,
    plan_remote_rollback,
    plan_rollback,
    rollback,
    rollback_now,
)
from kitdesk.operations.undo import resolve_interrupted

if TYPE_CHECKING:
    import argparse

NAME = "rollback"
HELP = "Take a folder back to a version, exactly."
ASKED_AGAIN = 20
"""How often a preview is shown again because the folder has changed."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("reference", metavar="REF")
    parser.add_argument("folder", nargs="?", default=".")
    parser.add_argument("--dry-run", action="store_true", help="only show what would happen")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("-m", "--message", default="", metavar="TEXT", help="one line why")


def run(context: Context) -> int:
    """Take a folder back to a version."""
    sweep_leftovers(context, Path(context.options.folder))
    warn_interrupted(context, Path(context.options.folder))
    options = context.options
    folder = Path(options.folder)
    fetched, note = 0, one_line(options.message)
    local = find_local(context, options.reference)
    services, report = context.services, context.output.report
    if local is None and not options.yes:
        plan, label = _remote_plan(context, folder)
        if options.dry_run:
            context.output.result(plan_data(plan, label, 0), _plan_text(plan, label))
            return 0
        done = _asked(context, plan, label)
        fetched = plan.fetch_bytes
    else:
        digest, label, fetched = (
            (*local, 0) if local is not None else fetch(context, options.reference)
        )
        if _finish_interrupted(context, folder, digest):
            return 0
        if options.yes and not options.dry_run:
            done = rollback_now(folder, digest, label, services, report, note=note)
        else:
            plan = plan_rollback(folder, digest, label, services, report)
            if options.dry_run:
                context.output.result(plan_data(plan, label, fetched), _plan_text(plan, label))
                return 0
            done = _asked(context, plan, label)
    plan = done.plan
    for warning in (*plan.warnings, *done.warnings):
        context.output.warn(warning)
    data = {**plan_data(plan, label, fetched), "safe_copy": done.safe_copy or None}
    text = rolled_back_text(done, label)
    if done.safe_copy:
        text += (
            f"\n{counts(plan)}\n"
            "What was replaced is kept in a safe copy; kitdesk undo brings it back."
        )
    context.output.result(data, text)
    return 0


def _remote_plan(context: Context, folder: Path) -> tuple[RollbackPlan, str]:
    """The preview of a version that only a remote has: nothing of it is kept."""
    check_whole(folder_of(folder), context.services)
    address = parse_address(context.options.reference)
    if not isinstance(address, FolderAddress):
        address = address.or_latest()
    remote = open_address(context, address)
    try:
        _, found = remote.fetch_manifest(requested_tag(address))
        label = address.text if isinstance(address, FolderAddress) else address.display
        plan = plan_remote_rollback(
            folder, found.digest, label, remote, context.services, context.output.report
        )
    finally:
        remote.close()
    return plan, label


def _asked(context: Context, plan: RollbackPlan, label: str) -> RollbackResult:
    """Carry out what a yes was said to; what changed meanwhile is shown and asked again."""
    note = one_line(context.options.message)
    for _again in range(ASKED_AGAIN):
        if not plan.folder_plan.nothing:
            _ask(context, plan, label)
        if plan.fetch_bytes:
            fetch(context, context.options.reference)
        try:
            return rollback(replace(plan, note=note), context.services, context.output.report)
        except PlanChanged as error:
            if context.output.as_json or plan.folder_plan.nothing:
                raise
            context.output.say(error.title)
            plan = error.plan
    raise FileChanged("The folder changes all the time.", "Stop what writes it, then repeat.")


def _finish_interrupted(context: Context, folder: Path, digest: str) -> bool:
    """A cut-off change towards this very version is finished; any other one stops us."""
    transaction = context.services.safe_copies.interrupted(folder)
    if transaction is None:
        return False
    if transaction.record.bound_for[0] != digest:
        check_whole(folder, context.services)
        raise Interrupted("A change of this folder was interrupted.")
    if not context.options.yes:
        raise NeedsConsent(
            "An interrupted change would be finished now.",
            f"Add --yes to finish it, or go back with: kitdesk undo {folder}",
        )
    done = resolve_interrupted(folder, "finish", context.services, context.output.report)
    data = {"target": digest, "finished": True, "safe_copy": done.safe_copy, "kept": done.kept}
    for warning in done.warnings:
        context.output.warn(warning)
    text = f"The interrupted change is finished: this folder is {done.label}."
    context.output.result(data, f"{text}\n{done.kept_sentence}".rstrip())
    return True


def _ask(context: Context, plan: RollbackPlan, label: str) -> None:
    if context.output.as_json or not sys.stdin or not sys.stdin.isatty():
        raise NeedsConsent(
            f"Rolling back to {label} needs a yes: {counts(plan)}",
            "Look at it with --dry-run, then repeat with --yes. Nothing was changed.",
        )
    context.output.say(_plan_text(plan, label))
    sys.stderr.write(f"Roll back to {label}? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise NeedsConsent("Nothing was changed.", "Answer y, or use --yes.")


def _plan_text(plan: RollbackPlan, label: str) -> str:
    change = plan.folder_plan
    if change.nothing:
        return f"Nothing to do: this folder is exactly {label}."
    lines = [f"Roll back to {label} ({short(plan.digest)})"]
    for title, sign, paths in (
        ("Comes back", "+", change.restore),
        ("Is replaced", "~", change.replace),
        ("Leaves the folder, to the safe copy", "-", change.set_aside),
    ):
        if paths:
            lines.append(f"{title}: {count_words(len(paths), 'file')}")
            lines += [f"  {sign} {path}" for path in paths[:SHOWN]]
            if len(paths) > SHOWN:
                lines.append(f"  and {len(paths) - SHOWN:,} more")
    lines.append(f"Stays as it is: {count_words(len(change.unchanged), 'file')}")
    lines += [f"Note: {warning}" for warning in plan.warnings]
    if plan.fetch_bytes:
        lines.append(
            f"{size_words(plan.fetch_bytes)} are fetched first; files of equal size may then turn "
            "out to be the same."
        )
    lines.append(f"Needs {size_words(change.staged_bytes)} of disk. The registry is not touched.")
    return lines_of(lines)
