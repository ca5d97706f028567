"""Where things lie (ARCHITECTURE.md, 9; the store: FORMAT.md, 6.1)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.modelkit.primitives.typed_path import home_folder

if TYPE_CHECKING:
    from collections.abc import Mapping


class Paths(NamedTuple):
    """KitDesk's own folders and the root of kit's store (``$KITOPS_HOME``)."""

    config: Path
    data: Path
    cache: Path
    log: Path
    store: Path


def store_root(env: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Where kit keeps its store on this platform."""
    if env.get("KITOPS_HOME"):
        return Path(env["KITOPS_HOME"]).absolute()
    home = Path(env.get("HOME") or home_folder())
    if platform == "darwin":
        return home / "Library" / "Caches" / "kitops"
    if platform == "win32":
        return Path(env.get("LOCALAPPDATA") or home / "AppData" / "Local") / "kitops"
    return Path(env.get("XDG_DATA_HOME") or home / ".local" / "share") / "kitops"


def folder_argument(text: str) -> Path:
    """The folder that somebody wants opened: a Kitfile stands for the folder it lies in."""
    path = Path(os.path.abspath(text))
    if path.name in ("Kitfile", "kitfile", ".kitfile") and not path.is_dir():
        return path.parent
    return path


def from_environment(env: Mapping[str, str] | None = None) -> Paths:
    """All folders; everything of KitDesk's own lies under ``$KITDESK_HOME`` when that is set."""
    env = os.environ if env is None else env
    if env.get("KITDESK_HOME"):
        home = Path(env["KITDESK_HOME"]).absolute()
        return Paths(home / "config", home / "data", home / "cache", home / "log", store_root(env))
    if not _has_home(env):
        home = home_folder()
        return Paths(home / "config", home / "data", home / "cache", home / "log", store_root(env))
    from platformdirs import PlatformDirs

    dirs = PlatformDirs("kitdesk", appauthor=False)
    return Paths(
        dirs.user_config_path,
        dirs.user_data_path,
        dirs.user_cache_path,
        dirs.user_log_path,
        store_root(env),
    )


def _has_home(env: Mapping[str, str]) -> bool:
    """False where ``~`` means nothing: platformdirs would make a folder of that name."""
    if sys.platform == "win32" or env.get("HOME"):
        return True
    try:
        Path.home()
    except (RuntimeError, KeyError):
        return False
    return True
