"""Guards of what a Kitfile means, one short test each: each fails when its guard is taken out."""

from __future__ import annotations

from pathlib import Path

from kitdesk.modelkit.kitfile import loader
from kitdesk.modelkit.kitfile.model import Entry, Kitfile, LayerKind, Profile
from kitdesk.modelkit.layers.ignore import Ignore
from kitdesk.modelkit.layers.plan import ExclusionReason
from kitdesk.modelkit.layers.planner import plan
from kitdesk.modelkit.oci.layer_entries import match_layers
from kitdesk.modelkit.oci.manifest import CONFIG_MEDIA_TYPE, Descriptor, Manifest
from kitdesk.modelkit.primitives.tag_template import fill

DIGEST = "sha256:" + "a" * 64
LAYER = "application/vnd.kitops.modelkit.{}.v1.tar"


def test_no_ignore_rule_stands_for_a_whole_folder_where_another_one_brings_files_back(
    tmp_path: Path,
) -> None:
    for name in ("src/a.py", "logs/run.txt", "logs/keep.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    kitfile = loader.decode(b"code: [{path: src}]", Profile.CURRENT)

    def left(rules: bytes) -> dict[str, tuple[ExclusionReason, tuple[int, str] | None]]:
        found = plan(kitfile, tmp_path, Ignore.parse(rules), Profile.CURRENT).left_out
        return {item.path: (item.reason, item.rule) for item in found}

    assert left(b"logs\n") == {"logs/": (ExclusionReason.IGNORED, (1, "logs"))}
    assert left(b"logs\n!logs/keep.txt\n") == {
        "logs/run.txt": (ExclusionReason.IGNORED, (1, "logs")),
        "logs/keep.txt": (ExclusionReason.NO_LAYER, None),
    }


def test_layers_with_the_same_bytes_go_to_the_entries_of_their_kind() -> None:
    kinds_of: tuple[LayerKind, ...] = ("dataset", "code", "docs")
    lists = {kind: (Entry(kind, path=kind, digest=DIGEST),) for kind in kinds_of}
    kitfile = Kitfile(datasets=lists["dataset"], code=lists["code"], docs=lists["docs"])
    for kinds in (("docs", "code", "dataset"), ("code", "dataset", "docs")):
        layers = tuple(Descriptor(LAYER.format(kind), DIGEST, 1) for kind in kinds)
        found = match_layers(kitfile, Manifest(Descriptor(CONFIG_MEDIA_TYPE, "", 0), layers, {}))
        assert [entry.kind for _, entry in found if entry is not None] == list(kinds)


def test_a_filled_in_tag_ends_after_128_characters() -> None:
    tag = fill("v1-{branch}", {"branch": "b" * 300})
    assert tag == "v1-" + "b" * 125
