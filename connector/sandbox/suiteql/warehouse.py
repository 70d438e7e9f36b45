"""DuckDB underneath: one thread a statement, locked down, with the account's tables and Oracle's functions."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import wraps
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling

from connector.sandbox.suiteql import refusal, storage
from connector.sandbox.suiteql.oracle.number import NotExactError
from connector.sandbox.suiteql.routine import Routine, every_routine
from connector.sandbox.table import Change, Dataset

_BOUND = re.compile(r"\$(t\d+)\b")
# What DuckDB's errors begin with, where the query is to blame: names and types that do not fit, values out of range,
# a pattern it does not take, a subselect of two rows, more than the memory holds. A reader of rows raises them as
# OSError, with the same text, once the first rows are out. Any other error is a fault of ours.
_REFUSALS = (
    "Binder Error: ", "Conversion Error: ", "Invalid Input Error: ", "Not implemented Error: ",
    "Out of Memory Error: ", "Out of Range Error: ", "Parser Error: ", "Syntax Error: ",
)  # fmt: skip
_WRONG_RESULT = "Invalid Input Error: Failed to cast value"  # of a routine
_LATE_ROWS = 100_001  # DuckDB finds up to so many first rows by their keys alone, and only then reads the rest of them
_INTERRUPT_EVERY = 0.05  # seconds
_INTERRUPTIONS = 20


class _Raised(threading.local):
    """What a routine raised in this thread."""

    error: Exception | None = None


class Warehouse:
    """Runs translated statements, and changes the tables meanwhile. Thread-safe: each run has a cursor of its own."""

    def __init__(
        self, dataset: Dataset, *, memory_limit: str, timeout: float, most_bytes: int, store: Path | None = None
    ) -> None:
        """`timeout` is in seconds; an answer beyond `most_bytes` is refused; `store` is as in Storage."""
        self.version = 0
        self._tables = dataset.tables
        self._timeout = timeout
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._changing = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._running: dict[int, duckdb.DuckDBPyConnection] = {}
        self._closed = False
        self._raised = _Raised()
        self._storage = storage.Storage(dataset, memory_limit=memory_limit, store=store)
        self._connection = self._storage.connection
        for routine in every_routine():
            self._register(routine)
        for setting in (
            "enable_external_access = false",
            # One thread per statement keeps the order of unsorted rows the same from run to run.
            "threads = 1",
            f"late_materialization_max_rows = {_LATE_ROWS}",
            "max_expression_depth = 600",
            "lock_configuration = true",
        ):
            self._connection.execute(f"SET {setting}")

    def close(self) -> None:
        """Stop what runs, then free the memory."""
        with self._lock:
            self._closed = True
            # A statement that is about to begin does not feel the first interruption.
            for _ in range(_INTERRUPTIONS):
                for cursor in self._running.values():
                    with suppress(duckdb.ConnectionException):  # it has just ended by itself
                        cursor.interrupt()
                if self._idle.wait_for(lambda: not self._running, _INTERRUPT_EVERY):
                    break
        self._storage.close()

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """The tables as they are now, whatever changes meanwhile.

        Raises SuiteQLRefused; DuckDB's own words never leave here. What a routine of ours raises by mistake is no
        refusal and comes out as it is.
        """
        with self._cursor() as (cursor, check):
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            yield Snapshot(cursor, check, self._most_bytes)

    def apply(self, change: Change) -> None:
        """Change the tables. A reader sees all of it or nothing. Raises ValueError for what does not fit a table."""
        self._check(change)
        with self._changing, self._cursor() as (cursor, check):
            cursor.execute("BEGIN TRANSACTION")
            for name, (column, values) in change.removed.items():
                check()
                gone = f'DELETE FROM "{name}" WHERE "{column}" IN (SELECT unnest(CAST($1 AS BIGINT[])))'  # noqa: S608 - names of our own tables
                cursor.execute(gone, [list(values)])
            for name, rows in change.added.items():
                check()
                storage.insert(cursor, self._tables[name], rows, f'INSERT INTO "{name}"')
            cursor.execute("UPDATE own.state SET version = $1", [self.version + 1])
            check()
            # First: who reads the new state never meets an answer of the old one that still counts as current. Not taken
            # back where COMMIT fails, which may have happened all the same: an answer then is read once more.
            self.version += 1
            cursor.execute("COMMIT")

    def _check(self, change: Change) -> None:
        for name in (*change.removed, *change.added):
            if name not in self._tables:
                raise ValueError(f"There is no table {name}.")
        for name, (column, _) in change.removed.items():
            if column not in {known.name for known in self._tables[name].columns}:
                raise ValueError(f"{name} has no column {column}.")
        for name, rows in change.added.items():
            if sorted(rows.column_names) != sorted(known.name for known in self._tables[name].columns):
                raise ValueError(f"The rows for {name} have other columns than the table.")

    @contextmanager
    def _cursor(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, Callable[[], None]]]:
        """A cursor that is interrupted when its time is over, and what raises then. What goes wrong is told as in reading."""
        over, expired, self._raised.error = threading.Event(), threading.Event(), None
        with self._lock:
            self._refuse_closed()
            cursor = self._connection.cursor()
            self._running[id(cursor)] = cursor

        def expire() -> None:
            expired.set()
            cursor.interrupt()
            while not over.wait(_INTERRUPT_EVERY):
                cursor.interrupt()

        def check() -> None:
            self._refuse_closed()
            if expired.is_set():
                raise refusal.timeout(self._timeout)

        timer = threading.Timer(self._timeout, expire)
        timer.daemon = True
        timer.start()
        try:
            cursor.execute(f"USE {storage.ACCOUNT}")
            yield cursor, check
        except (duckdb.Error, pa.ArrowException, MemoryError, OSError, RuntimeError) as error:
            check()
            if (told := self._told(error)) is None:
                raise
            raise told from error
        finally:
            timer.cancel()
            over.set()
            timer.join()
            cursor.close()
            with self._lock:
                del self._running[id(cursor)]
                self._idle.notify_all()

    def _refuse_closed(self) -> None:
        if self._closed:
            raise refusal.unsupported("the account is closed")

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


class Snapshot:
    """The tables in one state. `version` counts the changes before it."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, check: Callable[[], None], most_bytes: int) -> None:
        self._cursor = cursor
        self._check = check
        self._most_bytes = most_bytes
        self.version: int = cursor.execute("SELECT version FROM own.state").fetchall()[0][0]

    def rows(self, sql: str, texts: Sequence[str], *, most: int) -> tuple[pa.Table, int]:
        """The first `most` rows, and how many there are in all."""
        self._check()
        # DuckDB refuses a value that the statement does not name, and a constant may have gone unused.
        bound = {name: texts[int(name[1:])] for name in _BOUND.findall(sql)}
        batches, size, total = [], 0, 0
        with closing(self._cursor.sql(sql, params=bound or None).to_arrow_reader(10_000)) as reader:
            for batch in reader:
                if total < most:
                    batches.append(batch.slice(0, most - total))
                    size += batches[-1].nbytes
                if size > self._most_bytes:
                    raise refusal.unsupported("the answer is too large")
                total += batch.num_rows
            return pa.Table.from_batches(batches, schema=reader.schema), total

    def count(self, sql: str, texts: Sequence[str]) -> int:
        """How many rows there are."""
        rows, _ = self.rows(f"SELECT count(*) FROM ({sql})", texts, most=1)  # noqa: S608 - translated
        return int(rows.column(0)[0].as_py())
