"""Everything NetSuite knows happens: types of transactions and of accounts, statuses, and which of them post."""

from __future__ import annotations

from collections import defaultdict

import pytest
from audit import Audit

from connector.sandbox.company import generate
from connector.sandbox.company.transaction_types import BY_CODE, TYPES
from connector.sandbox.profile import PROFILES

# NetSuite's account type codes.
ACCOUNT_TYPES = {
    "Bank", "AcctRec", "UnbilledRec", "OthCurrAsset", "FixedAsset", "OthAsset", "DeferExpense", "AcctPay",
    "CredCard", "OthCurrLiab", "LongTermLiab", "DeferRevenue", "Equity", "RetainedEarnings", "Income", "OthIncome",
    "COGS", "Expense", "OthExpense", "NonPosting", "Stat",
}  # fmt: skip
ORDERS = {"SalesOrd", "PurchOrd", "Estimate", "RtnAuth", "VendAuth", "WorkOrd"}


@pytest.mark.parametrize("profile", ["default", "4-4-5", "no-oneworld"])
@pytest.mark.parametrize("seed", range(1, 6))
def test_every_type_occurs_in_a_company_of_half_the_default_size(profile: str, seed: int) -> None:
    made = generate(lines=5_000, seed=seed, profile=PROFILES[profile])
    found = set(made.register.headers.column("type").to_pylist())
    assert [kind.code for kind in TYPES if kind.code not in found] == []


@pytest.mark.parametrize("profile", ["default", "4-4-5", "no-oneworld"])
@pytest.mark.parametrize("seed", range(1, 6))
def test_a_small_company_has_all_but_the_rarest(profile: str, seed: int) -> None:
    """Seven in eight types of transactions in a thousand lines, and every type of account."""
    made = generate(lines=1_000, seed=seed, profile=PROFILES[profile])
    found = set(made.register.headers.column("type").to_pylist())
    assert len(found) >= len(TYPES) * 7 / 8
    types = {account.id: account.type for account in made.organisation.accounts}
    assert {types[one] for one in made.register.lines.column("account").to_pylist() if one} == ACCOUNT_TYPES


@pytest.mark.parametrize("profile", ["default", "4-4-5", "no-oneworld"])
def test_every_account_type_that_posts_has_postings(profile: str) -> None:
    made = Audit(generate(lines=20_000, seed=1, profile=PROFILES[profile]))
    for book in (1, 2):
        used = {entry.accttype for entry in made.entries if entry.book == book}
        missing = ACCOUNT_TYPES - used - {"NonPosting"}
        # Subscriptions are earned at once in the secondary book.
        assert missing == (set() if book == 1 else {"DeferRevenue"})


def test_the_chart_has_every_account_type_under_netsuites_codes(audit: Audit) -> None:
    assert {row["accttype"] for row in audit.rows("account")} == ACCOUNT_TYPES


def test_orders_and_what_waits_for_approval_do_not_post(audit: Audit) -> None:
    for row in audit.rows("transaction"):
        held = row["type"] in ORDERS or (row["type"] == "Journal" and row["status"] == "A")
        assert row["posting"] == ("F" if held else "T")
        for book in (1, 2):
            assert {line["posting"] for line in audit.postings_of.get((row["id"], book), [])} <= {row["posting"]}


def test_orders_stand_on_non_posting_accounts_and_nothing_that_posts_does(audit: Audit) -> None:
    for row in audit.of_type(*ORDERS):
        assert audit.accounts[audit.postings_of[row["id"], 1][0]["account"]]["accttype"] == "NonPosting"
    assert not [entry for entry in audit.entries if entry.accttype == "NonPosting"]


def test_statistics_stand_on_their_own(audit: Audit) -> None:
    """A journal of heads has no money beside it."""
    kinds = defaultdict(set)
    for entry in audit.entries:
        kinds[entry.transaction].add(entry.accttype == "Stat")
    assert all(len(found) == 1 for found in kinds.values())


def test_a_type_has_netsuites_record_and_a_letter_that_it_explains(audit: Audit) -> None:
    for row in audit.rows("transaction"):
        kind = BY_CODE[row["type"]]
        assert (row["recordtype"], row["abbrevtype"]) == (kind.record, kind.abbreviation)
        assert row["status"] in dict(kind.statuses)
        assert row["trandisplayname"] == f"{kind.title} #{row['tranid']}"


def test_a_party_is_of_the_kind_its_transactions_need(audit: Audit) -> None:
    kinds = {row["id"]: row["type"] for row in audit.rows("entity")}
    wanted = {"customer": "CustJob", "vendor": "Vendor", "employee": "Employee"}
    for row in audit.rows("transaction"):
        party = BY_CODE[row["type"]].party
        if row["type"] == "VendPymt":
            assert kinds[row["entity"]] in ("Vendor", "Employee")
        elif row["type"] == "ItemShip":
            assert kinds[row["entity"]] in ("CustJob", "Vendor")
        elif party is None:
            assert row["entity"] is None
        else:
            assert kinds[row["entity"]] == wanted[party], row["trandisplayname"]


def test_statuses_of_two_large_companies(large: Audit) -> None:
    """The life of each document is seen at every stage, but for those that pass within a day."""
    other = Audit(generate(lines=40_000, seed=2, profile=PROFILES["default"]))
    seen = {(row["type"], row["status"]) for made in (large, other) for row in made.rows("transaction")}
    brief = {
        ("RtnAuth", "B"), ("RtnAuth", "F"), ("VendAuth", "B"), ("VendAuth", "F"), ("PurchOrd", "D"), ("PurchOrd", "E"),
        ("PurchOrd", "F"), ("PurchOrd", "H"), ("SalesOrd", "E"), ("CustDep", "A"), ("CustPymt", "B"),
        ("ExpRept", "F"), ("CashSale", "B"), ("WorkOrd", "B"), ("WorkOrd", "D"), ("WorkOrd", "G"),
    }  # fmt: skip
    every = {(kind.code, letter) for kind in TYPES for letter, _ in kind.statuses}
    assert every - seen - brief == set()


@pytest.mark.parametrize(
    ("kind", "record", "titled"),
    [
        ("CustInvc", "invoice", "Invoice : Open"),
        ("Journal", "journalentry", "Journal : Pending Approval"),
        ("VendBill", "vendorbill", "Bill : Open"),
    ],
)
def test_a_status_is_a_letter_that_its_type_explains(usual: Audit, kind: str, record: str, titled: str) -> None:
    assert usual.company.dataset().lists["transactionstatus"][f"{kind}:A"] == titled
    assert {row["recordtype"] for row in usual.of_type(kind)} == {record}
