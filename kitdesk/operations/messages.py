"""Sentences that more than one verb says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.modelkit.layers.plan import ExcludedFile, ExclusionReason

if TYPE_CHECKING:
    from kitdesk.modelkit.primitives.commit_note import CommitNote
    from kitdesk.services.git.working_copy import WorkingCopyState

REASONS: dict[ExclusionReason, str] = {
    ExclusionReason.LINK: "a link",
    ExclusionReason.SPECIAL: "a device, pipe or socket",
    ExclusionReason.DOTS: "its name holds “..”",
    ExclusionReason.OTHER_LAYER: "another layer's name is the beginning of its name",
    ExclusionReason.NO_LAYER: "in no layer",
}


def left_out_words(left: ExcludedFile) -> str:
    """Why, in a few words."""
    if left.rule:
        return f"ignored by line {left.rule[0]} of .kitignore"
    return REASONS.get(left.reason, "ignored")


def left_out_sentence(left: ExcludedFile) -> str:
    """One warning line."""
    return f"{left.path} is left out: {left_out_words(left)}."


def size_words(size: int) -> str:
    """Bytes for the eye, three digits, powers of 1000: ``5.61 MB``."""
    if size < 1000:
        return f"{size} B"
    value = float(size)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < 999.5:
            digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
            return f"{value:.{digits}f} {unit}"
    return f"{value:,.0f} TB"


def count_words(count: int, one: str, many: str = "") -> str:
    """``1 file``, ``1,234 files``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def commit_words(note: CommitNote, git: WorkingCopyState) -> str:
    """`` from commit 7b3d1e0, 2 packed files changed, 3 not in git``; "" where none is noted."""
    if not note.commit:
        return ""
    words = f", from commit {note.short}"
    if note.commit != git.commit:
        return f"{words} (first at)" if git.commit else words
    if note.modified:
        words += f", {count_words(git.modified_count, 'tracked file')} changed"
    if git.untracked_count:
        words += f", {git.untracked_count:,} not in git"
    return words
