"""One line of the table of actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kitdesk.ui.actions import availability

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.session.state.project import VersionRow
    from kitdesk.session.state.workspace import State
    from kitdesk.ui.actions.availability import Reason
    from kitdesk.ui.host import WindowHost

Group = Literal["Project", "Version", "View", "Kitfile", "Window"]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done; texts are verbs, an ellipsis only if a question follows."""

    id: str
    text: str
    run: Callable[[WindowHost], None]
    group: Group
    icon: str = ""
    keys: tuple[str, ...] = ()
    """Portable key sequences; the first one is shown."""
    reason: Reason = availability.always
    about: str = ""
    """The text in the menu of a version; ``{version}`` is its tag."""
    target: Callable[[State, str], VersionRow | None] | None = None
    """Which version it would take, for the tooltip; None = it says no version."""
    scope: Literal["window", "versions"] = "window"
    """Where its keys work."""
    menu: bool = True
    """Whether the menu shows it; the finder and the shortcut page always do."""
