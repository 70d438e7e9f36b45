"""DuckDB underneath: in memory, one thread, locked down, with the account's tables and Oracle's functions."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling

from connector.sandbox.suiteql import refusal
from connector.sandbox.suiteql.lookup import Lookups
from connector.sandbox.suiteql.oracle.number import NotExactError
from connector.sandbox.suiteql.routine import Routine, every_routine
from connector.sandbox.table import Dataset, Kind, Table

_BOUND = re.compile(r"\$(t\d+)\b")
_STORED = {
    Kind.ID: "BIGINT", Kind.INTEGER: "BIGINT", Kind.TEXT: "VARCHAR", Kind.MONEY: "DECIMAL(18,2)",
    Kind.RATE: "DECIMAL(28,10)", Kind.BOOLEAN: "VARCHAR", Kind.DATE: "DATE", Kind.DATETIME: "TIMESTAMP",
}  # fmt: skip
# What DuckDB's errors begin with, where the query is to blame: names and types that do not fit, values out of range,
# a pattern it does not take, a subselect of two rows, more than the memory holds. A reader of rows raises them as
# OSError, with the same text, once the first rows are out. Any other error is a fault of ours.
_REFUSALS = (
    "Binder Error: ", "Conversion Error: ", "Invalid Input Error: ", "Not implemented Error: ",
    "Out of Memory Error: ", "Out of Range Error: ", "Parser Error: ", "Syntax Error: ",
)  # fmt: skip
_WRONG_RESULT = "Invalid Input Error: Failed to cast value"  # of a routine
_INTERRUPT_EVERY = 0.05  # seconds
_INTERRUPTIONS = 20


class _Raised(threading.local):
    """What a routine raised in this thread."""

    error: Exception | None = None


class Warehouse:
    """Runs translated statements. Thread-safe: each run has a cursor of its own."""

    def __init__(
        self, dataset: Dataset, *, date_format: str, memory_limit: str, timeout: float, most_bytes: int
    ) -> None:
        """`timeout` is in seconds; an answer beyond `most_bytes` is refused."""
        self._timeout = timeout
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._running: dict[int, duckdb.DuckDBPyConnection] = {}
        self._closed = False
        self._raised = _Raised()
        # One thread per statement keeps the order of unsorted rows the same from run to run.
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "threads": 1,
                "memory_limit": memory_limit,
                "temp_directory": "",  # nothing of an account is ever written to disk
                "max_temp_directory_size": "0KB",
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "python_enable_replacements": False,
            },
        )
        # By itself, as no directory may be set behind it and DuckDB takes the settings above in an order of its own.
        self._connection.execute("SET enable_external_access = false")
        for table in dataset.tables.values():
            self._load(table)
        for routine in every_routine() + Lookups(dataset, date_format).routines():
            self._register(routine)
        self._connection.execute("SET max_expression_depth = 600")
        self._connection.execute("SET lock_configuration = true")

    def close(self) -> None:
        """Stop what runs, then free the memory."""
        with self._lock:
            self._closed = True
            # A statement that is about to begin does not feel the first interruption.
            for _ in range(_INTERRUPTIONS):
                for cursor in self._running.values():
                    cursor.interrupt()
                if self._idle.wait_for(lambda: not self._running, _INTERRUPT_EVERY):
                    break
        self._connection.close()

    def run(self, sql: str, texts: Sequence[str]) -> pa.Table:
        """The whole answer.

        Raises SuiteQLRefused; DuckDB's own words never leave here. What a routine of ours raises by mistake is no
        refusal and comes out as it is.
        """
        expired, self._raised.error = threading.Event(), None
        with self._cursor(expired) as cursor:
            try:
                # DuckDB refuses a value that the statement does not name, and a constant may have gone unused.
                bound = {name: texts[int(name[1:])] for name in _BOUND.findall(sql)}
                return self._fetch(cursor.sql(sql, params=bound or None))
            except (duckdb.Error, pa.ArrowException, MemoryError, OSError, RuntimeError) as error:
                if self._closed:
                    raise refusal.unsupported("the account is closed") from error
                if expired.is_set():
                    raise refusal.timeout(self._timeout) from error
                if (told := self._told(error)) is None:
                    raise
                raise told from error

    @contextmanager
    def _cursor(self, expired: threading.Event) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that is interrupted when its time is over, as `expired` then says."""
        with self._lock:
            if self._closed:
                raise refusal.unsupported("the account is closed")
            cursor = self._connection.cursor()
            self._running[id(cursor)] = cursor

        def expire() -> None:
            expired.set()
            cursor.interrupt()

        timer = threading.Timer(self._timeout, expire)
        timer.daemon = True
        timer.start()
        try:
            yield cursor
        finally:
            timer.cancel()
            timer.join()
            cursor.close()
            with self._lock:
                del self._running[id(cursor)]
                self._idle.notify_all()

    def _told(self, error: Exception) -> Exception | None:
        """What an error of DuckDB tells: a refusal, where Oracle would refuse too or nothing exact can be said.

        Else it is the mistake that a routine made, or None where it is DuckDB's own.
        """
        raised, text = self._raised.error, str(error)
        if isinstance(error, MemoryError):
            return refusal.unsupported("the rows take more memory than there is")
        if raised is not None and not isinstance(raised, NotExactError):
            return raised
        if raised is not None or (text.startswith(_REFUSALS) and not text.startswith(_WRONG_RESULT)):
            return refusal.unsupported(f"DuckDB: {text}")
        return None

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
            self._watched(routine.callable()),
            routine.parameters,
            routine.returns,
            null_handling=FunctionNullHandling.SPECIAL,
        )

    def _watched(self, body: Callable[..., object]) -> Callable[..., object]:
        """The same, remembering what it raises: of that DuckDB passes on the text alone.

        With one thread a statement, DuckDB calls routines in the thread that reads the answer.
        """

        @wraps(body)
        def watched(*arguments: object) -> object:
            try:
                return body(*arguments)
            except Exception as error:
                self._raised.error = error
                raise

        return watched


def _stored(name: str, kind: Kind) -> str:
    value = f'CAST("{name}" AS {_STORED[kind]})'
    if _STORED[kind] == "VARCHAR":
        value = f"NULLIF({value}, '')"
    if kind is Kind.DATETIME:
        value = f"date_trunc('second', {value})"  # an Oracle DATE has no fractions of a second
    return f'{value} AS "{name}"'
