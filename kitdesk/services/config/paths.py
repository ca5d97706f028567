"""Where things lie (ARCHITECTURE.md, 9; the store: FORMAT.md, 6.1)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.errors import KitDeskError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Paths(NamedTuple):
    """KitDesk's own folders and the root of kit's store (``$KITOPS_HOME``)."""

    config: Path
    data: Path
    cache: Path
    log: Path
    store: Path


def home_of(env: Mapping[str, str]) -> Path:
    """The person's home; raises KitDeskError for a user without a name, as containers have them."""
    if env.get("HOME"):
        return Path(env["HOME"])
    try:
        return Path.home()
    except (RuntimeError, KeyError) as error:
        raise KitDeskError(
            "Nobody knows where your home folder is.",
            "Set HOME, or KITDESK_HOME and KITOPS_HOME.",
        ) from error


def store_root(env: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Where kit keeps its store on this platform."""
    if env.get("KITOPS_HOME"):
        return Path(env["KITOPS_HOME"]).absolute()
    home = home_of(env)
    if platform == "darwin":
        return home / "Library" / "Caches" / "kitops"
    if platform == "win32":
        return Path(env.get("LOCALAPPDATA") or home / "AppData" / "Local") / "kitops"
    return Path(env.get("XDG_DATA_HOME") or home / ".local" / "share") / "kitops"


def from_environment(env: Mapping[str, str] | None = None) -> Paths:
    """All folders; everything of KitDesk's own lies under ``$KITDESK_HOME`` when that is set."""
    env = os.environ if env is None else env
    if env.get("KITDESK_HOME"):
        home = Path(env["KITDESK_HOME"]).absolute()
        return Paths(home / "config", home / "data", home / "cache", home / "log", store_root(env))
    home_of(env)
    from platformdirs import PlatformDirs

    dirs = PlatformDirs("kitdesk", appauthor=False)
    return Paths(
        dirs.user_config_path,
        dirs.user_data_path,
        dirs.user_cache_path,
        dirs.user_log_path,
        store_root(env),
    )
