"""Documents and what settles them: links sum up, nothing is settled twice, and a status says what is still open."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pytest
from audit import Audit

CENT = Decimal("0.01")
OWED = ("CustInvc", "CustChrg", "FinChrg", "VendBill", "ExpRept")
PAYING = ("CustPymt", "VendPymt", "DepAppl", "VPrepApp", "CustRfnd")


def settled(audit: Audit, end: str) -> Counter:
    amounts: Counter = Counter()
    for link in audit.links_of("Payment"):
        amounts[link[end]] += link["foreignamount"]
    return amounts


def test_both_link_tables_say_the_same(audit: Audit) -> None:
    assert audit.rows("previoustransactionlinelink") == audit.links


def test_links_join_lines_of_documents_that_are_there_and_run_forward(audit: Audit) -> None:
    for link in audit.links:
        for end in ("previous", "next"):
            head = audit.transactions[link[f"{end}doc"]]
            assert (link[f"{end}type"], link[f"{end}date"]) == (head["type"], head["trandate"])
            assert (link[f"{end}doc"], link[f"{end}line"]) in audit.lines
        if link["linktype"] != "Payment":
            assert link["previousdate"] <= link["nextdate"]
        pair = audit.transactions[link["previousdoc"]], audit.transactions[link["nextdoc"]]
        assert pair[0].get("subsidiary") == pair[1].get("subsidiary")
        if link["nexttype"] != "ItemShip":  # goods leave at cost, in base currency
            assert pair[0]["currency"] == pair[1]["currency"]
        assert pair[1]["entity"] in (pair[0]["entity"], None)


def test_a_payment_s_links_sum_to_its_amount(audit: Audit) -> None:
    paid = settled(audit, "nextdoc")
    for row in audit.of_type(*PAYING):
        of = paid[row["id"]]
        if row["type"] in ("DepAppl", "VPrepApp"):
            of /= 2  # one link to what was paid, one to the money it came from
        assert of == abs(row["foreigntotal"]), row["trandisplayname"]


def test_a_document_is_open_by_what_is_not_linked(audit: Audit) -> None:
    previous, following = settled(audit, "previousdoc"), settled(audit, "nextdoc")
    for row in audit.of_type(*OWED, "CustDep", "VPrep"):
        names = ("paid", "unpaid") if row["type"] in OWED else ("used", "unused")
        prefix = "foreignamount" if row["type"] in OWED else "foreignpaymentamount"
        gone, left = (row[f"{prefix}{name}"] for name in names)
        assert gone == previous[row["id"]], row["trandisplayname"]
        assert gone + left == abs(row["foreigntotal"])
        assert left >= 0
    for row in audit.of_type("CustCred", "VendCred"):
        gone = previous[row["id"]] + following[row["id"]]
        assert row["foreignpaymentamountused"] == gone
        assert row["foreignpaymentamountunused"] == abs(row["foreigntotal"]) - gone >= 0


def test_headers_lines_and_accounting_lines_agree_on_what_is_open(audit: Audit) -> None:
    for row in audit.rows("transaction"):
        main = audit.lines[row["id"], 0]
        assert (main["foreignamountpaid"], main["foreignamountunpaid"]) == (
            row["foreignamountpaid"],
            row["foreignamountunpaid"],
        )
        for book in (1, 2):
            for posting in audit.postings_of.get((row["id"], book), []):
                for kind, left, gone in (
                    ("foreignamountunpaid", "amountunpaid", "amountpaid"),
                    ("foreignpaymentamountunused", "paymentamountunused", "paymentamountused"),
                ):
                    if posting["transactionline"] or row[kind] is None:
                        assert posting[left] is posting[gone] is None
                    else:
                        base = (row[kind] * row["exchangerate"]).quantize(CENT, ROUND_HALF_UP)
                        assert posting[left] == base
                        assert posting[left] + posting[gone] == abs(posting["amount"])


def test_statuses_of_what_is_owed_say_whether_it_is_paid(audit: Audit) -> None:
    for row in audit.of_type(*OWED):
        open_status, paid_status = ("F", "I") if row["type"] == "ExpRept" else ("A", "B")
        assert row["status"] == (open_status if row["foreignamountunpaid"] else paid_status), row["trandisplayname"]
        assert (row["closedate"] is None) == bool(row["foreignamountunpaid"])


def test_statuses_of_what_is_used_say_whether_it_is_used_up(audit: Audit) -> None:
    for row in audit.of_type("CustCred", "VendCred"):
        assert row["status"] == ("A" if row["foreignpaymentamountunused"] else "B"), row["trandisplayname"]
    deposited = {link["previousdoc"] for link in audit.links_of("DepPymt")}
    for row in audit.of_type("CustDep"):
        banked = "B" if row["id"] in deposited else "A"
        assert row["status"] == (banked if row["foreignpaymentamountunused"] else "C"), row["trandisplayname"]
    for row in audit.of_type("VPrep"):
        assert row["status"] == ("C" if row["foreignpaymentamountunused"] else "E"), row["trandisplayname"]


def test_an_application_names_what_it_applies_and_refunds_a_credit(audit: Audit) -> None:
    for row in audit.of_type("DepAppl", "VPrepApp"):
        ahead = "CustDep" if row["type"] == "DepAppl" else "VPrep"
        types = [link["previoustype"] for link in audit.links if link["nextdoc"] == row["id"]]
        assert types.count(ahead) == 1
        types.remove(ahead)
        assert len(types) == 1
        assert types[0] in (("CustInvc", "CustChrg", "FinChrg") if ahead == "CustDep" else ("VendBill",))
    for link in audit.links_of("Payment"):
        if link["nexttype"] == "CustRfnd":
            assert link["previoustype"] == "CustCred"


def test_it_was_closed_on_the_day_of_the_last_settlement(audit: Audit) -> None:
    last: dict[int, object] = {}
    for link in audit.links_of("Payment"):
        # When a link was made, for a credit may be applied long after both documents.
        day = link["lastmodifieddate"].date()
        last[link["previousdoc"]] = max(last.get(link["previousdoc"], day), day)
    wrong = [
        (row["trandisplayname"], row["closedate"], last[row["id"]])
        for row in audit.of_type(*OWED)
        if row["closedate"] and row["closedate"] != last[row["id"]]
    ]
    assert not wrong


def test_nothing_was_changed_before_it_was_made_or_after_the_last_month(audit: Audit) -> None:
    for row in audit.rows("transaction"):
        assert row["createddate"] <= row["lastmodifieddate"]
        assert row["createddate"].date() == row["trandate"]
    modified = {row["id"]: row["lastmodifieddate"] for row in audit.rows("transaction")}
    for link in audit.links_of("Payment", "DepPymt"):
        assert modified[link["previousdoc"]] >= link["lastmodifieddate"]


def test_a_due_date_is_the_terms_after_the_date(audit: Audit) -> None:
    days = {row["id"]: row["daysuntilnetdue"] for row in audit.rows("term")}
    for row in audit.rows("transaction"):
        if row["type"] in ("CustInvc", "VendBill"):
            assert (row["duedate"] - row["trandate"]).days == days[row["terms"]]
        else:
            assert row["duedate"] is row["terms"] is None


def test_a_reversal_names_its_original_and_is_named_by_it(audit: Audit) -> None:
    reversals = [row for row in audit.rows("transaction") if row["isreversal"] == "T"]
    named = {row["id"] for row in audit.rows("transaction") if row["reversal"] and row["isreversal"] == "F"}
    assert named == {row["reversal"] for row in reversals}
    for row in reversals:
        original = audit.transactions[row["reversal"]]
        assert original["reversal"] == row["id"]
        assert original["reversaldate"] == row["trandate"] > original["trandate"]
        assert row["reversaldate"] is None
        assert original["type"] == row["type"]
        amounts = defaultdict(Decimal)
        for number in (row["id"], original["id"]):
            for line in audit.postings_of[number, 1]:
                amounts[line["account"]] += line["amount"]
        assert not any(amounts.values())


@pytest.mark.parametrize("status", ["A", "B"])
def test_a_large_company_has_open_and_paid_invoices_of_every_currency(large: Audit, status: str) -> None:
    found = {row["currency"] for row in large.of_type("CustInvc") if row["status"] == status}
    assert found == {row["id"] for row in large.rows("currency") if row["symbol"] != "KRW"}


def test_late_customers_are_charged_once_a_month_and_never_for_interest(large: Audit) -> None:
    """A charge names no invoice: so no customer has more charges of one amount than months."""
    charged = Counter((row["entity"], row["total"]) for row in large.of_type("FinChrg"))
    assert charged
    assert max(charged.values()) <= 36
    days = Counter((row["entity"], row["total"], row["trandate"]) for row in large.of_type("FinChrg"))
    assert max(days.values()) == 1
