"""Makes a transaction of an entry: accounts, signs, rates, and what a payment gains or loses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.sandbox.company.desk import Desk, desks
from connector.sandbox.company.entry import MAIN, PAYS, EnteredLine, Entry
from connector.sandbox.company.exchange_rates import as_whole, between, convert
from connector.sandbox.company.periods import month_index, months
from connector.sandbox.company.records import Organisation
from connector.sandbox.company.register import BOTH_BOOKS, PAYMENT, Header, Line, Link
from connector.sandbox.company.transaction_types import BY_CODE

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - NetSuite keeps times in the account's own zone
Posted = tuple[Header, Sequence[Line], Sequence[Link]]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the account gives an entry: its id, how many of its type there are with it, and the time."""

    id: int
    count: int
    now: datetime


def post(entry: Entry, organisation: Organisation, stamp: Stamp, paid: Header | None) -> Posted:
    """`paid` is what a payment pays."""
    number = stamp.id
    month = month_index(entry.day, [period.start for period in months(organisation.periods)])
    rate = as_whole(between(organisation.opening_rates, entry.currency, entry.company.currency, month))
    desk = desks(organisation)[entry.company.id]
    if paid is not None:
        amount = entry.cents or paid.foreign_open
        drafts = _payment(entry.type, desk, paid, amount, rate)
        link = [Link(PAYMENT, paid.id, 0, number, 1, amount, 0, entry.day.toordinal())]
    else:
        drafts = _drafts(entry, desk, rate)
        link = []
    lines = [
        Line(
            number, place, draft.account, draft.account, base, draft.cents, draft.memo, None, draft.department, None,
            None, None, None, None, 0, None, None, 0, 0,
        )
        for place, (draft, base) in enumerate(drafts)
    ]  # fmt: skip
    return _header(entry, stamp, rate, lines, _days_due(entry, organisation)), lines, link


def settled(document: Header, amount: int, now: datetime) -> Header:
    """The invoice or bill after a payment of so much."""
    left = document.foreign_open - amount
    status = "A" if left else "B"
    return document._replace(foreign_open=left, status=status, modified=seconds(now))


def reopened(document: Header, amount: int, now: datetime) -> Header:
    """The document whose payment is gone."""
    return document._replace(foreign_open=document.foreign_open + amount, status="A", modified=seconds(now))


def _drafts(entry: Entry, desk: Desk, rate: int) -> list[tuple[EnteredLine, int]]:
    """Lines with their amounts in base currency; what rounding leaves goes to the last."""
    drafts = list(entry.lines)
    if entry.type in MAIN:
        account = desk.receivable if MAIN[entry.type][1] == "AcctRec" else desk.payable
        drafts.insert(0, EnteredLine(account, -sum(line.cents for line in drafts), None, entry.memo))
    amounts = [convert(draft.cents, rate) for draft in drafts]
    amounts[-1] -= sum(amounts)
    return list(zip(drafts, amounts, strict=True))


def _payment(kind: str, desk: Desk, paid: Header, amount: int, rate: int) -> list[tuple[EnteredLine, int]]:
    """Money at today's rate against what the document loses at its own."""
    sign, account = MAIN[kind][0], desk.receivable if kind == "CustPymt" else desk.payable
    relief = convert(paid.foreign_open, paid.rate) - convert(paid.foreign_open - amount, paid.rate)
    worth = convert(amount, rate)
    drafts = [
        (EnteredLine(desk.bank, sign * amount, None, None), sign * worth),
        (EnteredLine(account, -sign * amount, None, None), -sign * relief),
    ]
    if worth != relief:
        drafts.append((EnteredLine(desk.accounts["8100"], 0, None, None), sign * (relief - worth)))
    return drafts


def _days_due(entry: Entry, organisation: Organisation) -> int | None:
    """The days until an invoice or a bill is due."""
    if entry.entity is None or entry.type not in {"CustInvc", "VendBill"}:
        return None
    return next((term.days for term in organisation.terms if term.id == entry.entity.terms), None)


def _header(entry: Entry, stamp: Stamp, rate: int, lines: Sequence[Line], days: int | None) -> Header:
    kind, entity = BY_CODE[entry.type], entry.entity
    terms = entity.terms if entity and days is not None else None
    day, at = entry.day.toordinal(), seconds(stamp.now)
    amounts, foreign = [line.amount for line in lines], [line.foreign for line in lines]
    status = "C" if entry.type == "CustPymt" else kind.statuses[0][0]
    return Header(
        stamp.id, entry.type, entry.tranid or f"{kind.prefix}{stamp.count:05d}", f"{kind.abbreviation}{stamp.count}", None,
        day, None if days is None else day + days, at, at, entry.period.id, entry.company.id,
        entity.id if entity else None, entity.salesrep if entity else None, entry.currency, rate, status, kind.posts,
        BOTH_BOOKS, entry.memo, None, terms, _total(entry.type, amounts), _total(entry.type, foreign),
        0 if entry.type in PAYS or entry.type == "Journal" else abs(foreign[0]), None, None, None,
    )  # fmt: skip


def _total(kind: str, amounts: Sequence[int]) -> int:
    return amounts[0] if kind in MAIN else sum(amount for amount in amounts if amount > 0)


def seconds(now: datetime) -> int:
    """Of a time on the account's clock, since 1970 on that clock."""
    return int((now - _EPOCH).total_seconds())
