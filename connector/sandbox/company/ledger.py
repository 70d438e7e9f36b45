"""Enters three years of transactions, in the order of their dates, until the asked number of lines is reached."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate
from random import Random
from typing import TypeVar

from connector.sandbox.company.chance import chance
from connector.sandbox.company.entries import Line, Transaction
from connector.sandbox.company.exchange_rates import between
from connector.sandbox.company.gl_impact import Draft, Occasion, by_number, draft
from connector.sandbox.company.hostile import HOSTILE, external_id, hostile
from connector.sandbox.company.opening import opening_journals
from connector.sandbox.company.organisation import CURRENCIES, FOREIGN, PARENT, base_currency
from connector.sandbox.company.periods import FIRST_DAY, LAST_DAY, month_index, months
from connector.sandbox.company.records import Entity, Organisation
from connector.sandbox.company.transaction_types import BY_CODE, TYPES, TransactionType

# The last transaction is a journal of whatever is left up to this many lines; more than any type has by itself,
# so that never a single line is left, which could not net to zero.
LAST_JOURNAL = 12

# The first transaction that may carry a customer's reference: the column is empty on a whole page of 1,000 before.
FIRST_REFERENCE = 1_001

# The first line that may carry a note, so that it is empty on a page of lines too, in a small company as well.
FIRST_NOTE = 1_001

# So many first transactions have hostile memos: each value once, and the opening journals, which have their own.
_OPENINGS = len(opening_journals())
_HOSTILE_MEMOS = len(HOSTILE) + _OPENINGS

_ODD_DATES = (date(2024, 2, 29), date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1))
_DAYS = (LAST_DAY - FIRST_DAY).days + 1
_FOREIGN_PERCENT = 30
_MEMOS = ("Monthly", "As agreed by phone", "See attachment", "Urgent", "Replaces the former one", "Q4 campaign")
_IN_BASE_CURRENCY = frozenset({"ItemShip", "ItemRcpt"})
_WITH_DUE_DATE = frozenset({"CustInvc", "VendBill"})
_ORDERED_BY = {"ItemShip": "SalesOrd", "CustInvc": "SalesOrd", "ItemRcpt": "PurchOrd", "VendBill": "PurchOrd"}
T = TypeVar("T")
_PRECISION = {currency.id: currency.precision for currency in CURRENCIES}


def enter_transactions(rng: Random, organisation: Organisation, lines: int) -> tuple[Transaction, ...]:
    """Transactions with exactly this many lines in all; every type at least once, opening balances first."""
    clerk = _Clerk(rng, organisation, lines)
    for subsidiary, memo, amounts in opening_journals():
        drafts = [Draft(clerk.accounts[number], amount) for number, amount in amounts.items()]
        clerk.enter(BY_CODE["Journal"], subsidiary, drafts=drafts, memo=memo)
    for kind in TYPES:
        clerk.enter(kind, PARENT, size=kind.lines[0])
    weights = list(accumulate(kind.weight for kind in TYPES))
    while (left := lines - clerk.lines) > LAST_JOURNAL:
        kind = rng.choices(TYPES, cum_weights=weights)[0]
        clerk.enter(kind, FOREIGN if chance(rng, _FOREIGN_PERCENT) else PARENT, size=rng.randint(*kind.lines))
    clerk.enter(BY_CODE["Journal"], PARENT, size=left)
    return tuple(clerk.entered)


@dataclass(frozen=True, slots=True)
class _Head:
    """What the lines of a transaction need of it."""

    kind: TransactionType
    subsidiary: int
    entity: Entity | None
    day: date
    currency: int
    rate: Decimal


class _Clerk:
    """Enters transactions one by one: gives out ids and numbers, keeps the calendar, remembers open orders."""

    def __init__(self, rng: Random, organisation: Organisation, target: int) -> None:
        self.entered: list[Transaction] = []
        self.lines = 0
        self.accounts = by_number(organisation.accounts)
        self._rng = rng
        self._organisation = organisation
        self._target = target
        self._months = months(organisation.periods)
        self._starts = [period.start for period in self._months]
        self._odd_dates = deque(_ODD_DATES)
        self._numbers: Counter[str] = Counter()
        self._orders: dict[tuple[str, int], int] = {}
        self._id, self._key = 5_000, 70_000
        self._stocked = [item for item in organisation.items if item.type == "InvtPart"]
        self._days_due = {term.id: term.days for term in organisation.terms}
        self._parties: dict[tuple[str, int], list[Entity]] = {}
        for entity in organisation.entities:
            self._parties.setdefault((entity.kind, entity.subsidiary), []).append(entity)
        self._locations = {
            subsidiary.id: [place.id for place in organisation.locations if place.subsidiary == str(subsidiary.id)]
            for subsidiary in organisation.subsidiaries
        }

    def enter(
        self,
        kind: TransactionType,
        subsidiary: int,
        *,
        size: int = 0,
        drafts: Sequence[Draft] | None = None,
        memo: str | None = None,
    ) -> None:
        """One transaction: of the drafts given, or of `size` lines by the type's own recipe."""
        head = self._head(kind, subsidiary)
        drafts = drafts or draft(kind.code, self._occasion(head, size))
        status = self._rng.choices(kind.statuses, [weight for _, _, weight in kind.statuses])[0][0]
        if memo:
            status = kind.statuses[-1][0]
        self._id += 1 if chance(self._rng, 90) else self._rng.randint(2, 30)
        lines = self._entered_lines(head, drafts)
        self.entered.append(self._transaction(head, status, memo, lines))
        self.lines += len(lines)

    def _head(self, kind: TransactionType, subsidiary: int) -> _Head:
        party = kind.party
        entity = self._pick(self._parties[party, subsidiary]) if party else None
        base = base_currency(subsidiary)
        currency = entity.currency if entity and kind.code not in _IN_BASE_CURRENCY else base
        day = self._next_day()
        rate = between(self._organisation.currency_rates, currency, base, month_index(day, self._starts))
        return _Head(kind, subsidiary, entity, day, currency, rate)

    def _next_day(self) -> date:
        """As far into the three years as the lines entered are into all lines; odd dates are never skipped."""
        if len(self.entered) < _OPENINGS:
            return FIRST_DAY
        if self._target - self.lines <= LAST_JOURNAL:
            return LAST_DAY
        day = FIRST_DAY + timedelta(days=self.lines * _DAYS // self._target)
        if self._odd_dates and day >= self._odd_dates[0]:
            return self._odd_dates.popleft()
        return day

    def _occasion(self, head: _Head, size: int) -> Occasion:
        month = month_index(head.day, self._starts)
        dollars = self._organisation.currency_rates[head.currency][month]
        return Occasion(
            rng=self._rng,
            accounts=self.accounts,
            items=self._organisation.items,
            stocked=self._stocked,
            subsidiary=head.subsidiary,
            size=size,
            per_dollar=1 / dollars,
            unit=10 ** (2 - _PRECISION[head.currency]),
        )

    def _entered_lines(self, head: _Head, drafts: Sequence[Draft]) -> tuple[Line, ...]:
        """Converted to base currency line by line; the main line takes the differences of rounding."""
        amounts = [_in_base_currency(line.foreign, head.rate) for line in drafts]
        if drafts[0].account is not None:
            amounts[0] = -sum(amounts[1:])
        return tuple(
            self._line(head, place, line, amount)
            for place, (line, amount) in enumerate(zip(drafts, amounts, strict=True))
        )

    def _line(self, head: _Head, number: int, line: Draft, amount: int) -> Line:
        rng = self._rng
        self._key += 1 if chance(rng, 98) else 17
        organisation, memo = self._organisation, self._memo(number + 1)
        return Line(
            number=number,
            key=self._key,
            account=line.account,
            amount=amount,
            foreign=line.foreign,
            memo=memo,
            note=memo if self.lines + number + 1 >= FIRST_NOTE else None,
            department=self._pick(organisation.departments).id if chance(rng, 80) else None,
            classification=self._pick(organisation.classifications).id if chance(rng, 60) else None,
            location=self._pick(self._locations[head.subsidiary]),
            item=line.item,
            quantity=line.quantity,
            price=line.price,
            tax=line.tax,
            cogs=line.cogs,
        )

    def _transaction(self, head: _Head, status: str, memo: str | None, lines: tuple[Line, ...]) -> Transaction:
        kind, rng, place = head.kind, self._rng, len(self.entered)
        self._numbers[kind.code] += 1
        count = self._numbers[kind.code]
        created = datetime.combine(head.day, time(8)) + timedelta(seconds=rng.randrange(36_000))
        terms = head.entity.terms if head.entity and kind.code in _WITH_DUE_DATE else None
        order = self._orders.get((_ORDERED_BY.get(kind.code, ""), head.subsidiary))
        if not kind.posts:
            self._orders[kind.code, head.subsidiary] = self._id
        return Transaction(
            id=self._id,
            type=kind.code,
            tranid=self._tranid(kind, place, count),
            number=f"{kind.abbreviation}{count}",
            external=external_id(place),
            day=head.day,
            due=head.day + timedelta(days=self._days_due[terms]) if terms else None,
            created=created,
            modified=created + timedelta(seconds=rng.randrange(2_592_000)),
            period=self._months[month_index(head.day, self._starts)].id,
            subsidiary=head.subsidiary,
            entity=head.entity.id if head.entity else None,
            employee=head.entity.salesrep if head.entity else None,
            currency=head.currency,
            rate=head.rate,
            status=status,
            posting=kind.posts and status not in kind.held,
            memo=memo or self._memo(0),
            reference=self._reference(kind, place),
            terms=terms,
            source_order=order,
            lines=lines,
            total=_total(kind, [line.amount for line in lines]),
            foreign_total=_total(kind, [line.foreign for line in lines]),
        )

    def _tranid(self, kind: TransactionType, place: int, count: int) -> str:
        """The first transactions take every hostile value in turn; a bill carries its vendor's own number."""
        if place < 2 * len(HOSTILE) and place % 2:
            return hostile(place // 2)
        if chance(self._rng, 1.5):
            return self._pick(HOSTILE)
        if kind.code == "VendBill":
            return str(self._rng.randrange(100, 10_000_000))
        return f"{kind.prefix}{count:05d}"

    def _memo(self, turn: int) -> str | None:
        place = len(self.entered)
        if place < _HOSTILE_MEMOS:
            return hostile(place + turn)
        if chance(self._rng, 2):
            return self._pick(HOSTILE)
        return self._pick(_MEMOS) if chance(self._rng, 18) else None

    def _reference(self, kind: TransactionType, place: int) -> str | None:
        """The customer's order number: none on the first page, then digits alone, then anything."""
        if place < FIRST_REFERENCE - 1 or kind.party != "customer":
            return None
        if place < 2 * FIRST_REFERENCE:
            return str(4_500_000 + place)
        return hostile(place) if place % 7 == 0 else f"PO-{place}"

    def _pick(self, values: Sequence[T]) -> T:
        return values[int(self._rng.random() * len(values))]


def _in_base_currency(foreign: int, rate: Decimal) -> int:
    return foreign if rate == 1 else int((foreign * rate).quantize(Decimal(1), ROUND_HALF_UP))


def _total(kind: TransactionType, amounts: Sequence[int]) -> int:
    return sum(amount for amount in amounts if amount > 0) if kind.code == "Journal" else amounts[0]
