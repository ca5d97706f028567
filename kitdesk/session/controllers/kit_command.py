"""The same deed with the terminal's ``kit``, to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.modelkit.primitives.typed_path import quoted

if TYPE_CHECKING:
    from pathlib import Path


def kit_command(
    verb: str, *, folder: Path | None = None, reference: str = "", target: str = ""
) -> str:
    """A command line, or "" where kit has no such verb or the place is none of kit's."""
    where = quoted(str(folder)) if folder else "."
    name = quoted(reference)
    match verb:
        case "pack":
            return f"kit pack {where} -t {name}"
        case "push" if target and not target.startswith("oci:"):
            tag = reference.rpartition(":")[2]
            there = quoted(f"{target}:{tag}")
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
