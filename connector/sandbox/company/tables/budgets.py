"""Budgets: one row a year and account, its amounts by period, categories, and the exchange rates they are made with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from connector.sandbox.company.budgets import CATEGORIES
from connector.sandbox.company.organisation import PRIMARY_BOOK
from connector.sandbox.company.records import Budget, ConsolidatedRate, Organisation
from connector.sandbox.company.tables.build import Field, constant, field, flag, money, never, table
from connector.sandbox.table import Kind, Table

_STEP = Decimal("0.0001")  # planners round


def budget_tables(organisation: Organisation) -> Iterator[Table]:
    """budgets, budgetsmachine, budgetcategory and, with OneWorld, budgetexchangerate."""
    currencies = {company.id: company.currency for company in organisation.subsidiaries}
    head = list(_BUDGET)
    if organisation.oneworld:
        head.append(field("subsidiary", Kind.ID, lambda b: b.subsidiary, "subsidiary.fullname"))
    head.append(field("currency", Kind.ID, lambda b: currencies[b.subsidiary], "currency.name"))
    yield table("budgets", organisation.budgets, head)
    parts = [(budget, period, cents) for budget in organisation.budgets for period, cents in budget.amounts.items()]
    yield table("budgetsmachine", parts, _MACHINE)
    yield table("budgetcategory", CATEGORIES, _CATEGORY)
    if organisation.oneworld:
        yield table("budgetexchangerate", organisation.consolidated_rates, _RATE)


_BUDGET: Sequence[Field[Budget]] = (
    field("id", Kind.ID, lambda b: b.id),
    field("year", Kind.ID, lambda b: b.year, "accountingperiod.periodname"),
    field("category", Kind.ID, lambda b: b.category, "budgetcategory.name"),
    field("account", Kind.ID, lambda b: b.account, "account.accountsearchdisplayname"),
    field("accountingbook", Kind.ID, constant(PRIMARY_BOOK), "accountingbook.name"),
    field("department", Kind.ID, lambda b: b.department, "department.fullname"),
    field("class", Kind.ID, lambda b: b.classification, "classification.fullname"),
    field("location", Kind.ID, never, "location.fullname"),
    field("item", Kind.ID, never, "item.fullname"),
    field("customer", Kind.ID, never, "customer.entitytitle"),
    field("total", Kind.MONEY, lambda b: money(sum(b.amounts.values()))),
)

_MACHINE: Sequence[Field[tuple[Budget, int, int]]] = (
    field("budget", Kind.ID, lambda p: p[0].id),
    field("period", Kind.ID, lambda p: p[1], "accountingperiod.periodname"),
    field("amount", Kind.MONEY, lambda p: money(p[2])),
)

_CATEGORY: Sequence[Field[tuple[int, str, bool]]] = (
    field("id", Kind.ID, lambda c: c[0]),
    field("name", Kind.TEXT, lambda c: c[1]),
    field("budgettype", Kind.TEXT, constant("LOCAL")),
    field("isinactive", Kind.BOOLEAN, lambda c: flag(c[2])),
)


def _planned(rate: Decimal) -> Decimal:
    return rate.quantize(_STEP, ROUND_HALF_UP)


_RATE: Sequence[Field[ConsolidatedRate]] = (
    field("id", Kind.ID, lambda r: r.id),
    field("period", Kind.ID, lambda r: r.period, "accountingperiod.periodname"),
    field("accountingbook", Kind.ID, lambda r: r.book, "accountingbook.name"),
    field("fromsubsidiary", Kind.ID, lambda r: r.from_subsidiary, "subsidiary.fullname"),
    field("tosubsidiary", Kind.ID, lambda r: r.to_subsidiary, "subsidiary.fullname"),
    field("fromcurrency", Kind.ID, lambda r: r.from_currency, "currency.name"),
    field("tocurrency", Kind.ID, lambda r: r.to_currency, "currency.name"),
    field("averagerate", Kind.RATE, lambda r: _planned(r.average)),
    field("currentrate", Kind.RATE, lambda r: _planned(r.current)),
    field("historicalrate", Kind.RATE, lambda r: _planned(r.historical)),
)
