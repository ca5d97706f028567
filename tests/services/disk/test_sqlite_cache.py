"""Caches in SQLite: shared by threads, never deleted under somebody, forgiving."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kitdesk.services.disk import sqlite_cache

TABLES = "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value INT);"


def put(path: Path, name: str) -> None:
    connection = sqlite_cache.connect(path, TABLES)
    connection.execute("INSERT OR REPLACE INTO facts VALUES (?, 1)", (name,))
    connection.commit()
    connection.close()


def names(path: Path) -> set[str]:
    connection = sqlite_cache.connect(path, TABLES)
    found = {name for (name,) in connection.execute("SELECT name FROM facts")}
    connection.close()
    return found


def test_many_threads_open_a_new_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "facts.sqlite"
    gate = threading.Barrier(8)

    def work(number: int) -> None:
        gate.wait()
        for turn in range(10):
            put(path, f"{number}-{turn}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(path)) == 80
    assert [entry.name for entry in path.parent.iterdir()] == ["facts.sqlite"], "no index to map"


def test_processes_share_it(tmp_path: Path) -> None:
    path = tmp_path / "facts.sqlite"
    code = (
        "import sys; from pathlib import Path\n"
        "from tests.services.disk.test_sqlite_cache import put\n"
        "for n in range(20): put(Path(sys.argv[1]), f'{sys.argv[2]}-{n}')"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    words = [sys.executable, "-c", code, str(path)]
    running = [subprocess.Popen([*words, str(number)], env=env) for number in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert len(names(path)) == 60


def test_what_is_no_database_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "facts.sqlite"
    path.write_bytes(b"this is not a database, and long enough to be looked at" * 50)
    put(path, "new")
    assert names(path) == {"new"}


def test_a_busy_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_cache, "BUSY_TIMEOUT_S", 0.01)
    path = tmp_path / "facts.sqlite"
    put(path, "kept")
    other = sqlite3.connect(path)
    other.execute("BEGIN EXCLUSIVE")
    busy = sqlite_cache.connect(path, TABLES)
    busy.execute("INSERT INTO facts VALUES ('lost', 1)")
    busy.close()
    other.rollback()
    other.close()
    assert names(path) == {"kept"}


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    connection = sqlite_cache.connect(tmp_path / "file" / "facts.sqlite", TABLES)
    assert connection.execute("SELECT count(*) FROM facts").fetchone() == (0,)
    connection.close()
