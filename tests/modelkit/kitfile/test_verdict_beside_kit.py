"""Bent Kitfiles before KitDesk and before a real kit: the same verdict, the same config."""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from kitdesk.modelkit.kitfile import checker
from kitdesk.modelkit.kitfile.diagnostics import Severity
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.oci import config
from kitdesk.modelkit.primitives.reference import is_modelkit_reference
from tests.golden.materialise import materialise
from tests.modelkit.golden_kits import load
from tests.modelkit.kitfile.mutations import mutated

if TYPE_CHECKING:
    from pathlib import Path

KIT = os.environ.get("KITDESK_TEST_KIT", "")
COUNT = int(os.environ.get("KITDESK_TEST_MUTATIONS", "120"))
SEED = int(os.environ.get("KITDESK_TEST_SEED", "1"))
_DIGESTS = re.compile(r',?"(?:digest|diffId)":"sha256:[0-9a-f]{64}"')
pytestmark = [
    pytest.mark.kit,
    pytest.mark.timeout(0 if COUNT > 1000 else 300),
    pytest.mark.skipif(not KIT, reason="KITDESK_TEST_KIT names no kit"),
]


class Judge:
    """A real kit with a store and a project of its own."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        materialise(load("kitfiles/tree.json"), self.project)
        self.home = folder / "home"
        knows_prompts = self.pack(b"prompts:\n- path: a\n")[0] == 0
        self.profile = Profile.KIT_1_11 if knows_prompts else Profile.KIT_1_7

    def pack(self, text: bytes) -> tuple[int, str]:
        done = subprocess.run(
            [KIT, "pack", str(self.project), "-f", "-", "-t", "t:v1"],
            input=text,
            capture_output=True,
            check=False,
            env={**os.environ, "KITOPS_HOME": str(self.home)},
        )
        return done.returncode, done.stderr.decode(errors="replace")

    def config(self) -> str:
        """Config of what was packed last, without the digests of its layers."""
        store = self.home / "storage"
        manifest = load_json(next(store.glob("*-tags.json")))["v1"]["digest"]
        digest = load_json(blob(store, manifest))["config"]["digest"]
        return _DIGESTS.sub("", blob(store, digest).read_text(encoding="utf-8"))


def blob(store: Path, digest: str) -> Path:
    return store / "blobs" / digest.replace(":", "/")


def load_json(path: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(path.read_bytes())
    return found


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    return Judge(tmp_path_factory.mktemp("judge"))


def test_bent_kitfiles_are_judged_alike(judge: Judge) -> None:
    parted: list[str] = []
    accepted = 0
    for text in mutated(COUNT, SEED):
        found, _problems = checker.read_strictly(text, judge.profile)
        if found.model is not None and is_modelkit_reference(found.model.entry.path):
            continue  # kit asks a registry for it
        problems = checker.check(text, judge.profile, lambda path: (judge.project / path).exists())
        errors = [one.message for one in problems if one.severity is Severity.ERROR]
        code, said = judge.pack(text)
        if bool(errors) != bool(code):
            parted.append(f"{text!r}: kit says {said.strip() or 'yes'}, we say {errors or 'yes'}")
        elif not errors:
            accepted += 1
            ours = config.encode(config.with_digests(found, [None for _e in found.entries()]))
            if ours.decode() != judge.config():
                parted.append(f"{text!r}: kit writes {judge.config()}, we write {ours.decode()}")
    assert not parted, "\n".join(parted)
    assert accepted > COUNT // 50, "most mutations must not be nonsense"
