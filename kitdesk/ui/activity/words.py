"""What is said of a job: its icon, and one line of detail."""

from __future__ import annotations

from kitdesk import text as texts
from kitdesk.session.state.project import JobState, JobView

_ICONS = {
    "pack": "package",
    "push": "cloud-upload",
    "pull": "cloud-download",
    "unpack": "package-import",
    "rollback": "arrow-back-up",
    "undo": "arrow-back-up",
    "remove": "trash",
    "tag": "tag",
    "verify": "shield-check",
    "sample": "box",
}
_STATES = {
    JobState.WAITING: ("clock", "muted"),
    JobState.DONE: ("circle-check", "added"),
    JobState.FAILED: ("circle-x", "removed"),
    JobState.CANCELLED: ("circle-minus", "muted"),
}


def icon_of(job: JobView) -> tuple[str, str]:
    """(icon, tone): the verb while it runs, the outcome after."""
    if job.state is JobState.RUNNING:
        return _ICONS.get(job.verb, "refresh"), "accent"
    return _STATES[job.state]


def amount(job: JobView) -> str:
    """``4.1 of 6.9 MB``; empty while nothing is known."""
    if not job.total:
        return ""
    done, total = texts.size(job.done), texts.size(job.total)
    if done.partition(" ")[2] == total.partition(" ")[2]:
        done = done.partition(" ")[0]
    return f"{done} of {total}"


def detail(job: JobView, *, step: bool = False) -> str:
    """Progress, rate and time left; or the summary and its age; or what went wrong."""
    match job.state:
        case JobState.RUNNING:
            left = texts.left(job.seconds_left)
            parts = [
                job.step if step or not job.total else "",
                amount(job),
                texts.rate(job.rate),
                left,
            ]
        case JobState.FAILED:
            parts = [
                job.error.title.rstrip(".") if job.error else job.summary,
                texts.age(job.finished),
            ]
        case JobState.CANCELLED:
            parts = ["cancelled", texts.age(job.finished)]
        case JobState.WAITING:
            parts = [job.step or "waits"]
        case _:
            parts = [job.summary, texts.age(job.finished)]
    return " · ".join(part for part in parts if part)
