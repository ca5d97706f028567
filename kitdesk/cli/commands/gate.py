"""gate: may this version go there? One sentence a threshold; exit 1 when one does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitdesk.cli.context import Context
from kitdesk.cli.output import lines_of
from kitdesk.cli.remotes import open_address
from kitdesk.cli.rules import rule_arguments, rules_of
from kitdesk.errors import NotFound
from kitdesk.modelkit.metrics.gate import GateResult, Verdict
from kitdesk.modelkit.metrics.rules import FILE_NAME
from kitdesk.operations.gate import GateCheck, gate
from kitdesk.operations.inputs.addresses import FolderAddress, VersionSide, parse_side
from kitdesk.operations.inputs.remotes import has_registry, repository_of
from kitdesk.operations.inputs.rules import chosen_gate
from kitdesk.operations.record_transfer import send_new_records
from kitdesk.operations.records import keep_test_record

if TYPE_CHECKING:
    import argparse

    from kitdesk.modelkit.metrics.rules import Gate

NAME = "gate"
HELP = "Say whether a version passes the project's thresholds."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument(
        "reference", metavar="REF", help="a version; remote://REF asks the registry"
    )
    parser.add_argument("--gate", default="", metavar="NAME", help="which gate, if there are more")
    rule_arguments(parser)
    parser.add_argument(
        "--attach",
        action="store_true",
        help="record the answer beside the version",
    )


def run(context: Context) -> int:
    """Judge one version."""
    chosen = _gate(context)
    found = gate(
        parse_side(context.options.reference),
        chosen,
        context.services,
        context.output.report,
        opener=lambda address: open_address(context, address),
    )
    data: dict[str, Any] = {
        "gate": chosen.name,
        "version": found.version.name,
        "digest": found.version.digest,
        **gate_data(found.result),
    }
    if context.options.attach:
        data["record"] = _attach(context, found)
    verdict = "passes" if found.ok else "does not pass"
    head = f"{found.version.name} {verdict} the gate “{chosen.name}”."
    context.output.result(data, lines_of([head, *gate_lines(found.result)]))
    return 0 if found.ok else 1


def _attach(context: Context, found: GateCheck) -> str:
    """Keep what was said; sent as well where the version has a registry."""
    services, digest = context.services, found.version.digest
    side = parse_side(context.options.reference)
    assert isinstance(side, VersionSide)
    record = keep_test_record(repository_of(side.address), digest, found.result, services)
    if isinstance(side.address, FolderAddress) or has_registry(side.address):
        remote = open_address(context, side.address)
        try:
            _sent, told = send_new_records(
                digest, remote, services, "always", context.output.report
            )
        finally:
            remote.close()
        if told:
            context.output.warn(told)
    return record


def _gate(context: Context) -> Gate:
    rules, path = rules_of(context)
    wanted = context.options.gate
    if path is None and not wanted:
        raise NotFound(
            f"The project has no {FILE_NAME}.",
            "Write one with a table like [gate.production], or name it with --file.",
        )
    if not wanted and len(rules.gates) == 1:
        return rules.gates[0]
    found = chosen_gate(rules, path, wanted)
    if found is None:
        known = ", ".join(one.name for one in rules.gates)
        raise NotFound(
            "Which gate?" if known else f"{FILE_NAME} has no gate.",
            f"Name it with --gate: {known}." if known else "Write a table like [gate.production].",
        )
    return found


def gate_data(result: GateResult) -> dict[str, Any]:
    """As JSON."""
    return {
        "ok": result.ok,
        "tests": [
            {
                "name": one.name,
                "verdict": one.verdict.value,
                "value": one.value.value if one.value else None,
                "limit": float(one.limit) if one.limit is not None else None,
                "against": one.against or None,
                "sentence": one.sentence,
            }
            for one in result.tests
        ],
    }


def gate_lines(result: GateResult) -> list[str]:
    """A line a test, its mark first."""
    marks = {Verdict.PASS: "✓", Verdict.FAIL: "✗"}
    return [f"  {marks[one.verdict]} {one.sentence}" for one in result.tests]
