"""Finds a sheet by its name: the class of ``sheets/NAME.py`` whose ``name`` is NAME.

Each module is imported at its first use, after the window is painted.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.ui.host import WindowHost
    from kitdesk.ui.widgets.sheet import Sheet


def find_sheet(name: str) -> Callable[[WindowHost, str], Sheet]:
    """The class of a sheet, which takes the host and a digest; KeyError for an unknown name."""
    try:
        module = import_module(f"kitdesk.ui.sheets.{name}")
    except ModuleNotFoundError as error:
        raise KeyError(name) from error
    for found in vars(module).values():
        if isinstance(found, type) and getattr(found, "name", "") == name:
            return cast("Callable[[WindowHost, str], Sheet]", found)
    raise KeyError(name)


def make_sheet(name: str, window_host: WindowHost, digest: str) -> Sheet:
    """Make a sheet, about a version where it is about one; KeyError for an unknown name."""
    return find_sheet(name)(window_host, digest)
