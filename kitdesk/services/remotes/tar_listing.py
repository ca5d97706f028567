"""List the files of a remote uncompressed layer by its headers, without fetching the layer.

The walk is a chain, one round trip a large member; where members are small a growing window takes
many of them at once (TRANSPORT.md, 3.4). Names are as hostile as in any layer; PAX headers for
all members, which no kit writes, count for the chain that read them only.
"""

from __future__ import annotations

from dataclasses import dataclass

from kitdesk.progress import Progress, Report, silent
from kitdesk.services.remotes.tar_chain import Budget, HeaderWalker, ReadRange, RemoteFile

FIRST = 8
"""Members after which their mean size tells how to go on."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Files of a layer; ``whole`` is False when the budget ended before the archive did."""

    files: tuple[RemoteFile, ...]
    whole: bool


def list_files(read_range: ReadRange, size: int, report: Report = silent) -> Listing:
    """Walk the headers of a plain tar of ``size`` bytes, from several places where that helps.

    Raises UnsafeArchive for members that no layer may hold, BadModelKit for what is no tar.
    """
    from kitdesk.services.remotes.tar_probes import probe

    budget = Budget()
    chain = HeaderWalker(read_range, size, 0, budget)
    files: list[RemoteFile] = []
    guesses: tuple[HeaderWalker, ...] | None = None
    at = 0
    while True:
        known = next((one.known for one in (chain, *(guesses or ())) if at in one.known), None)
        if known is not None:
            file, at = known[at]
            report(Progress("Looking into the registry", min(at, size), size))
            if file is not None:
                files.append(file)
            continue
        ends = [one for one in (chain, *(guesses or ())) if one.next == at]
        if any(one.ended for one in ends):
            return Listing(tuple(files), whole=True)
        if guesses is None and len(chain.known) == FIRST:
            guesses = probe(read_range, size, at, at // FIRST, budget)
            continue
        if chain.next != at:
            chain = HeaderWalker(read_range, size, at, budget)
        if not chain.step() and chain.over:
            return Listing(tuple(files), whole=False)
