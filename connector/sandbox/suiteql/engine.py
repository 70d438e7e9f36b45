"""SuiteQL over an account's tables, page by page, as NetSuite's REST service answers it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

import pyarrow as pa

from connector.sandbox.suiteql.account_date import FORMATS
from connector.sandbox.suiteql.answers import Answer, Answers
from connector.sandbox.suiteql.dialect import parse
from connector.sandbox.suiteql.query import relation
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.render import printed
from connector.sandbox.suiteql.scope import SourceColumn
from connector.sandbox.suiteql.statement import Statement
from connector.sandbox.suiteql.warehouse import Warehouse
from connector.sandbox.table import Dataset


def _wall_clock() -> datetime:
    return datetime.now()  # noqa: DTZ005 - the account's wall clock, as SYSDATE has no time zone


@dataclass(frozen=True, slots=True)
class Page:
    """`items` hold strings only, nulls left out, lower-case keys in alphabetical order; `total` is totalResults."""

    items: list[dict[str, str]]
    total: int


class Engine:
    """Runs SuiteQL over one dataset. Thread-safe."""

    def __init__(
        self,
        dataset: Dataset,
        *,
        date_format: str = "M/D/YYYY",
        clock: Callable[[], datetime] = _wall_clock,
        timeout: float = 60.0,
        memory_limit: str = "1GB",
        most_bytes: int = 256 * 1024 * 1024,
    ) -> None:
        """`timeout` (seconds) is for one run; `most_bytes` bounds one answer and what is kept for later pages.

        `clock` gives the account's wall clock. Raises ValueError for a date format that NetSuite does not have.
        """
        if date_format not in FORMATS:
            raise ValueError(f"NetSuite has no date format {date_format!r}")
        self._dataset = dataset
        self._date_format = date_format
        self._clock = clock
        self._warehouse = Warehouse(
            dataset, date_format=date_format, memory_limit=memory_limit, timeout=timeout, most_bytes=most_bytes
        )
        self._answers = Answers(most_bytes)

    def page(self, q: str, params: Sequence[object], *, limit: int, offset: int) -> Page:
        """Rows `offset` to `offset + limit`. Raises SuiteQLRefused, SuiteQLTimeout."""
        # Python writes no number of thousands of digits.
        key = (q, tuple((type(given).__name__, given if isinstance(given, int) else str(given)) for given in params))
        answer = self._answers.get(key, lambda: self._answer(q, params), is_first_page=offset == 0)
        return Page(self._items(answer, answer.rows.slice(offset, limit)), answer.rows.num_rows)

    def close(self) -> None:
        """Free the memory. No page may be asked for afterwards."""
        self._warehouse.close()

    def _answer(self, q: str, params: Sequence[object]) -> Answer:
        parsed = parse(q)
        if len(params) != len(parsed.places):
            raise unsupported(f"{len(parsed.places)} placeholders, {len(params)} parameters")
        bound: dict[int, object] = dict(zip(parsed.places, params, strict=True))
        statement = Statement(self._dataset, self._date_format, self._clock(), bound)
        try:
            translated = relation(statement, parsed.tree, None, is_top=True)
        except RecursionError as error:
            raise unsupported("nested too deeply") from error
        rows = self._warehouse.run(translated.sql, statement.texts)
        types = tuple(column.type for column in translated.columns)
        return Answer(rows, _names(translated.columns), types, statement.reads_clock)

    def _items(self, answer: Answer, rows: pa.Table) -> list[dict[str, str]]:
        try:
            columns = [(name, answer.types[place], rows.column(place).to_pylist()) for name, place in answer.names]
        except OverflowError as error:
            raise unsupported("a date out of range") from error
        items: list[dict[str, str]] = [{} for _ in range(rows.num_rows)]
        for name, kind, values in columns:
            for item, value in zip(items, values, strict=True):
                text = printed(value, kind, self._date_format)
                if text is not None:
                    item[name] = text
        return items


def _names(columns: Sequence[SourceColumn]) -> tuple[tuple[str, int], ...]:
    """Expressions without a name are expr1, expr2, … as far as no column is; of two columns of one name the last wins."""
    places = {column.name: place for place, column in enumerate(columns) if column.name}
    if "links" in places:
        raise unsupported("an item has links of its own")
    free = (name for number in count(1) if (name := f"expr{number}") not in places)
    generated = {next(free): place for place, column in enumerate(columns) if not column.name}
    return tuple(sorted((places | generated).items()))
