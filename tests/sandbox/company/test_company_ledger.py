"""The entries: balanced in every book, and headers that agree with their lines."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pytest

CENT = Decimal("0.01")


@pytest.fixture(scope="session")
def lines_of(rows):
    """Each transaction's lines in order, each with its accounting line."""
    accounting = {(row["transaction"], row["transactionline"]): row for row in rows("transactionaccountingline")}
    grouped = defaultdict(list)
    for line in rows("transactionline"):
        grouped[line["transaction"]].append((line, accounting[line["transaction"], line["id"]]))
    return grouped


def test_every_transaction_nets_to_zero_in_every_book(rows) -> None:
    balance: defaultdict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for row in rows("transactionaccountingline"):
        balance[row["transaction"], row["accountingbook"]] += row["amount"] or 0

    assert len(balance) == len(rows("transaction")) * len(rows("accountingbook"))
    assert set(balance.values()) == {0}


def test_every_transaction_nets_to_zero_in_its_own_currency(lines_of) -> None:
    for pairs in lines_of.values():
        assert sum(line["foreignamount"] or 0 for line, _ in pairs) == 0


def test_an_amount_is_a_debit_or_a_credit_and_never_zero(rows) -> None:
    for row in rows("transactionaccountingline"):
        if row["account"] is None:
            assert (row["amount"], row["debit"], row["credit"], row["netamount"]) == (None,) * 4
            continue
        assert row["amount"]
        assert row["amount"] == row["netamount"] == (row["debit"] or 0) - (row["credit"] or 0)
        assert (row["debit"] is None) != (row["credit"] is None)


def test_exactly_one_line_is_the_main_line_and_it_comes_first(rows, lines_of) -> None:
    for transaction in rows("transaction"):
        pairs = lines_of[transaction["id"]]
        assert [line["mainline"] for line, _ in pairs] == ["T"] + ["F"] * (len(pairs) - 1)
        assert [line["id"] for line, _ in pairs] == list(range(len(pairs)))


def test_totals_agree_with_the_main_line_and_a_journals_with_its_debits(rows, lines_of) -> None:
    for transaction in rows("transaction"):
        pairs = lines_of[transaction["id"]]
        if transaction["type"] == "Journal":
            total = sum(entry["debit"] or 0 for _, entry in pairs)
            foreign = sum(line["debitforeignamount"] or 0 for line, _ in pairs)
        else:
            total, foreign = pairs[0][1]["amount"] or 0, pairs[0][0]["foreignamount"] or 0
        assert (transaction["total"], transaction["foreigntotal"]) == (total, foreign)


def test_lines_convert_at_the_rate_of_their_transaction(rows, lines_of) -> None:
    foreign_currencies = set()
    for transaction in rows("transaction"):
        rate = transaction["exchangerate"]
        for line, entry in lines_of[transaction["id"]][1:]:
            assert entry["exchangerate"] == rate
            assert entry["amount"] == (line["foreignamount"] * rate).quantize(CENT, ROUND_HALF_UP)
        if rate != 1:
            foreign_currencies.add(transaction["currency"])
    assert len(foreign_currencies) >= 4


def test_an_item_line_is_its_quantity_times_its_price(rows) -> None:
    item_lines = [row for row in rows("transactionline") if row["item"]]
    won = {row["id"] for row in rows("transaction") if row["currency"] == 6}

    assert len(item_lines) > 1_000
    for row in item_lines:
        assert row["foreignamount"] == (row["quantity"] * row["rate"]).quantize(CENT, ROUND_HALF_UP) or (
            row["transaction"] in won
        )


def test_won_amounts_have_no_fraction(rows) -> None:
    won = {row["id"] for row in rows("transaction") if row["currency"] == 6}
    amounts = [row["foreignamount"] for row in rows("transactionline") if row["transaction"] in won]

    assert amounts
    assert all(amount == int(amount) for amount in amounts)


def test_customers_owe_and_vendors_are_owed(rows, lines_of) -> None:
    types = {row["id"]: row["accttype"] for row in rows("account")}
    main = {row["id"]: lines_of[row["id"]][0][1] for row in rows("transaction")}
    sides = defaultdict(set)
    for transaction in rows("transaction"):
        entry = main[transaction["id"]]
        if entry["account"]:
            sides[transaction["type"]].add((types[entry["account"]], entry["amount"] > 0))

    assert sides["CustInvc"] == {("AcctRec", True)}
    assert sides["CustCred"] == {("AcctRec", False)}
    assert sides["VendBill"] == {("AcctPay", False)}
    assert sides["VendCred"] == {("AcctPay", True)}
    assert sides["VendPymt"] == {("Bank", False)}
    assert sides["CardChrg"] == {("CredCard", False)}
    assert sides["SalesOrd"] == {("NonPosting", True)}
    assert "ItemShip" not in sides  # its main line has no account


def test_an_open_invoice_is_unpaid_and_a_paid_one_is_not(rows) -> None:
    invoices = [row for row in rows("transaction") if row["type"] == "CustInvc"]

    assert {row["status"] for row in invoices} == {"A", "B"}
    for row in invoices:
        unpaid = row["foreigntotal"] if row["status"] == "A" else 0
        assert (row["foreignamountunpaid"], row["foreignamountpaid"]) == (unpaid, row["foreigntotal"] - unpaid)


def test_a_lines_subsidiary_is_its_transactions(rows) -> None:
    subsidiaries = {row["id"]: row["subsidiary"] for row in rows("transaction")}

    assert all(row["subsidiary"] == subsidiaries[row["transaction"]] for row in rows("transactionline"))
