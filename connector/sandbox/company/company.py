"""The company: generated from a seed, seen as tables by SuiteQL and as books by whoever checks SuiteQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from random import Random

import pyarrow as pa

from connector.sandbox.company.books.books import books
from connector.sandbox.company.budgets import budgets
from connector.sandbox.company.chart import chart_of_accounts
from connector.sandbox.company.display_lists import DISPLAY_LISTS
from connector.sandbox.company.entities import entities
from connector.sandbox.company.exchange_rates import consolidated_rates, currency_rates, monthly_rates
from connector.sandbox.company.items import items
from connector.sandbox.company.organisation import (
    BOOKS,
    CURRENCIES,
    TERMS,
    classifications,
    departments,
    locations,
    subsidiaries,
    trading,
)
from connector.sandbox.company.periods import months, posting_periods
from connector.sandbox.company.records import Organisation
from connector.sandbox.company.register import Register, of_rows
from connector.sandbox.company.simulation import simulate
from connector.sandbox.company.tables.tables import all_tables
from connector.sandbox.profile import Profile
from connector.sandbox.table import Dataset, Table

FEWEST_LINES, MOST_LINES = 200, 10_000_000


class Company:
    """One account's data: the records and the register, from which tables and books are made independently."""

    def __init__(self, profile: Profile, organisation: Organisation, register: Register, seed: int) -> None:
        """`organisation` has no budgets yet: they follow from the register."""
        self.profile, self.organisation, self.register = profile, organisation, register
        self._seed = seed

    @cached_property
    def planned(self) -> Organisation:
        """The organisation with its budgets."""
        rng = Random(self._seed)  # noqa: S311 - made-up data, which must come out the same every time
        return replace(self.organisation, budgets=budgets(rng, self.organisation, self.register))

    def dataset(self) -> Dataset:
        """What SuiteQL sees. Rows are made when they are read, those of all tables at once."""
        shapes = all_tables(self.organisation, of_rows([], [], []))
        made = _Made(lambda: {table.name: table.rows for table in all_tables(self.planned, self.register)})
        tables = {shape.name: Table(shape.name, shape.columns, partial(made.rows, shape.name)) for shape in shapes}
        return Dataset(tables, DISPLAY_LISTS)

    def books(self, register: Register | None = None) -> dict[str, object]:
        """The books, from the register alone, or from another; docs/sandbox.md says what each figure means."""
        return {"account": self.profile.account_id, **books(self.planned, register or self.register)}


class _Made:
    """Tables on their way to who reads them: made together, each let go when it is read."""

    def __init__(self, make: Callable[[], dict[str, pa.Table]]) -> None:
        self._make = make
        self._waiting: dict[str, pa.Table] = {}

    def rows(self, name: str) -> pa.Table:
        if name not in self._waiting:
            self._waiting = self._make()
        return self._waiting.pop(name)


def generate(*, lines: int = 10_000, seed: int = 1, profile: Profile) -> Company:
    """A company with exactly `lines` transaction lines; the same seed gives the same data, byte for byte.

    Raises ValueError below 200 lines: opening balances and a little of each business need about that.
    """
    rng, organisation = _begin(lines, seed, profile)
    return Company(profile, organisation, simulate(rng, organisation, lines), seed)


def of_register(register: Register, *, lines: int, seed: int, profile: Profile) -> Company:
    """The same company where its register was kept."""
    return Company(profile, _begin(lines, seed, profile)[1], register, seed)


def _begin(lines: int, seed: int, profile: Profile) -> tuple[Random, Organisation]:
    if lines < FEWEST_LINES:
        raise ValueError(f"A company needs at least {FEWEST_LINES} transaction lines, not {lines}.")
    rng = Random(seed)  # noqa: S311 - made-up data, which must come out the same every time
    return rng, _organisation(rng, lines, profile)


def _organisation(rng: Random, lines: int, profile: Profile) -> Organisation:
    companies = subsidiaries(oneworld=profile.oneworld)
    accounts, periods = chart_of_accounts(companies), posting_periods(profile.calendar)
    rates = monthly_rates(rng, len(months(periods)))
    segments = departments(companies), classifications(companies)
    return Organisation(
        oneworld=profile.oneworld,
        currencies=CURRENCIES,
        subsidiaries=companies,
        books=BOOKS,
        departments=segments[0],
        classifications=segments[1],
        locations=locations(companies),
        terms=TERMS,
        accounts=accounts,
        periods=periods,
        opening_rates=rates,
        currency_rates=currency_rates(rates, companies, periods),
        consolidated_rates=consolidated_rates(rng, rates, periods, companies),
        entities=entities(
            rng,
            customers=140 + lines // 200,
            vendors=120 + lines // 500,
            departments=segments[0],
            terms=TERMS,
            companies=trading(companies),
        ),
        items=items(
            rng, count=90 + lines // 2_000, accounts=accounts, departments=segments[0], classifications=segments[1]
        ),
        budgets=(),
    )
