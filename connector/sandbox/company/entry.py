"""What someone enters while the account lives: read from JSON, and refused where NetSuite would not take it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from connector.sandbox.company.chart import ASIDE
from connector.sandbox.company.periods import months
from connector.sandbox.company.records import Account, Currency, Entity, Organisation, Period, Segment, Subsidiary

T = TypeVar("T", Subsidiary, Account, Entity, Currency, Segment)

# Transactions that can be entered: the sign of their main line, its account's type, and the party.
MAIN: Mapping[str, tuple[int, str, str]] = {
    "CustInvc": (1, "AcctRec", "customer"),
    "CustCred": (-1, "AcctRec", "customer"),
    "VendBill": (-1, "AcctPay", "vendor"),
    "VendCred": (1, "AcctPay", "vendor"),
    "CustPymt": (1, "Bank", "customer"),
    "VendPymt": (-1, "Bank", "vendor"),
}
PAYS: Mapping[str, Sequence[str]] = {"CustPymt": ("CustInvc", "CustChrg", "FinChrg"), "VendPymt": ("VendBill",)}
TYPES = ("Journal", *MAIN)
_CONTROL = frozenset({"AcctRec", "AcctPay"})
_FIELDS = frozenset(
    {"type", "subsidiary", "entity", "trandate", "memo", "tranid", "currency", "lines", "pays", "amount"}
)
_LINE_FIELDS = frozenset({"account", "amount", "department", "memo"})
_MOST_LINES, _LONGEST, _IDS_END = 1_000, 4_000, 2**63
_AMOUNT = re.compile(r"-?[0-9]{1,11}(\.[0-9]{1,2})?")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class EntryRefused(Exception):  # noqa: N818 - the account's answer, not a fault of ours
    """What was asked cannot be entered; the text says why and what would do."""


@dataclass(frozen=True, slots=True)
class EnteredLine:
    """Cents of the transaction's currency, debit positive."""

    account: int
    cents: int
    department: int | None
    memo: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction to be entered. A payment has no lines: it pays an invoice or a bill, `cents` of it or all."""

    type: str
    company: Subsidiary
    entity: Entity | None
    day: date
    period: Period
    memo: str | None
    tranid: str | None
    currency: int
    lines: Sequence[EnteredLine]
    pays: int | None
    cents: int | None


def read(document: object, organisation: Organisation, today: date) -> Entry:
    """Raises EntryRefused."""
    given = _object(document, _FIELDS, "A transaction")
    kind = given.get("type")
    if kind not in TYPES:
        raise EntryRefused(f"type must be one of {', '.join(TYPES)}.")
    company = _one(organisation.subsidiaries, given.get("subsidiary", 1), "subsidiary")
    entity = _party(organisation, str(kind), given.get("entity"), company)
    day = _date(given.get("trandate"), min(today, months(organisation.periods)[-1].end))
    period = period_of(organisation, day)
    refuse_where_closed(period)
    currency = given.get("currency", entity.currency if entity else company.currency)
    known = _one(organisation.currencies, currency, "currency")
    pays, cents = given.get("pays"), given.get("amount")
    if (
        (kind in PAYS) != (pays is not None)
        or ("lines" in given and kind in PAYS)
        or ("amount" in given and kind not in PAYS)
    ):
        raise EntryRefused(
            "A payment names with pays the transaction that it pays, with amount how much of it, and has no lines; no "
            "other has either."
        )
    unit = 1 if known.precision else 100
    return Entry(
        type=str(kind),
        company=company,
        entity=entity,
        day=day,
        period=period,
        memo=text(given.get("memo"), "memo"),
        tranid=text(given.get("tranid"), "tranid"),
        currency=known.id,
        lines=() if kind in PAYS else _lines(given.get("lines"), str(kind), organisation, company, unit),
        pays=None if pays is None else identifier(pays, "transaction"),
        cents=None if cents is None else _cents(cents, unit),
    )


def _lines(
    given: object, kind: str, organisation: Organisation, company: Subsidiary, unit: int
) -> tuple[EnteredLine, ...]:
    """The lines beside the main line; a journal has none of these, and its lines sum to zero. Raises EntryRefused."""
    if not isinstance(given, list) or not 1 <= len(given) <= _MOST_LINES:
        raise EntryRefused(f"lines must be an array of 1 to {_MOST_LINES} lines.")
    sign = -MAIN[kind][0] if kind in MAIN else 1
    made = []
    for line in given:
        fields = _object(line, _LINE_FIELDS, "A line")
        account = _account(organisation, fields.get("account"), company, kind)
        department = fields.get("department")
        if department is not None:
            department = _one(organisation.departments, department, "department").id
        cents = sign * _cents(fields.get("amount"), unit)
        made.append(EnteredLine(account.id, cents, department, text(fields.get("memo"), "memo")))
    total = sum(line.cents for line in made)
    if kind == "Journal" and total:
        raise EntryRefused("The lines of a journal must sum to zero: debits positive, credits negative.")
    if kind != "Journal" and total * sign <= 0:
        raise EntryRefused("The lines must sum to more than zero.")
    return tuple(made)


def period_of(organisation: Organisation, day: date) -> Period:
    """The posting period of a day. Raises EntryRefused where there is none."""
    found = next((period for period in months(organisation.periods) if period.start <= day <= period.end), None)
    if found is None:
        raise EntryRefused(f"There is no posting period for {day}.")
    return found


def refuse_where_closed(period: Period) -> None:
    """Raises EntryRefused."""
    if period.closed_on is not None or period.locked:
        raise EntryRefused(
            f"The posting period {period.name} is closed or locked. Choose a later trandate "
            "(Setup > Accounting > Manage Accounting Periods)."
        )


def identifier(value: object, name: str) -> int:
    """Raises EntryRefused for what no id can be."""
    if type(value) is not int or not 0 < value < _IDS_END:
        raise EntryRefused(f"There is no {name} with the id {value!r}.")
    return value


def text(value: object, name: str) -> str | None:
    """Raises EntryRefused."""
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _LONGEST or _UNSTORABLE.search(value):
        raise EntryRefused(f"{name} must be a text of at most {_LONGEST} characters.")
    return value


def _object(value: object, known: frozenset[str], name: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise EntryRefused(f"{name} must be a JSON object.")
    if unknown := sorted(set(value) - known):
        raise EntryRefused(f"{name} has no {', '.join(unknown)}; known are {', '.join(sorted(known))}.")
    return value


def _one(records: Sequence[T], number: object, name: str) -> T:
    wanted = identifier(number, name)
    found = next((record for record in records if record.id == wanted), None)
    if found is None:
        raise EntryRefused(f"There is no {name} with the id {wanted}.")
    return found


def _party(organisation: Organisation, kind: str, number: object, company: Subsidiary) -> Entity | None:
    if kind not in MAIN:
        if number is not None:
            raise EntryRefused("A journal has no entity here.")
        return None
    entity = _one(organisation.entities, number, "entity")
    if entity.inactive:
        raise EntryRefused(f"{entity.title!r} is inactive.")
    if entity.kind != MAIN[kind][2] or entity.subsidiary != company.id:
        raise EntryRefused(f"{entity.title!r} is no {MAIN[kind][2]} of subsidiary {company.id}.")
    return entity


def _account(organisation: Organisation, number: object, company: Subsidiary, kind: str) -> Account:
    account = _one(organisation.accounts, number, "account")
    if account.type in _CONTROL and kind not in MAIN:
        raise EntryRefused(f"{account.full_name!r} is posted to by invoices, bills and their payments alone here.")
    if account.summary or account.type in ASIDE or str(company.id) not in account.subsidiaries.split(", "):
        raise EntryRefused(f"Nothing can be posted to {account.full_name!r} in subsidiary {company.id}.")
    return account


def _date(value: object, today: date) -> date:
    if value is None:
        return today
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise EntryRefused("trandate must be a date such as 2026-11-30.")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise EntryRefused(f"There is no day {value}.") from error


def _cents(value: object, unit: int) -> int:
    """`unit` is the smallest amount of the currency, in cents."""
    if type(value) is not str or not _AMOUNT.fullmatch(value):
        raise EntryRefused('amount must be a number in a text, such as "12.34", with at most two decimals.')
    cents = int(Decimal(value) * 100)
    if cents % unit or not cents:
        raise EntryRefused("amount must have no more decimals than its currency, and must not be zero.")
    return cents
