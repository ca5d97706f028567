"""init on folders as they are met: what is proposed is what pack makes, the rest is named."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from kitdesk.errors import Conflict, FolderGone, NotFound
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.init import InitResult, init
from kitdesk.operations.pack import pack
from kitdesk.progress import Cancelled, Progress
from kitdesk.services.container import Services
from tests.snapshots import snapshot

HF_TOKEN = "hf_" + "aB3" * 11 + "x"


def write(folder: Path, files: dict[str, bytes | str]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        (folder / path).write_bytes(data)
    return folder


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    folder = write(
        tmp_path / "Fraud Model",
        {
            "README.md": "# Fraud",
            "train.py": f"import os\nTOKEN = '{HF_TOKEN}'\n",
            "src/a.py": "1",
            "src/b.py": "2",
            "src/c.py": "3",
            "src/notes.xyz": "joins the folder it lies in",
            "src/.env": "KEY=1",
            "src/__pycache__/a.pyc": "compiled",
            "src/deploy_key": "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n",
            "data/1.csv": "a",
            "data/2.csv": "b",
            "data/3.csv": "c",
            "data/pulled.csv.dvc": "md5: 1",
            "data/absent.csv.dvc": "md5: 2",
            "data/pulled.csv": "d",
            ".venv/lib/x.py": "x" * 100,
            "myenv/pyvenv.cfg": "home = /usr",
            "myenv/lib/big.csv": "y" * 50,
            "conda/conda-meta/history": "",
            "scratch/CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55\n",
            "scratch/x.csv": "z",
            "runs/best.ckpt": b"\0" * 4000,
            "runs/stdout.txt": "epoch 1",
            "wandb/run/log.bin.txt": "w",
            ".git/HEAD": "ref",
            ".dvc/config": "",
            ".gitignore": "/weights/\nprivate.md\n",
            "weights/final.pt": b"\0" * 9000,
            "weights/why.md": "ignored by git with its folder",
            "private.md": "mine",
            "lfs.safetensors": "version https://git-lfs.github.com/spec/v1\noid x\nsize 77\n",
            "Thumbs.db": "",
            "DESKTOP.INI": "",
            "raw/a.zzz": "?",
            "raw/b.zzz": "??",
            "odd..name.py": "kit drops such names",
        },
    )
    (folder / "link.py").symlink_to("train.py")
    return folder


def kinds(found: InitResult) -> dict[str, str]:
    return {one.path: one.kind.value for one in found.left_out}


def files_of(folder: Path) -> set[str]:
    return {
        os.path.relpath(os.path.join(root, name), folder).replace(os.sep, "/")
        for root, _folders, names in os.walk(folder)
        for name in names
    }


def test_a_messy_folder_is_sorted(messy: Path) -> None:
    found = init(messy)
    assert [(one.type, one.path) for one in found.layers] == [
        ("model", "weights/final.pt"),
        ("modelpart", "runs/best.ckpt"),
        ("code", "train.py"),
        ("code", "src"),
        ("dataset", "data"),
        ("docs", "README.md"),
    ]
    assert "name: fraud-model" in found.kitfile
    assert kinds(found) == {
        ".dvc/": "vcs",
        ".git/": "vcs",
        ".gitignore": "vcs",
        ".venv/": "environment",
        "DESKTOP.INI": "system",
        "Thumbs.db": "system",
        "conda/": "environment",
        "data/absent.csv.dvc": "pointer",
        "data/pulled.csv.dvc": "pointer",
        "lfs.safetensors": "pointer",
        "link.py": "link",
        "myenv/": "environment",
        "odd..name.py": "other",
        "private.md": "ignored",
        "raw/": "other",
        "runs/": "log",
        "scratch/": "cache",
        "src/.env": "secret",
        "src/__pycache__/": "cache",
        "src/deploy_key": "secret",
        "wandb/": "log",
        "weights/": "ignored",
    }
    sizes = {one.path: one.size for one in found.left_out}
    assert (sizes[".venv/"], sizes["myenv/"], sizes["raw/"], sizes["runs/"]) == (100, 61, 3, 7)
    reasons = {one.path: one.reason for one in found.left_out}
    assert "77 bytes" in reasons["lfs.safetensors"]
    assert "data/absent.csv, which is not here" in reasons["data/absent.csv.dvc"]
    assert "not here" not in reasons["data/pulled.csv.dvc"]


def test_a_token_in_a_script_is_named_and_the_script_stays(messy: Path) -> None:
    found = init(messy)
    assert found.warnings == ("train.py, line 2: this looks like a secret (Hugging Face).",)
    assert HF_TOKEN not in repr(found)


def test_looking_changes_nothing(messy: Path) -> None:
    before = snapshot(messy)
    init(messy)
    assert snapshot(messy) == before


def test_what_is_proposed_is_what_pack_makes(messy: Path, services: Services) -> None:
    found = init(messy, write=True)
    assert found.written == (".kitignore", "Kitfile")
    assert (messy / "Kitfile").read_text() == found.kitfile
    assert (messy / ".kitignore").read_text() == found.kitignore
    packed = pack(messy, parse("demo:v1"), services)
    assert [(one.type, one.path, one.files, one.size) for one in packed.layers] == [
        (one.type, one.path, one.files, one.size) for one in found.layers
    ]
    members: set[str] = set()
    for layer in packed.layers:
        data = services.store.blobs.path(layer.digest).read_bytes()
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            members |= {one.name for one in tar.getmembers() if one.isfile()}
    left = tuple(one.path for one in found.left_out)
    folders = tuple(path for path in left if path.endswith("/"))
    for path in files_of(messy) - {"Kitfile", ".kitignore"}:
        out = path in left or path.startswith(folders)
        kept = path in {"weights/final.pt", "runs/best.ckpt"}
        assert (path in members) == (not out or kept), path


def test_kitignore_grows_and_is_left_alone_without_need(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", {".kitignore": "*.tmp", "a.py": "1", "b.tmp": "2"})
    found = init(folder, write=True)
    assert (found.kitignore, found.written) == (None, ("Kitfile",))
    assert kinds(found) == {"b.tmp": "ignored"}
    assert found.left_out[0].reason == ".kitignore, line 1"
    (folder / "Kitfile").unlink()
    write(folder, {"s/1.py": "", "s/2.py": "", "s/3.py": "", "s/#odd[1].log": "x"})
    found = init(folder, write=True)
    assert found.kitignore is not None
    assert found.kitignore.startswith("*.tmp\n# ")
    assert kinds(init(folder)) == {"b.tmp": "ignored", "s/#odd[1].log": "ignored"}


@pytest.mark.parametrize("name", ["Kitfile", "kitfile", ".kitfile"])
def test_a_kitfile_is_never_overwritten(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path / "p", {"a.py": "1"})
    (folder / name).symlink_to("nowhere")
    before = snapshot(folder)
    with pytest.raises(Conflict):
        init(folder, write=True)
    assert snapshot(folder) == before
    assert [one.path for one in init(folder).layers] == ["a.py"], "looking is free"


def test_runs_with_more_logs_than_data_are_no_layer_of_their_own(tmp_path: Path) -> None:
    files = {f"runs/{n}/metrics.csv": "1" for n in range(4)}
    logs = {f"runs/{n}/{m}.txt": "log" for n in range(4) for m in range(3)}
    found = init(write(tmp_path / "p", {**files, **logs}))
    assert {one.path for one in found.layers} == set(files)
    assert found.kitignore is None


def test_folders_of_pictures_and_sound_are_datasets(tmp_path: Path) -> None:
    files = {f"photos/{n}.JPG": "x" for n in range(3)} | {f"calls/{n}.wav": "x" for n in range(3)}
    found = init(write(tmp_path / "p", {**files, "docs/plan.png": "x", "logo.svg": "x"}))
    assert {(one.type, one.path) for one in found.layers} == {
        ("dataset", "photos"),
        ("dataset", "calls"),
        ("docs", "docs/plan.png"),
        ("docs", "logo.svg"),
    }


@pytest.mark.timeout(300)
def test_no_number_of_files_is_cut_off(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    (folder / "data").mkdir(parents=True)
    for number in range(20_500):
        (folder / "data" / f"{number}.csv").touch()
    write(folder, {"z.py": "1"})
    found = init(folder)
    assert [(one.path, one.files) for one in found.layers] == [("z.py", 1), ("data", 20_500)]


def test_a_folder_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "p", {"a.py": "1", "closed/b.py": "2"})
    real = os.scandir

    def refuses(path: str) -> object:  # as for an ordinary user; root may read everything
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr("kitdesk.modelkit.layers.file_tree.os.scandir", refuses)
    found = init(folder)
    assert kinds(found) == {"closed/": "other"}
    assert "Permission denied" in found.left_out[0].reason


def test_names_that_a_kitfile_cannot_hold_are_named(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", {"a.py": "1", "new\nline.py": "2", " space.py": "3"})
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.py")).write_text("4")
    found = init(folder)
    assert [one.path for one in found.layers] == ["a.py"]
    assert set(kinds(found).values()) == {"other"}
    assert len(found.left_out) == 3


def test_nothing_to_pack_and_no_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nothing to pack"):
        init(write(tmp_path / "empty", {".git/HEAD": "x"}))
    with pytest.raises(FolderGone):
        init(tmp_path / "nowhere")


def test_it_can_be_stopped(messy: Path) -> None:
    def stop(_progress: Progress) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        init(messy, stop, write=True)
    assert not (messy / "Kitfile").exists()
    assert not (messy / ".kitignore").exists()


def test_runs_inside_a_packed_folder_give_their_model_alone(
    tmp_path: Path, services: Services
) -> None:
    files: dict[str, bytes | str] = {f"src/{name}.py": "1" for name in "abcd"}
    files |= {"src/runs/best.pt": b"w", "src/runs/out.txt": "log", "src/runs/more/x.txt": "log"}
    folder = write(tmp_path / "p", files)
    found = init(folder, write=True)
    assert found.kitignore is not None
    assert found.kitignore.splitlines()[1:] == ["src/runs/more/x.txt", "src/runs/out.txt"]
    packed = pack(folder, parse("demo:v1"), services)
    assert {one.path: one.files for one in packed.layers} == {"src/runs/best.pt": 1, "src": 4}


def test_a_model_folder_is_one_thing(tmp_path: Path, services: Services) -> None:
    folder = write(
        tmp_path / "p",
        {
            "mlruns/0/abc/artifacts/model/MLmodel": "flavors: {}",
            "mlruns/0/abc/artifacts/model/model.pkl": b"m" * 10,
            "mlruns/0/abc/artifacts/model/requirements.txt": "sklearn",
            "mlruns/0/abc/meta.yaml": "run",
            "bert/config.json": "{}",
            "bert/model-00001-of-00002.safetensors": b"w" * 50,
            "bert/model-00002-of-00002.safetensors": b"w" * 50,
            "bert/model.safetensors.index.json": "{}",
            "bert/tokenizer.json": "{}",
            "bert/__pycache__/x.pyc": b"",
            "saved/1/saved_model.pb": b"s" * 20,
            "saved/1/variables/variables.index": b"v",
            "settings/config.json": "{}",
            "outputs/config.json": "{}",
            "outputs/model.safetensors": b"w",
            "outputs/runs/events.out.tfevents.1": "curve",
        },
    )
    found = init(folder, write=True)
    assert [(one.type, one.path, one.files) for one in found.layers] == [
        ("model", "bert", 5),
        ("modelpart", "mlruns/0/abc/artifacts/model", 3),
        ("modelpart", "saved/1", 2),
        ("modelpart", "outputs", 2),
        ("code", "settings/config.json", 1),
    ]
    assert kinds(found) == {"bert/__pycache__/": "cache", "mlruns/": "log", "outputs/runs/": "log"}
    packed = pack(folder, parse("demo:v1"), services)
    assert [one.files for one in packed.layers] == [one.files for one in found.layers]
