"""A save looks at what lies on the disk first. Worker threads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.errors import NoKitfile
from kitdesk.session.loaders.kitfile_file import (
    DiskMoved,
    KitfileFile,
    read_kitfile,
    write_kitfile,
)
from kitdesk.session.loaders.merge import hunks, merge, merge_view
from kitdesk.session.loaders.text_form import FileText, file_text, plain
from kitdesk.session.state.kitfile import Cause, Question

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

TRIES = 50
"""Somebody who writes the file all the time is met again and again; then the save gives up."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What lies on the disk now."""

    content: FileText
    path: Path
    merged: int
    """Lines of somebody else that were taken in."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was written: somebody has to choose."""

    file: KitfileFile


def save_kitfile(
    folder: Path, path: Path, base: FileText, text: str, *, over: bytes | None = None
) -> Saved | Refused:
    """Write ``text``, which grew from ``base``, unless somebody else changed the same lines.

    ``over``: bytes on the disk that may be replaced, because somebody has seen them and said so.
    Raises KitDeskError, DiskMoved among them.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            found: KitfileFile | None = read_kitfile(folder, path)
        except NoKitfile:
            found = None
        merged = 0
        if found is None:
            form, data = base, base.with_text(text)
        elif found.data in (base.data, over) or (found.content and found.content.text == base.text):
            form = found.content or base
            data = form.with_text(text)
        elif found.content is None:
            return Refused(found)
        else:
            form = found.content
            answer = merge(base.text, text, form.text)
            if answer.clashes:
                return Refused(found)
            data = form.with_text(answer.text)
            merged = sum(h.new_end - h.new_start or 1 for h in hunks(text.split("\n"),
                         answer.text.split("\n")))  # fmt: skip
        where = found.path if found else path
        try:
            if found is None or found.data != data:
                write_kitfile(where, data, found.data if found else None)
        except DiskMoved:
            if tries_left:
                continue
            raise
        return Saved(file_text(data), where, merged)
    raise AssertionError  # the last try returns or raises


def question_of(
    cause: Cause, base: str, text: str, file: KitfileFile, draft_typed: datetime | None
) -> Question:
    """Both texts side by side."""
    disk = file.content.text if file.content else plain(file.data.decode("utf-8", "replace"))
    mergeable = file.content is not None
    view = merge_view(base, text, disk)
    return Question(cause, view, file.written, draft_typed, mergeable)
