"""What a tag of a remote names: at once after it was moved, and a moment later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.progress import Progress, Report, current_canceller

if TYPE_CHECKING:
    from kitdesk.services.remotes.protocol import RemoteRepository

SECOND_LOOK_S = 1.0
"""Without it up to 4 of 100 races were lost unseen."""
LOOKS = 5
"""A registry may answer 404 for a moment after a PUT."""
LOOK_AGAIN_S = 0.2


def confirm_tag(remote: RemoteRepository, tag: str, wanted: str, report: Report) -> str:
    """Digest at a tag that was just moved: now, and after a second; "" = it is not there."""
    seen = ""
    for look in range(LOOKS):
        seen = digest_at(remote, tag)
        if seen or not wanted:
            break
        if look + 1 < LOOKS:
            _wait(LOOK_AGAIN_S)
    if seen != wanted:
        return seen
    report(Progress("Looking whether somebody else moved it"))
    _wait(SECOND_LOOK_S)
    return digest_at(remote, tag)


def _wait(seconds: float) -> None:
    canceller = current_canceller()
    canceller.event.wait(seconds)
    canceller.check()


def digest_at(remote: RemoteRepository, reference: str) -> str:
    """Digest of a tag; "" = it is not there."""
    found = remote.resolve(reference)
    return found.digest if found else ""
