"""pack: freeze a folder as a version; with --push, send it in the same pass."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.cli.commands._kitfile import PROFILES, kitfile_bytes
from kitdesk.cli.commands._transfer import record_argument, report_transfer
from kitdesk.cli.context import Context, warn_interrupted
from kitdesk.cli.leftovers import sweep_leftovers
from kitdesk.cli.output import table
from kitdesk.cli.remotes import open_address
from kitdesk.errors import BadReference, NotFound, Unreachable
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.primitives.digest import short
from kitdesk.modelkit.primitives.reference import Reference, parse
from kitdesk.operations.inputs.remotes import has_registry
from kitdesk.operations.inputs.tag_names import expanded
from kitdesk.operations.messages import commit_words, count_words, size_words
from kitdesk.operations.pack import pack
from kitdesk.operations.pack_and_push import pack_and_push

if TYPE_CHECKING:
    import argparse

NAME = "pack"
HELP = "Freeze a folder as a version."
COMPRESSIONS = ("none", "gzip", "gzip-fastest", "zstd")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("folder", nargs="?", default=".")
    parser.add_argument(
        "-t",
        "--tag",
        metavar="REF[,TAG...]",
        help="a tag may hold {version}, {branch}, {sha7} and {date}: demo:{version}-{sha7}",
    )
    parser.add_argument("-f", "--file", metavar="KITFILE")
    parser.add_argument("--compression", choices=COMPRESSIONS, default="none")
    parser.add_argument("--profile", choices=PROFILES, default="current")
    parser.add_argument("--no-cache", action="store_true", help="read every file, changed or not")
    parser.add_argument(
        "--use-model-pack",
        action="store_true",
        help="write a CNCF ModelPack instead of a ModelKit (kit before 1.10 cannot read it)",
    )
    parser.add_argument(
        "--no-commit", action="store_true", help="do not note the git commit in the version"
    )
    parser.add_argument("-m", "--message", default="", metavar="TEXT", help="one line why")
    record_argument(parser)
    parser.add_argument(
        "--push",
        action="store_true",
        help="send it to the registry of -t while it is packed; new layers are not stored here "
        "(they are, where the registry or --compression needs it: then as pack and push)",
    )
    parser.add_argument(
        "--force", action="store_true", help="with --push: move a tag that is taken"
    )
    parser.add_argument(
        "--move-fixed-tag", action="store_true", help="with --force: move a version tag, too"
    )


def run(context: Context) -> int:
    """Pack a folder."""
    sweep_leftovers(context, Path(context.options.folder))
    warn_interrupted(context, Path(context.options.folder))
    options = context.options
    folder = Path(options.folder)
    reference = _reference(context, folder)
    if options.push:
        given = kitfile_bytes(context, folder) if options.file else None
        return _pack_and_push(context, folder, reference, given)
    packed = pack(
        folder,
        reference,
        context.services,
        context.output.report,
        kitfile_text=kitfile_bytes(context, folder) if options.file else None,
        profile=Profile(options.profile),
        compression=options.compression,
        use_cache=not options.no_cache,
        model_pack=options.use_model_pack,
        commit=not options.no_commit,
        move_fixed=options.move_fixed_tag,
        note=options.message,
    )
    if packed.git.problem:
        context.output.warn(packed.git.problem)
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
        "commit": packed.commit.commit or None,
        "modified": packed.commit.modified if packed.commit.commit else None,
        "not_in_git": packed.git.untracked if packed.git.commit else [],
        "records": [packed.record] if packed.record else [],
    }
    word = "is unchanged as" if packed.reused else "packed as"
    rows = [(one.type, one.path, size_words(one.size), short(one.digest)) for one in packed.layers]
    text = (
        f"{folder.absolute().name} {word} {packed.reference.display}\n"
        f"{packed.digest}\n"
        f"{size_words(packed.size)} in {count_words(len(packed.layers), 'layer')}"
        f"{commit_words(packed.commit, packed.git)}\n"
        f"{table(rows, frozenset({2}))}"
    )
    context.output.result(data, text)
    return 0


def _reference(context: Context, folder: Path) -> Reference | None:
    text = context.options.tag
    if not text:
        return None
    if "{" in text or "}" in text:
        text = expanded(text, folder, context.services, lambda named: _tags_there(context, named))
    return parse(text)


def _tags_there(context: Context, named: Reference) -> tuple[str, ...]:
    """Tags of the registry that is named: a machine without versions must not begin at 1 again."""
    if not has_registry(named):
        return ()
    remote = open_address(context, named)
    try:
        return remote.tags()
    except NotFound:
        return ()
    except Unreachable as error:
        if context.options.push:
            raise
        context.output.warn(f"{error.title} {{version}} counts what is on this machine.")
        return ()
    finally:
        remote.close()


def _pack_and_push(
    context: Context, folder: Path, reference: Reference | None, kitfile_text: bytes | None
) -> int:
    """Pack a folder and send it, in one pass where that can be."""
    options = context.options
    if reference is None:
        raise BadReference("Where to?", "Name it with -t HOST/REPOSITORY:TAG.")
    remote = open_address(context, reference)
    try:
        done = pack_and_push(
            folder,
            reference,
            remote,
            context.services,
            context.output.report,
            kitfile_text=kitfile_text,
            profile=Profile(options.profile),
            compression=options.compression,
            replace_tag=options.force,
            commit=not options.no_commit,
            move_fixed=options.move_fixed_tag,
            note=options.message,
            records=options.records,
        )
    finally:
        remote.close()
    for warning in done.warnings:
        context.output.warn(warning)
    report_transfer(
        context, done.sent, "is already in" if done.sent.existed else "pushed to", remote.address
    )
    return 0
