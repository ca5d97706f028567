"""check, pack, history: what concerns a project folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.cli.output import table
from kitdesk.errors import KitDeskError, NotFound
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.primitives.digest import short
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.messages import count_words, size_words
from kitdesk.services.disk.files import os_errors_as

if TYPE_CHECKING:
    from kitdesk.cli.dispatch import Context
    from kitdesk.modelkit.primitives.reference import Reference


def _kitfile(context: Context, folder: Path) -> bytes | None:
    """Bytes of ``-f``: standard input for ``-``, else a path as kit finds it."""
    name: str | None = context.options.file
    if name is None:
        return None
    if name == "-":
        if sys.stdin is None or sys.stdin.isatty():
            raise KitDeskError(
                "The Kitfile cannot be typed in.", "Pipe it in, or name a file with -f."
            )
        return sys.stdin.buffer.read()
    path = folder / name
    if not path.is_file():
        raise NotFound(f"{name} is not a file.", "-f is looked up from the folder, as kit does.")
    with os_errors_as("reading the Kitfile"):
        return path.read_bytes()


def check(context: Context) -> int:
    """Validate the Kitfile."""
    from kitdesk.operations.check import check as verb
    from kitdesk.operations.check import is_ok

    folder = Path(context.options.folder)
    profile = Profile(context.options.profile)
    if context.options.schema:
        from kitdesk.modelkit.kitfile.json_schema import schema, text

        context.output.result(schema(profile), text(profile))
        return 0
    problems = verb(folder, profile, _kitfile(context, folder))
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
    context.output.result({"ok": ok, "problems": rows}, "\n".join(lines))
    return 0 if ok else 1


def pack(context: Context) -> int:
    """Pack a folder."""
    from kitdesk.operations.pack import pack as verb

    options = context.options
    folder = Path(options.folder)
    reference = _reference(context, folder)
    if options.push:
        from kitdesk.cli.commands.transfer import pack_and_push

        given = _kitfile(context, folder) if options.file else None
        return pack_and_push(context, folder, reference, given)
    packed = verb(
        folder,
        reference,
        context.services,
        context.output.report,
        kitfile_text=_kitfile(context, folder) if options.file else None,
        profile=Profile(options.profile),
        compression=options.compression,
        use_cache=not options.no_cache,
        model_pack=options.use_model_pack,
    )
    for warning in packed.warnings:
        context.output.warn(warning)
    data = {
        "digest": packed.digest,
        "reference": packed.reference.display,
        "tags": packed.tags,
        "reused": packed.reused,
        "manifest": packed.manifest,
        "config": packed.config,
        "layers": packed.layers,
        "warnings": packed.warnings,
    }
    word = "is unchanged as" if packed.reused else "packed as"
    rows = [(one.type, one.path, size_words(one.size), short(one.digest)) for one in packed.layers]
    text = (
        f"{folder.absolute().name} {word} {packed.reference.display}\n"
        f"{packed.digest}\n"
        f"{size_words(packed.size)} in {count_words(len(packed.layers), 'layer')}\n"
        f"{table(rows, frozenset({2}))}"
    )
    context.output.result(data, text)
    return 0


def _reference(context: Context, folder: Path) -> Reference | None:
    text = context.options.tag
    if not text:
        return None
    if "{" in text or "}" in text:
        from kitdesk.operations.inputs.tag_names import expanded

        text = expanded(text, folder, context.services)
    return parse(text)


def history(context: Context) -> int:
    """The journal."""
    folder = context.options.folder
    entries = context.services.journal.entries(Path(folder) if folder else None)
    data = [
        {
            "time": one.time,
            "verb": one.verb,
            "reference": one.reference,
            "digest": one.digest,
            "before": one.before,
            "who": one.who,
            "undo": one.undo,
            "project": one.project,
        }
        for one in entries
    ]
    rows = [
        (one.time[:19].replace("T", " "), one.verb, one.reference, short(one.digest), one.who)
        for one in entries
    ]
    context.output.result({"entries": data}, table(rows) or "Nothing has been done yet.")
    return 0
