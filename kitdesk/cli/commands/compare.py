"""compare: the verdict first, then the Kitfile, layers, files, texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitdesk.cli.context import Context
from kitdesk.cli.output import lines_of
from kitdesk.cli.remotes import open_address
from kitdesk.compare.values import Comparison, FileFacts, TextDiff, Verdict
from kitdesk.operations.compare import compare
from kitdesk.operations.diffing.content import content, source_of
from kitdesk.operations.inputs.addresses import FolderSide, Side, parse_side
from kitdesk.operations.messages import size_words

if TYPE_CHECKING:
    import argparse

NAME = "compare"
HELP = "Say what differs between two versions, or a version and a folder."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("left", metavar="LEFT")
    parser.add_argument("right", metavar="RIGHT")
    parser.add_argument("--files", action="store_true", help="list every file that differs")
    parser.add_argument("--content", action="store_true", help="show what differs inside texts")
    parser.add_argument("--exit-code", action="store_true", help="exit 1 when they differ")


def run(context: Context) -> int:
    """Say what differs."""
    options = context.options
    sides = parse_side(options.left), parse_side(options.right)
    found = compare(
        *sides,
        context.services,
        context.output.report,
        opener=lambda address: open_address(context, address),
        exact=options.content,
    )
    lines = _text(found, files=options.files)
    if options.content:
        lines += _contents(context, sides, found)
    context.output.result(_data(found), lines_of(lines))
    return 1 if options.exit_code and found.verdict is not Verdict.SAME else 0


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
        "remote": {
            "requests": found.requests,
            "bytes": found.bytes,
            "unverified": found.unverified,
        },
    }


def _facts(facts: FileFacts | None) -> dict[str, Any] | None:
    if facts is None:
        return None
    return {"size": facts.size, "sha256": facts.sha256, "mode": f"{facts.mode:04o}"}


def _text(found: Comparison, *, files: bool) -> list[str]:
    lines = [found.headline, *found.causes]
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
            f"{' …' if len(found.unverified) > 5 else ''} (--content fetches them)"
        )
    if len(found.files) > len(shown):
        lines.append(f"  and {len(found.files) - len(shown):,} more: --files lists all")
    return lines


def _contents(context: Context, sides: tuple[Side, Side], found: Comparison) -> list[str]:
    lines: list[str] = []
    for one in found.files:
        sources = []
        for side, facts, path in zip(
            sides, (found.left, found.right), (one.old_path or one.path, one.path), strict=True
        ):
            where = side if isinstance(side, FolderSide) else facts.digest
            if isinstance(where, str) and context.services.store.blobs.size(where) is None:
                continue
            sources.append(source_of(where, path, context.services))
        if len(sources) != len(sides):
            continue  # a remote side: its bytes are not here
        shown = content(one.path, sources[0], sources[1], one.old_path)
        lines.append(f"--- {one.path}")
        if isinstance(shown, TextDiff):
            for row in shown.rows:
                if row.changed:
                    lines += [f"- {row.left.text}"] if row.left else []
                    lines += [f"+ {row.right.text}"] if row.right else []
        else:
            lines += [f"  {fact.name}: {fact.left} → {fact.right}" for fact in shown.facts]
    return lines
