"""Projects in awkward places: roots of mounts, bind mounts, disks without modes, FAT's names."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kitdesk.errors import Conflict
from kitdesk.modelkit.layers.ignore import SAFE_FOLDER
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations import rollback as rollbacks
from kitdesk.operations import undo as undos
from kitdesk.operations.compare import compare
from kitdesk.operations.folder_changes import checks
from kitdesk.operations.folder_changes import planner as planner_module
from kitdesk.operations.folder_status import folder_status
from kitdesk.operations.inputs.addresses import parse_side
from kitdesk.operations.pack import pack
from kitdesk.services.container import Services
from kitdesk.services.disk import file_system, renames
from tests.operations.test_user_at_work import NOW, THEN, lay_out
from tests.snapshots import snapshot

STORY = """
import os, sys
from pathlib import Path
from kitdesk.errors import Conflict
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations import rollback as rollbacks, undo as undos
from kitdesk.operations.pack import pack
from kitdesk.operations.folder_status import folder_status
from kitdesk.operations.unpack import unpack
from kitdesk.services.container import Services
from kitdesk.services.config.paths import from_environment
from tests.operations.test_user_at_work import NOW, THEN, lay_out
from tests.snapshots import snapshot

folder, place = Path(sys.argv[1]), sys.argv[2]
services = Services.at(from_environment())
lay_out(folder, THEN)
first = pack(folder, parse("demo:v1"), services).digest
at_v1 = snapshot(folder)
lay_out(folder, NOW)
second = pack(folder, parse("demo:v2"), services).digest
at_v2 = snapshot(folder)
assert not [name for name in os.listdir(folder) if name.startswith(".kitdesk")]
plan = rollbacks.plan_rollback(folder, first, "demo:v1", services)
inside = services.safe_copies.location_for(folder) == folder / ".kitdesk-safe"
found = services.safe_copies.location_for(folder)
assert found == Path(place), found
assert inside == any("another disk begins at its edge" in text for text in plan.warnings)
assert rollbacks.rollback(plan, services).exact
skip = (".kitdesk-safe",)
assert snapshot(folder, skip=skip) == at_v1
assert folder_status(folder, services).changes == ()
assert pack(folder, parse("demo:again"), services).digest == first
undos.undo(folder, services)
assert snapshot(folder, skip=skip) == at_v2
assert pack(folder, parse("demo:again"), services).digest == second
unpack(first, "demo:v1", folder, services, overwrite=True)
assert (folder / "a.py").read_text() == THEN["a.py"]
undos.undo(folder, services)
assert snapshot(folder, skip=skip) == at_v2
assert folder_status(folder, services).at == second
"""


def in_mounts(mounts: str, folder: Path, place: Path, tmp_path: Path) -> None:
    """Go through the story in a mount namespace of its own."""
    if shutil.which("unshare") is None or os.geteuid() != 0:
        pytest.skip("mounts cannot be made here")
    made = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"mounts cannot be made here: {made.stderr.decode()}")
    words = ["unshare", "-m", "sh", "-e", "-c", f'{mounts}\nexec "$@"', "sh", sys.executable, "-c"]
    done = subprocess.run(
        [*words, STORY, str(folder), str(place)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "T": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def context(tmp_path: Path) -> Path:
    for name in ("disk/p", "mount", "kitdesk-home/data", "kitops-home"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path


def test_a_project_that_is_the_root_of_a_disk(context: Path) -> None:
    mount = context / "mount"
    in_mounts('mount -t tmpfs none "$T/mount"', mount, mount / SAFE_FOLDER, context)


def test_a_project_that_is_the_root_of_a_bind_mount_of_the_same_disk(context: Path) -> None:
    mount = context / "mount"
    in_mounts('mount --bind "$T/disk/p" "$T/mount"', mount, mount / SAFE_FOLDER, context)


def test_a_project_below_a_bind_mount_of_the_same_disk(context: Path) -> None:
    place = context / "mount" / SAFE_FOLDER
    in_mounts('mount --bind "$T/disk" "$T/mount"', context / "mount/p", place, context)


def test_a_data_folder_that_is_a_mount(context: Path) -> None:
    data = 'mount -t tmpfs none "$T/kitdesk-home/data"'
    in_mounts(data, context / "disk/p", context / "disk" / SAFE_FOLDER, context)


def test_a_disk_whose_top_may_not_be_written(context: Path) -> None:
    """The project on another disk, in a folder where nobody can make a neighbour."""
    mounts = (
        'mount -t tmpfs none "$T/kitdesk-home/data"\n'
        'mount --bind "$T/disk" "$T/disk"\nmount -o remount,ro,bind "$T/disk"\n'
        'mount --bind "$T/mount" "$T/disk/p"'
    )
    in_mounts(mounts, context / "disk/p", context / "disk/p" / SAFE_FOLDER, context)


def test_another_disk_inside_the_project_is_told_in_the_preview(
    tmp_path: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "demo"
    lay_out(folder, THEN)
    first = pack(folder, parse("demo:v1"), services).digest
    lay_out(folder, NOW)
    before = snapshot(folder)
    shown = rollbacks.plan_rollback(folder, first, "demo:v1", services)
    real = renames.can_rename

    def apart(source: Path, target: Path) -> bool:
        return target.name != "data" and real(source, target)

    monkeypatch.setattr(checks, "can_rename", apart)
    with pytest.raises(Conflict, match="another disk"):
        rollbacks.plan_rollback(folder, first, "demo:v1", services)
    with pytest.raises(Conflict, match="another disk"):
        rollbacks.rollback(shown, services)
    assert snapshot(folder) == before


# disks without modes, FAT's names ----------------------------------------------------------------


@pytest.fixture
def fat(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk as Linux shows FAT: every mode is the mount's, and chmod is refused."""
    monkeypatch.setattr(planner_module, "kind_of", lambda _folder: "vfat")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted", "refused by the disk")

    real_lstat = os.lstat

    def lstat(path: Any) -> os.stat_result:
        found = real_lstat(path)
        fields = list(found)
        fields[0] = stat.S_IFMT(found.st_mode) | 0o755
        more: Any = {name: getattr(found, name) for name in dir(found) if name.startswith("st_")}
        return os.stat_result(fields, {**more, "st_mode": fields[0]})

    monkeypatch.setattr(os, "chmod", refuse)
    monkeypatch.setattr(Path, "lstat", lstat)
    monkeypatch.setattr(os, "lstat", lstat)


@pytest.mark.usefixtures("fat")
def test_on_a_disk_without_modes_a_rollback_works_and_says_so(
    tmp_path: Path, services: Services
) -> None:
    folder = tmp_path / "demo"
    lay_out(folder, THEN)
    first = pack(folder, parse("demo:v1"), services).digest
    lay_out(folder, NOW)
    plan = rollbacks.plan_rollback(folder, first, "demo:v1", services)
    assert plan.replace == ("a.py", "data/x.csv"), "a mode that cannot be kept is no difference"
    assert any("keeps no file modes" in text for text in plan.warnings)
    rollbacks.rollback(plan, services)
    assert {name: (folder / name).read_text() for name in THEN} == THEN
    again = rollbacks.plan_rollback(folder, first, "demo:v1", services)
    assert again.folder_plan.nothing
    undos.undo(folder, services)
    assert {name: (folder / name).read_text() for name in NOW} == NOW


@pytest.mark.parametrize("name", ["ab:c", "what?.txt", "dot./x", "con.txt", "x/LPT1", "tail "])
def test_a_name_that_the_disk_takes_not_is_told_in_the_preview(
    name: str, tmp_path: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "demo"
    lay_out(folder, THEN)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("here it can be written")
    first = pack(folder, parse("demo:v1"), services).digest
    (folder / name).unlink()
    monkeypatch.setattr(planner_module, "kind_of", lambda _folder: "vfat")
    with pytest.raises(Conflict, match="takes no such name"):
        rollbacks.plan_rollback(folder, first, "demo:v1", services)


def test_the_kernel_tells_which_file_system_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mountinfo"
    (tmp_path / "a stick/in").mkdir(parents=True)
    at = str(tmp_path).replace(" ", "\\040")
    mounts.write_text(
        "1 0 8:1 / / rw shared:1 - ext4 /dev/a rw\n"
        f"2 1 8:2 / {at}/a\\040stick rw,relatime - vfat /dev/b rw\n"
        f"3 1 8:3 / {at}/a rw - xfs /dev/c rw\n"
        "cut"
    )
    monkeypatch.setattr(file_system, "MOUNTS", mounts)
    assert file_system.kind_of(tmp_path / "a stick/in/there") == "vfat"
    assert file_system.kind_of(tmp_path / "a stick") == "vfat"
    assert file_system.kind_of(tmp_path / "a stickier") == "ext4"
    assert not file_system.keeps_modes("vfat")
    assert file_system.keeps_modes("ext4")


# what no verb ever looks into --------------------------------------------------------------------


def test_a_safe_copy_inside_the_project_is_in_no_version_and_no_comparison(
    tmp_path: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "demo"
    lay_out(folder, THEN)
    (folder / ".kitignore").write_text("*.log\n!.kitdesk-safe\n!.kitdesk-safe/**\n")
    first = pack(folder, parse("demo:v1"), services)
    monkeypatch.setattr(renames, "can_rename", lambda _source, _target: False)
    monkeypatch.setattr(checks, "can_rename", lambda _source, _target: True)
    lay_out(folder, NOW)
    rollbacks.rollback_now(folder, first.digest, "demo:v1", services)
    kept = {path.read_text() for path in (folder / SAFE_FOLDER).rglob("*") if path.is_file()}
    assert {"two", "changed", "new", "other"} <= kept
    again = pack(folder, parse("demo:v1again"), services)
    assert again.digest == first.digest
    assert not any(SAFE_FOLDER in one.path for one in again.left_out)
    assert folder_status(folder, services).changes == ()
    found = compare(parse_side(str(folder)), parse_side("local://demo:v1"), services)
    assert not found.files
    assert (folder / SAFE_FOLDER).is_dir()
    rollbacks.rollback_now(folder, first.digest, "demo:v1", services)
    undos.undo(folder, services)
    assert {name: (folder / name).read_text() for name in NOW} == NOW


# records that are not ours -----------------------------------------------------------------------


@pytest.mark.parametrize("where", ["beside", "inside"])
def test_a_planted_record_is_believed_by_nobody(
    where: str, tmp_path: Path, services: Services
) -> None:
    folder, victim = tmp_path / "demo", tmp_path / "victim"
    lay_out(folder, THEN)
    first = pack(folder, parse("demo:v1"), services).digest
    lay_out(folder, NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(renames, "can_rename", lambda _source, _target: False)
        patch.setattr(checks, "can_rename", lambda _source, _target: True)
        rollbacks.rollback_now(folder, first, "demo:v1", services)
    (real,) = (services.paths.data / "safe").iterdir()
    planted = (folder if where == "inside" else tmp_path) / SAFE_FOLDER / "20990101T000000-00000000"
    (planted / "before").mkdir(parents=True)
    (planted / "after").mkdir()
    (planted / "before/0").write_text("evil")
    text = (real / "swap.json").read_text().replace(real.name, planted.name)
    text = re.sub(r'"changed": "[^"]*"', '"changed": "2099-01-01T00:00:00.000Z"', text)
    (planted / "swap.json").write_text(text)  # every step of it is clean; it is newer, too
    transaction = services.safe_copies.latest_undoable(folder)
    assert transaction is not None
    assert transaction.record.id == real.name
    assert not victim.exists()
    text = (real / "swap.json").read_text()
    for bad in ("../victim", "/tmp/victim", "a/../../victim", "./a.py", "", "a//b", "a\\u0000b"):
        (real / "swap.json").write_text(text.replace('"a.py"', f'"{bad}"'))
        assert services.safe_copies.latest_undoable(folder) is None, bad
    (real / "swap.json").write_text(text)
    undos.undo(folder, services)
    assert {name: (folder / name).read_text() for name in NOW} == NOW


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give files away")
def test_a_record_of_somebody_else_is_not_ours(tmp_path: Path, services: Services) -> None:
    folder = tmp_path / "demo"
    lay_out(folder, THEN)
    first = pack(folder, parse("demo:v1"), services).digest
    lay_out(folder, NOW)
    rollbacks.rollback_now(folder, first, "demo:v1", services)
    (real,) = (services.paths.data / "safe").iterdir()
    os.chown(real, 4001, 4001)
    assert services.safe_copies.latest_undoable(folder) is None
