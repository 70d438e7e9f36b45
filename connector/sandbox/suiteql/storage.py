"""Where the tables lie: in memory, or in a file that is kept, of which each process works on a copy of its own."""

from __future__ import annotations

import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import duckdb

from connector.sandbox.table import Dataset, Kind, Table

if sys.platform != "win32":
    import fcntl

ACCOUNT = "account"  # DuckDB's name of the database
_LOADING_THREADS = 2
_BLOCK = 1 << 20
_STORED = {
    Kind.ID: "BIGINT", Kind.INTEGER: "BIGINT", Kind.TEXT: "VARCHAR", Kind.MONEY: "DECIMAL(18,2)",
    Kind.RATE: "DECIMAL(28,10)", Kind.BOOLEAN: "VARCHAR", Kind.DATE: "DATE", Kind.DATETIME: "TIMESTAMP",
}  # fmt: skip


class Storage:
    """DuckDB with the account's tables in it, of which nothing is left behind."""

    def __init__(self, dataset: Dataset, *, memory_limit: str, store: Path | None) -> None:
        """`store` is the file to keep the tables in; it is made if it is not there. Raises OSError where it cannot be."""
        self.connection = duckdb.connect(
            ":memory:",
            config={
                "threads": _LOADING_THREADS,
                "memory_limit": memory_limit,
                "temp_directory": "",  # no intermediate result of an account is ever written to disk
                "max_temp_directory_size": "0KB",
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "python_enable_replacements": False,
                # Changes stay in memory: a log would need the copy's name, which is gone by then.
                "wal_autocheckpoint": "1000TB",
            },
        )
        self._scratch: Path | None = None
        try:
            if store is None:
                self.connection.execute(f"ATTACH ':memory:' AS {ACCOUNT} (COMPRESS)")
                _load(self.connection, dataset)
            else:
                self._open(dataset, store)
        except BaseException:
            self.close()
            raise
        self.connection.execute(f"USE {ACCOUNT}")

    def close(self) -> None:
        self.connection.close()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _open(self, dataset: Dataset, store: Path) -> None:
        self._scratch = Path(tempfile.mkdtemp(prefix="sandbox-"))
        own = self._scratch / "account.duckdb"
        with _alone(store):
            if not self._attach_copy(dataset, store, own):
                self._make(dataset, store)
                if not self._attach_copy(dataset, store, own):
                    raise OSError(f"{store} cannot be read right after it was written.")
        # The open file goes on without its name, so that not even a crash leaves it; where that cannot be, close() does it.
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _attach_copy(self, dataset: Dataset, store: Path, own: Path) -> bool:
        """Whether there is a file to copy that holds the tables of this dataset. One that does not is out of date."""
        if not _copy_whole(store, own):
            return False
        with suppress(duckdb.Error):
            self.connection.execute(f"ATTACH {_literal(own)} AS {ACCOUNT} (RECOVERY_MODE NO_WAL_WRITES)")
            if _columns(self.connection) == _expected(dataset):
                return True
            self.connection.execute(f"DETACH {ACCOUNT}")
        return False

    def _make(self, dataset: Dataset, store: Path) -> None:
        """Under a name of its own until it is whole."""
        new = store.with_name(f"{store.name}.new")
        for left in (new, new.with_name(f"{new.name}.wal")):
            left.unlink(missing_ok=True)
        self.connection.execute(f"ATTACH {_literal(new)} AS {ACCOUNT}")
        try:
            _load(self.connection, dataset)
        finally:
            self.connection.execute(f"DETACH {ACCOUNT}")
        _sum_of(store).write_text(_checksum(new))
        new.replace(store)


@contextmanager
def _alone(store: Path) -> Iterator[None]:
    """Of several processes that need the same file one makes it, and the others wait."""
    with store.with_name(f"{store.name}.lock").open("ab") as file:
        if sys.platform != "win32":  # there the second one fails, as DuckDB lets nobody else at a file that it writes
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _sum_of(store: Path) -> Path:
    return store.with_name(f"{store.name}.sum")


def _checksum(file: Path, copy: BinaryIO | None = None) -> str:
    """Of what the file holds, which is written to `copy` at the same time."""
    checksum, size = 0, 0
    with file.open("rb") as source:
        while block := source.read(_BLOCK):
            checksum, size = zlib.crc32(block, checksum), size + len(block)
            if copy is not None:
                copy.write(block)
    return f"{size} {checksum:08x}"


def _copy_whole(store: Path, own: Path) -> bool:
    """Whether there is such a file, and it is the one that was written: DuckDB sees damage only where it reads."""
    try:
        expected = _sum_of(store).read_text()
        with own.open("wb") as copy:
            return _checksum(store, copy) == expected
    except (FileNotFoundError, UnicodeDecodeError):
        return False


def _load(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> None:
    for table in dataset.tables.values():
        name = f'{ACCOUNT}."{table.name}"'
        insert(connection, table, table.rows, f"CREATE TABLE {name} AS")
        connection.execute(f"CHECKPOINT {ACCOUNT}")  # which compresses it
    connection.execute(f"CREATE SCHEMA {ACCOUNT}.own")
    connection.execute(f"CREATE TABLE {ACCOUNT}.own.state AS SELECT CAST(0 AS BIGINT) AS version")


def insert(connection: duckdb.DuckDBPyConnection, table: Table, rows: object, opening: str) -> None:
    """The rows as they are stored, behind `INSERT INTO …` or `CREATE TABLE … AS`. A connection that fails here is lost."""
    columns = ", ".join(_stored(column.name, column.kind) for column in table.columns)
    connection.register("incoming rows", rows)
    connection.execute(f'{opening} SELECT {columns} FROM temp."incoming rows"')  # noqa: S608 - names of our own tables
    connection.unregister("incoming rows")


def _stored(name: str, kind: Kind) -> str:
    value = f'CAST("{name}" AS {_STORED[kind]})'
    if _STORED[kind] == "VARCHAR":
        value = f"NULLIF({value}, '')"
    if kind is Kind.DATETIME:
        value = f"date_trunc('second', {value})"  # an Oracle DATE has no fractions of a second
    return f'{value} AS "{name}"'


def _columns(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    return connection.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns()"  # noqa: S608 - our own name
        f" WHERE database_name = '{ACCOUNT}' AND schema_name = 'main' ORDER BY table_name, column_index"
    ).fetchall()


def _expected(dataset: Dataset) -> list[tuple[str, str, str]]:
    tables = sorted(dataset.tables.values(), key=lambda table: table.name)
    return [(table.name, column.name, _STORED[column.kind]) for table in tables for column in table.columns]


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
