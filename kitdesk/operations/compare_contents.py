"""compare --content: the comparison, and what differs inside its files."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kitdesk.compare.findings import headline_of
from kitdesk.operations.compare import compare_loaded
from kitdesk.operations.diffing.all_files import contents_of
from kitdesk.operations.diffing.content import ContentOptions, comparer_of
from kitdesk.operations.diffing.groups import Group
from kitdesk.operations.diffing.sides import RemoteFactory, open_sides
from kitdesk.operations.diffing.unverified import differing_paths
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.progress import Report, silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitdesk.compare.content.result import Content
    from kitdesk.compare.values import Comparison
    from kitdesk.operations.inputs.addresses import Side
    from kitdesk.services.container import Services


@dataclass(frozen=True, slots=True)
class ComparedContents:
    """A comparison with the contents of its files."""

    comparison: Comparison
    """With a headline made from what is known of the contents."""
    contents: Mapping[str, Content] = field(default_factory=dict)
    """By path, for every file whose bytes differ."""
    groups: tuple[Group, ...] = ()

    def group_of(self, path: str) -> str:
        """Path of the leading file of its group; "" = it stands alone."""
        return next((one.path for one in self.groups if path in one.parts), "")


def compare_contents(
    left: Side,
    right: Side,
    services: Services,
    report: Report = silent,
    *,
    opener: RemoteFactory = open_remote,
    options: ContentOptions | None = None,
) -> ComparedContents:
    """Compare two sides down to the values inside their files.

    Raises as compare does; a file that cannot be read, takes too long or is built to hurt has a
    content that says so, and the others are compared all the same.
    """
    options = options or ContentOptions()
    with (
        open_sides(left, right, services, opener, report) as (old, new),
        comparer_of(old, new, services, options, report) as comparer,
    ):
        found = compare_loaded(
            old,
            new,
            services,
            report,
            exact=options.values,
            differing=lambda paths: differing_paths(paths, comparer),
        )
        contents, groups = contents_of(found, comparer)
        remotes = [side.remote for side in (old, new) if side.remote]
        found = replace(
            found,
            headline=headline_of(found, contents),
            requests=sum(one.traffic.requests for one in remotes),
            bytes=sum(one.traffic.bytes for one in remotes),
        )
    return ComparedContents(found, contents, groups)
