"""What customers owe and vendors are owed at the end of each month, by how long it is overdue.

A document is open as far as it was not settled by then: a payment counts from the later of both dates. Its open amount
in base currency is its open amount at its own rate, rounded half up. Credits that wait to be applied count against,
at their own date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connector.sandbox.company.books.figures import Row, money
from connector.sandbox.company.exchange_rates import convert
from connector.sandbox.company.periods import months
from connector.sandbox.company.records import Organisation, Period
from connector.sandbox.company.register import PAYMENT, Register

RECEIVABLE: Mapping[str, int] = {"CustInvc": 1, "CustChrg": 1, "FinChrg": 1, "CustCred": -1}
PAYABLE: Mapping[str, int] = {"VendBill": 1, "VendCred": -1}
BUCKETS = ("current", "days_1_30", "days_31_60", "days_61_90", "days_over_90")
_LIMITS = (0, 30, 60, 90)


@dataclass(slots=True)
class _Open:
    """One document; `settled` holds days and amounts in its currency."""

    subsidiary: int
    entity: int
    sign: int
    day: int
    due: int
    total: int
    rate: int
    settled: list[tuple[int, int]] = field(default_factory=list)

    def at(self, day: int) -> int:
        """What is open in base currency, in cents."""
        left = self.total - sum(amount for when, amount in self.settled if when <= day)
        return self.sign * convert(left, self.rate)

    @property
    def closed(self) -> int | None:
        """The day it was settled in full."""
        if sum(amount for _, amount in self.settled) < self.total:
            return None
        return max((day for day, _ in self.settled), default=self.day)


def agings(organisation: Organisation, register: Register) -> dict[str, object]:
    """`ar_aging` and `ap_aging` by month and subsidiary, `ar_open` and `ap_open` by entity after the last month."""
    ends = months(organisation.periods)
    found: dict[str, object] = {}
    for name, signs in (("ar", RECEIVABLE), ("ap", PAYABLE)):
        documents = _documents(register, signs)
        found[f"{name}_aging"] = _by_month(documents, ends, organisation)
        found[f"{name}_open"] = _by_entity(documents, ends[-1])
    return found


def _documents(register: Register, signs: Mapping[str, int]) -> Sequence[_Open]:
    documents: dict[int, _Open] = {}
    days: dict[int, int] = {}
    names = ("id", "type", "day", "due", "subsidiary", "entity", "rate", "foreign_total")
    for row in zip(*(register.headers.column(name).to_pylist() for name in names), strict=True):
        number, kind, day, due, subsidiary, entity, rate, total = row
        days[number] = day
        if kind in signs:
            due = day if due is None or signs[kind] < 0 else due
            documents[number] = _Open(subsidiary, entity, signs[kind], day, due, abs(total), rate)
    columns = ("kind", "previous", "next", "foreign")
    for kind, previous, following, amount in zip(
        *(register.links.column(name).to_pylist() for name in columns), strict=True
    ):
        if kind == PAYMENT:
            when = max(days[previous], days[following])
            for number in (previous, following):
                if number in documents:
                    documents[number].settled.append((when, amount))
    return list(documents.values())


def _by_month(documents: Sequence[_Open], ends: Sequence[Period], organisation: Organisation) -> list[Row]:
    amounts: Counter[tuple[int, int, str]] = Counter()
    last = [(period.id, period.end.toordinal()) for period in ends]
    for document in documents:
        for period, day in _while_open(document, last):
            amounts[period, document.subsidiary, _bucket(day - document.due)] += document.at(day)
    return [
        {
            "period": period.id,
            "periodname": period.name,
            "subsidiary": company.id,
            **_buckets(amounts, (period.id, company.id)),
        }
        for period in ends
        for company in organisation.subsidiaries
    ]


def _while_open(document: _Open, ends: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    closed = document.closed
    for period, day in ends:
        if day >= document.day and (closed is None or day < closed):
            yield period, day


def _by_entity(documents: Sequence[_Open], end: Period) -> list[Row]:
    day = end.end.toordinal()
    amounts: Counter[tuple[int, int, str]] = Counter()
    for document in documents:
        if document.closed is None:
            amounts[document.subsidiary, document.entity, _bucket(day - document.due)] += document.at(day)
    groups = sorted({(subsidiary, entity) for subsidiary, entity, _ in amounts})
    return [{"subsidiary": one, "entity": entity, **_buckets(amounts, (one, entity))} for one, entity in groups]


def _buckets(amounts: Counter[tuple[int, int, str]], group: tuple[int, int]) -> Row:
    row: Row = {bucket: money(amounts[(*group, bucket)]) for bucket in BUCKETS}
    return row | {"total": money(sum(amounts[(*group, bucket)] for bucket in BUCKETS))}


def _bucket(late: int) -> str:
    """`late` in days; what is due today is not late."""
    return BUCKETS[sum(late > limit for limit in _LIMITS)]
