"""Orders, stock, budgets, journals, vendors and business among the subsidiaries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from connector.sandbox.company.books.figures import Row, money
from connector.sandbox.company.books.ledger import Activity
from connector.sandbox.company.chart import STATEMENT
from connector.sandbox.company.organisation import PRIMARY_BOOK, SECONDARY_BOOK
from connector.sandbox.company.records import Organisation
from connector.sandbox.company.register import BOTH_BOOKS, STOCK, Register

_CLOSED = frozenset({"G", "H"})
_SPENT = frozenset({"VendBill", "VendCred", "Check", "CardChrg", "CardRfnd"})


def open_sales_orders(register: Register) -> list[Row]:
    """Each sales order that is neither billed nor closed: what of its lines is not billed yet, at their prices."""
    heads = {row["id"]: row for row in register.headers.to_pylist() if row["type"] == "SalesOrd"}
    waiting: Counter[int] = Counter()
    names = ("transaction", "number", "quantity", "price", "billed")
    for number, line, quantity, price, billed in zip(
        *(register.lines.column(name).to_pylist() for name in names), strict=True
    ):
        if number in heads and line and quantity is not None:
            waiting[number] += (price * (-quantity - billed) + 50) // 100
    return [
        {
            "transaction": number,
            "tranid": head["tranid"],
            "subsidiary": head["subsidiary"],
            "entity": head["entity"],
            "currency": head["currency"],
            "open_amount": money(waiting[number]),
        }
        for number, head in heads.items()
        if head["status"] not in _CLOSED
    ]


def inventory(register: Register) -> list[Row]:
    """By item and location: pieces, and their value in the currency of the location's subsidiary."""
    pieces: Counter[tuple[int, int]] = Counter()
    values: Counter[tuple[int, int]] = Counter()
    names = ("item", "location", "quantity", "amount", "marks")
    for item, location, quantity, amount, marks in zip(
        *(register.lines.column(name).to_pylist() for name in names), strict=True
    ):
        if marks & STOCK:
            pieces[item, location] += quantity
            values[item, location] += amount
    return [
        {"item": item, "location": location, "quantity": money(count), "value": money(values[item, location])}
        for (item, location), count in sorted(pieces.items())
    ]


def budget_against_actual(organisation: Organisation, activity: Activity) -> list[Row]:
    """Budgets by category, subsidiary, account and period, beside what the primary book has; costs positive."""
    signs = {account.id: STATEMENT.get(account.type, 0) for account in organisation.accounts}
    planned: Counter[tuple[int, int, int, int]] = Counter()
    for budget in organisation.budgets:
        for period, cents in budget.amounts.items():
            planned[budget.category, budget.subsidiary, budget.account, period] += cents
    rows: list[Row] = []
    for (category, subsidiary, account, period), cents in sorted(planned.items()):
        debit, credit = activity.get((PRIMARY_BOOK, subsidiary, period, account), (0, 0))
        place = {"category": category, "subsidiary": subsidiary, "account": account, "period": period}
        rows.append({**place, "budget": money(cents), "actual": money((debit - credit) * signs[account])})
    return rows


def journals(register: Register) -> list[Row]:
    """Posted journals by book, subsidiary and period: how many, and the sum of their debits."""
    counts: Counter[tuple[int, int, int]] = Counter()
    totals: Counter[tuple[int, int, int]] = Counter()
    for head in register.headers.to_pylist():
        if head["type"] == "Journal" and head["posting"]:
            for book in (PRIMARY_BOOK, SECONDARY_BOOK):
                if head["book"] in {BOTH_BOOKS, book}:
                    counts[book, head["subsidiary"], head["period"]] += 1
                    totals[book, head["subsidiary"], head["period"]] += head["total"]
    return [
        {"book": book, "subsidiary": one, "period": period, "count": count, "debit": money(totals[book, one, period])}
        for (book, one, period), count in sorted(counts.items())
    ]


def vendor_spend(register: Register) -> list[Row]:
    """By subsidiary, vendor and period: bills, checks and card charges less credits, taxes included."""
    spent: Counter[tuple[int, int, int]] = Counter()
    names = ("type", "subsidiary", "entity", "period", "total")
    for kind, subsidiary, entity, period, total in zip(
        *(register.headers.column(name).to_pylist() for name in names), strict=True
    ):
        if kind in _SPENT:
            spent[subsidiary, entity, period] -= total
    return [
        {"subsidiary": one, "entity": entity, "period": period, "amount": money(cents)}
        for (one, entity, period), cents in sorted(spent.items())
    ]


def intercompany(register: Register) -> list[Row]:
    """Lines due to or from another subsidiary, by subsidiary, that other one, account and period; debit positive."""
    heads: Mapping[int, tuple[int, int]] = {
        number: (subsidiary, period)
        for number, subsidiary, period, partner in zip(
            *(register.headers.column(name).to_pylist() for name in ("id", "subsidiary", "period", "partner")),
            strict=True,
        )
        if partner is not None
    }
    totals: Counter[tuple[int, int, int, int]] = Counter()
    names = ("transaction", "account", "partner", "amount")
    for number, account, partner, amount in zip(
        *(register.lines.column(name).to_pylist() for name in names), strict=True
    ):
        if partner is not None:
            subsidiary, period = heads[number]
            totals[subsidiary, partner, account, period] += amount
    return [
        {"subsidiary": one, "partner": partner, "account": account, "period": period, "amount": money(cents)}
        for (one, partner, account, period), cents in sorted(totals.items())
    ]
