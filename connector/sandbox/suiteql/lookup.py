"""What BUILTIN functions look up in the account's data: display values by id, consolidated exchange rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from connector.sandbox.suiteql.oracle.number import NotExactError
from connector.sandbox.suiteql.render import printed
from connector.sandbox.suiteql.routine import Routine
from connector.sandbox.suiteql.value import OF_KIND
from connector.sandbox.table import Dataset


def _unbound(*_arguments: object) -> None:
    """Stands for a lookup until `Lookups` binds it to an account's data."""


SHOWN = Routine("ora_shown", "TT", "T", _unbound)
RATE = Routine("ora_consolidated_rate", "TIIII", "N", _unbound)


class Lookups:
    """The lookups over one account. Each mapping is made when it is first asked for."""

    def __init__(self, dataset: Dataset, date_format: str) -> None:
        self._dataset = dataset
        self._date_format = date_format
        self._shown: dict[str, Mapping[str, str | None]] = {}
        self._rates: Mapping[tuple[int, ...], Mapping[str, Decimal]] | None = None

    def routines(self) -> list[Routine]:
        return [replace(SHOWN, body=self.shown), replace(RATE, body=self.rate)]

    def shown(self, target: str, key: str) -> str | None:
        """`target` is a Column.shows, `table.column` or `list:name`; a key of two columns has come as `first:second`."""
        mapping = self._shown.get(target)
        if mapping is None:
            mapping = self._shown[target] = self._mapping(target)
        return mapping.get(key)

    def _mapping(self, target: str) -> Mapping[str, str | None]:
        if target.startswith("list:"):
            return self._dataset.lists[target.removeprefix("list:")]
        name, _, shown = target.partition(".")
        table = self._dataset.tables[name]
        kind = OF_KIND[next(column.kind for column in table.columns if column.name == shown)]
        ids: list[Any] = table.rows.column("id").to_pylist()
        values: list[Any] = table.rows.column(shown).to_pylist()
        return {str(i): printed(v, kind, self._date_format) for i, v in zip(ids, values, strict=True)}

    def rate(self, kind: str, source: int, target: int, period: int, book: int) -> Decimal:
        """Raises NotExactError where the account has no such rate."""
        if source == target:
            return Decimal(1)
        if self._rates is None:
            self._rates = self._all_rates()
        rates = self._rates.get((source, target, period, book))
        if rates is None or kind not in rates or rates[kind] is None:
            raise NotExactError("no consolidated exchange rate")
        return rates[kind]

    def _all_rates(self) -> Mapping[tuple[int, ...], Mapping[str, Decimal]]:
        table = self._dataset.tables.get("consolidatedexchangerate")
        if table is None:
            return {}
        return {
            (row["fromsubsidiary"], row["tosubsidiary"], row["postingperiod"], row["accountingbook"]): {
                "AVERAGE": row["averagerate"],
                "CURRENT": row["currentrate"],
                "HISTORICAL": row["historicalrate"],
            }
            for row in table.rows.to_pylist()
        }
