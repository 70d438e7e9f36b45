"""The company: generated from a seed, seen as tables by SuiteQL and as books by whoever checks SuiteQL."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from connector.sandbox.company.books import books
from connector.sandbox.company.chart import chart_of_accounts
from connector.sandbox.company.display_lists import DISPLAY_LISTS
from connector.sandbox.company.entities import entities
from connector.sandbox.company.exchange_rates import consolidated_rates, monthly_rates
from connector.sandbox.company.items import items
from connector.sandbox.company.ledger import enter_transactions
from connector.sandbox.company.organisation import (
    CURRENCIES,
    SUBSIDIARIES,
    TERMS,
    classifications,
    departments,
    locations,
)
from connector.sandbox.company.periods import months, posting_periods
from connector.sandbox.company.records import Organisation, Records
from connector.sandbox.company.tables.lists import list_tables
from connector.sandbox.company.tables.masters import master_tables
from connector.sandbox.company.tables.transactions import transaction_tables
from connector.sandbox.profile import Profile
from connector.sandbox.table import Dataset

FEWEST_LINES = 200


@dataclass(frozen=True, slots=True)
class Company:
    """One account's data, twice: as tables, and as the records they were made from."""

    profile: Profile
    dataset: Dataset
    records: Records

    def books(self) -> dict[str, object]:
        """The books, from the records alone; `connector.sandbox.company.books` says what each figure means."""
        return {"account": self.profile.account_id, **books(self.records)}


def generate(*, lines: int = 10_000, seed: int = 1, profile: Profile) -> Company:
    """A company with exactly `lines` transaction lines; the same seed gives the same data, byte for byte.

    Raises ValueError below 200 lines: opening balances and one transaction of each type take about half of that.
    """
    if lines < FEWEST_LINES:
        raise ValueError(f"A company needs at least {FEWEST_LINES} transaction lines, not {lines}.")
    rng = Random(seed)  # noqa: S311 - made-up data, which must come out the same every time
    organisation = _organisation(rng, lines)
    records = Records(organisation, enter_transactions(rng, organisation, lines))
    tables = [*list_tables(organisation), *master_tables(organisation), *transaction_tables(records)]
    dataset = Dataset({table.name: table for table in tables}, DISPLAY_LISTS)
    return Company(profile, dataset, records)


def _organisation(rng: Random, lines: int) -> Organisation:
    accounts, periods = chart_of_accounts(), posting_periods()
    segments = departments(), classifications(), locations()
    rates = monthly_rates(rng, len(months(periods)))
    return Organisation(
        currencies=CURRENCIES,
        subsidiaries=SUBSIDIARIES,
        departments=segments[0],
        classifications=segments[1],
        locations=segments[2],
        terms=TERMS,
        accounts=accounts,
        periods=periods,
        currency_rates=rates,
        consolidated_rates=consolidated_rates(rng, rates, months(periods)),
        entities=entities(
            rng, customers=80 + lines // 200, vendors=70 + lines // 500, departments=segments[0], terms=TERMS
        ),
        items=items(
            rng, count=90 + lines // 2_000, accounts=accounts, departments=segments[0], classifications=segments[1]
        ),
    )
