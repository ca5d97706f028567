"""The sheets by name; each is imported at its first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from kitdesk.ui.host import WindowHost
    from kitdesk.ui.widgets.sheet import Sheet

_CLASSES = {
    "pack": "PackSheet",
    "push": "PushSheet",
    "unpack": "UnpackSheet",
    "rollback": "RollbackSheet",
    "tag": "TagSheet",
    "delete": "DeleteSheet",
    "delete_remote": "DeleteRemoteSheet",
    "remote": "RemoteSheet",
    "open_remote": "OpenRemoteSheet",
    "sign_in": "SignInSheet",
    "accounts": "AccountsSheet",
    "connection": "ConnectionSheet",
    "take_over": "ImportLoginsSheet",
    "preferences": "PreferencesSheet",
    "shortcuts": "ShortcutsSheet",
    "command_palette": "CommandPaletteSheet",
}
NAMES = tuple(_CLASSES)


def make_sheet(name: str, window_host: WindowHost, digest: str) -> Sheet:
    """Make a sheet, about a version where it is about one; KeyError for an unknown name."""
    module = import_module(f"kitdesk.ui.sheets.{name}")
    made = getattr(module, _CLASSES[name])(window_host, digest)
    return cast("Sheet", made)
