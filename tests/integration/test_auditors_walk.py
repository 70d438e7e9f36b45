"""The auditor's walk: every step leads to the next, adds up, and stands in docs/sandbox.md as it comes out today."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connector.sandbox.server import running
from tests.integration.auditors_walk import BEGIN, END, PAGE, PERIOD, ROWS, STEPS, Shell, rows_of, section, walk


@pytest.fixture(scope="module")
def sandbox():
    with running(rows=ROWS) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def shell(sandbox, tmp_path_factory):
    return Shell(tmp_path_factory.mktemp("data"), sandbox.announcement)


@pytest.fixture(scope="module")
def steps(shell):
    return [(parameters, rows_of(answer)) for _, parameters, answer in walk(shell)]


def total(rows, name):
    return sum((Decimal(row[name]) for row in rows), Decimal(0))


def test_it_begins_at_the_consolidated_income_statement_of_the_books(sandbox, steps):
    books = sandbox.account.company.books()
    (number,) = steps[0][1]
    booked = sum(
        Decimal(row["amount"])
        for row in books["consolidated_income"]
        if (row["book"], row["subsidiary"], str(row["period"]), row["accttype"]) == (1, 1, PERIOD, "Income")
    )
    assert Decimal(number["amount"]) == round(booked, 2)


def test_each_step_adds_up_to_the_one_before(steps):
    number, accounts, subsidiaries, transactions, invoice, settled, payment, bank = (rows for _, rows in steps)
    assert abs(total(accounts, "amount") - Decimal(number[0]["amount"])) <= Decimal("0.005") * len(accounts)
    account = next(row for row in accounts if row["account"] == steps[2][0]["account"])
    assert abs(total(subsidiaries, "amount") - Decimal(account["amount"])) <= Decimal("0.005") * len(subsidiaries)
    subsidiary = next(row for row in subsidiaries if row["subsidiary"] == steps[3][0]["subsidiary"])
    assert total(transactions, "own") == Decimal(subsidiary["own"])

    chosen = next(row for row in transactions if row["id"] == steps[4][0]["invoice"])
    of_account = [row for row in invoice if row["acctnumber"] == account["acctnumber"]]
    assert -total(of_account, "amount") == Decimal(chosen["own"])
    assert total(invoice, "amount") == total(invoice, "foreignamount") == 0
    assert total(settled, "foreignamount") <= Decimal(invoice[0]["foreignamount"])

    of_this = sum(Decimal(row["foreignamount"]) for row in settled if row["payment"] == steps[6][0]["payment"])
    assert 0 < of_this <= -Decimal(payment[1]["foreignamount"])
    assert total(payment, "amount") == total(payment, "foreignamount") == 0
    (line,) = bank
    assert Decimal(line["of_this_payment"]) == Decimal(payment[0]["amount"]) <= Decimal(line["amount"])


def test_the_page_shows_what_comes_out_today(shell):
    page = PAGE.read_text(encoding="utf-8")
    assert page.partition(BEGIN)[2].partition(END)[0].strip() == section(shell).strip(), "run: make docs"
    assert page.count("```sql") >= len(STEPS)
