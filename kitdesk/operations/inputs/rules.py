"""Find the project's ``kitdesk.toml`` (ARCHITECTURE.md, 11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.errors import NotFound
from kitdesk.modelkit.metrics.rules import FILE_NAME, MAX_BYTES, NO_RULES, Gate, Rules, read_rules
from kitdesk.services.disk.files import os_errors_as
from kitdesk.services.disk.regular_files import read_small

if TYPE_CHECKING:
    from pathlib import Path


def find_rules(folder: Path) -> Path | None:
    """The file of the project that ``folder`` belongs to: here, or above up to the git root."""
    folder = folder.absolute()
    for place in (folder, *folder.parents):
        if (place / FILE_NAME).is_file():
            return place / FILE_NAME
        if (place / ".git").exists():
            return None
    return None


def load_rules(folder: Path, file: Path | None = None) -> tuple[Rules, Path | None]:
    """What the project says, and where; empty rules when it says nothing.

    ``file`` is a file that a person named. Raises BadRules, NotFound, DiskFailure.
    """
    path = file or find_rules(folder)
    if path is None:
        return NO_RULES, None
    with os_errors_as(f"reading {path.name}"):
        data = read_small(path, MAX_BYTES + 1)
    return read_rules(data), path


def chosen_gate(rules: Rules, path: Path | None, wanted: str = "", target: str = "") -> Gate | None:
    """The gate that is meant: ``wanted`` by its name, else the one named as the ``target`` tag.

    None where nobody named one and there is none for the target. Raises NotFound.
    """
    if not wanted:
        return rules.gate(target)
    found = rules.gate(wanted)
    if found is None:
        known = ", ".join(one.name for one in rules.gates)
        if path is None:
            raise NotFound(
                f"There is no gate “{wanted}”: the project has no {FILE_NAME}.",
                f"Write one with a table [gate.{wanted}], or name it with --file.",
            )
        raise NotFound(
            f"There is no gate “{wanted}” in {FILE_NAME}.",
            f"There is: {known}." if known else f"Write a table [gate.{wanted}] into it.",
        )
    return found
