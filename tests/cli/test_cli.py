"""The command line is a contract: JSON fields, exit codes, errors with a way on."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kitdesk.operations.demo import advance
from kitdesk.services.layers import pack_cache
from kitdesk.services.layers.pack_cache import CachedLayer
from tests.cli.conftest import Shell
from tests.snapshots import snapshot

if TYPE_CHECKING:
    from kitdesk.services.container import Services


def test_pack_says_all_the_contract_promises(kitdesk: Shell, project: Path) -> None:
    found = kitdesk.json("pack", project, "-t", "demo:v1,extra")
    assert found.keys() >= {
        "digest", "reference", "tags", "reused", "manifest", "config", "layers", "warnings",
    }  # fmt: skip
    assert found["tags"] == ["v1", "extra"]
    assert found["reference"] == "demo:v1"
    layer = found["layers"][0]
    assert layer.keys() >= {"type", "path", "media_type", "digest", "size", "diff_id", "files"}
    assert found["manifest"]["layers"][0]["digest"] == layer["digest"]


def test_pack_fills_a_template_for_the_tag_in(kitdesk: Shell, project: Path) -> None:
    kitdesk("pack", project, "-t", "demo:v1.0.0")
    git = project / ".git"
    git.mkdir()
    (git / "HEAD").write_text("a41f9c2" + 33 * "0")
    (project / "movie_recommender.py").write_text("changed = True\n")
    found = kitdesk.json("pack", project, "-t", "demo:{version}-{sha7},latest")
    assert found["tags"] == ["v1.0.1-a41f9c2", "latest"]
    assert kitdesk("pack", project, "-t", "demo:{version}-{branch}") == 1
    assert "git knows no branch here" in kitdesk.err


def test_check_gives_places_rules_and_fixes(kitdesk: Shell, project: Path) -> None:
    assert kitdesk.json("check", project) == {"ok": True, "problems": []}
    text = (project / "Kitfile").read_text()
    (project / "Kitfile").write_text(text.replace("  license: Apache-2.0", "  licence: MIT", 1))
    found = kitdesk.json("check", project, code=1)
    assert found["ok"] is False
    problem = found["problems"][0]
    assert (problem["line"], problem["column"]) == (7, 3)
    assert problem["severity"] == "error"
    assert "license" in problem["fix"]["title"]


def test_the_line_why_of_a_rollback_stands_in_the_history(kitdesk: Shell, project: Path) -> None:
    kitdesk("pack", project, "-t", "demo:v1")
    (project / "README.md").write_text("worse")
    refused = kitdesk.json("rollback", "demo:v1", project, "--yes", "-m", "x" * 501, code=1)
    assert refused["error"]["code"] == "bad-reference"
    assert (project / "README.md").read_text() == "worse"
    kitdesk("rollback", "demo:v1", project, "--yes", "-m", "rmse went\nup")
    newest = kitdesk.json("history", project)["entries"][0]
    assert (newest["verb"], newest["note"]) == ("rollback", "rmse went up")


def test_rollback_asks_and_dry_run_touches_nothing(kitdesk: Shell, project: Path) -> None:
    kitdesk("pack", project, "-t", "demo:v1")
    at_v1 = snapshot(project)
    advance(project)
    at_v2 = snapshot(project)
    plan = kitdesk.json("rollback", "demo:v1", project, "--dry-run")
    assert plan["replace"] == [
        "Kitfile", "README.md", "movie_recommender.py", "saved_model/user_similarity_model.pkl",
    ]  # fmt: skip
    assert (plan["restore"], plan["set_aside"], plan["unchanged"]) == ([], [], 3)
    assert plan["disk_needed"] > 100_000
    refused = kitdesk.json("rollback", "demo:v1", project, code=1)
    assert refused["error"]["code"] == "needs-yes"
    assert "--yes" in refused["error"]["hint"]
    assert snapshot(project) == at_v2
    done = kitdesk.json("rollback", "demo:v1", project, "--yes")
    assert done["safe_copy"]
    assert snapshot(project) == at_v1
    assert kitdesk("undo", project) == 0
    assert snapshot(project) == at_v2
    entries = kitdesk.json("history", project)["entries"]
    assert [one["verb"] for one in entries] == ["undo", "rollback", "pack"]
    assert entries[1]["undo"] == done["safe_copy"]
    assert entries[1]["time"].endswith("Z")


def test_compare_verdicts_and_exit_code(kitdesk: Shell, project: Path) -> None:
    kitdesk("pack", project, "-t", "demo:v1")
    same = kitdesk.json("compare", "demo:v1", project, "--exit-code")
    assert same["verdict"] == "same"
    (project / "movie_recommender.py").chmod(0o755)
    mode = kitdesk.json("compare", "demo:v1", project, "--files", "--exit-code", code=1)
    assert mode["verdict"] == "packaging"
    assert mode["files"][0]["kind"] == "mode"
    assert (mode["files"][0]["left"]["mode"], mode["files"][0]["right"]["mode"]) == ("0644", "0755")
    advance(project)
    found = kitdesk.json("compare", "demo:v1", project, "--files")
    assert found["verdict"] == "different"
    assert {"path": "package.version", "kind": "changed", "left": "1.0.0", "right": "2.0.0"} in (
        found["kitfile"]
    )
    assert {one["path"] for one in found["files"] if one["kind"] == "changed"} >= {
        "saved_model/user_similarity_model.pkl"
    }
    kitdesk("compare", "demo:v1", project, "--content")
    assert "+ from sklearn.decomposition import TruncatedSVD" in kitdesk.out


def test_a_comment_in_the_kitfile_is_no_difference(kitdesk: Shell, project: Path) -> None:
    kitdesk("pack", project, "-t", "demo:v1")
    with (project / "Kitfile").open("a") as text:
        text.write("# just a thought\n")
    assert kitdesk.json("compare", "demo:v1", project)["verdict"] == "same"


@pytest.mark.registry
def test_push_pull_versions_against_a_registry(
    kitdesk: Shell, project: Path, registry: str, tmp_path: Path
) -> None:
    where = f"{registry}/cli/demo"
    first = kitdesk.json("pack", project, "-t", "demo:v1")
    sent = kitdesk.json("push", "demo:v1", where)
    assert sent["digest"] == first["digest"]
    assert {blob["state"] for blob in sent["blobs"]} == {"sent"}
    again = kitdesk.json("push", "demo:v1", where)
    assert (again["bytes"], {blob["state"] for blob in again["blobs"]}) == (0, {"existed"})
    advance(project)
    second = kitdesk.json("pack", project, "-t", "demo:v1")
    taken = kitdesk.json("push", "demo:v1", where, code=1)
    assert taken["error"]["code"] == "conflict"
    assert first["digest"] in taken["error"]["title"]
    assert "--force" in taken["error"]["hint"]
    assert kitdesk("push", "demo:v1", where, "--force") == 0
    found = kitdesk.json("versions", where, "--remote")
    assert [(v["digest"], v["remote"]) for v in found["versions"]] == [(second["digest"], True)]
    shutil.rmtree(tmp_path / "kitops-home")
    pulled = kitdesk.json("pull", f"{where}:v1")
    assert pulled["digest"] == second["digest"]
    assert kitdesk.json("verify", f"{where}:v1")["ok"] is True
    assert kitdesk.json("verify", f"{where}:v1", "--remote")["ok"] is True
    assert kitdesk("unpack", f"{where}:v1", "-d", tmp_path / "out") == 0
    assert (tmp_path / "out" / "movie_recommender.py").exists()
    assert kitdesk("remove", f"{where}:v1", "--remote") == 0
    assert kitdesk.json("versions", where, "--remote")["versions"][0]["remote"] is False


def test_a_folder_remote_holds_versions_too(kitdesk: Shell, project: Path, tmp_path: Path) -> None:
    kitdesk("pack", project, "-t", "demo:v1")
    stick = tmp_path / "stick"
    assert kitdesk("push", "demo:v1", f"oci:{stick}") == 0
    found = kitdesk.json("versions", f"oci:{stick}")
    assert [tag["name"] for tag in found["versions"][0]["tags"]] == ["v1"]
    assert kitdesk.json("compare", f"oci:{stick}:v1", project)["verdict"] == "same"
    assert kitdesk.json("inspect", f"oci:{stick}:v1")["manifest"]["schemaVersion"] == 2


def test_tag_and_remove_free_only_what_nobody_needs(kitdesk: Shell, project: Path) -> None:
    kitdesk("pack", project, "-t", "demo:v1")
    kitdesk("tag", "demo:v1", "demo:latest")
    kitdesk("tag", "demo:v1", "other/name:v1")
    assert kitdesk.json("remove", "demo:v1")["freed"] == 0
    assert kitdesk.json("remove", "demo:latest")["freed"] == 0
    assert kitdesk.json("verify", "other/name:v1")["ok"] is True
    assert kitdesk.json("remove", "other/name:v1")["freed"] > 200_000
    assert kitdesk.json("versions")["versions"] == []


def test_restore_one_file(kitdesk: Shell, project: Path) -> None:
    kitdesk("pack", project, "-t", "demo:v1")
    advance(project)
    now = (project / "README.md").read_bytes()
    done = kitdesk.json("restore", "demo:v1", "movie_recommender.py", "--folder", project)
    assert done["replace"] == ["movie_recommender.py"]
    assert b"cosine_similarity" in (project / "movie_recommender.py").read_bytes()
    assert (project / "README.md").read_bytes() == now


def test_the_kitfile_may_come_from_standard_input(
    kitdesk: Shell, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = io.BytesIO(b"manifestVersion: 1.0.0\ncode:\n  - path: movie_recommender.py\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data))
    found = kitdesk.json("pack", project, "-t", "demo:v1", "-f", "-")
    assert [layer["path"] for layer in found["layers"]] == ["movie_recommender.py"]


def test_the_tour_tells_the_whole_story(kitdesk: Shell, tmp_path: Path) -> None:
    found = kitdesk.json("tour")
    assert found["ok"] is True
    assert any("exactly v1.0.0 again" in step for step in found["steps"])
    assert not (tmp_path / "kitops-home").exists(), "the tour touches nothing of the user's"


def test_the_schema_can_be_had_without_a_project(kitdesk: Shell, tmp_path: Path) -> None:
    found = kitdesk.json("check", tmp_path / "nowhere", "--schema")
    assert "mcpServers" in found["properties"]
    assert kitdesk("check", "--schema", "--profile", "kit-1.7") == 0
    assert "prompts" not in json.loads(kitdesk.out)["properties"]


def test_no_cache_believes_no_record_of_the_last_pack(
    kitdesk: Shell, project: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kitdesk.services.layers.pack_cache.RACY_NS", -(10**12))
    first = kitdesk.json("pack", project, "-t", "demo:v1")
    wrong = first["manifest"]["config"]
    for record in (services.paths.cache / "packed").iterdir():
        head, _line, rows = record.read_bytes().partition(b"\n")
        lie = {**json.loads(head), "digest": wrong["digest"], "size": wrong["size"]}
        told = [lie[name] for name in CachedLayer._fields]
        lie["check"] = pack_cache._check_of(CachedLayer(*told))
        record.write_bytes(json.dumps(lie).encode() + b"\n" + rows)
    assert kitdesk.json("pack", project, "-t", "demo:v2")["digest"] != first["digest"]
    again = kitdesk.json("pack", project, "-t", "demo:v1", "--no-cache")
    assert again["digest"] == first["digest"]


def test_a_modelpack_on_request(kitdesk: Shell, project: Path) -> None:
    found = kitdesk.json("pack", project, "-t", "demo:mp", "--use-model-pack")
    kind = "application/vnd.cncf.model.manifest.v1+json"
    assert found["manifest"]["artifactType"] == kind
    assert kitdesk("inspect", "demo:mp") == 0


def test_the_sample_is_free_of_what_an_installer_compiled(
    kitdesk: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = tmp_path / "resources"
    for version in ("v1.0.0", "v2.0.0"):
        (sample / "sample" / version / "__pycache__").mkdir(parents=True)
        (sample / "sample" / version / "__pycache__" / "a.pyc").write_bytes(b"x")
        (sample / "sample" / version / "a.py").write_text("1\n")
    monkeypatch.setattr("kitdesk.operations.demo.files", lambda _package: sample)
    assert kitdesk("demo", tmp_path / "project") == 0
    assert not list((tmp_path / "project").rglob("*.pyc"))
    assert (tmp_path / "project" / "next" / "a.py").exists()
