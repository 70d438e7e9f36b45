"""The company's books: what any query over the tables must agree with.

Only the register and the records beside it are read here, never a table and never SQL. Amounts are sums of whole cents
and thus exact. They come out as decimal strings with two places, debit positive unless a figure says otherwise, in the
base currency of the subsidiary named in the row. `period` is the id of a posting period, `book` that of an accounting
book; docs/sandbox.md names each figure and says what it is made of.
"""

from __future__ import annotations

from collections import Counter

from connector.sandbox.company.books.aging import agings
from connector.sandbox.company.books.consolidation import (
    consolidated_balance_sheet,
    consolidated_income,
    consolidated_totals,
)
from connector.sandbox.company.books.figures import Row, money
from connector.sandbox.company.books.ledger import activity
from connector.sandbox.company.books.operations import (
    budget_against_actual,
    intercompany,
    inventory,
    journals,
    open_sales_orders,
    vendor_spend,
)
from connector.sandbox.company.books.statements import balance_sheet, by_account_type, income_by_month, trial_balance
from connector.sandbox.company.records import Organisation
from connector.sandbox.company.register import Register

_NAMING = ("subsidiary", "partner")


def books(organisation: Organisation, register: Register) -> dict[str, object]:
    """Every figure, ready for JSON. Without OneWorld no row names a subsidiary, and nothing is consolidated."""
    posted = activity(register)
    found: dict[str, object] = {
        "as_of": max(period.end for period in organisation.periods).isoformat(),
        "lines": register.lines.num_rows,
        "transactions": register.headers.num_rows,
        "posting_transactions": register.headers.column("posting").to_pylist().count(True),
        "gl": {
            "total_debit": money(sum(debit for debit, _ in posted.values())),
            "total_credit": money(sum(credit for _, credit in posted.values())),
        },
        "trial_balance": trial_balance(organisation, posted),
        "by_account_type": by_account_type(organisation, posted),
        "by_type": _by_type(register),
        "income_by_month": income_by_month(organisation, posted),
        "balance_sheet": balance_sheet(organisation, posted),
        **agings(organisation, register),
        "open_sales_orders": open_sales_orders(register),
        "inventory": inventory(register),
        "budgets": budget_against_actual(organisation, posted),
        "journals": journals(register),
        "vendor_spend": vendor_spend(register),
    }
    if not organisation.oneworld:
        return {name: _without_subsidiary(figure) for name, figure in found.items()}
    return found | {
        "intercompany": intercompany(register),
        "consolidated": consolidated_totals(organisation, posted),
        "consolidated_income": consolidated_income(organisation, posted),
        "consolidated_balance_sheet": consolidated_balance_sheet(organisation, posted),
    }


def _by_type(register: Register) -> list[Row]:
    """How many, posting or not, and the sum of `transaction.total` over all subsidiaries, not translated."""
    counts: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    columns = (register.headers.column(name).to_pylist() for name in ("type", "total"))
    for kind, total in zip(*columns, strict=True):
        counts[kind] += 1
        totals[kind] += total
    return [{"type": kind, "count": counts[kind], "amount": money(totals[kind])} for kind in sorted(counts)]


def _without_subsidiary(figure: object) -> object:
    if not isinstance(figure, list):
        return figure
    return [{name: value for name, value in row.items() if name not in _NAMING} for row in figure]
