"""promote: let staging, production or any tag of a registry name a version; --back undoes it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from kitdesk.cli.commands.gate import gate_data, gate_lines
from kitdesk.cli.context import Context
from kitdesk.cli.output import lines_of
from kitdesk.cli.remotes import open_address
from kitdesk.cli.rules import rule_arguments, rules_of
from kitdesk.errors import BadReference, NeedsConsent
from kitdesk.modelkit.metrics.promotion import PromotionState
from kitdesk.modelkit.primitives.digest import is_digest, short
from kitdesk.modelkit.primitives.reference import Reference, tag_problem
from kitdesk.operations.inputs.addresses import FolderAddress, parse_address
from kitdesk.operations.inputs.rules import chosen_gate
from kitdesk.operations.promote import (
    PromoteResult,
    PromotionPlan,
    plan_back,
    plan_promotion,
    promote,
)

if TYPE_CHECKING:
    import argparse

    from kitdesk.operations.inputs.addresses import Address
    from kitdesk.services.remotes.protocol import RemoteRepository

NAME = "promote"
HELP = "Let a tag of a registry name a version."
LONGEST_NOTE = 500
"""Characters of a line "why"."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("reference", metavar="REF", help="the version; with --back the tag")
    parser.add_argument("target", nargs="?", metavar="TAG|HOST/REPO:TAG")
    parser.add_argument(
        "--back", action="store_true", help="return the tag to where the last promotion found it"
    )
    parser.add_argument("--gate", default="", metavar="NAME", help="else the gate named as the tag")
    rule_arguments(parser)
    parser.add_argument(
        "--expect", metavar="DIGEST|none", help="what the tag must name, else nothing is sent"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--force", action="store_true", help="although the gate says no")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why; --force needs it")
    parser.add_argument("-m", "--message", default="", metavar="TEXT", help="one line why")
    parser.add_argument("--move-fixed-tag", action="store_true", help="move a version tag, too")


def run(context: Context) -> int:
    """Plan, ask, move."""
    options = context.options
    note = _note(options.reason or options.message)
    if options.force and not options.reason.strip():
        raise BadReference("--force needs a reason.", "Say why: --force --reason TEXT.")
    expect = _expected(options.expect)
    plan = _plan(context)
    if options.dry_run:
        context.output.result(_plan_data(plan), lines_of(_plan_lines(plan)))
        return 0 if plan.gate is None or plan.gate.ok else 1
    passes = plan.gate is None or plan.gate.ok or options.force
    if passes and plan.then.digest != plan.now.digest:
        _ask(context, plan)
    done = promote(
        plan,
        context.services,
        context.output.report,
        opener=lambda address: open_address(context, address),
        expect=expect,
        force=options.force,
        move_fixed=options.move_fixed_tag,
        note=note,
    )
    lines = [done.sentence, *(gate_lines(done.gate) if done.gate else [_no_gate(plan)])]
    context.output.result(_data(done), lines_of(filter(None, lines)))
    good = done.state in (PromotionState.MOVED, PromotionState.ALREADY)
    return 0 if good else 1


def _plan(context: Context) -> PromotionPlan:
    options, report = context.options, context.output.report

    def opener(address: Address) -> RemoteRepository:
        return open_address(context, address)

    if options.back:
        if options.target:
            raise BadReference("--back takes the tag alone.", "promote --back HOST/REPO:TAG")
        target = parse_address(options.reference)
        return plan_back(target, context.services, report, opener=opener)
    if not options.target:
        raise BadReference("Which tag shall name it?", "kitdesk promote REF TAG")
    source = parse_address(options.reference)
    if isinstance(source, Reference):
        source = source.or_latest()
    target = _target(source, options.target)
    rules, path = rules_of(context)
    gate = chosen_gate(rules, path, options.gate, target.tag)
    return plan_promotion(source, target, gate, context.services, report, opener=opener)


def _target(source: Address, text: str) -> Address:
    """A tag of the version's own repository, or another repository's."""
    if "/" not in text and ":" not in text:
        problem = tag_problem(text)
        if problem:
            raise BadReference(problem)
        if isinstance(source, FolderAddress):
            return FolderAddress(source.path, text)
        return source.with_tag(text)
    return parse_address(text)


def _expected(text: str | None) -> str | None:
    if text is None or text == "none":
        return "" if text else None
    if not is_digest(text):
        raise BadReference(f"“{text}” is no digest.", "Write --expect sha256:… or --expect none.")
    return text


def _note(text: str) -> str:
    one_line = " ".join(text.split())
    if len(one_line) > LONGEST_NOTE:
        raise BadReference(f"The line why has more than {LONGEST_NOTE} characters.")
    return one_line


def _no_gate(plan: PromotionPlan) -> str:
    return "" if plan.is_back else f"No gate is named {plan.tag}: nothing was tested."


def _plan_lines(plan: PromotionPlan) -> list[str]:
    now = plan.now.name or (short(plan.now.digest) if plan.now.digest else "nothing")
    then = plan.then.name or "nothing: the tag is deleted"
    lines = [plan.shown, f"  now:  {now}", f"  then: {then}"]
    if plan.gate is not None:
        return [*lines, f"Gate “{plan.gate.gate}”:", *gate_lines(plan.gate)]
    return [*lines, _no_gate(plan)] if not plan.is_back else lines


def _ask(context: Context, plan: PromotionPlan) -> None:
    if context.options.yes:
        return
    if context.output.as_json or not sys.stdin or not sys.stdin.isatty():
        raise NeedsConsent(
            f"Moving {plan.shown} needs a yes.",
            "Look at it with --dry-run, then repeat with --yes. Nothing was moved.",
        )
    context.output.say(lines_of(_plan_lines(plan)))
    sys.stderr.write(f"Move {plan.tag}? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise NeedsConsent("Nothing was moved.", "Answer y, or use --yes.")


def _plan_data(plan: PromotionPlan) -> dict[str, object]:
    return {
        "tag": plan.shown,
        "before": plan.now.digest or None,
        "after": plan.then.digest or None,
        "state": "planned",
        "gate": gate_data(plan.gate) if plan.gate else None,
        "record": None,
        "blobs_sent": 0,
    }


def _data(done: PromoteResult) -> dict[str, object]:
    return {
        "tag": done.tag,
        "before": done.before or None,
        "after": done.after or None,
        "state": done.state.value,
        "gate": gate_data(done.gate) if done.gate else None,
        "record": done.record or None,
        "blobs_sent": done.blobs_sent,
    }
