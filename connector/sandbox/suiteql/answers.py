"""Answers, and those kept for their next pages, so that a page does not run its query again.

A first page is all that many readers ever want: so a query runs for its first rows alone and counts the others, and only
a later page makes it bring as many as a client can reach. An answer knows the state of the tables that it was read from;
once they have changed, it serves no more.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import pyarrow as pa

from connector.sandbox.suiteql.question import Question
from connector.sandbox.suiteql.refusal import SuiteQLRefused
from connector.sandbox.suiteql.warehouse import Snapshot

FIRST_ROWS = 1000  # a full page
MOST_ROWS = 100_000  # a client reaches no row behind them
_MOST_KEPT = 64
_TREE = 50


@dataclass(frozen=True, slots=True)
class Answer:
    """The first rows of `total`, as they were when the tables had that `version`."""

    question: Question
    rows: pa.Table
    total: int
    version: int

    def reaches(self, end: int) -> bool:
        """Whether the rows before `end` are here, as far as there are any that a client can reach."""
        return bool(self.rows.num_rows >= min(end, self.total, MOST_ROWS))


def answer(question: Question, snapshot: Snapshot, end: int, known: Answer | None) -> Answer:
    """The rows before `end` at least. `known` is a shorter answer to the same question. Raises SuiteQLRefused."""
    counted = question.counted
    if counted is None:
        rows, total = snapshot.rows(question.rows.sql, question.rows.texts, most=MOST_ROWS)
        return Answer(question, rows, total, snapshot.version)
    most = FIRST_ROWS if end <= FIRST_ROWS else MOST_ROWS
    # One row more tells whether there are others.
    first = f"SELECT * FROM ({question.rows.sql}) LIMIT {most + 1}"  # noqa: S608 - translated
    rows, total = snapshot.rows(first, question.rows.texts, most=most)
    if total > most and known is not None and known.version == snapshot.version:
        total = known.total
    elif total > most:
        others = counted()
        total = snapshot.count(others.sql, others.texts)
    return Answer(question, rows, total, snapshot.version)


class _Making:
    """An answer in the making: whoever waited for it shares the refusal as well."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.refused: SuiteQLRefused | None = None


class Answers:
    """The answers used last, up to `most_bytes`. Thread-safe; who asks for one in the making waits for it."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._size = 0
        self._making: dict[Hashable, _Making] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, serves: Callable[[Answer], bool], make: Callable[[Answer | None], Answer]) -> Answer:
        """The kept answer if it `serves`, else the one that is made of it. Raises SuiteQLRefused as `make` does."""
        with self._lock:
            making = self._making.setdefault(key, _Making())
        with making.lock:
            if making.refused is not None:
                raise type(making.refused)(making.refused.detail, making.refused.reason) from making.refused
            try:
                known = self._known(key)
                return known if known is not None and serves(known) else self._keep(key, make(known))
            except SuiteQLRefused as error:
                making.refused = error
                raise
            finally:
                with self._lock:
                    self._making.pop(key, None)

    def _known(self, key: Hashable) -> Answer | None:
        with self._lock:
            answer = self._kept.get(key)
            if answer is not None:
                self._kept.move_to_end(key)
            return answer

    def _keep(self, key: Hashable, answer: Answer) -> Answer:
        with self._lock:
            before = self._kept.pop(key, None)
            self._kept[key] = answer
            self._size += _weight(answer) - (0 if before is None else _weight(before))
            while self._kept and (self._size > self._most_bytes or len(self._kept) > _MOST_KEPT):
                _, oldest = self._kept.popitem(last=False)
                self._size -= _weight(oldest)
        return answer


def _weight(answer: Answer) -> int:
    """Bytes, about: of the rows, and of the query's tree and texts, which weigh some times what they say."""
    bound = answer.question.rows
    return int(answer.rows.nbytes) + _TREE * (len(bound.sql) + sum(map(len, bound.texts)))
