"""The same deed with the terminal's ``kit``, to copy."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def kit_command(
    verb: str, *, folder: Path | None = None, reference: str = "", target: str = ""
) -> str:
    """A command line, or "" where kit has no such verb or the place is none of kit's."""
    where = shlex.quote(str(folder)) if folder else "."
    name = shlex.quote(reference)
    match verb:
        case "pack":
            return f"kit pack {where} -t {name}"
        case "push" if target and not target.startswith("oci:"):
            tag = reference.rpartition(":")[2]
            there = shlex.quote(f"{target}:{tag}")
            return f"kit tag {name} {there} && kit push {there}"
        case "pull" if reference and not reference.startswith("oci:"):
            return f"kit pull {name}"
        case "unpack" if reference:
            return f"kit unpack {name} -d {where}"
        case "rollback" if reference:
            return f"kit unpack {name} -d {where} -o"
        case "inspect" if reference:
            return f"kit inspect {name}"
        case "remove" if reference:
            return f"kit remove {name}"
        case _:
            return ""
