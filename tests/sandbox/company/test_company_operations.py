"""Agings, orders, stock, budgets, journals, spend and intercompany lines: books against tables, in plain Python."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from audit import Audit, Row, nonzero

CENT = Decimal("0.01")
DAYS = {"current": 0, "days_1_30": 30, "days_31_60": 60, "days_61_90": 90}
SIDES = {"ar": {"CustInvc": 1, "CustChrg": 1, "FinChrg": 1, "CustCred": -1}, "ap": {"VendBill": 1, "VendCred": -1}}


def bucket(late: int) -> str:
    return next((name for name, limit in DAYS.items() if late <= limit), "days_over_90")


def settlements(audit: Audit) -> dict[int, list[tuple[date, Decimal]]]:
    """By document, when and how much was paid or applied of it."""
    found: defaultdict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    for link in audit.links_of("Payment"):
        for end in ("previousdoc", "nextdoc"):
            found[link[end]].append((max(link["previousdate"], link["nextdate"]), link["foreignamount"]))
    return found


def open_at(row: Row, settled: list[tuple[date, Decimal]], day: date) -> Decimal:
    """In base currency, at the document's own rate, rounded once."""
    left = abs(row["foreigntotal"]) - sum(amount for when, amount in settled if when <= day)
    return (left * row["exchangerate"]).quantize(CENT, ROUND_HALF_UP)


def aged(audit: Audit, side: str, day: date) -> dict[tuple, Decimal]:
    """By subsidiary, entity and bucket."""
    settled = settlements(audit)
    amounts: Counter = Counter()
    for row in audit.of_type(*SIDES[side]):
        if row["trandate"] <= day:
            sign = SIDES[side][row["type"]]
            due = row["duedate"] if sign > 0 and row["duedate"] else row["trandate"]
            place = row.get("subsidiary"), row["entity"], bucket((day - due).days)
            amounts[place] += sign * open_at(row, settled[row["id"]], day)
    return nonzero(amounts)


@pytest.mark.parametrize("side", ["ar", "ap"])
def test_agings_of_every_month(audit: Audit, side: str) -> None:
    given = {}
    for row in audit.books[f"{side}_aging"]:
        parts = {name: Decimal(row[name]) for name in [*DAYS, "days_over_90"]}
        assert Decimal(row["total"]) == sum(parts.values())
        given.update({(row["period"], row.get("subsidiary"), name): amount for name, amount in parts.items()})
    expected: Counter = Counter()
    for period in audit.months:
        for (subsidiary, _, name), amount in aged(audit, side, period["enddate"]).items():
            expected[period["id"], subsidiary, name] += amount
    assert nonzero(given) == nonzero(expected)
    assert len(audit.books[f"{side}_aging"]) == 36 * len(audit.subsidiaries)


@pytest.mark.parametrize("side", ["ar", "ap"])
def test_what_each_party_owes_after_the_last_month(audit: Audit, side: str) -> None:
    given = {
        (row.get("subsidiary"), row["entity"], name): Decimal(row[name])
        for row in audit.books[f"{side}_open"]
        for name in [*DAYS, "days_over_90"]
    }
    assert nonzero(given) == aged(audit, side, audit.months[-1]["enddate"])


def test_open_sales_orders(audit: Audit) -> None:
    expected = []
    for row in audit.of_type("SalesOrd"):
        if row["status"] not in ("G", "H"):
            waiting = sum(
                (line["rate"] * (-line["quantity"] - line["quantitybilled"])).quantize(CENT, ROUND_HALF_UP)
                for line in audit.lines_of[row["id"]][1:]
            )
            names = ("tranid", "subsidiary", "entity", "currency")
            of_head = {name: row[name] for name in names if name in row}
            expected.append({"transaction": row["id"], **of_head, "open_amount": f"{waiting:.2f}"})
    assert audit.books["open_sales_orders"] == expected


def test_inventory(audit: Audit) -> None:
    pieces: Counter = Counter()
    values: Counter = Counter()
    for line in audit.rows("transactionline"):
        if line["isinventoryaffecting"] == "T":
            pieces[line["item"], line["location"]] += line["quantity"]
            values[line["item"], line["location"]] += line["netamount"]
    given = {(row["item"], row["location"]): (row["quantity"], row["value"]) for row in audit.books["inventory"]}
    assert given == {place: (f"{pieces[place]:.2f}", f"{values[place]:.2f}") for place in pieces}


def test_budgets_beside_what_came_out(audit: Audit) -> None:
    signs = {"Income": -1, "OthIncome": -1, "COGS": 1, "Expense": 1, "OthExpense": 1}
    actual: Counter = Counter()
    for entry in audit.primary:
        actual[entry.subsidiary, entry.account, entry.period] += signs.get(entry.accttype, 0) * entry.amount
    budgets = audit.by_id("budgets")
    planned: Counter = Counter()
    for row in audit.rows("budgetsmachine"):
        head = budgets[row["budget"]]
        planned[head["category"], head.get("subsidiary"), head["account"], row["period"]] += row["amount"]
    given = {
        (row["category"], row.get("subsidiary"), row["account"], row["period"]): (row["budget"], row["actual"])
        for row in audit.books["budgets"]
    }
    assert given == {place: (f"{planned[place]:.2f}", f"{actual[place[1:]] + 0:.2f}") for place in planned}


def test_journals(audit: Audit) -> None:
    counts: Counter = Counter()
    debits: Counter = Counter()
    for row in audit.of_type("Journal"):
        for book in (1, 2):
            postings = audit.postings_of.get((row["id"], book), [])
            if row["posting"] == "T" and postings:
                place = book, row.get("subsidiary"), row["postingperiod"]
                counts[place] += 1
                debits[place] += sum(posting["debit"] or 0 for posting in postings)
    given = {
        (row["book"], row.get("subsidiary"), row["period"]): (row["count"], row["debit"])
        for row in audit.books["journals"]
    }
    assert given == {place: (counts[place], f"{debits[place]:.2f}") for place in counts}


def test_vendor_spend(audit: Audit) -> None:
    """A bill's, a check's and a charge's main line is a credit; that of what comes back is a debit."""
    spent: Counter = Counter()
    for row in audit.of_type("VendBill", "VendCred", "Check", "CardChrg", "CardRfnd"):
        main = audit.postings_of[row["id"], 1][0]
        spent[row.get("subsidiary"), row["entity"], row["postingperiod"]] -= main["amount"]
    given = {
        (row.get("subsidiary"), row["entity"], row["period"]): Decimal(row["amount"])
        for row in audit.books["vendor_spend"]
    }
    assert given == spent


def test_intercompany_lines(group: Audit) -> None:
    sums: defaultdict[tuple, Fraction] = defaultdict(Fraction)
    for entry in group.primary:
        line = group.lines[entry.transaction, entry.line]
        if line["duetofromsubsidiary"]:
            place = entry.subsidiary, line["duetofromsubsidiary"], entry.account, entry.period
            sums[place] += Fraction(entry.amount)
    given = {
        (row["subsidiary"], row["partner"], row["account"], row["period"]): Fraction(row["amount"])
        for row in group.books["intercompany"]
    }
    assert given == sums
