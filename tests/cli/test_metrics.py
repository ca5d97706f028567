"""kitdesk metrics and gate: numbers of a folder, the store and a registry, side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Shell

KITFILE = """manifestVersion: 1.0.0
package: {{name: movies, version: {version}}}
model:
  path: model.bin
  parameters: {{rmse: {rmse}, seed: 42}}
docs:
  - path: results
"""
GATE = """
[gate.production]
rmse = { max = 0.95, not_worse_than = "production", by = 0.01 }
"""


def make(folder: Path, rmse: str, version: str = "1.0.0", **files: object) -> Path:
    (folder / "results").mkdir(parents=True, exist_ok=True)
    (folder / "model.bin").write_text(version)
    (folder / "Kitfile").write_text(KITFILE.format(rmse=rmse, version=version))
    (folder / "results" / "about.txt").write_text("results")
    for name, text in files.items():
        path = folder / "results" / name.replace("__", ".")
        path.write_text(text if isinstance(text, str) else json.dumps(text))
    return folder


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = make(tmp_path / "movies", "0.82")
    monkeypatch.chdir(folder)
    return folder


def pack(kitdesk: Shell, project: Path, rmse: str, reference: str, **files: object) -> str:
    make(project, rmse, reference.rpartition(":")[2].partition(",")[0], **files)
    return str(kitdesk.json("pack", project, "-t", reference)["digest"])


def test_versions_and_the_folder_side_by_side(kitdesk: Shell, project: Path) -> None:
    one = pack(kitdesk, project, "0.82", "movies:v1")
    pack(kitdesk, project, "0.99", "movies:v2")
    make(project, "0.9", "v3")
    found = kitdesk.json("metrics", "movies:v1", "movies:v2", ".")
    assert [v["name"] for v in found["versions"]] == ["v1", "v2", "this folder"]
    assert found["versions"][0]["digest"] == one
    (rmse,) = found["metrics"]
    assert (rmse["name"], rmse["better"], rmse["values"], rmse["best"]) == (
        "rmse",
        "lower",
        [0.82, 0.99, 0.9],
        0,
    )
    assert found["parameters"] == [{"name": "seed", "values": [42, 42, 42]}]
    assert kitdesk("metrics", "movies:v1", "movies:v2") == 0
    assert kitdesk.out.splitlines() == [
        "      v1         v2",
        "rmse  0.82 best  0.99 worse",
        "seed  42         42",
    ]


def test_a_repository_is_read_oldest_first(kitdesk: Shell, project: Path) -> None:
    for number in range(10):
        pack(kitdesk, project, f"0.{number + 1}", f"movies:v1.{number}")
    found = kitdesk.json("metrics", "movies")
    assert [v["name"] for v in found["versions"]] == [f"v1.{n}" for n in range(2, 10)]
    assert "8 of 10 versions" in kitdesk.err
    assert len(kitdesk.json("metrics", "movies", "--all")["versions"]) == 10


def test_files_that_hold_metrics_are_read_and_disagreement_is_told(
    kitdesk: Shell, project: Path
) -> None:
    result = "- metrics:\n    - {type: f1, value: 0.7}"
    card = f"---\nmodel-index:\n- name: m\n  results:\n  {result}\n---\n"
    pack(
        kitdesk,
        project,
        "0.99",
        "movies:v1",
        metrics__json='{"rmse": 0.97, "mae": NaN, "val": {"r2": 0.5}, "note": "good"}',
        eval_results__txt="eval_loss = 0.25\n",
        README__md=card,
    )
    for side in ("movies:v1", "."):
        found = kitdesk.json("metrics", side)
        values = {one["name"]: one["values"][0] for one in found["metrics"]}
        assert values == {"rmse": 0.99, "val.r2": 0.5, "eval_loss": 0.25, "f1": 0.7}
        (conflict,) = found["conflicts"]
        assert "the Kitfile says 0.99, results/metrics.json says 0.97" in conflict["sentence"]
        told = " ".join(one["sentence"] for one in found["problems"])
        assert "mae is NaN" in told
        assert "note is the text “good”" in told


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("metrics__json", "{", "it is no JSON"),
        ("metrics__json", "[" * 100_000, "it is no JSON"),
        ("metrics__json", "x" * (1 << 20) + "x", "larger than 1 MiB"),
        ("metrics__toml", "a =", "it is no TOML"),
        ("metrics__yaml", "a: [", "not valid YAML"),
        ("metrics__yaml", "a: &a [1]\nb: *a\nc: *d", "not valid YAML"),
        ("metrics__json", {f"n{n}": n for n in range(10_000)}, "9,500 more are left out"),
    ],
)
def test_bad_files_are_told_and_nothing_fails(
    kitdesk: Shell, project: Path, name: str, text: object, said: str
) -> None:
    pack(kitdesk, project, "0.8", "movies:v1", **{name: text})
    found = kitdesk.json("metrics", "movies:v1")
    assert said in found["problems"][0]["sentence"]
    assert found["metrics"][0]["values"] == [0.8]


def test_dvc_names_its_own_files(kitdesk: Shell, project: Path) -> None:
    dvc = "stages:\n  train:\n    metrics:\n    - scores.yaml:\n        cache: false\n"
    pack(kitdesk, project, "0.8", "movies:v1", dvc__yaml=dvc, scores__yaml="auc: 0.75\n")
    names = [one["name"] for one in kitdesk.json("metrics", "movies:v1")["metrics"]]
    assert names == ["rmse", "auc"]


def test_tables_for_other_programs(kitdesk: Shell, project: Path) -> None:
    pack(kitdesk, project, "0.82", "movies:v1", metrics__json={"=cmd|x": 1})
    assert kitdesk("metrics", "movies:v1", "--markdown") == 0
    assert "| rmse | 0.82 |" in kitdesk.out
    assert "| =cmd\\|x | 1 |" in kitdesk.out
    assert kitdesk("metrics", "movies:v1", "--csv") == 0
    assert kitdesk.out.splitlines() == ["name,v1", "rmse,0.82", "'=cmd|x,1"]


def test_the_gate_in_the_store(kitdesk: Shell, project: Path) -> None:
    pack(kitdesk, project, "0.82", "movies:v1,production")
    pack(kitdesk, project, "0.99", "movies:v2")
    pack(kitdesk, project, "0.83", "movies:v3")
    (project / "kitdesk.toml").write_text(GATE)
    assert kitdesk("gate", "movies:v2") == 1
    assert kitdesk.out.splitlines() == [
        "v2 does not pass the gate “production”.",
        "  ✗ rmse is 0.99, above the most allowed, 0.95.",
        "  ✗ rmse is 0.99, production (v1) has 0.82: worse by 0.17, 0.01 is allowed.",
    ]
    found = kitdesk.json("gate", "movies:v3")
    assert found["ok"] is True
    assert found["tests"][1] == {
        "name": "rmse not_worse_than",
        "verdict": "pass",
        "value": 0.83,
        "limit": 0.83,
        "against": "production",
        "sentence": "rmse is 0.83, production (v1) has 0.82: worse by 0.01, 0.01 is allowed.",
    }
    assert kitdesk("gate", "movies:v1", "--gate", "staging") == 1
    assert "There is no gate “staging”" in kitdesk.err


def test_a_mistake_is_an_error_with_its_line(kitdesk: Shell, project: Path) -> None:
    pack(kitdesk, project, "0.82", "movies:v1")
    (project / "kitdesk.toml").write_text("[gate.production]\nrmse = { max = nan }\n")
    found = kitdesk.json("gate", "movies:v1", code=1)
    assert found["error"]["code"] == "bad-rules"
    assert found["error"]["title"].startswith("kitdesk.toml, line 2:")
    assert kitdesk("metrics", "movies:v1") == 1


def test_the_file_of_a_kit_is_not_the_project_s(kitdesk: Shell, project: Path) -> None:
    """A version must not bring its own thresholds: the file is looked for in the project alone."""
    pack(kitdesk, project, "0.82", "movies:v1", kitdesk__toml="[gate.g]\nrmse = { max = 9 }\n")
    assert kitdesk("gate", "movies:v1") == 1
    assert "The project has no kitdesk.toml" in kitdesk.err


def test_the_file_is_found_up_to_the_git_root(
    kitdesk: Shell, project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pack(kitdesk, project, "0.82", "movies:v1")
    (tmp_path / "kitdesk.toml").write_text(GATE)
    monkeypatch.chdir(project / "results")
    assert kitdesk("gate", "movies:v1") == 0
    (project / ".git").mkdir()
    assert kitdesk("gate", "movies:v1") == 1
    assert kitdesk("gate", "movies:v1", "--file", tmp_path / "kitdesk.toml") == 0
    assert kitdesk("gate", "movies:v1", "--project", tmp_path) == 0


@pytest.mark.registry
@pytest.mark.usefixtures("no_waiting")
def test_a_registry_is_read_without_a_pull(
    kitdesk: Shell, project: Path, registry: str, tmp_path: Path
) -> None:
    place = f"{registry}/metrics/{tmp_path.name.replace('_', '-').lower()}"
    for tag, rmse in (("v1", "0.82"), ("v2", "0.99")):
        pack(kitdesk, project, rmse, f"{place}:{tag}", metrics__json={"mae": 0.5})
        assert kitdesk("push", f"{place}:{tag}") == 0
        kitdesk("remove", f"{place}:{tag}")
    found = kitdesk.json("metrics", f"{place}:v1", f"{place}:v2")
    assert [one["values"] for one in found["metrics"]] == [[0.82, 0.99], [0.5, 0.5]]
    found = kitdesk.json("metrics", place, "--remote")
    assert [one["values"] for one in found["metrics"]] == [[0.82, 0.99]]
    (project / "kitdesk.toml").write_text(GATE)
    assert kitdesk("gate", f"remote://{place}:v1") == 0
    assert "No version is production yet" in kitdesk.out


def test_an_incumbent_that_cannot_be_asked_fails(kitdesk: Shell, project: Path) -> None:
    pack(kitdesk, project, "0.82", "127.0.0.1:9/movies:v1")
    (project / "kitdesk.toml").write_text(GATE)
    found = kitdesk.json("gate", "127.0.0.1:9/movies:v1", code=1)
    assert [one["verdict"] for one in found["tests"]] == ["pass", "fail"]
    assert "What production has is not known:" in found["tests"][1]["sentence"]
