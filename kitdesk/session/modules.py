"""What stands behind the buttons, by the names of its modules."""

from __future__ import annotations

MODULES = (
    *(
        f"kitdesk.session.controllers.{name}"
        for name in (
            "about", "accounts", "folder", "comparison", "context", "kitfile", "kitfile_merge",
            "leaving", "versions", "open_remote", "registries", "delete_remote", "transfers",
            "version_tree",
        )
    ),
    "kitdesk.operations.pack",
    "kitdesk.operations.unpack",
    "kitdesk.operations.compare",
    "kitdesk.operations.diffing.content",
    "kitdesk.services.remotes.folder",
    "kitdesk.services.remotes.registry.repository",
)  # fmt: skip
"""All that stands behind the buttons; loaded on a worker once the window is painted."""
