"""Enters transactions: gives out ids and numbers, turns currencies, keeps the register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import TypeVar, Unpack

from connector.sandbox.company.chart import STATEMENT
from connector.sandbox.company.desk import Desk
from connector.sandbox.company.draft import About, Draft, Entered
from connector.sandbox.company.exchange_rates import RATE_UNIT, as_whole, between, convert
from connector.sandbox.company.hostile import HOSTILE, external_id, hostile
from connector.sandbox.company.periods import month_index, months
from connector.sandbox.company.records import Organisation, Period, Segment
from connector.sandbox.company.register import (
    BOTH_BOOKS,
    EPOCH,
    HEADERS,
    LINES,
    LINKS,
    MOST_LINES,
    STOCK,
    Header,
    Line,
    Link,
    Register,
    Rows,
    amended,
)
from connector.sandbox.company.transaction_types import BY_CODE, TransactionType

# The first transaction that may carry a customer's reference: the column is empty on a whole page of 1,000 before.
FIRST_REFERENCE = 1_001

# The first line that may carry a note, so that it is empty on a page of lines too, in a small company as well.
FIRST_NOTE = 1_001

_ROOM = 24  # lines of the largest transaction and of what goes with it
_MEMOS = ("Monthly", "As agreed by phone", "See attachment", "Urgent", "Replaces the former one", "Q4 campaign")
_OPENS, _OPEN_FOR = 8 * 3600, 36_000  # seconds: of the day, and until closing
_SECONDS_A_DAY, _QUARTERS = 86_400, 4
_URGENT = frozenset({"Deposit"})
_WITH_DUE_DATE = frozenset({"CustInvc", "VendBill"})
_REFERENCED = frozenset({"CustInvc", "SalesOrd", "CashSale", "Estimate"})
_BY_DEBITS = frozenset({"Journal", "InvTrnfr", "InvDistr", "Build", "Unbuild", "FxReval"})
T = TypeVar("T")
Place = tuple[int, int]  # a transaction and one of its lines


@dataclass(slots=True)
class _Late:
    """What is known of a transaction only after others followed it."""

    status: dict[int, str] = field(default_factory=dict)
    open: dict[int, int] = field(default_factory=dict)
    modified: dict[int, int] = field(default_factory=dict)
    twin: dict[int, int] = field(default_factory=dict)
    shipped: Counter[int] = field(default_factory=Counter)
    billed: Counter[int] = field(default_factory=Counter)


class NoRoomError(RuntimeError):
    """More lines were entered than there was room for: a mistake of who asked for it."""


class Clerk:
    """Enters transactions one by one up to `target` lines."""

    def __init__(self, rng: Random, organisation: Organisation, target: int) -> None:
        self.rng = rng
        self.lines = self.entered = 0
        self.held = 0  # lines kept for the end
        self.organisation = organisation
        self.months: Sequence[Period] = months(organisation.periods)
        self.starts = [period.start for period in self.months]
        self._target = target
        self._id = 5_000
        self._numbers: Counter[str] = Counter()
        self._headers, self._lines, self._links = Rows(HEADERS), Rows(LINES), Rows(LINKS)
        self._days_due = {term.id: term.days for term in organisation.terms}
        self._precise = {currency.id: currency.precision > 0 for currency in organisation.currencies}
        self._results = {account.id for account in organisation.accounts if account.type in STATEMENT}
        self._departments = _mostly_plain(organisation.departments)
        self._classifications = _mostly_plain(organisation.classifications)
        self._rates: dict[tuple[int, int, int], int] = {}
        self._month, self._month_of = 0, -1
        self._late = _Late()

    def fits(self, count: int, *, urgent: bool = False) -> bool:
        """Whether so many lines may still be entered, and no single line is left, which could not net to zero.

        What is urgent takes of the lines that are held back.
        """
        left = self.room + (self.held if urgent else 0) - count
        return left == 0 or left > 1

    @property
    def room(self) -> int:
        """How many lines may still be entered, but for those held back."""
        return self._target - self.held - self.lines

    @property
    def has_room(self) -> bool:
        """Whether some more transactions fit, whatever their lines."""
        return self.room >= _ROOM

    def month(self, day: int) -> int:
        """The place of the month that holds the day."""
        if self._month_of != day:
            self._month, self._month_of = month_index(date.fromordinal(day), self.starts), day
        return self._month

    def rate(self, currency: int, base: int, month: int) -> int:
        """What a transaction of that month converts with, in hundred-millionths."""
        if currency == base:
            return RATE_UNIT
        known = self._rates.get((currency, base, month))
        if known is None:
            known = as_whole(between(self.organisation.opening_rates, currency, base, month))
            self._rates[currency, base, month] = known
        return known

    def whole(self, cents: int, currency: int) -> int:
        """Positive cents, rounded half up to what the currency can pay, never to nothing."""
        return max(1, cents) if self._precise[currency] else max(100, (cents + 50) // 100 * 100)

    def pick(self, values: Sequence[T]) -> T:
        return values[int(self.rng.random() * len(values))]

    def chance(self, percent: float) -> bool:
        return self.rng.random() * 100 < percent

    def occurs(self, code: str, percent: float) -> bool:
        """By chance; what did not occur by the first quarter of all lines does so at its first occasion."""
        overdue = not self._numbers[code] and self.lines * _QUARTERS > self._target
        return self.chance(percent) or overdue

    def enter(self, code: str, desk: Desk, day: int, drafts: Sequence[Draft], **about: Unpack[About]) -> Entered | None:
        """One transaction, or None where its lines do not fit. The drafts net to zero in the transaction's currency."""
        if not self.fits(len(drafts), urgent=code in _URGENT):
            return None
        rate = about.get("rate")
        if rate is None:
            base = desk.company.currency
            rate = self.rate(about.get("currency", base), base, self.month(day))
        self._id += 1 if self.rng.random() < 0.9 else 2 + int(self.rng.random() * 28)  # noqa: PLR2004 - gaps
        amounts = _in_base_currency(drafts, rate)
        about["memo"] = memo = about.get("memo") or self._memo(0)
        totals = _total(code, amounts), _total(code, [draft.foreign for draft in drafts])
        self._lines.extend(self._entered_lines(drafts, amounts, about.get("source"), memo))
        self._headers.add(self._header(BY_CODE[code], desk, day, totals, about | {"rate": rate}))
        self.lines += len(drafts)
        self.entered += 1
        return Entered(self._id, day, amounts)

    def must_enter(self, code: str, desk: Desk, day: int, drafts: Sequence[Draft], **about: Unpack[About]) -> Entered:
        """One transaction where room was looked for before. Raises NoRoomError."""
        entered = self.enter(code, desk, day, drafts, **about)
        if entered is None:
            raise NoRoomError(code)
        return entered

    def link(self, kind: str, before: Place, after: Entered, line: int, *, foreign: int, quantity: int = 0) -> None:
        """That line of the second transaction goes back to a line of the first."""
        self._links.add(Link(kind, *before, after.id, line, foreign, quantity, after.day))
        self.touch(before[0], after.day)

    def touch(self, transaction: int, day: int) -> None:
        """Another transaction of that day changed this one."""
        self._late.modified[transaction] = (day - EPOCH) * _SECONDS_A_DAY + _OPENS + _OPEN_FOR

    def became(self, transaction: int, status: str) -> None:
        self._late.status[transaction] = status

    def is_now(self, transaction: int) -> str | None:
        """What it became, if anything."""
        return self._late.status.get(transaction)

    def still_open(self, transaction: int, foreign: int) -> None:
        self._late.open[transaction] = foreign

    def twins(self, first: int, second: int) -> None:
        """The second, of another subsidiary, is the other side of the first."""
        self._late.twin[first] = second

    def shipped(self, order: int, line: int, quantity: int) -> None:
        self._late.shipped[order * MOST_LINES + line] += quantity

    def billed(self, order: int, line: int, quantity: int) -> None:
        self._late.billed[order * MOST_LINES + line] += quantity

    def register(self) -> Register:
        """All that was entered, with what became of it."""
        headers, lines, late = self._headers.table(), self._lines.table(), self._late
        ids = headers.column("id").to_pylist()
        for column, values in (("status", late.status), ("foreign_open", late.open), ("twin", late.twin)):
            headers = amended(headers, column, lambda: ids, values)
        created = dict(zip(ids, headers.column("modified").to_pylist(), strict=True))
        modified = {key: max(value, created[key]) for key, value in late.modified.items()}
        headers = amended(headers, "modified", lambda: ids, modified)

        def keys() -> list[int]:
            transactions, numbers = lines.column("transaction").to_pylist(), lines.column("number").to_pylist()
            return [t * MOST_LINES + n for t, n in zip(transactions, numbers, strict=True)]

        lines = amended(lines, "shipped", keys, late.shipped)
        lines = amended(lines, "billed", keys, late.billed)
        return Register(headers, lines, self._links.table())

    def _header(self, kind: TransactionType, desk: Desk, day: int, totals: tuple[int, int], about: About) -> Header:
        rng, place, code, entity = self.rng, self.entered, kind.code, about.get("entity")
        self._numbers[code] = count = self._numbers[code] + 1
        created = (day - EPOCH) * _SECONDS_A_DAY + _OPENS + int(rng.random() * _OPEN_FOR)
        terms = entity.terms if entity and code in _WITH_DUE_DATE else None
        status = about.get("status") or kind.statuses[0][0]
        return Header(
            self._id, code, self._tranid(kind, place, count), f"{kind.abbreviation}{count}", external_id(place), day,
            day + self._days_due[terms] if terms else None, created, created + int(rng.random() * 172_800),
            about.get("period") or self.months[self.month(day)].id, desk.company.id, entity.id if entity else None,
            entity.salesrep if entity else None, about.get("currency") or desk.company.currency, about["rate"], status,
            kind.posts and status not in kind.held, about.get("book", BOTH_BOOKS), about["memo"],
            self._reference(code, place), terms, *totals,
            about.get("open_amount", 0), about.get("partner"), about.get("twin"), about.get("reverses"),
        )  # fmt: skip

    def _entered_lines(
        self, drafts: Sequence[Draft], amounts: Sequence[int], source: int | None, memo: str | None
    ) -> list[Line]:
        random = self.rng.random
        department = self.pick(self._departments) if random() < 0.8 else None  # noqa: PLR2004 - most have one
        classification = self.pick(self._classifications) if random() < 0.7 else None  # noqa: PLR2004
        made = []
        for number, (draft, amount) in enumerate(zip(drafts, amounts, strict=True)):
            # Segments stand on results and on goods; balances of the group carry none.
            segments = draft.account in self._results or bool(draft.marks & STOCK) or draft.item is not None
            line = self.lines + number
            made.append(
                Line(
                    self._id, number, draft.account, draft.account2 or draft.account, amount, draft.foreign,
                    draft.memo or (memo if number == 0 else self._memo(number)),
                    hostile(line) if line >= FIRST_NOTE and random() < 0.02 else None,  # noqa: PLR2004 - some have one
                    draft.department or (department if segments else None), classification if segments else None,
                    draft.location, draft.item, draft.quantity, draft.price, draft.marks,
                    source if number else None, draft.partner, 0, 0,
                )
            )  # fmt: skip
        return made

    def _tranid(self, kind: TransactionType, place: int, count: int) -> str:
        """The first transactions take every hostile value in turn; a bill carries its vendor's own number."""
        if place < 2 * len(HOSTILE) and place % 2:
            return hostile(place // 2)
        if self.rng.random() < 0.015:  # noqa: PLR2004 - now and then
            return self.pick(HOSTILE)
        if kind.code == "VendBill":
            return str(100 + int(self.rng.random() * 9_999_900))
        return f"{kind.prefix}{count:05d}"

    def _memo(self, turn: int) -> str | None:
        if self.entered < len(HOSTILE) + 8:
            return hostile(self.entered + turn)
        dice = self.rng.random()
        if dice < 0.02:  # noqa: PLR2004 - now and then
            return self.pick(HOSTILE)
        return self.pick(_MEMOS) if dice < 0.2 else None  # noqa: PLR2004 - many have none

    def _reference(self, code: str, place: int) -> str | None:
        """The customer's order number: none on the first page, then digits alone, then anything."""
        if place < FIRST_REFERENCE - 1 or code not in _REFERENCED:
            return None
        if place < 2 * FIRST_REFERENCE:
            return str(4_500_000 + place)
        return hostile(place) if place % 7 == 0 else f"PO-{place}"


def _mostly_plain(segments: Sequence[Segment]) -> list[int]:
    """The ids to choose from: those with strange names once, the others often."""
    used = [segment for segment in segments if not segment.inactive]
    return [segment.id for segment in used for _ in range(1 if segment.name in HOSTILE else 5)]


def _in_base_currency(drafts: Sequence[Draft], rate: int) -> list[int]:
    """Each line at the rate; what rounding leaves goes to the last line without an amount of its own."""
    if rate == RATE_UNIT:
        amounts = [draft.foreign if draft.base is None else draft.base for draft in drafts]
    else:
        amounts = [convert(draft.foreign, rate) if draft.base is None else draft.base for draft in drafts]
    rest = sum(amounts)
    if rest:
        places = [place for place, draft in enumerate(drafts) if draft.base is None and draft.account is not None]
        amounts[places[-1]] -= rest
    return amounts


def _total(code: str, amounts: Sequence[int]) -> int:
    return sum(amount for amount in amounts if amount > 0) if code in _BY_DEBITS else amounts[0]
