"""Tables of the small lists: currencies, subsidiaries, segments, terms, books, periods, rates, and statuses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time

from connector.sandbox.company.records import (
    Book,
    ConsolidatedRate,
    Currency,
    CurrencyRate,
    Organisation,
    Period,
    Segment,
    Subsidiary,
    Term,
)
from connector.sandbox.company.tables.build import Field, constant, field, flag, never, table
from connector.sandbox.company.transaction_types import TYPES
from connector.sandbox.table import Kind, Table

# Nobody touched the lists since the books were opened.
_SETTLED = datetime(2023, 12, 20, 17, 30)  # noqa: DTZ001 - NetSuite keeps times in the account's own zone


def list_tables(organisation: Organisation) -> Iterator[Table]:
    """Every table of this module; those of subsidiaries with OneWorld alone."""
    yield table("currency", organisation.currencies, _CURRENCY)
    yield table("currencyrate", organisation.currency_rates, _CURRENCY_RATE)
    if organisation.oneworld:
        yield table("subsidiary", organisation.subsidiaries, _SUBSIDIARY)
        yield table("consolidatedexchangerate", organisation.consolidated_rates, _RATE)
    of_whom = _OF_SUBSIDIARY if organisation.oneworld else []
    yield table("department", organisation.departments, [*_segment("department"), *of_whom])
    yield table("classification", organisation.classifications, [*_segment("classification"), *of_whom])
    yield table("location", organisation.locations, [*_segment("location"), *_LOCATION, *of_whom])
    yield table("term", organisation.terms, _TERM)
    yield table("accountingbook", organisation.books, _BOOK)
    yield table("accountingperiod", organisation.periods, _PERIOD)
    statuses = [(kind.code, kind.title, *status) for kind in TYPES for status in kind.statuses]
    yield table("transactionstatus", statuses, _STATUS)


_CURRENCY: Sequence[Field[Currency]] = (
    field("id", Kind.ID, lambda c: c.id),
    field("name", Kind.TEXT, lambda c: c.name),
    field("symbol", Kind.TEXT, lambda c: c.symbol),
    field("displaysymbol", Kind.TEXT, lambda c: c.sign),
    field("symbolplacement", Kind.INTEGER, constant(1)),
    field("currencyprecision", Kind.INTEGER, lambda c: c.precision),
    field("exchangerate", Kind.RATE, lambda c: c.dollars),
    field("isbasecurrency", Kind.BOOLEAN, lambda c: flag(c.dollars == 1)),
    field("isinactive", Kind.BOOLEAN, constant("F")),
    field("includeinfxrateupdates", Kind.BOOLEAN, constant("T")),
    field("overridecurrencyformat", Kind.BOOLEAN, constant("F")),
    field("externalid", Kind.TEXT, lambda c: f"00{c.id}"),
    field("lastmodifieddate", Kind.DATETIME, constant(_SETTLED)),
)

_SUBSIDIARY: Sequence[Field[Subsidiary]] = (
    field("id", Kind.ID, lambda s: s.id),
    field("name", Kind.TEXT, lambda s: s.name),
    field("fullname", Kind.TEXT, lambda s: s.full_name),
    field("legalname", Kind.TEXT, lambda s: s.legal_name),
    field("parent", Kind.ID, lambda s: s.parent, "subsidiary.fullname"),
    field("currency", Kind.ID, lambda s: s.currency, "currency.name"),
    field("country", Kind.TEXT, lambda s: s.country, "list:country"),
    field("edition", Kind.TEXT, lambda s: s.country),
    field("languagelocale", Kind.TEXT, lambda s: s.locale),
    field("iselimination", Kind.BOOLEAN, lambda s: flag(s.elimination)),
    field("isinactive", Kind.BOOLEAN, constant("F")),
    field("fiscalcalendar", Kind.ID, constant(1)),
    field("tranprefix", Kind.TEXT, never),
    field("externalid", Kind.TEXT, lambda s: s.external),
    field("lastmodifieddate", Kind.DATETIME, constant(_SETTLED)),
)


def _segment(name: str) -> list[Field[Segment]]:
    return [
        field("id", Kind.ID, lambda s: s.id),
        field("name", Kind.TEXT, lambda s: s.name),
        field("fullname", Kind.TEXT, lambda s: s.full_name),
        field("parent", Kind.ID, lambda s: s.parent, f"{name}.fullname"),
        field("includechildren", Kind.BOOLEAN, constant("F")),
        field("isinactive", Kind.BOOLEAN, lambda s: flag(s.inactive)),
        field("externalid", Kind.TEXT, lambda s: s.external),
        field("lastmodifieddate", Kind.DATETIME, constant(_SETTLED)),
    ]


_OF_SUBSIDIARY: list[Field[Segment]] = [field("subsidiary", Kind.TEXT, lambda s: s.subsidiary)]

_LOCATION: Sequence[Field[Segment]] = (
    field("makeinventoryavailable", Kind.BOOLEAN, lambda s: flag(s.parent)),
    field("usebins", Kind.BOOLEAN, constant("F")),
    field("tranprefix", Kind.TEXT, never),
)

_TERM: Sequence[Field[Term]] = (
    field("id", Kind.ID, lambda t: t.id),
    field("name", Kind.TEXT, lambda t: t.name),
    field("daysuntilnetdue", Kind.INTEGER, lambda t: t.days),
    field("isinactive", Kind.BOOLEAN, constant("F")),
)

_BOOK: Sequence[Field[Book]] = (
    field("id", Kind.ID, lambda b: b.id),
    field("name", Kind.TEXT, lambda b: b.name),
    field("isprimary", Kind.BOOLEAN, lambda b: flag(b.primary)),
    field("isconsolidated", Kind.BOOLEAN, constant("T")),
    field("isadjustmentonly", Kind.BOOLEAN, constant("F")),
    field("basebook", Kind.ID, never, "accountingbook.name"),
    field("effectiveperiod", Kind.ID, never, "accountingperiod.periodname"),
    field("externalid", Kind.TEXT, lambda b: b.external),
    field("lastmodifieddate", Kind.DATETIME, constant(_SETTLED)),
)

_PERIOD: Sequence[Field[Period]] = (
    field("id", Kind.ID, lambda p: p.id),
    field("periodname", Kind.TEXT, lambda p: p.name),
    field("startdate", Kind.DATE, lambda p: p.start),
    field("enddate", Kind.DATE, lambda p: p.end),
    field("parent", Kind.ID, lambda p: p.parent, "accountingperiod.periodname"),
    field("isyear", Kind.BOOLEAN, lambda p: flag(p.level == "year")),
    field("isquarter", Kind.BOOLEAN, lambda p: flag(p.level == "quarter")),
    field("isposting", Kind.BOOLEAN, lambda p: flag(p.level in {"month", "adjustment"})),
    field("isadjust", Kind.BOOLEAN, lambda p: flag(p.level == "adjustment")),
    field("isinactive", Kind.BOOLEAN, constant("F")),
    field("closed", Kind.BOOLEAN, lambda p: flag(p.closed_on)),
    field("closedondate", Kind.DATE, lambda p: p.closed_on),
    field("alllocked", Kind.BOOLEAN, lambda p: flag(p.closed_on)),
    field("aplocked", Kind.BOOLEAN, lambda p: flag(p.locked)),
    field("arlocked", Kind.BOOLEAN, lambda p: flag(p.locked)),
    field("allownonglchanges", Kind.BOOLEAN, constant("F")),
    field("lastmodifieddate", Kind.DATETIME, lambda p: datetime.combine(p.closed_on or p.start, time(12))),
)

_RATE: Sequence[Field[ConsolidatedRate]] = (
    field("id", Kind.ID, lambda r: r.id),
    field("postingperiod", Kind.ID, lambda r: r.period, "accountingperiod.periodname"),
    field("fromsubsidiary", Kind.ID, lambda r: r.from_subsidiary, "subsidiary.fullname"),
    field("tosubsidiary", Kind.ID, lambda r: r.to_subsidiary, "subsidiary.fullname"),
    field("fromcurrency", Kind.ID, lambda r: r.from_currency, "currency.name"),
    field("tocurrency", Kind.ID, lambda r: r.to_currency, "currency.name"),
    field("averagerate", Kind.RATE, lambda r: r.average),
    field("currentrate", Kind.RATE, lambda r: r.current),
    field("historicalrate", Kind.RATE, lambda r: r.historical),
    field("accountingbook", Kind.ID, lambda r: r.book, "accountingbook.name"),
    field("isderived", Kind.BOOLEAN, constant("F")),
    field("externalid", Kind.TEXT, never),
)

_CURRENCY_RATE: Sequence[Field[CurrencyRate]] = (
    field("id", Kind.ID, lambda r: r.id),
    field("basecurrency", Kind.ID, lambda r: r.base, "currency.name"),
    field("transactioncurrency", Kind.ID, lambda r: r.currency, "currency.name"),
    field("exchangerate", Kind.RATE, lambda r: r.rate),
    field("effectivedate", Kind.DATE, lambda r: r.effective),
    field("lastmodifieddate", Kind.DATETIME, lambda r: datetime.combine(r.effective, time(6))),
)

_STATUS: Sequence[Field[tuple[str, str, str, str]]] = (
    field("id", Kind.TEXT, lambda s: s[2]),
    field("trantype", Kind.TEXT, lambda s: s[0], "list:transactiontype"),
    field("name", Kind.TEXT, lambda s: s[3]),
    field("fullname", Kind.TEXT, lambda s: f"{s[1]} : {s[3]}"),
)
