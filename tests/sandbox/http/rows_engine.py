"""An engine that knows one kind of question, so that the HTTP side can be seen alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from connector.sandbox.suiteql.refusal import unsupported


@dataclass(frozen=True)
class Rows:
    items: list[dict[str, str]]
    total: int


class NothingEntered:
    """A company that nobody enters anything into."""

    def books(self) -> dict[str, int]:
        return {"lines": 3}

    def insert(self, document: object) -> int:
        raise AssertionError(document)

    def change(self, number: int, document: object) -> None:
        raise AssertionError(number, document)

    def delete(self, number: int) -> None:
        raise AssertionError(number)


class RowsEngine:
    """`SELECT n` answers the numbers from 0 to n - 1 as texts; anything else is refused."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str | None]]] = []
        self.before: Callable[[], object] = lambda: None

    def page(self, q: str, params: Sequence[str | None], *, limit: int, offset: int) -> Rows:
        self.asked.append((q, list(params)))
        self.before()
        match = re.fullmatch(r"SELECT (\d+)", q)
        if match is None:
            raise unsupported("no such question")
        total = int(match[1])
        return Rows([{"n": str(n)} for n in range(offset, min(total, offset + limit))], total)
