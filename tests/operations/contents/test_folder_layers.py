"""A folder is compared by the files that packing it would take: over every tree kit packed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kitdesk.errors import KitDeskError
from kitdesk.operations.contents.trees import folder_layers
from kitdesk.operations.inputs.project import open_project, plan_layers
from tests.modelkit.golden_kits import Case, cases

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.services.container import Services

CASES = [pytest.param(case, id=case.folder.name) for case in cases()]


@pytest.mark.parametrize("case", CASES)
def test_the_parts_of_a_folder_are_the_layers_of_its_pack(
    case: Case, tmp_path: Path, services: Services
) -> None:
    if case.lacking:
        pytest.skip(f"needs {case.lacking}")
    root, data = case.build(tmp_path)
    if data is None:
        return
    try:
        project = open_project(root, services.store, text=data)
        plan = plan_layers(project)
    except KitDeskError:
        return
    found = [
        (part.entry.kind, part.base, part.size, tuple(part.paths))
        for part in folder_layers(project)
    ]
    assert found == [
        (
            layer.entry.kind,
            layer.base,
            layer.size,
            tuple(member.path for member in layer.members if not member.is_dir),
        )
        for layer in plan.layers
    ]
