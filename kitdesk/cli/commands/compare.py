"""compare: the verdict first, then the Kitfile, layers, files, contents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kitdesk.cli.context import Context
from kitdesk.cli.output import lines_of
from kitdesk.cli.remotes import open_address
from kitdesk.compare.content.json_form import content_json
from kitdesk.compare.export.text import content_lines
from kitdesk.compare.values import UNREAD, Comparison, FileFacts, Verdict
from kitdesk.operations.compare import compare
from kitdesk.operations.compare_contents import ComparedContents, compare_contents
from kitdesk.operations.diffing.content import ContentOptions
from kitdesk.operations.export import report_page, write_export
from kitdesk.operations.inputs.addresses import Side, parse_side
from kitdesk.operations.messages import size_words

if TYPE_CHECKING:
    import argparse

    from kitdesk.compare.content.result import Content
    from kitdesk.operations.diffing.sides import RemoteFactory

NAME = "compare"
HELP = "Say what differs between two versions, or a version and a folder."
LINES_SHOWN = 20
"""Lines of one file below its summary; --json has all."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("left", metavar="LEFT")
    parser.add_argument("right", metavar="RIGHT")
    parser.add_argument("--files", action="store_true", help="list every file that differs")
    parser.add_argument("--content", action="store_true", help="show what differs inside texts")
    parser.add_argument(
        "--values",
        action="store_true",
        help="the same, and fetch what it takes to compare values of remote files",
    )
    parser.add_argument(
        "--key",
        default="",
        metavar="COLUMN[,COLUMN...]",
        help="columns that identify a row of a table",
    )
    parser.add_argument(
        "--report", default="", metavar="FILE.html", help="write it as an HTML page"
    )
    parser.add_argument("--exit-code", action="store_true", help="exit 1 when they differ")


def run(context: Context) -> int:
    """Say what differs."""
    options = context.options
    sides = parse_side(options.left), parse_side(options.right)
    if options.content or options.values or options.key or options.report:
        found = _contents(context, *sides)
    else:
        opener = _opener(context)
        only = compare(*sides, context.services, context.output.report, opener=opener)
        context.output.result(_data(only), lines_of(_text(only, files=options.files)))
        found = None
    verdict = only.verdict if found is None else found.comparison.verdict
    return 1 if options.exit_code and verdict is not Verdict.SAME else 0


def _opener(context: Context) -> RemoteFactory:
    return lambda address: open_address(context, address)


def _contents(context: Context, left: Side, right: Side) -> ComparedContents:
    """The comparison with contents, printed, and written as a report where one is wanted."""
    options = context.options
    key = tuple(filter(None, (one.strip() for one in options.key.split(","))))
    found = compare_contents(
        left,
        right,
        context.services,
        context.output.report,
        opener=_opener(context),
        options=ContentOptions(values=options.values, key=key or None),
    )
    if options.report:
        page = report_page(found.comparison, found.contents, found.groups)
        write_export(page, Path(options.report))
    data = _data(found.comparison)
    for row in data["files"]:
        content = found.contents.get(row["path"])
        if content is not None:
            row["content"] = content_json(content)
        group = found.group_of(row["path"])
        if group:
            row["group"] = group
    data["groups"] = [
        {"path": one.path, "parts": one.parts, "content": content_json(one.content)}
        for one in found.groups
    ]
    lines = _text(found.comparison, files=options.files)
    for one in found.groups:
        lines += _content_lines(f"{one.path} (group of {len(one.parts)} files)", one.content)
    for path, content in found.contents.items():
        if found.group_of(path) != path:
            lines += _content_lines(path, content)
    context.output.result(data, lines_of(lines))
    return found


def _content_lines(path: str, content: Content) -> list[str]:
    """The summary, then at most LINES_SHOWN lines."""
    lines = list(content_lines(content))
    shown = lines[: LINES_SHOWN + 1]
    more = len(lines) - len(shown)
    told = [f"--- {path}: {shown[0]}", *shown[1:]]
    return [*told, f"  and {more:,} more lines: --json has them"] if more > 0 else told


def _data(found: Comparison) -> dict[str, Any]:
    files = []
    for one in found.files:
        row: dict[str, Any] = {
            "path": one.path,
            "kind": one.kind.value,
            "left": _facts(one.left),
            "right": _facts(one.right),
        }
        if one.old_path:
            row["from"] = one.old_path
        files.append(row)
    return {
        "verdict": found.verdict.value,
        "headline": found.headline,
        "left": {"name": found.left.name, "digest": found.left.digest or None},
        "right": {"name": found.right.name, "digest": found.right.digest or None},
        "sentences": [one.text for one in found.sentences],
        "kitfile": found.fields,
        "layers": [
            {
                "type": one.kind,
                "path": one.path,
                "verdict": one.verdict.value,
                "left": one.left or None,
                "right": one.right or None,
            }
            for one in found.layers
        ],
        "files": files,
        "same": len(found.same),
        "causes": found.causes,
        "problems": found.problems,
        "remote": {
            "requests": found.requests,
            "bytes": found.bytes,
            "unverified": found.unverified,
        },
    }


def _facts(facts: FileFacts | None) -> dict[str, Any] | None:
    if facts is None:
        return None
    return {
        "size": facts.size,
        "sha256": None if facts.sha256 == UNREAD else facts.sha256,
        "mode": f"{facts.mode:04o}",
    }


def _text(found: Comparison, *, files: bool) -> list[str]:
    lines = [found.headline, *(f"  {one}" for one in found.problems), *found.causes]
    lines += [f"  {one.sign} {one.text}" for one in found.sentences]
    shown = found.files if files else found.files[:10]
    if shown:
        lines.append("Files:")
    for one in shown:
        sizes = " → ".join(
            size_words(facts.size) for facts in (one.left, one.right) if facts is not None
        )
        lines.append(f"  {one.sign} {one.path}  {sizes}  {one.words}".rstrip())
    if found.unverified:
        lines.append(
            f"Same size, bytes not compared: {', '.join(found.unverified[:5])}"
            f"{' …' if len(found.unverified) > 5 else ''} (--content fetches small ones)"
        )
    if len(found.files) > len(shown):
        lines.append(f"  and {len(found.files) - len(shown):,} more: --files lists all")
    return lines
