"""SuiteQL over an account's tables, page by page, as NetSuite's REST service answers it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from connector.sandbox.suiteql.account_date import FORMATS
from connector.sandbox.suiteql.answers import Answer, Answers, answer
from connector.sandbox.suiteql.dialect import parse
from connector.sandbox.suiteql.question import Question, question
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.render import printed
from connector.sandbox.suiteql.statement import Statement
from connector.sandbox.suiteql.warehouse import Warehouse
from connector.sandbox.table import Change, Dataset


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
        common_table_expressions: bool = False,
        hidden: frozenset[str] = frozenset(),
        store: Path | None = None,
    ) -> None:
        """`timeout` (seconds) is for one run; `most_bytes` bounds one answer and what is kept for later pages.

        `clock` gives the account's wall clock. `common_table_expressions` says whether the account takes WITH, `hidden`
        names the records that the role does not see. `store` is the file to keep the tables in as they are at the
        beginning: with it the dataset's rows are read once, when there is no such file yet or it has other columns.
        Raises ValueError for a date format that NetSuite does not have, OSError where the file cannot be made.
        """
        if date_format not in FORMATS:
            raise ValueError(f"NetSuite has no date format {date_format!r}")
        self._dataset = dataset
        self._date_format = date_format
        self._clock = clock
        self._takes_with = common_table_expressions
        self._hidden = hidden
        self._warehouse = Warehouse(
            dataset, memory_limit=memory_limit, timeout=timeout, most_bytes=most_bytes, store=store
        )
        self._answers = Answers(most_bytes)

    def page(self, q: str, params: Sequence[object], *, limit: int, offset: int) -> Page:
        """Rows `offset` to `offset + limit` of the tables as they are now. Raises SuiteQLRefused, SuiteQLTimeout.

        A first page asks the clock anew, where the query reads it; later pages belong to the one before.
        """
        # Python writes no number of thousands of digits.
        key = (q, tuple((type(given).__name__, given if isinstance(given, int) else str(given)) for given in params))
        end = offset + limit

        def is_asked_anew(known: Answer) -> bool:
            return offset == 0 and known.question.reads_clock

        def serves(known: Answer) -> bool:
            return known.version == self._warehouse.version and known.reaches(end) and not is_asked_anew(known)

        def make(known: Answer | None) -> Answer:
            asked = self._question(q, params) if known is None or is_asked_anew(known) else known.question
            with self._warehouse.reading() as snapshot:
                return answer(asked, snapshot, end, None if known is None or asked is not known.question else known)

        found = self._answers.get(key, serves, make)
        return Page(self._items(found, found.rows.slice(offset, limit)), found.total)

    def apply(self, change: Change) -> None:
        """Change the tables while others read: each page is of the state before or after, never between.

        Raises ValueError for what does not fit a table, SuiteQLRefused for values that its columns do not take.
        """
        self._warehouse.apply(change)

    def close(self) -> None:
        """Free the memory. No page may be asked for afterwards."""
        self._warehouse.close()

    def _question(self, q: str, params: Sequence[object]) -> Question:
        parsed = parse(q, common_table_expressions=self._takes_with)
        if len(params) != len(parsed.places):
            raise unsupported(f"{len(parsed.places)} placeholders, {len(params)} parameters")
        bound: dict[int, object] = dict(zip(parsed.places, params, strict=True))
        now = self._clock()
        return question(parsed.tree, lambda: Statement(self._dataset, self._date_format, now, bound, self._hidden))

    def _items(self, found: Answer, rows: pa.Table) -> list[dict[str, str]]:
        question, items = found.question, [dict[str, str]() for _ in range(rows.num_rows)]
        for name, place in question.names:
            try:
                values = rows.column(place).to_pylist()
            except OverflowError as error:
                raise unsupported("a date out of range") from error
            # Most columns have few values.
            texts = {value: printed(value, question.types[place], self._date_format) for value in set(values)}
            for item, value in zip(items, values, strict=True):
                if (text := texts[value]) is not None:
                    item[name] = text
        return items
