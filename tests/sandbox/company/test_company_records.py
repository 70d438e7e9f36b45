"""The records of the company: complete, joined up, and named as NetSuite names them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from connector.sandbox.company import Company

# NetSuite's account type codes.
ACCOUNT_TYPES = {
    "Bank", "AcctRec", "UnbilledRec", "OthCurrAsset", "FixedAsset", "OthAsset", "DeferExpense", "AcctPay",
    "CredCard", "OthCurrLiab", "LongTermLiab", "DeferRevenue", "Equity", "RetainedEarnings", "Income", "OthIncome",
    "COGS", "Expense", "OthExpense", "NonPosting", "Stat",
}  # fmt: skip
POSTING_TYPES = {
    "CustInvc", "CustPymt", "CustCred", "CashSale", "ItemShip", "VendBill", "VendPymt", "VendCred", "ItemRcpt",
    "InvAdjst", "Check", "CardChrg", "ExpRept", "Deposit", "Journal",
}  # fmt: skip
QUERIED_TABLES = {
    "transaction", "transactionline", "transactionaccountingline", "account", "accountingperiod", "customer", "vendor",
    "employee", "entity", "item", "department", "classification", "location", "subsidiary", "currency",
    "consolidatedexchangerate", "accountingbook",
}  # fmt: skip
JOINS = [
    ("transactionline", "transaction", "transaction", "id"),
    ("transactionline", "createdfrom", "transaction", "id"),
    ("transactionaccountingline", "transaction", "transaction", "id"),
    ("transactionaccountingline", "account", "account", "id"),
    ("transactionaccountingline", "accountingbook", "accountingbook", "id"),
    ("transaction", "entity", "entity", "id"),
    ("transaction", "type", "transactionstatus", "trantype"),
    ("customer", "id", "entity", "id"),
    ("vendor", "id", "entity", "id"),
    ("employee", "id", "entity", "id"),
    ("consolidatedexchangerate", "postingperiod", "accountingperiod", "id"),
]


def test_has_the_tables_people_query(company: Company) -> None:
    assert set(company.dataset.tables) >= QUERIED_TABLES


@pytest.mark.parametrize(("table", "column", "target", "key"), JOINS)
def test_joins_find_their_row(rows, table, column, target, key) -> None:
    wanted = {row[column] for row in rows(table)} - {None}

    assert wanted
    assert wanted <= {row[key] for row in rows(target)}


def test_whatever_a_column_shows_can_be_looked_up(company: Company, rows) -> None:
    for table in company.dataset.tables.values():
        for column in table.columns:
            values = {row[column.name] for row in rows(table.name)} - {None}
            if column.shows is None or not values:
                continue
            if column.shows == "list:transactionstatus by type":
                known = company.dataset.lists["transactionstatus"]
                assert {f"{row['type']}:{row[column.name]}" for row in rows(table.name)} <= set(known)
            elif column.shows.startswith("list:"):
                assert values <= set(company.dataset.lists[column.shows[5:]]), (table.name, column.name)
            else:
                target, shown = column.shows.split(".")
                found = {row["id"]: row[shown] for row in rows(target)}
                assert all(found[value] for value in values), (table.name, column.name)


@pytest.mark.parametrize(
    "table",
    [
        "transaction", "account", "accountingperiod", "customer", "vendor", "employee", "entity", "item", "department",
        "classification", "location", "subsidiary", "currency", "consolidatedexchangerate", "accountingbook", "term",
    ],
)  # fmt: skip
def test_ids_are_unique_and_positive(rows, table) -> None:
    ids = [row["id"] for row in rows(table)]

    assert min(ids) > 0
    assert len(set(ids)) == len(ids)


def test_a_line_is_known_by_its_transaction_and_number(rows) -> None:
    keys = [(row["transaction"], row["id"]) for row in rows("transactionline")]
    joined = [(row["transaction"], row["transactionline"]) for row in rows("transactionaccountingline")]

    assert len(set(keys)) == len(keys) == len({row["uniquekey"] for row in rows("transactionline")})
    assert sorted(joined) == sorted(keys)


def test_entity_holds_customers_vendors_and_employees(rows) -> None:
    kinds = Counter(row["type"] for row in rows("entity"))

    assert kinds == {
        "CustJob": len(rows("customer")),
        "Vendor": len(rows("vendor")),
        "Employee": len(rows("employee")),
    }


def test_the_chart_has_every_account_type_under_netsuites_codes(rows) -> None:
    assert {row["accttype"] for row in rows("account")} == ACCOUNT_TYPES


def test_every_account_type_that_posts_has_entries(rows) -> None:
    types = {row["id"]: row["accttype"] for row in rows("account")}
    used = {
        types[row["account"]] for row in rows("transactionaccountingline") if row["account"] and row["posting"] == "T"
    }

    assert used == ACCOUNT_TYPES - {"NonPosting", "Stat"}


def test_results_translate_at_the_average_equity_at_the_historical_the_rest_at_the_current_rate(rows) -> None:
    results = {"Income", "OthIncome", "COGS", "Expense", "OthExpense"}
    for row in rows("account"):
        equity = row["accttype"] in ("Equity", "RetainedEarnings")
        expected = "Average" if row["accttype"] in results else "Historical" if equity else "Current"
        assert row["generalrate"] == expected


def test_a_header_account_leads_to_its_details(rows) -> None:
    by_id = {row["id"]: row for row in rows("account")}
    details = [row for row in rows("account") if row["parent"]]

    assert len({row["parent"] for row in details}) > 3
    for row in details:
        assert by_id[row["parent"]]["issummary"] == "T"
        assert row["fullname"].startswith(by_id[row["parent"]]["fullname"] + " : ")


def test_periods_are_a_tree_of_years_quarters_and_months(rows) -> None:
    periods = rows("accountingperiod")
    by_id = {row["id"]: row for row in periods}
    levels = Counter((row["isyear"], row["isquarter"]) for row in periods)

    assert levels == {("T", "F"): 3, ("F", "T"): 12, ("F", "F"): 36}
    for row in periods:
        if row["parent"]:
            parent = by_id[row["parent"]]
            assert parent["startdate"] <= row["startdate"] <= row["enddate"] <= parent["enddate"]
        assert row["isposting"] == ("T" if row["isyear"] == row["isquarter"] == "F" else "F")
    assert {row["closed"] for row in periods} == {"T", "F"}
    assert {row["periodname"] for row in periods} >= {"FY 2024", "Q1 2025", "Feb 2024", "Dec 2026"}
    assert next(row["enddate"] for row in periods if row["periodname"] == "Feb 2024") == date(2024, 2, 29)


def test_a_transaction_lies_in_the_month_of_its_date(rows) -> None:
    periods = {row["id"]: row for row in rows("accountingperiod")}
    for row in rows("transaction"):
        period = periods[row["postingperiod"]]
        assert period["startdate"] <= row["trandate"] <= period["enddate"]
        assert period["isposting"] == "T"


def test_every_month_has_one_rate_from_each_subsidiary_to_itself_and_to_its_parent(rows) -> None:
    months = {row["id"] for row in rows("accountingperiod") if row["isposting"] == "T"}
    rates = Counter(
        (row["fromsubsidiary"], row["tosubsidiary"], row["postingperiod"]) for row in rows("consolidatedexchangerate")
    )

    assert rates == {(*pair, month): 1 for pair in ((1, 1), (2, 2), (2, 1)) for month in months}
    for row in rows("consolidatedexchangerate"):
        kinds = {row["averagerate"], row["currentrate"], row["historicalrate"]}
        assert (kinds == {Decimal(1)}) == (row["fromsubsidiary"] == row["tosubsidiary"])
        assert row["accountingbook"] == 1


def test_the_parent_keeps_its_books_in_dollars_and_the_subsidiary_in_euros(rows) -> None:
    symbols = {row["id"]: row["symbol"] for row in rows("currency")}

    assert [(row["id"], row["parent"], symbols[row["currency"]]) for row in rows("subsidiary")] == [
        (1, None, "USD"),
        (2, 1, "EUR"),
    ]
    assert {row["subsidiary"] for row in rows("transaction")} == {1, 2}


def test_all_types_of_transactions_are_entered_and_orders_do_not_post(rows) -> None:
    posting = {row["type"] for row in rows("transaction") if row["posting"] == "T"}
    held = {row["type"] for row in rows("transaction") if row["posting"] == "F"}

    assert posting == POSTING_TYPES
    assert held == {"SalesOrd", "PurchOrd", "Journal"}  # a journal waits for its approval
    assert {row["recordtype"] for row in rows("transaction") if row["type"] == "CustInvc"} == {"invoice"}


def test_a_status_is_a_letter_that_its_type_explains(company: Company, rows) -> None:
    assert {len(row["status"]) for row in rows("transaction")} == {1}
    assert company.dataset.lists["transactionstatus"]["CustInvc:A"] == "Invoice : Open"
    assert company.dataset.lists["transactionstatus"]["Journal:A"] == "Journal : Pending Approval"


def test_a_subsidiary_posts_only_to_accounts_and_places_of_its_own(rows) -> None:
    allowed = {row["id"]: row["subsidiary"].split(", ") for row in rows("account")}
    places = {row["id"]: row["subsidiary"] for row in rows("location")}
    entities = {row["id"]: row["subsidiary"] for name in ("customer", "vendor", "employee") for row in rows(name)}
    lines = {(row["transaction"], row["id"]): row for row in rows("transactionline")}

    for row in rows("transactionaccountingline"):
        line = lines[row["transaction"], row["transactionline"]]
        assert row["account"] is None or str(line["subsidiary"]) in allowed[row["account"]]
        assert places[line["location"]] == str(line["subsidiary"])
        assert line["entity"] is None or entities[line["entity"]] == line["subsidiary"]
