"""metrics: what versions score, side by side."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from kitdesk.cli.commands._transfer import record_argument
from kitdesk.cli.context import Context
from kitdesk.cli.output import lines_of, one_line, table
from kitdesk.cli.remotes import open_address
from kitdesk.cli.rules import rule_arguments, rules_of
from kitdesk.errors import KitDeskError, NotFound
from kitdesk.modelkit.metrics.comparing import Change, MetricRow, change
from kitdesk.modelkit.metrics.values import Source
from kitdesk.modelkit.primitives.digest import short
from kitdesk.modelkit.primitives.json_value import MISSING
from kitdesk.modelkit.primitives.reference import Reference
from kitdesk.operations.inputs.addresses import FolderAddress, FolderSide, VersionSide, parse_side
from kitdesk.operations.metrics import (
    MetricsResult,
    ScoredVersion,
    beside,
    known_metrics,
    metrics,
)
from kitdesk.operations.record_metrics import parse_pairs, record_metrics
from kitdesk.operations.versions.listing import local_versions
from kitdesk.operations.versions.remote_listing import remote_versions

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from kitdesk.modelkit.metrics.values import MetricValue
    from kitdesk.operations.inputs.addresses import Address, Side
    from kitdesk.operations.versions.listing import Version

NAME = "metrics"
HELP = "Say what versions score, side by side."
SHOWN = 8
"""Versions of a repository that are shown without --all."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("references", nargs="+", metavar="REF", help="versions, or one repository")
    parser.add_argument("--remote", action="store_true", help="ask the registry")
    parser.add_argument("--all", action="store_true", help="every version of the repository")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--markdown", action="store_true", help="print a Markdown table")
    shape.add_argument("--csv", action="store_true", help="print comma-separated values")
    rule_arguments(parser)
    parser.add_argument(
        "--record", nargs="+", default=[], metavar="NAME=VALUE", help="write numbers down for REF"
    )
    parser.add_argument("--source", default="", metavar="TEXT", help="with --record: where from")
    parser.add_argument("-m", "--message", default="", metavar="TEXT", help="one line why")
    record_argument(parser)


def run(context: Context) -> int:
    """Print the table, or write numbers down."""
    options = context.options
    if options.record:
        return _record(context)
    rules, _path = rules_of(context)
    sides = [parse_side(text) for text in options.references]
    whole = _repository(sides)
    if whole is not None:
        found = beside(_versions(context, whole), rules)
    else:
        if options.all:
            raise KitDeskError("--all takes one repository.", "Name it without a tag.")
        named = [_asked_there(one) for one in sides] if options.remote else sides
        found = metrics(
            named,
            context.services,
            context.output.report,
            rules=rules,
            opener=lambda address: open_address(context, address),
        )
    if options.markdown:
        text = _markdown(found)
    elif options.csv:
        text = _csv(found)
    else:
        text = _text(found)
    context.output.result(metrics_data(found), text)
    if not (options.markdown or options.csv):
        _say_problems(context, found)
    return 0


def _record(context: Context) -> int:
    options = context.options
    if len(options.references) != 1:
        raise KitDeskError("--record takes one version.", "Name it before --record.")
    side = parse_side(options.references[0])
    if isinstance(side, FolderSide):
        raise KitDeskError(
            f"{side.text} is a folder.", "Numbers are recorded against a version: pack it first."
        )
    done = record_metrics(
        side.address,
        parse_pairs(options.record),
        context.services,
        context.output.report,
        opener=lambda address: open_address(context, address),
        source=options.source,
        note=options.message,
        policy=options.records,
        remote_only=options.remote or side.place == "remote",
    )
    if done.told:
        context.output.say(done.told)
    names = ", ".join(f"{name} = {value!r}" for name, value in done.metrics)
    where = "here and in the registry" if done.sent else "on this machine"
    data = {
        "digest": done.digest,
        "record": done.record,
        "metrics": [{"name": name, "value": value} for name, value in done.metrics],
        "sent": done.sent,
    }
    context.output.result(data, f"{names} is recorded for {short(done.digest)} {where}.")
    return 0


def _repository(sides: Sequence[Side]) -> Address | None:
    """The one repository that was named, with neither tag nor digest."""
    if len(sides) != 1 or isinstance(sides[0], FolderSide):
        return None
    address = sides[0].address
    if isinstance(address, FolderAddress):
        return address if not address.tag else None
    return address if not address.tag and not address.digest else None


def _asked_there(side: Side) -> Side:
    if isinstance(side, FolderSide):
        return side
    return VersionSide(side.address, "remote", side.text)


def _versions(context: Context, address: Address) -> list[ScoredVersion]:
    """Versions of a repository, the oldest first: their Kitfiles alone are read."""
    options, services = context.options, context.services
    rows: Iterable[Version]
    if options.remote or isinstance(address, FolderAddress):
        remote = open_address(context, address)
        try:
            rows = remote_versions(remote, services, context.output.report).versions
        finally:
            remote.close()
    else:
        assert isinstance(address, Reference)
        rows = local_versions(services, address.name).versions
    rows = tuple(rows)
    if not rows:
        shown = address.text if isinstance(address, FolderAddress) else address.display
        raise NotFound(f"{shown} has no versions.", "--remote asks its registry.")
    named = rows if options.all else [row for row in rows if row.tags][:SHOWN] or rows[:SHOWN]
    if len(named) < len(rows):
        context.output.say(f"{len(named)} of {len(rows):,} versions are shown: --all has them all.")
    known = known_metrics(named, services)
    return [known[row.digest] for row in reversed(named) if row.digest in known]


def metrics_data(found: MetricsResult) -> dict[str, Any]:
    """As JSON: values and sources one a version, in the order of ``versions``."""
    return {
        "versions": [
            {
                "name": one.name,
                "digest": one.digest or None,
                "tags": one.tags,
                "version": one.package_version or None,
                "commit": one.commit.commit or None,
                "modified": one.commit.modified if one.commit.commit else None,
            }
            for one in found.versions
        ],
        "metrics": [
            {
                "name": row.name,
                "better": row.better.value,
                "values": [one.value if one else None for one in row.values],
                "sources": [_source(one) for one in row.values],
                "best": row.best,
            }
            for row in found.table.metrics
        ],
        "parameters": [
            {"name": row.name, "values": [None if v is MISSING else v for v in row.values]}
            for row in found.table.parameters
        ],
        "conflicts": [
            {
                "version": one.name,
                "name": conflict.used.name,
                "used": {"value": conflict.used.value, **(_source(conflict.used) or {})},
                "other": {"value": conflict.other.value, **(_source(conflict.other) or {})},
                "sentence": conflict.sentence,
            }
            for one in found.versions
            for conflict in one.metrics.conflicts
        ],
        "problems": [
            {"version": one.name, "sentence": sentence}
            for one in found.versions
            for sentence in one.metrics.problems
        ],
    }


def _source(one: MetricValue | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "source": one.source.value,
        "place": one.place or None,
        "time": one.time or None,
        "note": one.note or None,
    }


def _cells(row: MetricRow) -> list[str]:
    """One text a version: the number, better or worse than the one before, "best"."""
    cells = []
    before = None
    for at, value in enumerate(row.values):
        if value is None:
            cells.append("not recorded")
            continue
        words = [value.text]
        step = change(row.better, before, value)
        if step in (Change.BETTER, Change.WORSE):
            words.append(step.value)
        if row.best == at:
            words.append("best")
        if value.source is Source.RECORDED:
            words.append(f"({value.origin})")
        cells.append(" ".join(words))
        before = value
    return cells


def _rows(found: MetricsResult) -> list[tuple[str, ...]]:
    rows = [("", *(one.name for one in found.versions))]
    rows += [(row.name, *_cells(row)) for row in found.table.metrics]
    rows += [
        (row.name, *("" if value is MISSING else str(value) for value in row.values))
        for row in found.table.parameters
    ]
    return [tuple(one_line(cell) for cell in row) for row in rows]


def _text(found: MetricsResult) -> str:
    if not found.table.metrics:
        return lines_of(["No metrics are recorded.", *table(_rows(found)).splitlines()[1:]])
    return table(_rows(found))


def _markdown(found: MetricsResult) -> str:
    head, *rows = ([_escaped(cell) for cell in row] for row in _rows(found))
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return lines_of(f"| {' | '.join(line)} |" for line in lines)


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _csv(found: MetricsResult) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["name", *(_inert(one.name) for one in found.versions)])
    for row in found.table.metrics:
        writer.writerow([_inert(row.name), *(one.text if one else "" for one in row.values)])
    return out.getvalue()


def _inert(cell: str) -> str:
    """A spreadsheet must not take a name for a formula."""
    cell = one_line(cell)
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} else cell


def _say_problems(context: Context, found: MetricsResult) -> None:
    for one in found.versions:
        for conflict in one.metrics.conflicts:
            context.output.warn(f"{one.name}: {conflict.sentence}")
        for sentence in one.metrics.problems:
            context.output.warn(f"{one.name}: {sentence}")
