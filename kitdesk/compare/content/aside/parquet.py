"""Parquet against Parquet with duckdb: rows by key, cells, statistics; in bounded memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.source import Unreadable
from kitdesk.compare.content.table.keys import candidates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitdesk.compare.content.aside.serve import Answer, PipeBytes

INTEGERS = frozenset(
    "TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT".split()
)
FLOATS = frozenset(("FLOAT", "DOUBLE"))
NESTED = ("STRUCT", "MAP", "UNION")


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def compare(sides: Sequence[PipeBytes], arguments: dict[str, Any]) -> Answer:
    """Counts by key, changed cells by column, statistics, samples."""
    import duckdb

    folder = Path.cwd()
    for name, side in zip(("left", "right"), sides, strict=True):
        with (folder / f"{name}.parquet").open("wb") as copy:
            for at in range(0, side.size, 8 << 20):
                copy.write(side.read(at, min(8 << 20, side.size - at)))
    for leftover in ("work.db", "work.db.wal"):
        (folder / leftover).unlink(missing_ok=True)
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": "100MB",
        "threads": "2",
        "temp_directory": str(folder),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "preserve_insertion_order": "false",
    }
    try:
        with duckdb.connect(str(folder / "work.db"), config=settings) as connection:
            connection.execute(f"SET allowed_directories = [{_text(str(folder))}]")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            return Comparison(
                connection, folder, None if arguments["key"] is None else tuple(arguments["key"])
            ).run(), b""
    except duckdb.Error as error:
        raise Unreadable(f"its values could not be read ({type(error).__name__})") from error
    finally:
        for name in ("left.parquet", "right.parquet", "work.db", "work.db.wal"):
            (folder / name).unlink(missing_ok=True)


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class Comparison:
    """Two views in one connection."""

    def __init__(self, connection: Any, folder: Path, asked: tuple[str, ...] | None) -> None:
        self.connection = connection
        self.asked = asked
        self.key: tuple[str, ...] = ()
        self.types: list[dict[str, str]] = []
        for name in ("left", "right"):
            file = _text(str(folder / f"{name}.parquet"))
            connection.execute(f"CREATE VIEW {name}_ AS SELECT * FROM read_parquet({file})")
            described = connection.execute(f"DESCRIBE {name}_").fetchall()
            self.types.append({one[0]: one[1] for one in described})
        old, new = self.types
        self.common = [name for name in new if name in old]
        self.prefix = "_kitdesk"
        while any(name.startswith(self.prefix) for name in (*old, *new)):
            self.prefix += "_"
        self.nth, self.mark = f"{self.prefix}_n", f"{self.prefix}_h"

    def place(self, at: int) -> str:
        """The name of a part of the key in the tables of this comparison."""
        return f"{self.prefix}_k{at}"

    def value(self, sql: str) -> int:
        """The one number of a query."""
        found = self.connection.execute(sql).fetchone()
        return int(found[0] or 0)

    def cell(self, name: str, side: str) -> str:
        """A column in a type that both sides can be compared in."""
        a, b = self.types[0][name], self.types[1][name]
        column = f"{side}.{quoted(name)}"
        if a == b:
            return column
        numbers = INTEGERS | FLOATS
        if a in INTEGERS and b in INTEGERS:
            return f"CAST({column} AS HUGEINT)"
        if a in numbers and b in numbers:
            return f"CAST({column} AS DOUBLE)"
        return f"CAST({column} AS VARCHAR)"

    def run(self) -> dict[str, Any]:
        """All of it."""
        from kitdesk.compare.content.aside.parquet_told import samples, statistics

        key = self._key() if self.common else None
        made: dict[str, Any] = {"key": None if key is None else list(key), "samples": []}
        if not self.common:
            made |= {"added": self.value("SELECT count(*) FROM right_"),
                     "removed": self.value("SELECT count(*) FROM left_"),
                     "changed": 0, "same": 0, "columns": {}}  # fmt: skip
        elif key is None:
            made |= self._multiset()
        else:
            made |= self._by_key(key)
            made["samples"] = samples(self, key)
        columns: dict[str, Any] = {}
        for name in dict.fromkeys((*self.types[1], *self.types[0])):
            about: dict[str, Any] = {}
            if name in self.common:
                about["changed"] = self._changed(name) if key is not None else 0
            for at, side in enumerate(("left", "right")):
                if name in self.types[at]:
                    about[side] = statistics(self, side, name, self.types[at][name])
            columns[name] = about
        made["columns"] = columns
        return made

    # Keys -----------------------------------------------------------------------------------------

    def _key(self) -> tuple[str, ...] | None:
        if self.asked is not None:
            if not self.asked:
                return None
            missing = [name for name in self.asked if name not in self.common]
            if missing:
                raise Unreadable(
                    f"there is no column {missing[0][:100]!r} on both sides", "missing"
                )
            return self.asked
        usable = [
            not any(self._is_no_key(types[name]) for types in self.types) for name in self.common
        ]
        usable = [good and self._is_unique_in_sample(name)
                  for name, good in zip(self.common, usable, strict=True)]  # fmt: skip
        for places in candidates(self.common, usable):
            names = tuple(self.common[at] for at in places)
            if not any(self._is_no_key(types[name]) for name in names for types in self.types) and (
                self._is_key(names)
            ):
                return names
        return None

    @staticmethod
    def _is_no_key(kind: str) -> bool:
        return kind in FLOATS or kind.endswith("]") or kind.startswith((*NESTED, "BLOB"))

    def _is_unique_in_sample(self, name: str) -> bool:
        column = quoted(name)
        return all(
            self.value(
                f"SELECT count(*) - count(DISTINCT {column}) FROM "
                f"(SELECT {column} FROM {side}_ LIMIT 2000)"
            ) == 0
            for side in ("left", "right")
        )  # fmt: skip

    def _is_key(self, names: tuple[str, ...]) -> bool:
        smaller = None
        for side in ("left", "right"):
            chosen = ", ".join(quoted(name) for name in names)
            total = self.value(f"SELECT count(*) FROM {side}_")
            distinct = self.value(
                f"SELECT count(*) FROM (SELECT DISTINCT {chosen} FROM {side}_ WHERE "
                + " AND ".join(f"{quoted(name)} IS NOT NULL" for name in names) + ")"
            )  # fmt: skip
            if distinct < total:
                return False
            smaller = total if smaller is None else min(smaller, total)
        on = " AND ".join(f"{self.cell(name, 'l')} = {self.cell(name, 'r')}" for name in names)
        shared = self.value(f"SELECT count(*) FROM left_ l JOIN right_ r ON {on}")
        return 2 * shared >= (smaller or 0)

    # Rows -----------------------------------------------------------------------------------------

    def _hash(self, side: str) -> str:
        return "hash(" + ", ".join(self.cell(name, side) for name in self.common) + ")"

    def _by_key(self, names: tuple[str, ...]) -> dict[str, int]:
        """Keys with the hash of their row, joined; the rows that differ go into a table."""
        for side in ("left", "right"):
            cells = ", ".join(
                f"{self.cell(name, 's')} AS {self.place(at)}" for at, name in enumerate(names)
            )
            keys = ", ".join(self.place(at) for at in range(len(names)))
            number = (
                f"row_number() OVER (PARTITION BY {keys} ORDER BY {self.mark})"
                if self.asked
                else "1"
            )
            self.connection.execute(
                f"CREATE TABLE {side}_keys AS SELECT *, {number} AS {self.nth} FROM "
                f"(SELECT {cells}, {self._hash('s')} AS {self.mark} FROM {side}_ s)"
            )
        using = ", ".join((*(self.place(at) for at in range(len(names))), self.nth))
        self.connection.execute(
            f"CREATE TABLE changed AS SELECT {using} FROM left_keys l JOIN right_keys r "
            f"USING ({using}) WHERE l.{self.mark} <> r.{self.mark}"
        )
        pairs = self.value(f"SELECT count(*) FROM left_keys JOIN right_keys USING ({using})")
        totals = [self.value(f"SELECT count(*) FROM {side}_keys") for side in ("left", "right")]
        changed = self.value("SELECT count(*) FROM changed")
        self.key = names
        return {
            "added": totals[1] - pairs, "removed": totals[0] - pairs,
            "changed": changed, "same": pairs - changed,
        }  # fmt: skip

    def rows(self, side: str) -> str:
        """The rows of a side whose key is among the changed ones."""
        on = " AND ".join(
            f"{self.cell(name, 's')} = c.{self.place(at)}" for at, name in enumerate(self.key)
        )
        keys = ", ".join(f"c.{self.place(at)}" for at in range(len(self.key)))
        if not self.asked:
            return f"(SELECT s.*, {keys}, 1 AS {self.nth} FROM {side}_ s JOIN changed c ON {on})"
        number = f"row_number() OVER (PARTITION BY {keys} ORDER BY {self._hash('s')})"
        differing = f"(SELECT DISTINCT * EXCLUDE ({self.nth}) FROM changed)"
        return (
            f"(SELECT s.*, {keys}, {number} AS {self.nth} "
            f"FROM {side}_ s JOIN {differing} c ON {on})"
        )

    def _changed(self, name: str) -> int:
        using = ", ".join((*(self.place(at) for at in range(len(self.key))), self.nth))
        return self.value(
            f"SELECT count(*) FROM {self.rows('left')} l JOIN {self.rows('right')} r "
            f"USING ({using}) WHERE {self.cell(name, 'l')} IS DISTINCT FROM {self.cell(name, 'r')}"
        )

    def _multiset(self) -> dict[str, int]:
        for side in ("left", "right"):
            self.connection.execute(
                f"CREATE TABLE {side}_counts AS SELECT {self._hash('s')} AS h, count(*) AS n "
                f"FROM {side}_ s GROUP BY 1"
            )
        totals = [self.value(f"SELECT sum(n) FROM {side}_counts") for side in ("left", "right")]
        same = self.value(
            "SELECT sum(least(l.n, r.n)) FROM left_counts l JOIN right_counts r USING (h)"
        )
        return {"added": totals[1] - same, "removed": totals[0] - same, "changed": 0, "same": same}


JOBS = {"compare": compare}
