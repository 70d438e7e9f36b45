"""The books against the tables: the same figures, added up here in plain Python from what SuiteQL would read."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction

import pytest

from connector.sandbox.company import generate
from connector.sandbox.profile import PROFILES


@pytest.fixture(scope="module", params=[(10_000, 1), (777, 5), (200, 9)], ids=lambda shape: f"{shape[0]}-{shape[1]}")
def audited(request):
    """The books of one company, and its posting accounting lines joined to line, transaction and account."""
    lines, seed = request.param
    made = generate(lines=lines, seed=seed, profile=PROFILES["default"])
    tables = {name: table.rows.to_pylist() for name, table in made.dataset.tables.items()}
    line = {(row["transaction"], row["id"]): row for row in tables["transactionline"]}
    transaction = {row["id"]: row for row in tables["transaction"]}
    account = {row["id"]: row for row in tables["account"]}
    posted = [
        {
            "subsidiary": line[row["transaction"], row["transactionline"]]["subsidiary"],
            "period": transaction[row["transaction"]]["postingperiod"],
            "account": account[row["account"]],
            "debit": row["debit"] or Decimal(0),
            "credit": row["credit"] or Decimal(0),
            "amount": row["amount"],
        }
        for row in tables["transactionaccountingline"]
        if row["posting"] == "T" and row["account"] is not None
    ]
    return made.books(), tables, posted


def sums(posted: list[dict], *key: Callable[[dict], object]) -> dict:
    """Debit, credit and amount by the named things."""
    groups = defaultdict(lambda: [Decimal(0)] * 3)
    for entry in posted:
        place = tuple(name(entry) for name in key)
        groups[place] = [
            total + entry[side] for total, side in zip(groups[place], ("debit", "credit", "amount"), strict=True)
        ]
    return {place: tuple(f"{total:.2f}" for total in totals) for place, totals in groups.items()}


def subsidiary(entry):
    return entry["subsidiary"]


def period(entry):
    return entry["period"]


def test_counts(audited) -> None:
    books, tables, _ = audited

    assert books["lines"] == len(tables["transactionline"])
    assert books["transactions"] == len(tables["transaction"])
    assert books["posting_transactions"] == sum(row["posting"] == "T" for row in tables["transaction"])


def test_debits_equal_credits_and_the_general_ledger(audited) -> None:
    books, _, posted = audited

    assert books["gl"]["total_debit"] == books["gl"]["total_credit"]
    assert books["gl"]["total_debit"] == str(sum(entry["debit"] for entry in posted))


def test_trial_balance(audited) -> None:
    books, tables, posted = audited
    expected = sums(posted, subsidiary, period, lambda entry: entry["account"]["id"])
    numbers = {row["id"]: row["acctnumber"] for row in tables["account"]}

    given = {(row["subsidiary"], row["period"], row["account"]): row for row in books["trial_balance"]}
    assert {place: (row["debit"], row["credit"], row["amount"]) for place, row in given.items()} == expected
    assert all(row["acctnumber"] == numbers[row["account"]] for row in books["trial_balance"])
    assert list(given) == sorted(given)
    assert len(given) == len(books["trial_balance"])


def test_by_account_type(audited) -> None:
    books, _, posted = audited
    expected = sums(posted, subsidiary, lambda entry: entry["account"]["accttype"])

    assert {
        (row["subsidiary"], row["accttype"]): (row["debit"], row["credit"], row["amount"])
        for row in books["by_account_type"]
    } == expected


def test_by_transaction_type(audited) -> None:
    books, tables, _ = audited
    counts = Counter(row["type"] for row in tables["transaction"])
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in tables["transaction"]:
        totals[row["type"]] += row["total"]

    assert books["by_type"] == [
        {"type": kind, "count": counts[kind], "amount": f"{totals[kind]:.2f}"} for kind in sorted(counts)
    ]


def test_income_by_month(audited) -> None:
    books, tables, posted = audited
    amounts: defaultdict[tuple, Decimal] = defaultdict(Decimal)
    for entry in posted:
        amounts[entry["subsidiary"], entry["period"], entry["account"]["accttype"]] += entry["amount"]
    months = [row for row in tables["accountingperiod"] if row["isyear"] == row["isquarter"] == "F"]

    assert len(books["income_by_month"]) == 2 * len(months) == 72
    for row in books["income_by_month"]:
        place = row["subsidiary"], row["period"]
        income, other = -amounts[*place, "Income"], -amounts[*place, "OthIncome"]
        costs = [amounts[*place, kind] for kind in ("COGS", "Expense", "OthExpense")]
        given = [Decimal(row[name]) for name in ("income", "othincome", "cogs", "expense", "othexpense", "net_income")]
        assert given == [income, other, *costs, income + other - sum(costs)]


def test_consolidated_in_the_parents_currency(audited) -> None:
    books, tables, posted = audited
    rates = {
        (row["fromsubsidiary"], row["postingperiod"]): row
        for row in tables["consolidatedexchangerate"]
        if row["tosubsidiary"] == 1
    }
    expected: defaultdict[str, Fraction] = defaultdict(Fraction)
    for entry in posted:
        column = entry["account"]["generalrate"].lower() + "rate"
        rate = rates[entry["subsidiary"], entry["period"]][column]
        expected[entry["account"]["accttype"]] += Fraction(entry["amount"]) * Fraction(rate)

    given = books["consolidated"]
    assert {row["accttype"]: Fraction(row["amount"]) for row in given["by_account_type"]} == expected
    assert Fraction(given["translation_difference"]["amount"]) == sum(expected.values())
    for row in given["by_account_type"]:
        assert row["rounded"] == str(Decimal(row["amount"]).quantize(Decimal("0.01"), ROUND_HALF_UP))


def test_the_books_are_json_with_decimals_as_plain_strings(audited) -> None:
    books, _, _ = audited
    text = json.dumps(books, allow_nan=False)

    assert json.loads(text) == books
    assert '"-0.00"' not in text
    assert "E+" not in text.replace("=HYPERLINK", "")


def test_the_books_do_not_depend_on_the_decimal_context() -> None:
    made = generate(lines=400, profile=PROFILES["default"])
    expected = made.books()
    before = getcontext().prec
    getcontext().prec = 9
    try:
        assert made.books() == expected
    finally:
        getcontext().prec = before
