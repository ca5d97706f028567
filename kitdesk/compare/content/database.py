"""SQLite, from a copy that nothing can write to: ordinary tables only, no views, no functions."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.database_rows import Row, Tables, quoted
from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.source import Unreadable
from kitdesk.compare.content.table.stream import blocks
from kitdesk.compare.content.words import count
from kitdesk.progress import Cancelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Budget, Bytes

MAX_BYTES = 2 << 30
MAX_VALUE = 1 << 26
"""Bytes of one value that SQLite may make."""
STEPS = 20_000
"""Instructions of SQLite between two looks at the clock."""
ALLOWED = frozenset((sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ))


def read(side: Bytes, name: str, context: Context) -> Model:
    """The tables of a copy; their rows are read when they are compared."""
    if side.size > MAX_BYTES:
        raise Unreadable("it is too large to be copied", "size")
    if side.place == "remote" and side.size > 4 << 20 and not context.budget.values:
        raise Unreadable("it lies in a registry and is large", "remote")
    base = Base(side, context.budget)
    model = Model("database", "sqlite")
    tables, views = base.schema()
    if views:
        model.facts["views"] = Property("Views, not run", sorted(views))
    model.fingerprint = base.fingerprint
    model.hidden["schema"] = "Schema"
    model.parts["tables"] = Tables(base, tables)
    model.about = f"database, {count(len(tables), 'table')}"
    return model


@dataclass(frozen=True, slots=True)
class Stored:
    """One ordinary table."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    generated: tuple[str, ...]


class Base:
    """A copy in a temporary folder, opened read-only and immutable."""

    def __init__(self, side: Bytes, budget: Budget) -> None:
        folder = budget.resources.enter_context(tempfile.TemporaryDirectory(prefix="kitdesk-"))
        path = Path(folder) / "copy.db"
        with path.open("wb") as copy:
            for piece in blocks(side, budget):
                copy.write(piece)
        self.budget = budget
        self.fingerprint = ""
        self._stopped: Exception | None = None
        uri = f"{path.as_uri()}?mode=ro&immutable=1"
        try:
            connection = sqlite3.connect(uri, uri=True, cached_statements=0)
            self._connection = budget.resources.enter_context(closing(connection))
            self._connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
            self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE)
            self._connection.execute("PRAGMA trusted_schema = OFF")
            self._connection.execute("PRAGMA cell_size_check = ON")
            self._connection.set_progress_handler(self._progress, STEPS)
        except sqlite3.Error as error:
            raise Unreadable("it is no database that can be read") from error

    def _progress(self) -> int:
        try:
            self.budget.check()
        except (Unreadable, Cancelled) as error:  # carried over SQLite's own code, raised again
            self._stopped = error
            return 1
        return 0

    def query(self, sql: str) -> Iterator[Row]:
        """Rows of a SELECT on ordinary tables; nothing else is allowed."""
        try:
            with closing(self._connection.execute(sql)) as cursor:
                while rows := cursor.fetchmany(256):
                    yield from rows
        except (sqlite3.Error, OverflowError) as error:
            if self._stopped is not None:
                raise self._stopped from error
            raise Unreadable("it is a damaged database") from error

    def schema(self) -> tuple[list[Stored], list[str]]:
        """Ordinary tables, and the names of views."""
        listed = list(self.query("SELECT type, name, sql FROM sqlite_master"))
        tables: list[Stored] = []
        views: list[str] = []
        statements = []
        for kind, name, sql in listed:
            if not isinstance(name, str) or name.startswith("sqlite_"):
                continue
            statements.append(f"{kind} {name} {' '.join(str(sql).split())}")
            if kind == "view":
                views.append(name[:200])
            if kind == "table" and not str(sql).lower().lstrip().startswith("create virtual"):
                tables.append(self._stored(name))
        joined = "\n".join(sorted(statements)).encode("utf-8", "surrogateescape")
        self.fingerprint = hashlib.sha256(joined).hexdigest()
        self._connection.set_authorizer(_authorize)
        return tables, views

    def _stored(self, name: str) -> Stored:
        ordinary, generated, key = [], [], []
        for row in self.query(f"PRAGMA table_xinfo({quoted(name)})"):
            _, column, _, _, _, place, hidden = row
            if hidden in (2, 3):
                generated.append(str(column))
            elif not hidden:
                ordinary.append(str(column))
                if place:
                    key.append((place, str(column)))
        return Stored(name, tuple(ordinary), tuple(one for _, one in sorted(key)), tuple(generated))


def _authorize(action: int, *_: Any) -> int:
    return sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY
