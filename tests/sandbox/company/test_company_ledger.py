"""The entries: balanced in every book, and headers that agree with their lines."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from audit import Audit

CENT = Decimal("0.01")
BY_DEBITS = ("Journal", "InvTrnfr", "InvDistr", "Build", "Unbuild", "FxReval")
# What is settled keeps the rate it was entered at; the difference is a gain or a loss.
SETTLING = ("CustPymt", "VendPymt", "CustRfnd", "CustCred", "Journal")


def test_every_transaction_nets_to_zero_in_every_book(audit: Audit) -> None:
    balance: defaultdict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for row in audit.rows("transactionaccountingline"):
        balance[row["transaction"], row["accountingbook"]] += row["amount"] or 0
    assert {number for number, _ in balance} == set(audit.transactions)
    assert {book for _, book in balance} == {row["id"] for row in audit.rows("accountingbook")} == {1, 2}
    assert set(balance.values()) == {0}


def test_every_transaction_nets_to_zero_in_its_own_currency(audit: Audit) -> None:
    for lines in audit.lines_of.values():
        assert sum(line["foreignamount"] or 0 for line in lines) == 0


def test_both_books_have_the_same_lines_but_for_subscriptions(audit: Audit) -> None:
    deferred = audit.numbers["2400"]
    for number, row in audit.transactions.items():
        if row["isbookspecific"] == "T":
            continue
        first, second = audit.postings_of[number, 1], audit.postings_of[number, 2]
        for one, other in zip(first, second, strict=True):
            assert one["amount"] == other["amount"]
            if one["account"] != other["account"]:
                assert one["account"] == deferred
                assert audit.accounts[other["account"]]["accttype"] == "Income"


def test_an_amount_is_a_debit_or_a_credit_and_never_zero(audit: Audit) -> None:
    for row in audit.rows("transactionaccountingline"):
        line = audit.lines[row["transaction"], row["transactionline"]]
        if row["account"] is None:
            assert (row["amount"], row["debit"], row["credit"], row["netamount"]) == (None,) * 4
            assert line["foreignamount"] is line["netamount"] is None
            continue
        assert row["amount"]
        assert row["amount"] == row["netamount"] == (row["debit"] or 0) - (row["credit"] or 0)
        assert (row["debit"] is None) != (row["credit"] is None)
        assert min(row["debit"] or row["credit"], 1) > 0
        assert row["amount"] == line["netamount"]
        sides = (line["debitforeignamount"] or 0) - (line["creditforeignamount"] or 0)
        assert sides == line["foreignamount"]


def test_exactly_one_line_is_the_main_line_and_it_comes_first(audit: Audit) -> None:
    for number in audit.transactions:
        lines = audit.lines_of[number]
        assert [line["mainline"] for line in lines] == ["T"] + ["F"] * (len(lines) - 1)
        assert [line["id"] for line in lines] == list(range(len(lines)))
    assert len(audit.lines_of) == len(audit.transactions)


def test_totals_agree_with_the_main_line_and_a_journals_with_its_debits(audit: Audit) -> None:
    for number, row in audit.transactions.items():
        lines = audit.lines_of[number]
        if row["type"] in BY_DEBITS:
            total = sum(max(line["netamount"], 0) for line in lines)
            foreign = sum(line["debitforeignamount"] or 0 for line in lines)
        else:
            total, foreign = lines[0]["netamount"] or 0, lines[0]["foreignamount"] or 0
        assert (row["total"], row["foreigntotal"]) == (total, foreign)


def test_lines_convert_at_the_rate_of_their_transaction(audit: Audit) -> None:
    """What rounding leaves stands on the last line."""
    for row in audit.rows("transaction"):
        lines = [line for line in audit.lines_of[row["id"]] if line["netamount"] is not None]
        for line in lines:
            exact = (line["foreignamount"] * row["exchangerate"]).quantize(CENT, ROUND_HALF_UP)
            if row["type"] not in SETTLING:
                rest = CENT * (len(lines) - 1) if line is lines[-1] else 0
                assert abs(line["netamount"] - exact) <= rest, row["trandisplayname"]
            elif row["exchangerate"] == 1 and row["type"] != "CustCred":
                assert line["netamount"] == exact
        assert {line["exchangerate"] for line in audit.postings_of.get((row["id"], 1), [])} <= {row["exchangerate"]}


def test_what_a_foreign_payment_gains_or_loses_is_realized(audit: Audit) -> None:
    realized = audit.numbers["8100"]
    for row in audit.of_type("CustPymt", "VendPymt", "CustRfnd"):
        for line in audit.lines_of[row["id"]]:
            assert (line["expenseaccount"] == realized) == (line["foreignamount"] == 0)
    assert {entry.type for entry in audit.on("8110")} <= {"FxReval"}


def test_a_transaction_takes_the_rate_its_month_begins_with(audit: Audit) -> None:
    rates = {
        (row["basecurrency"], row["transactioncurrency"], row["effectivedate"]): row["exchangerate"]
        for row in audit.rows("currencyrate")
    }
    base = {row["id"]: row["currency"] for row in audit.rows("subsidiary")} if "subsidiary" in audit.tables else {}
    for row in audit.rows("transaction"):
        own = base.get(row.get("subsidiary"), 1)
        first = next(month["startdate"] for month in reversed(audit.months) if month["startdate"] <= row["trandate"])
        expected = rates.get((own, row["currency"], first), Decimal(1))
        if row["type"] != "CustCred" and row["type"] != "RtnAuth":  # taken back at the rate of the invoice
            assert row["exchangerate"] == expected, row["trandisplayname"]
        assert (row["exchangerate"] == 1) == (row["currency"] == own)


def test_an_item_line_is_its_quantity_times_its_price(audit: Audit) -> None:
    whole = {row["id"] for row in audit.rows("currency") if row["currencyprecision"] == 0}
    seen = 0
    for line in audit.rows("transactionline"):
        revalued = audit.transactions[line["transaction"]]["type"] == "InvReval"  # its rate is the new cost
        if line["item"] and line["quantity"] is not None and not revalued:
            exact = (line["quantity"] * line["rate"]).quantize(CENT, ROUND_HALF_UP)
            assert line["foreignamount"] == exact or audit.transactions[line["transaction"]]["currency"] in whole
            seen += 1
    assert seen > len(audit.rows("transactionline")) // 20


def test_won_amounts_have_no_fraction(audit: Audit) -> None:
    won = next(row["id"] for row in audit.rows("currency") if row["currencyprecision"] == 0)
    of_won = {row["id"] for row in audit.rows("transaction") if row["currency"] == won}
    for line in audit.rows("transactionline"):
        if line["transaction"] in of_won and line["foreignamount"] is not None:
            assert line["foreignamount"] == int(line["foreignamount"])


def test_every_currency_is_used(large: Audit) -> None:
    used = {row["currency"] for row in large.rows("transaction")}
    assert used == {row["id"] for row in large.rows("currency")}


def test_main_lines_stand_where_their_type_belongs(large: Audit) -> None:
    sides = defaultdict(set)
    for row in large.rows("transaction"):
        main = large.postings_of.get((row["id"], 1), [None])[0]
        if main and main["account"]:
            sides[row["type"]].add((large.accounts[main["account"]]["accttype"], main["amount"] > 0))
    undeposited = ("OthCurrAsset", True)
    assert sides["CustInvc"] == {("AcctRec", True)}
    assert sides["CustCred"] == {("AcctRec", False)}
    assert sides["CustPymt"] == {("Bank", True), undeposited}
    assert sides["CashSale"] == sides["CustDep"] == {undeposited}
    assert sides["Deposit"] == {("Bank", True)}
    assert sides["VendBill"] == {("AcctPay", False)}
    assert sides["VendCred"] == {("AcctPay", True)}
    for kind in ("VendPymt", "Check", "CustRfnd", "CashRfnd", "VPrep"):
        assert sides[kind] == {("Bank", False)}, kind
    assert sides["CardChrg"] == {("CredCard", False)}
    assert sides["CardRfnd"] == {("CredCard", True)}
    assert sides["ExpRept"] == {("OthCurrLiab", False)}
    assert sides["SalesOrd"] == sides["Estimate"] == {("NonPosting", True)}
    assert sides["PurchOrd"] == sides["RtnAuth"] == {("NonPosting", False)}
    assert not {"ItemShip", "ItemRcpt"} & set(sides)  # their main lines have no account


def test_a_line_s_subsidiary_and_entity_are_its_transaction_s(audit: Audit) -> None:
    for line in audit.rows("transactionline"):
        head = audit.transactions[line["transaction"]]
        assert line.get("subsidiary") == head.get("subsidiary")
        assert line["entity"] == head["entity"]
