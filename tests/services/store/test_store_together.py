"""Several processes on one store, and processes that die in it: nothing lost, nothing torn."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.local_versions import remove, verify
from kitdesk.operations.pack import pack
from kitdesk.services.container import Services
from tests.conftest import library_at

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")

TOGETHER = """
import os, sys
from pathlib import Path
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.pack import pack
from kitdesk.operations.local_versions import remove
from kitdesk.services.container import Services
from kitdesk.services.config.paths import from_environment
folder = Path(sys.argv[1])
for round in range(5):
    children = []
    for number in range(12):
        child = os.fork()
        if not child:
            services = Services.at(from_environment())
            name = f"r{round}n{number}"
            project = folder / name
            (project / "a").mkdir(parents=True)
            (project / "a/same").write_text("shared by all")
            (project / "a/own").write_text(name if number % 2 else "twin")
            (project / "Kitfile").write_text("manifestVersion: 1.0.0\\ncode:\\n- path: a\\n")
            pack(project, parse(f"demo:{name}"), services)
            if number % 4 == 0:
                remove(parse(f"demo:{name}"), services)
            os._exit(0)
        children.append(child)
    codes = [os.waitpid(child, 0)[1] for child in children]
    assert not any(codes), codes
"""

KILLED = """
import os, signal, sys
from pathlib import Path
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.pack import pack
from kitdesk.services.container import Services
from kitdesk.services.config.paths import from_environment
project = Path(sys.argv[1])
WATCHED = {"os.rename", "os.remove", "os.mkdir", "os.chmod"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
Services.at(from_environment()).journal  # imported once, not in every child
pack(project, parse("demo:first"), Services.at(from_environment()))
for number in range(1, 1000):
    child = os.fork()
    if not child:
        left = number
        def hook(event, arguments):
            global left
            writes = event == "open" and arguments[2] & WRITING
            if (writes or event in WATCHED) and "kitops-home" in str(arguments[0]):
                left -= 1
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)
        (project / "a/own").write_text(f"content {number}")
        services = Services.at(from_environment())
        sys.addaudithook(hook)
        pack(project, parse("demo:next"), services)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    services = Services.at(from_environment())
    damage = []
    for version in services.store.versions(damage=damage):
        assert services.store.has(version.digest), number
    assert not damage, (number, damage)
    assert services.store.find(parse("demo:v1")) == sys.argv[2], number
    if not status:
        print(number)
        break
    assert os.WTERMSIG(status) == signal.SIGKILL, status
"""


def script(text: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", text, *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def small(folder: Path, text: str = "x") -> Path:
    (folder / "a").mkdir(parents=True)
    (folder / "a/own").write_text(text)
    (folder / "Kitfile").write_text("manifestVersion: 1.0.0\ncode:\n- path: a\n")
    return folder


def test_twelve_packs_at_once_five_times_lose_no_tag(tmp_path: Path, services: Services) -> None:
    script(TOGETHER, str(tmp_path / "work"))
    tags = {tag for one in services.store.versions() for tag in one.tags}
    assert tags == {f"r{r}n{n}" for r in range(5) for n in range(12) if n % 4}
    for path in (tmp_path / "kitops-home/storage").glob("*.json"):
        json.loads(path.read_bytes())
    assert all(verify(one.digest, services).ok for one in services.store.versions())
    assert list((tmp_path / "kitops-home/kitdesk/ingest").iterdir()) == []


def test_a_pack_that_is_killed_at_any_step_leaves_a_good_store(
    tmp_path: Path, services: Services
) -> None:
    project = small(tmp_path / "kit-project")
    first = pack(project, parse("demo:v1"), services)
    steps = int(script(KILLED, str(project), first.digest))
    assert steps > 20, "it was killed at every step that touches the store"
    assert verify(first.digest, services).ok
    now = services.store.resolve(parse("demo:next"))
    assert verify(now, services).ok


def test_a_layer_removed_by_another_process_is_written_again(
    tmp_path: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = small(tmp_path / "p")
    pack(project, parse("demo:v1"), services)
    other = library_at(tmp_path)
    put = services.store.blobs.put
    calls: list[str] = []

    def put_and_lose(data: bytes, mode: int = 0o444) -> str:
        digest = put(data, mode)
        if not calls:
            calls.append(digest)
            remove(parse("demo:v1"), other)
        return digest

    monkeypatch.setattr(services.store.blobs, "put", put_and_lose)
    packed = pack(project, parse("demo:v2"), services)
    assert services.store.has(packed.digest)
    assert verify(packed.digest, services).ok
