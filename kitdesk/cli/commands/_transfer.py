"""What push, pull and pack --push say at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from kitdesk.cli.context import Context
from kitdesk.operations.messages import count_words, size_words
from kitdesk.operations.push_pull import TransferResult
from kitdesk.operations.records import RecordPolicy

if TYPE_CHECKING:
    import argparse


def record_argument(parser: argparse.ArgumentParser) -> None:
    """Declare what happens to the records of a version that is sent."""
    parser.add_argument(
        "--records",
        choices=get_args(RecordPolicy),
        default="auto",
        help="send records too: where the registry takes them beside a version (auto), "
        "also under a tag of their own (always), or never",
    )


def report_transfer(context: Context, done: TransferResult, verb: str, where: str) -> None:
    """Blobs and bytes as JSON; for people what was moved and what was there already."""
    data: dict[str, Any] = {
        "digest": done.digest,
        "reference": done.reference,
        "blobs": done.blobs,
        "bytes": done.bytes,
        "records": done.records,
    }
    if done.told:
        context.output.say(done.told)
    kept = [blob for blob in done.blobs if blob.state in {"existed", "mounted"}]
    text = f"{done.reference} {verb} {where}\n{done.digest}"
    if not done.existed:
        text += f"\n{size_words(done.bytes)} moved"
        if kept:
            saved = size_words(sum(blob.size for blob in kept))
            text += f"; {count_words(len(kept), 'blob')} ({saved}) were there already"
    context.output.result(data, text)
