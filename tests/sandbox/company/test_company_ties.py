"""Subledgers tie to the general ledger: what documents say is open is what their accounts hold, to the cent."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal

import pytest
from audit import Audit, balances, nonzero

STOCK = ("1210", "1220", "1230")


def account_of(audit: Audit, transaction: int) -> int | None:
    return audit.postings_of[transaction, 1][0]["account"]


@pytest.mark.parametrize(
    ("accttype", "figure", "sign"), [("AcctRec", "ar_aging", 1), ("AcctPay", "ap_aging", -1)], ids=["AR", "AP"]
)
def test_the_aging_of_each_month_is_the_control_account_without_revaluations(audit, accttype, figure, sign) -> None:
    for book in (1, 2):
        entries = [entry for entry in audit.of_accttype(accttype, book=book) if entry.type != "FxReval"]
        held = balances(audit, entries)
        aged = {(row.get("subsidiary"), row["period"]): Decimal(row["total"]) for row in audit.books[figure]}
        assert aged == {place: sign * amount for place, amount in held.items()}


@pytest.mark.parametrize(
    ("accttype", "figure", "sign"), [("AcctRec", "ar_open", 1), ("AcctPay", "ap_open", -1)], ids=["AR", "AP"]
)
def test_what_each_party_owes_at_the_end_is_what_was_posted_with_its_name(audit, accttype, figure, sign) -> None:
    held: Counter = Counter()
    for entry in audit.of_accttype(accttype):
        if entry.type != "FxReval":
            held[entry.subsidiary, audit.transactions[entry.transaction]["entity"]] += sign * entry.amount
    owed = {(row.get("subsidiary"), row["entity"]): Decimal(row["total"]) for row in audit.books[figure]}
    assert nonzero(owed) == nonzero(held)


def test_a_revaluation_is_taken_back_so_that_only_the_last_one_stands(audit) -> None:
    reversed_ones = {row["reversal"] for row in audit.of_type("FxReval") if row["isreversal"] == "T"}
    last = audit.months[-1]["id"]
    for row in audit.of_type("FxReval"):
        if row["isreversal"] == "F" and row["postingperiod"] != last:
            assert row["id"] in reversed_ones, row["trandisplayname"]


def test_undeposited_funds_are_the_money_that_no_deposit_took(audit) -> None:
    undeposited = audit.numbers["1090"]
    held: Counter = Counter()
    for row in audit.of_type("CustPymt", "CashSale", "CustDep"):
        if account_of(audit, row["id"]) == undeposited:
            held[row.get("subsidiary"), row["id"]] += row["total"]
    taken = defaultdict(list)
    for link in audit.links_of("DepPymt"):
        source = audit.transactions[link["previousdoc"]]
        taken[source["id"]].append(link["foreignamount"])
        held[source.get("subsidiary"), source["id"]] -= link["foreignamount"]
        assert audit.lines[link["nextdoc"], link["nextline"]]["netamount"] == -link["foreignamount"]
    assert all(len(amounts) == 1 for amounts in taken.values())
    waiting = nonzero(held)
    by_subsidiary: Counter = Counter()
    for (subsidiary, _), amount in waiting.items():
        by_subsidiary[subsidiary] += amount
    posted: Counter = Counter()
    for entry in audit.on("1090"):
        posted[entry.subsidiary] += entry.amount
    assert nonzero(posted) == nonzero(by_subsidiary)
    for row in audit.of_type("CustPymt", "CashSale"):
        assert (row["status"] == "B") == ((row.get("subsidiary"), row["id"]) in waiting), row["trandisplayname"]


def test_money_received_is_at_the_bank_within_a_week(sizable) -> None:
    end = sizable.months[-1]["enddate"]
    deposited = {link["previousdoc"]: link["nextdate"] for link in sizable.links_of("DepPymt")}
    undeposited = sizable.numbers["1090"]
    late = [
        row["trandisplayname"]
        for row in sizable.of_type("CustPymt", "CashSale", "CustDep")
        if account_of(sizable, row["id"]) == undeposited and (deposited.get(row["id"], end) - row["trandate"]).days > 7
    ]
    assert not late


@pytest.mark.parametrize(
    ("kind", "account", "sign"), [("CustDep", "2350", -1), ("VPrep", "1600", 1)], ids=["deposits", "prepayments"]
)
def test_money_ahead_is_what_is_not_used_of_it(audit, kind, account, sign) -> None:
    unused: Counter = Counter()
    for row in audit.of_type(kind):
        unused[row.get("subsidiary")] += row["foreignpaymentamountunused"]
    posted: Counter = Counter()
    for entry in audit.on(account):
        posted[entry.subsidiary] += sign * entry.amount
    assert nonzero(posted) == nonzero(unused)


def test_stock_accounts_are_pieces_times_cost(audit) -> None:
    places = {row["id"]: row for row in audit.rows("location")}
    items = audit.by_id("item")
    stock: Counter = Counter()
    for row in audit.rows("aggregateitemlocation"):
        assert row["onhandvaluemli"] == row["quantityonhand"] * row["averagecostmli"]
        subsidiary = places[row["location"]].get("subsidiary")
        stock[int(subsidiary) if subsidiary else None, items[row["item"]]["assetaccount"]] += row["onhandvaluemli"]
    posted: Counter = Counter()
    for entry in audit.on(*STOCK):
        posted[entry.subsidiary, entry.account] += entry.amount
    assert nonzero(posted) == nonzero(stock)


def test_no_item_is_ever_below_zero_at_a_location(audit) -> None:
    pieces: Counter = Counter()
    for line in sorted(audit.rows("transactionline"), key=lambda row: row["uniquekey"]):
        if line["isinventoryaffecting"] == "T":
            pieces[line["item"], line["location"]] += line["quantity"]
            assert pieces[line["item"], line["location"]] >= 0, line
    held = {(row["item"], row["location"]): row["quantityonhand"] for row in audit.rows("aggregateitemlocation")}
    assert nonzero(held) == nonzero(pieces)


def test_accrued_purchases_are_what_was_received_and_not_billed(audit) -> None:
    waiting: Counter = Counter()
    for kind, sign in (("PurchOrd", 1), ("VendAuth", -1)):
        for row in audit.of_type(kind):
            for line in audit.lines_of[row["id"]][1:]:
                pieces = line["quantityshiprecv"] - line["quantitybilled"]
                waiting[row.get("subsidiary")] += sign * pieces * line["rate"]
    posted: Counter = Counter()
    by_hand: Counter = Counter()
    for entry in audit.on("2100"):
        if entry.type != "Journal":
            posted[entry.subsidiary] -= entry.amount
        elif audit.periods[entry.period]["isadjust"] == "F":
            by_hand[entry.subsidiary] -= entry.amount
    assert nonzero(posted) == nonzero(waiting)
    assert list(by_hand.values()) == [Decimal("0.30")]


def test_expenses_payable_are_the_reports_that_are_not_paid(audit) -> None:
    owed: Counter = Counter()
    for row in audit.of_type("ExpRept"):
        owed[row.get("subsidiary")] += row["foreignamountunpaid"]
    posted: Counter = Counter()
    for entry in audit.on("2310"):
        if entry.type != "Journal":
            posted[entry.subsidiary] -= entry.amount
    assert nonzero(posted) == nonzero(owed)


@pytest.mark.parametrize("book", [1, 2])
def test_nothing_is_depreciated_below_nothing(audit, book) -> None:
    cost = balances(audit, audit.on("1510", book=book))
    depreciated = balances(audit, audit.on("1590", book=book))
    assert all(0 <= -depreciated[place] <= cost[place] for place in cost)


@pytest.mark.parametrize("book", [1, 2])
@pytest.mark.parametrize(
    ("account", "sign"),
    [
        ("1090", 1), ("1150", 1), ("1400", 1), ("1600", 1), ("1800", 1), ("1510", 1),
        ("2100", -1), ("2200", -1), ("2250", -1), ("2300", -1), ("2310", -1), ("2350", -1), ("2400", -1),
        ("2700", -1), ("2800", -1),
    ],
)  # fmt: skip
def test_an_account_stays_on_its_side(audit, account, sign, book) -> None:
    held = balances(audit, audit.on(account, book=book))
    if account in ("1800", "2800"):
        held = {place: amount for place, amount in held.items() if place[0] != 8}  # eliminated there
    wrong = {place: amount for place, amount in held.items() if sign * amount < 0}
    assert not wrong


def test_subscriptions_are_earned_when_invoiced_in_the_secondary_book(audit) -> None:
    assert not audit.on("2400", book=2)


def test_work_in_process_is_what_open_work_orders_took(audit) -> None:
    """Parts issued less assemblies completed, until the order is closed."""
    waiting: Counter = Counter()
    for row in audit.of_type("WOIssue", "WOCompl", "WOClose"):
        order = audit.transactions[audit.lines_of[row["id"]][1]["createdfrom"]]
        assert order["type"] == "WorkOrd"
        if order["status"] != "H":
            entry = next(entry for entry in audit.on("1240") if entry.transaction == row["id"] and entry.book == 1)
            waiting[entry.subsidiary] += entry.amount
    posted: Counter = Counter()
    for entry in audit.on("1240"):
        posted[entry.subsidiary] += entry.amount
    assert nonzero(posted) == nonzero(waiting)


def test_a_closed_work_order_leaves_work_and_spoilt_parts_alone(audit) -> None:
    """An assembly costs what its parts do and some work: what an order leaves is a small share of what it took."""
    for row in audit.of_type("WOClose"):
        order = audit.lines_of[row["id"]][1]["createdfrom"]
        taken = sum(
            entry.amount
            for issue in audit.of_type("WOIssue")
            if audit.lines_of[issue["id"]][1]["createdfrom"] == order
            for entry in audit.on("1240", book=1)
            if entry.transaction == issue["id"]
        )
        left = next(entry.amount for entry in audit.on("1240", book=1) if entry.transaction == row["id"])
        assert abs(left) < taken * Decimal("0.6")
