"""The sandbox's own address to enter, change and delete transactions, seen by who reads through SuiteQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wire_client import Reply, WireClient

from connector.sandbox.server import running

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PATH = "/sandbox/transactions"
JSON = {"Content-Type": "application/json"}
SOFTWARE, MARKETING, SERVICE_REVENUE, HEADER_ACCOUNT, HEADCOUNT = 205, 206, 172, 170, 270
LEDGER = (
    "SELECT tal.accountingbook, tl.subsidiary, t.postingperiod, tal.account, TO_CHAR(SUM(tal.amount)) AS amount "
    "FROM transactionaccountingline tal "
    "JOIN transactionline tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline "
    "JOIN transaction t ON t.id = tal.transaction WHERE tal.posting = 'T' AND tal.account IS NOT NULL "
    "GROUP BY tal.accountingbook, tl.subsidiary, t.postingperiod, tal.account"
)


class Controller:
    """Someone who enters and reads."""

    def __init__(self, client: WireClient) -> None:
        self.client = client

    def enter(self, **document: Any) -> Reply:
        return self.client.send("POST", PATH, JSON, json.dumps(document).encode())

    def entered(self, **document: Any) -> int:
        reply = self.enter(**document)
        assert reply.status == 201, reply.body
        return reply.json()["id"]

    def change(self, number: int, **document: Any) -> Reply:
        return self.client.send("PATCH", f"{PATH}/{number}", JSON, json.dumps(document).encode())

    def delete(self, number: int) -> Reply:
        return self.client.send("DELETE", f"{PATH}/{number}")

    def rows(self, q: str) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = []
        while True:
            page = self.client.ask(q, page=f"?limit=1000&offset={len(rows)}").json()
            rows += [{name: value for name, value in item.items() if name != "links"} for item in page["items"]]
            if not page["hasMore"]:
                return rows

    def row(self, q: str) -> dict[str, str]:
        (row,) = self.rows(q)
        return row

    def books(self) -> dict[str, Any]:
        return self.client.send("GET", "/sandbox/books").json()

    def customer(self, currency: int = 1) -> dict[str, str]:
        found = (
            f"SELECT id, subsidiary, currency FROM customer WHERE currency = {currency} AND subsidiary = 2 ORDER BY id"
        )
        return self.rows(found)[0]

    def invoice(self, amount: str, currency: int = 4, **more: Any) -> tuple[int, dict[str, str]]:
        customer = self.customer(currency)
        lines = [{"account": SERVICE_REVENUE, "amount": amount}]
        document = {"subsidiary": int(customer["subsidiary"]), "entity": int(customer["id"]), "lines": lines} | more
        return self.entered(type="CustInvc", **document), customer


@pytest.fixture(scope="module")
def stage() -> Iterator[Controller]:
    with running(rows=4_000, clock=NOW.timestamp) as sandbox, WireClient(sandbox, NOW.timestamp) as client:
        yield Controller(client)


def journal(amount: str = "12.34", **more: Any) -> dict[str, Any]:
    lines = [{"account": SOFTWARE, "amount": amount}, {"account": MARKETING, "amount": f"-{amount}"}]
    return {"type": "Journal", "lines": lines} | more


def same_as_the_books(stage: Controller) -> None:
    """The ledger by SuiteQL against the books, group by group."""
    names = ("book", "subsidiary", "period", "account")
    booked = {tuple(str(row[name]) for name in names): Decimal(row["amount"]) for row in stage.books()["trial_balance"]}
    places = ("accountingbook", "subsidiary", "postingperiod", "account")
    read = {tuple(row[name] for name in places): Decimal(row["amount"]) for row in stage.rows(LEDGER)}
    assert read == booked


def test_the_address_is_announced(stage):
    assert stage.client.running.announcement["transactions"].endswith(PATH)


def test_a_journal_is_entered_in_both_books_with_a_time_after_all_others(stage):
    """Who asks for what was modified since the latest modification misses nothing, though the story is ahead."""
    latest = "SELECT TO_CHAR(MAX(lastmodifieddate), 'YYYY-MM-DD HH24:MI:SS') AS at FROM transaction"
    before = stage.row(latest)["at"]
    number = stage.entered(**journal(memo="=1+1", trandate="2026-11-15"))

    head = stage.row(
        "SELECT tranid, type, memo, trandate, BUILTIN.DF(postingperiod) AS period, "
        f"TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS modified FROM transaction WHERE id = {number}"
    )
    assert head["memo"] == "=1+1"
    assert (head["type"], head["trandate"], head["period"]) == ("Journal", "11/15/2026", "Nov 2026")
    assert head["modified"] == stage.row(latest)["at"] > before
    lines = stage.rows(
        f"SELECT accountingbook, account, amount FROM transactionaccountingline WHERE transaction = {number}"
    )
    assert sorted((r["accountingbook"], r["account"], r["amount"]) for r in lines) == [
        (book, *line) for book in "12" for line in ((str(SOFTWARE), "12.34"), (str(MARKETING), "-12.34"))
    ]
    same_as_the_books(stage)


def test_an_invoice_is_open_until_it_is_paid_and_again_when_the_payment_is_deleted(stage):
    number, customer = stage.invoice("100.00")
    state = f"SELECT status, foreignamountunpaid AS open FROM transaction WHERE id = {number}"
    assert stage.row(state) == {"status": "A", "open": "100"}

    payer = {"subsidiary": int(customer["subsidiary"]), "entity": int(customer["id"]), "pays": number}
    part = stage.entered(type="CustPymt", amount="40.00", **payer)
    assert stage.row(state) == {"status": "A", "open": "60"}
    rest = stage.entered(type="CustPymt", **payer)
    assert stage.row(state) == {"status": "B", "open": "0"}
    links = stage.rows(f"SELECT nextdoc, foreignamount FROM nexttransactionlinelink WHERE previousdoc = {number}")
    assert sorted((int(r["nextdoc"]), r["foreignamount"]) for r in links) == [(part, "40"), (rest, "60")]
    same_as_the_books(stage)

    assert b"Delete those first" in stage.delete(number).body
    assert stage.delete(rest).status == stage.delete(part).status == 204
    assert stage.row(state) == {"status": "A", "open": "100"}
    assert stage.delete(number).status == 204
    same_as_the_books(stage)


def test_a_foreign_payment_books_what_the_rates_gained_or_lost(stage):
    customers = stage.rows(
        "SELECT id, subsidiary, currency FROM customer WHERE subsidiary = 1 AND currency <> 1 ORDER BY id"
    )
    customer = customers[0]
    party = {"subsidiary": 1, "entity": int(customer["id"])}
    lines = [{"account": SERVICE_REVENUE, "amount": "1000.00"}]
    invoice = stage.entered(type="CustInvc", trandate="2026-11-02", lines=lines, **party)
    payment = stage.entered(type="CustPymt", trandate="2026-12-02", pays=invoice, **party)

    amounts = stage.rows(
        f"SELECT account, amount FROM transactionaccountingline WHERE transaction = {payment} AND accountingbook = 1"
    )
    by_account = {row["account"]: Decimal(row["amount"]) for row in amounts}
    rates = [
        Decimal(stage.row(f"SELECT exchangerate FROM transaction WHERE id = {n}")["exchangerate"])
        for n in (invoice, payment)
    ]
    receivable = round(1000 * rates[0], 2)
    assert by_account["119"] == -receivable
    assert by_account["241"] == receivable - round(1000 * rates[1], 2)
    assert sum(by_account.values()) == 0
    same_as_the_books(stage)


def test_a_change_gets_a_new_time_and_replaces_every_line(stage):
    number = stage.entered(**journal("7.00"))

    assert stage.change(number, memo="again", lines=journal("5.00")["lines"]).status == 204
    amounts = stage.rows(f"SELECT amount FROM transactionaccountingline WHERE transaction = {number}")
    assert sorted(row["amount"] for row in amounts) == ["-5", "-5", "5", "5"]
    assert stage.row(f"SELECT memo FROM transaction WHERE id = {number}") == {"memo": "again"}
    same_as_the_books(stage)


def test_what_is_deleted_leaves_a_row_among_the_deleted_records(stage):
    number = stage.entered(**journal(tranid="00123"))
    assert stage.delete(number).status == 204

    for table, key in (
        ("transaction", "id"),
        ("transactionline", "transaction"),
        ("transactionaccountingline", "transaction"),
    ):
        assert stage.rows(f"SELECT {key} FROM {table} WHERE {key} = {number}") == []
    gone = stage.row(f"SELECT name, type, deleteddate FROM deletedrecord WHERE recordid = {number}")
    assert gone.pop("deleteddate")
    assert gone == {"name": "Journal #00123", "type": "journalentry"}


REFUSED = {
    "no JSON object": ([1], "JSON object"),
    "an unknown type": ({"type": "Deposit"}, "type must be one of"),
    "an unknown field": (journal(colour="red"), "has no colour"),
    "a journal out of balance": (
        {"type": "Journal", "lines": [{"account": SOFTWARE, "amount": "1"}]},
        "must sum to zero",
    ),
    "an account that only sums up": (
        {
            "type": "Journal",
            "lines": [{"account": HEADER_ACCOUNT, "amount": "1"}, {"account": SOFTWARE, "amount": "-1"}],
        },
        "Nothing can be posted",
    ),
    "a statistical account": (
        {"type": "Journal", "lines": [{"account": HEADCOUNT, "amount": "1"}, {"account": SOFTWARE, "amount": "-1"}]},
        "Nothing can be posted",
    ),
    "a closed period": (journal(trandate="2024-01-05"), "Manage Accounting Periods"),
    "a day without a period": (journal(trandate="2031-01-05"), "no posting period"),
    "no date": (journal(trandate="tomorrow"), "trandate must be a date"),
    "a number that is none": (journal("NaN"), "amount must be a number"),
    "half a cent": (journal("0.005"), "at most two decimals"),
    "thirty decimals": (journal("0." + "1" * 30), "at most two decimals"),
    "an amount beyond all powers": (journal("1e9999999"), "amount must be a number"),
    "an amount that is no text": (journal() | {"lines": [{"account": 205, "amount": 1}]}, "amount must be a number"),
    "nothing": (journal("0.00"), "must not be zero"),
    "more than there is": (journal("1E99"), "amount must be a number"),
    "an unknown entity": ({"type": "CustInvc", "entity": 1, "lines": []}, "no entity"),
    "an unknown subsidiary": (journal(subsidiary=99), "no subsidiary"),
    "a payment of nothing": ({"type": "CustPymt", "entity": 1}, "no entity"),
    "no lines": ({"type": "Journal", "lines": []}, "lines must be an array"),
    "a memo that is none": (journal(memo=5), "memo must be a text"),
    "half a character": (journal(memo="\ud800"), "memo must be a text"),
    "a date that is a number": (journal(trandate=20261115), "trandate must be a date"),
    "a day that is none": (journal(trandate="2026-11-31"), "no day"),
    "a payment of an id beyond all": ({"type": "CustPymt", "entity": 1, "pays": 10**30}, "no entity"),
    "an account that is true": (
        {"type": "Journal", "lines": [{"account": True, "amount": "1"}, {"account": SOFTWARE, "amount": "-1"}]},
        "no account",
    ),
    "an amount of what is no payment": (journal() | {"amount": "1"}, "no other has either"),
}


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_netsuite_would_not_take_is_refused_in_one_sentence_and_changes_nothing(stage, case):
    document, told = REFUSED[case]
    before = stage.row("SELECT COUNT(*) AS n FROM transactionline")
    reply = stage.client.send("POST", PATH, JSON, json.dumps(document).encode())
    assert reply.status == 400
    assert told in reply.json()["error"]
    assert stage.row("SELECT COUNT(*) AS n FROM transactionline") == before


def test_a_form_of_a_web_page_enters_nothing(stage):
    reply = stage.client.send("POST", PATH, {"Content-Type": "text/plain"}, json.dumps(journal()).encode())
    assert reply.status == 400
    assert "Content-Type" in reply.json()["error"]


def test_more_than_is_open_is_not_paid(stage):
    number, customer = stage.invoice("10.00")
    payer = {"subsidiary": int(customer["subsidiary"]), "entity": int(customer["id"]), "pays": number}
    assert b"Only 10.00 is open" in stage.enter(type="CustPymt", amount="10.01", **payer).body
    assert stage.delete(number).status == 204


def test_orders_and_goods_cannot_be_deleted(stage):
    for kind in ("SalesOrd", "ItemShip", "ItemRcpt"):
        number = int(stage.rows(f"SELECT id FROM transaction WHERE type = '{kind}' ORDER BY id DESC")[0]["id"])
        assert stage.delete(number).status == 400


def test_what_is_not_there_cannot_be_changed_or_deleted(stage):
    for number in (999_999_999, 10**30, 0):
        assert stage.delete(number).status == stage.change(number, memo="x").status == 400


def test_who_reads_meanwhile_always_finds_balanced_books():
    """A writer enters and deletes; every answer, whenever it is read, is a state between two acts."""
    with ExitStack() as stack:
        sandbox = stack.enter_context(running(rows=1_000, concurrency=20, clock=NOW.timestamp))
        readers = [Controller(stack.enter_context(WireClient(sandbox, NOW.timestamp))) for _ in range(3)]
        writer, done = Controller(stack.enter_context(WireClient(sandbox, NOW.timestamp))), Event()

        def read(reader: Controller) -> int:
            answers = 0
            while not done.is_set() or not answers:
                row = reader.row(
                    "SELECT TO_CHAR(SUM(amount)) AS rest, COUNT(*) AS n, COUNT(DISTINCT transaction) AS heads "
                    "FROM transactionaccountingline"
                )
                assert Decimal(row["rest"]) == 0
                answers += 1
            return answers

        with ThreadPoolExecutor(3) as pool:
            asked = [pool.submit(read, reader) for reader in readers]
            for turn in range(25):
                number = writer.entered(**journal(f"{turn + 1}.00"))
                if turn % 2:
                    assert writer.delete(number).status == 204
            done.set()
            assert all(one.result(60) > 0 for one in asked)
        assert writer.books()["lines"] == 1_000 + 13 * 2


acts = st.lists(
    st.tuples(st.sampled_from(["journal", "invoice", "pay", "change", "delete"]), st.integers(1, 10**7)), max_size=12
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts)
def test_after_any_acts_the_books_are_what_suiteql_says(stage, acts):
    open_invoices: list[tuple[int, dict[str, str]]] = []
    journals: list[int] = []
    for act, cents in acts:
        amount = f"{cents / 100:.2f}"
        if act == "journal":
            journals.append(stage.entered(**journal(amount)))
        elif act == "invoice":
            open_invoices.append(stage.invoice(amount))
        elif act == "pay" and open_invoices:
            number, customer = open_invoices.pop()
            payer = {"subsidiary": int(customer["subsidiary"]), "entity": int(customer["id"])}
            stage.entered(type="CustPymt", pays=number, **payer)
        elif act == "change" and journals:
            assert stage.change(journals[0], lines=journal(amount)["lines"]).status == 204
        elif act == "delete" and journals:
            assert stage.delete(journals.pop()).status == 204
    same_as_the_books(stage)
