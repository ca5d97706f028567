"""The store after each step of kit's own sequence: every file of it, after our own verbs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.primitives.reference import Reference, parse
from kitdesk.operations.local_versions import remove, tag
from kitdesk.operations.pack import pack
from kitdesk.services.container import Services
from tests.golden.materialise import materialise
from tests.modelkit.golden_kits import GOLDEN, Case, load

SEQUENCES = {
    Profile.KIT_1_7: "store/sequence.json",
    Profile.KIT_1_11: "store/sequence-kit-1.11.json",
}
NAMES = {"localhost/_": "<none>", "localhost/movies": "movies"}
"""As ``kit list`` shows them."""


def files(root: Path) -> dict[str, dict[str, Any]]:
    """Every file below ``storage`` in the shape of the golden data; the global index unordered."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((root / "storage").rglob("*")):
        if not path.is_file():
            continue
        stat, name = path.stat(), path.relative_to(root).as_posix()
        found[name] = {"mode": f"{stat.st_mode & 0o7777:04o}", "size": stat.st_size}
        if name == "storage/index.json":
            found[name]["json"] = unordered(path.read_text())
        elif "blobs" not in name:
            found[name]["json"] = json.loads(path.read_text())
    return found


def unordered(text: str) -> Any:
    raw = json.loads(text)
    if raw["manifests"]:
        raw["manifests"].sort(key=lambda one: one["digest"])
    return raw


def wanted(step: dict[str, Any]) -> dict[str, dict[str, Any]]:
    result = {}
    for name, one in step["files"].items():
        result[name] = {"mode": one["mode"], "size": one["size"]}
        text = one.get("text") or one.get("text_sorted")
        if text and "blobs" not in name:
            result[name]["json"] = unordered(text) if "text_sorted" in one else json.loads(text)
    return result


def versions(services: Services) -> list[tuple[str, str, list[str] | None]]:
    return [
        (NAMES.get(one.repository, one.repository), one.digest, list(one.tags) or None)
        for one in services.store.versions()
    ]


def carry_out(words: list[str], folder: Path, profile: Profile, services: Services) -> None:
    match words:
        case ["pack", context, *rest]:
            reference = parse(rest[1]) if rest else None
            pack(folder / context, reference, services, profile=profile, cli_version="unknown")
        case ["tag", source, new]:
            tag(parse(source), parse(new), services)
        case ["remove", "--all", *force]:
            for one in services.store.versions():
                if force or not one.tags:
                    registry, _, repository = one.repository.partition("/")
                    reference = Reference(registry, repository, digest=one.digest)
                    remove(reference, services, whole=True)
        case ["remove", reference_text, *force]:
            remove(parse(reference_text), services, whole=bool(force))
        case _:
            pytest.fail(f"unknown step {words}")


@pytest.mark.parametrize("profile", SEQUENCES)
def test_every_file_of_the_store_is_as_kit_leaves_it(
    profile: Profile, services: Services, tmp_path: Path
) -> None:
    for name in ("v1", "v2"):
        case = Case(GOLDEN / "seed" / name)
        materialise(case.tree, tmp_path / name)
        (tmp_path / name / "Kitfile").write_bytes((case.folder / "Kitfile").read_bytes())
        (tmp_path / name / "Kitfile").chmod(0o644)
    steps = load(SEQUENCES[profile])["steps"]
    assert len(steps) == 16
    for number, step in enumerate(steps):
        assert step["exit"] == 0
        carry_out(step["command"], tmp_path, profile, services)
        assert files(services.store.root) == wanted(step), f"after step {number}: {step['command']}"
        listed = [(one["repo"], one["digest"], one["tags"]) for one in step["list"]]
        assert sorted(versions(services), key=str) == sorted(listed, key=str)
