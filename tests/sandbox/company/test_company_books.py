"""The books of each subsidiary against the tables: the same figures, added up here from what SuiteQL would read."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from decimal import Decimal, getcontext

import pytest
from audit import ASIDE, STATEMENT, Audit, Entry

from connector.sandbox.company import generate
from connector.sandbox.profile import PROFILES

SIDES = ("debit", "credit", "amount")


def sums(entries: list[Entry], *names: str) -> dict[tuple, tuple[str, ...]]:
    """Debit, credit and amount by attributes of entries, as the books write them."""
    groups: defaultdict[tuple, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for entry in entries:
        place = tuple(getattr(entry, name) for name in names)
        groups[place] = [sum_ + getattr(entry, side) for sum_, side in zip(groups[place], SIDES, strict=True)]
    return {place: tuple(f"{sum_:.2f}" for sum_ in figures) for place, figures in groups.items()}


def test_counts(audit: Audit) -> None:
    assert audit.books["lines"] == len(audit.rows("transactionline"))
    assert audit.books["transactions"] == len(audit.rows("transaction"))
    assert audit.books["posting_transactions"] == sum(row["posting"] == "T" for row in audit.rows("transaction"))
    assert audit.books["as_of"] == max(row["enddate"] for row in audit.rows("accountingperiod")).isoformat()
    assert audit.books["account"] == audit.company.profile.account_id


def test_debits_equal_credits_and_the_general_ledger(audit: Audit) -> None:
    assert audit.books["gl"]["total_debit"] == audit.books["gl"]["total_credit"]
    assert audit.books["gl"]["total_debit"] == str(sum(entry.debit for entry in audit.entries))


def test_trial_balance(audit: Audit) -> None:
    rows = audit.books["trial_balance"]
    given = {(row["book"], row.get("subsidiary"), row["period"], row["account"]): row for row in rows}
    figures = {place: tuple(row[side] for side in SIDES) for place, row in given.items()}

    assert figures == sums(audit.entries, "book", "subsidiary", "period", "account")
    assert len(given) == len(rows)
    assert list(given) == sorted(given, key=lambda place: (place[0], place[1] or 0, *place[2:]))
    for row in rows:
        assert row["acctnumber"] == audit.accounts[row["account"]]["acctnumber"]
        assert row["periodname"] == audit.periods[row["period"]]["periodname"]


def test_by_account_type(audit: Audit) -> None:
    given = {
        (row["book"], row.get("subsidiary"), row["accttype"]): tuple(row[side] for side in SIDES)
        for row in audit.books["by_account_type"]
    }
    assert given == sums(audit.entries, "book", "subsidiary", "accttype")


def test_by_transaction_type(audit: Audit) -> None:
    counts = Counter(row["type"] for row in audit.rows("transaction"))
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in audit.rows("transaction"):
        totals[row["type"]] += row["total"]
    expected = [{"type": kind, "count": counts[kind], "amount": f"{totals[kind] + 0:.2f}"} for kind in sorted(counts)]
    assert audit.books["by_type"] == expected


def test_income_by_month(audit: Audit) -> None:
    amounts: defaultdict[tuple, Decimal] = defaultdict(Decimal)
    for entry in audit.entries:
        amounts[entry.book, entry.subsidiary, entry.period, entry.accttype] += entry.amount
    rows = audit.books["income_by_month"]

    assert len(rows) == 2 * len(audit.subsidiaries) * len(audit.posting_periods)
    assert len(audit.posting_periods) == 3 * 13
    for row in rows:
        place = row["book"], row.get("subsidiary"), row["period"]
        income, other = -amounts[*place, "Income"], -amounts[*place, "OthIncome"]
        costs = [amounts[*place, kind] for kind in ("COGS", "Expense", "OthExpense")]
        given = [Decimal(row[name]) for name in ("income", "othincome", "cogs", "expense", "othexpense", "net_income")]
        assert given == [income, other, *costs, income + other - sum(costs)]


def test_balance_sheets(audit: Audit) -> None:
    """Balances so far, results of this year apart, those of the years before among retained earnings."""
    kinds = {row["accttype"] for row in audit.rows("account")} - {*STATEMENT, *ASIDE}
    given = {(row["book"], row.get("subsidiary"), row["period"]): row for row in audit.books["balance_sheet"]}
    changes: defaultdict[tuple, Counter] = defaultdict(Counter)
    for entry in audit.entries:
        if entry.accttype not in ASIDE:
            kind = "net_income" if entry.accttype in STATEMENT else entry.accttype.lower()
            changes[entry.book, entry.subsidiary, entry.period][kind] += entry.amount
    for book in (1, 2):
        for subsidiary in audit.subsidiaries:
            running: Counter = Counter()
            for period in audit.posting_periods:
                if period["id"] in audit.first_of_year:
                    running["retainedearnings"] += running.pop("net_income", 0)
                running.update(changes[book, subsidiary, period["id"]])
                row = given.pop((book, subsidiary, period["id"]))
                figures = {kind: Decimal(row[kind]) for kind in [*(kind.lower() for kind in kinds), "net_income"]}
                assert figures == {kind: running[kind] for kind in figures}
                assert sum(figures.values()) == 0
                assert set(row) - {"book", "subsidiary", "period", "periodname"} == set(figures)
    assert not given


def test_the_books_are_json_with_decimals_as_plain_strings(audit: Audit) -> None:
    text = json.dumps(audit.books, allow_nan=False)

    assert json.loads(text) == audit.books
    assert '"-0.00"' not in text
    assert '"-0"' not in text
    assert "E+" not in text.replace("=HYPERLINK", "").replace("1.5E+7", "")
    assert "E-" not in text


@pytest.mark.parametrize("profile", ["default", "no-oneworld"])
def test_the_books_do_not_depend_on_the_decimal_context(profile: str) -> None:
    made = generate(lines=1_000, profile=PROFILES[profile])
    expected = made.books()
    before = getcontext().prec
    getcontext().prec = 9
    try:
        assert made.books() == expected
    finally:
        getcontext().prec = before
