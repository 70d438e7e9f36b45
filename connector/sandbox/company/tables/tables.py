"""Every table of the account."""

from __future__ import annotations

from collections.abc import Iterator

from connector.sandbox.company.records import Organisation
from connector.sandbox.company.register import Register
from connector.sandbox.company.tables.budgets import budget_tables
from connector.sandbox.company.tables.deletions import deleted_record
from connector.sandbox.company.tables.lists import list_tables
from connector.sandbox.company.tables.masters import master_tables
from connector.sandbox.company.tables.stock import stock_table
from connector.sandbox.company.tables.transactions import transaction_tables
from connector.sandbox.table import Table


def all_tables(organisation: Organisation, register: Register) -> Iterator[Table]:
    """In a fixed order; without OneWorld there are no subsidiaries and nothing names one."""
    yield from list_tables(organisation)
    yield from master_tables(organisation)
    yield from budget_tables(organisation)
    yield from transaction_tables(register, oneworld=organisation.oneworld)
    yield stock_table(organisation, register)
    yield deleted_record()
