"""DuckDB underneath: in memory, one thread, locked down, with the account's tables and Oracle's functions."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling

from connector.sandbox.suiteql import refusal
from connector.sandbox.suiteql.lookup import Lookups
from connector.sandbox.suiteql.routine import Routine, every_routine
from connector.sandbox.table import Dataset, Kind, Table

_BOUND = re.compile(r"\$(t\d+)\b")
_STORED = {
    Kind.ID: "BIGINT", Kind.INTEGER: "BIGINT", Kind.TEXT: "VARCHAR", Kind.MONEY: "DECIMAL(18,2)",
    Kind.RATE: "DECIMAL(28,10)", Kind.BOOLEAN: "VARCHAR", Kind.DATE: "DATE", Kind.DATETIME: "TIMESTAMP",
}  # fmt: skip


class Warehouse:
    """Runs translated statements. Thread-safe: each run has a cursor of its own."""

    def __init__(
        self, dataset: Dataset, *, date_format: str, memory_limit: str, timeout: float, most_bytes: int
    ) -> None:
        """`timeout` is in seconds; an answer beyond `most_bytes` is refused."""
        self._timeout = timeout
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        # One thread per statement keeps the order of unsorted rows the same from run to run.
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "threads": 1,
                "memory_limit": memory_limit,
                "enable_external_access": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "python_enable_replacements": False,
            },
        )
        for table in dataset.tables.values():
            self._load(table)
        for routine in every_routine() + Lookups(dataset, date_format).routines():
            self._register(routine)
        self._connection.execute("SET max_expression_depth = 600")
        self._connection.execute("SET lock_configuration = true")

    def close(self) -> None:
        self._connection.close()

    def run(self, sql: str, texts: Sequence[str]) -> pa.Table:
        """The whole answer. Raises SuiteQLRefused; DuckDB's own words never leave here."""
        with self._lock:
            cursor = self._connection.cursor()
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            cursor.interrupt()

        timer = threading.Timer(self._timeout, expire)
        timer.daemon = True
        timer.start()
        try:
            # DuckDB refuses a value that the statement does not name, and a constant may have gone unused.
            bound = {name: texts[int(name[1:])] for name in _BOUND.findall(sql)}
            return self._fetch(cursor.sql(sql, params=bound or None))
        except (duckdb.Error, pa.ArrowException, RuntimeError) as error:
            if expired.is_set():
                raise refusal.timeout(self._timeout) from error
            raise refusal.unsupported(f"DuckDB: {type(error).__name__}: {error}") from error
        finally:
            timer.cancel()
            timer.join()
            cursor.close()

    def _fetch(self, relation: duckdb.DuckDBPyRelation) -> pa.Table:
        reader = relation.to_arrow_reader(10_000)
        batches, size = [], 0
        for batch in reader:
            size += batch.nbytes
            if size > self._most_bytes:
                raise refusal.unsupported("the answer is too large")
            batches.append(batch)
        return pa.Table.from_batches(batches, schema=reader.schema)

    def _load(self, table: Table) -> None:
        columns = ", ".join(_stored(column.name, column.kind) for column in table.columns)
        self._connection.register("incoming", table.rows)
        self._connection.execute(f'CREATE TABLE "{table.name}" AS SELECT {columns} FROM incoming')  # noqa: S608 - names of our own tables
        self._connection.unregister("incoming")

    def _register(self, routine: Routine) -> None:
        self._connection.create_function(
            routine.name,
            routine.callable(),
            routine.parameters,
            routine.returns,
            null_handling=FunctionNullHandling.SPECIAL,
        )


def _stored(name: str, kind: Kind) -> str:
    value = f'CAST("{name}" AS {_STORED[kind]})'
    if _STORED[kind] == "VARCHAR":
        value = f"NULLIF({value}, '')"
    if kind is Kind.DATETIME:
        value = f"date_trunc('second', {value})"  # an Oracle DATE has no fractions of a second
    return f'{value} AS "{name}"'
