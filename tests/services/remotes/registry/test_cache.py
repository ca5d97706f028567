"""What is remembered of registries survives, is checked, is bounded, and is never in the way."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kitdesk.modelkit.primitives import digest as digests
from kitdesk.services.remotes.registry import cache
from kitdesk.services.remotes.registry.cache import RegistryCache, UploadSession

ROOT = Path(__file__).parents[4]


@pytest.fixture
def kept(tmp_path: Path) -> RegistryCache:
    return RegistryCache(tmp_path / "cache")


def test_records_come_back_and_altered_ones_do_not(kept: RegistryCache, tmp_path: Path) -> None:
    datas = [os.urandom(50) for _ in range(1200)]
    records = {digests.of_bytes(data): data for data in datas}
    kept.keep_records(records)
    wrong = digests.of_bytes(b"right")
    kept.keep_records({wrong: b"altered"})
    assert RegistryCache(tmp_path / "cache").records([*records, wrong, "sha256:none"]) == records
    assert kept.records([]) == {}


def test_records_are_bounded_and_the_oldest_go(
    kept: RegistryCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "MAX_BYTES", 1000)
    names = []
    for number in range(20):
        monkeypatch.setattr("time.time", lambda number=number: 1000.0 + number)
        data = bytes([number]) * 100
        names.append(digests.of_bytes(data))
        kept.keep_records({names[-1]: data})
    assert set(kept.records(names)) == set(names[-10:])


def test_an_upload_is_taken_once_and_forgotten_in_time(
    kept: RegistryCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.keep_upload("u@d", UploadSession("http://x/1?_state=a", 64))
    kept.keep_upload("u@d", UploadSession("http://x/1?_state=b", 128))
    assert kept.take_upload("u@d") == UploadSession("http://x/1?_state=b", 128)
    assert kept.take_upload("u@d") is None
    kept.keep_upload("u@d", UploadSession("http://x/1", 1))
    kept.keep_upload("u@d", None)
    assert kept.take_upload("u@d") is None
    kept.keep_upload("u@d", UploadSession("http://x/1", 1))
    import time

    later = time.time() + cache.UPLOAD_LIFE + 1
    monkeypatch.setattr("time.time", lambda: later)
    assert kept.take_upload("u@d") is None


def test_rules_and_tags(kept: RegistryCache) -> None:
    assert kept.chunk("h") is None
    kept.set_chunk_size("h", 0)
    assert kept.chunk("h") == 0
    kept.set_chunk_size("h", 4 << 20)
    assert kept.chunk("h") == 4 << 20
    assert kept.tags("h/x") is None
    kept.keep_tags("h/x", {"v1": "sha256:a", "v2": ""})
    found = kept.tags("h/x")
    assert found is not None
    assert found.tags == {"v1": "sha256:a", "v2": ""}


def test_only_its_owner_may_read_it(kept: RegistryCache, tmp_path: Path) -> None:
    kept.set_chunk_size("h", 0)
    for path in (tmp_path / "cache").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


@pytest.mark.parametrize("damage", [b"", b"nonsense" * 500, b"SQLite format 3\0" + bytes(200)])
def test_a_damaged_file_is_begun_anew(damage: bytes, kept: RegistryCache, tmp_path: Path) -> None:
    kept.set_chunk_size("h", 5)
    (tmp_path / "cache" / "registries.sqlite").write_bytes(damage)
    assert kept.chunk("h") is None
    kept.set_chunk_size("h", 6)
    assert kept.chunk("h") == 6


def test_where_nothing_can_be_written_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = RegistryCache(tmp_path / "file")
    kept.set_chunk_size("h", 1)
    kept.keep_tags("a", {"t": "d"})
    kept.keep_upload("u", UploadSession("l", 1))
    kept.keep_records({"d": b"x"})
    assert (kept.chunk("h"), kept.tags("a"), kept.take_upload("u")) == (None, None, None)
    assert kept.records(["d"]) == {}


MANY = """
import sys
from pathlib import Path
from kitdesk.services.remotes.registry.cache import UploadSession, RegistryCache
memory = RegistryCache(Path(sys.argv[1]))
for number in range(40):
    memory.keep_upload(f"{sys.argv[2]}{number}", UploadSession("http://x", number))
    memory.set_chunk_size(f"{sys.argv[2]}{number}", number)
"""


def test_many_programs_at_once_lose_nothing(kept: RegistryCache, tmp_path: Path) -> None:
    programs = [
        subprocess.Popen([sys.executable, "-c", MANY, str(tmp_path / "cache"), name], cwd=ROOT)
        for name in "abcd"
    ]
    assert [one.wait(60) for one in programs] == [0] * 4
    for name in "abcd":
        for number in range(40):
            assert kept.chunk(f"{name}{number}") == number
            assert kept.take_upload(f"{name}{number}") == UploadSession("http://x", number)
    assert not list((tmp_path / "cache").glob("*.broken"))
