"""The records of the company: complete, joined up, and named as NetSuite names them."""

from __future__ import annotations

from collections import Counter

import pytest
from audit import Audit

from connector.sandbox.company import Company

QUERIED_TABLES = {
    "transaction", "transactionline", "transactionaccountingline", "account", "accountingperiod", "customer", "vendor",
    "employee", "entity", "item", "department", "classification", "location", "subsidiary", "currency",
    "consolidatedexchangerate", "accountingbook", "budgets", "budgetsmachine", "budgetcategory", "budgetexchangerate",
    "currencyrate", "nexttransactionlinelink", "previoustransactionlinelink", "aggregateitemlocation", "deletedrecord",
    "term", "transactionstatus",
}  # fmt: skip
JOINS = [
    ("transactionline", "transaction", "transaction", "id"),
    ("transactionline", "createdfrom", "transaction", "id"),
    ("transactionaccountingline", "transaction", "transaction", "id"),
    ("transactionaccountingline", "account", "account", "id"),
    ("transactionaccountingline", "accountingbook", "accountingbook", "id"),
    ("transaction", "entity", "entity", "id"),
    ("transaction", "type", "transactionstatus", "trantype"),
    ("transaction", "terms", "term", "id"),
    ("transaction", "employee", "employee", "id"),
    ("transaction", "reversal", "transaction", "id"),
    ("transaction", "intercotransaction", "transaction", "id"),
    ("nexttransactionlinelink", "previousdoc", "transaction", "id"),
    ("nexttransactionlinelink", "nextdoc", "transaction", "id"),
    ("customer", "id", "entity", "id"),
    ("customer", "salesrep", "employee", "id"),
    ("vendor", "id", "entity", "id"),
    ("employee", "id", "entity", "id"),
    ("employee", "supervisor", "employee", "id"),
    ("consolidatedexchangerate", "postingperiod", "accountingperiod", "id"),
    ("budgets", "year", "accountingperiod", "id"),
    ("budgets", "category", "budgetcategory", "id"),
    ("budgetsmachine", "budget", "budgets", "id"),
    ("aggregateitemlocation", "item", "item", "id"),
    ("aggregateitemlocation", "location", "location", "id"),
]


def test_has_the_tables_people_query(company: Company) -> None:
    assert set(company.dataset().tables) >= QUERIED_TABLES


@pytest.mark.parametrize(("table", "column", "target", "key"), JOINS)
def test_joins_find_their_row(rows, table, column, target, key) -> None:
    wanted = {row[column] for row in rows(table)} - {None}

    assert wanted
    assert wanted <= {row[key] for row in rows(target)}


def test_whatever_a_column_shows_can_be_looked_up(audit: Audit) -> None:
    lists = audit.company.dataset().lists
    for table in audit.tables.values():
        for column in table.columns:
            values = {row[column.name] for row in audit.rows(table.name)} - {None}
            if column.shows is None or not values:
                continue
            if column.shows == "list:transactionstatus by type":
                known = lists["transactionstatus"]
                assert {f"{row['type']}:{row[column.name]}" for row in audit.rows(table.name)} <= set(known)
            elif column.shows.startswith("list:"):
                assert values <= set(lists[column.shows[5:]]), (table.name, column.name)
            else:
                target, shown = column.shows.split(".")
                found = {row["id"]: row[shown] for row in audit.rows(target)}
                assert all(found[value] for value in values), (table.name, column.name)


@pytest.mark.parametrize(
    "table",
    [
        "transaction", "account", "accountingperiod", "customer", "vendor", "employee", "entity", "item", "department",
        "classification", "location", "subsidiary", "currency", "consolidatedexchangerate", "accountingbook", "term",
        "budgets", "budgetcategory", "budgetexchangerate", "currencyrate",
    ],
)  # fmt: skip
def test_ids_are_unique_and_positive(rows, table) -> None:
    ids = [row["id"] for row in rows(table)]

    assert min(ids) > 0
    assert len(set(ids)) == len(ids)


def test_a_line_is_known_by_its_transaction_and_number(audit: Audit) -> None:
    lines = audit.rows("transactionline")
    keys = {(row["transaction"], row["id"]) for row in lines}
    joined = [
        (row["transaction"], row["transactionline"], row["accountingbook"])
        for row in audit.rows("transactionaccountingline")
    ]
    assert len(keys) == len(lines) == len({row["uniquekey"] for row in lines})
    assert len(set(joined)) == len(joined)
    assert {place[:2] for place in joined} == keys


def test_entity_holds_customers_vendors_and_employees(rows) -> None:
    kinds = Counter(row["type"] for row in rows("entity"))

    assert kinds == {
        "CustJob": len(rows("customer")),
        "Vendor": len(rows("vendor")),
        "Employee": len(rows("employee")),
    }


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


@pytest.mark.parametrize("table", ["department", "classification", "location", "item"])
def test_a_full_name_leads_from_the_root(rows, table) -> None:
    by_id = {row["id"]: row for row in rows(table)}
    name = "itemid" if table == "item" else "name"
    nested = [row for row in rows(table) if row["parent"]]
    assert nested
    for row in rows(table):
        above = f"{by_id[row['parent']]['fullname']} : " if row["parent"] else ""
        assert row["fullname"] == above + row[name]


def test_the_group_is_a_tree_in_four_currencies_with_one_elimination(group: Audit) -> None:
    symbols = {row["id"]: row["symbol"] for row in group.rows("currency")}
    tree = {row["id"]: (row["parent"], symbols[row["currency"]]) for row in group.rows("subsidiary")}
    assert tree == {1: (None, "USD"), 2: (1, "EUR"), 3: (2, "GBP"), 5: (1, "CAD"), 8: (1, "USD")}
    assert [row["id"] for row in group.rows("subsidiary") if row["iselimination"] == "T"] == [8]


def test_every_company_of_the_group_trades_in_a_company_of_the_default_size(usual: Audit) -> None:
    sold = Counter(row["subsidiary"] for row in usual.of_type("CustInvc", "CashSale"))
    bought = Counter(row["subsidiary"] for row in usual.of_type("VendBill", "Check"))
    assert set(sold) == set(bought) == {1, 2, 3, 5}
    assert sold.most_common(1)[0][0] == 1


def test_a_subsidiary_posts_only_to_accounts_places_and_people_of_its_own(group: Audit) -> None:
    allowed = {row["id"]: row["subsidiary"].split(", ") for row in group.rows("account")}
    places = {row["id"]: row["subsidiary"] for row in group.rows("location")}
    kinds = ("customer", "vendor", "employee")
    people = {row["id"]: row["subsidiary"] for name in kinds for row in group.rows(name)}
    for row in group.rows("transactionaccountingline"):
        line = group.lines[row["transaction"], row["transactionline"]]
        assert row["account"] is None or str(line["subsidiary"]) in allowed[row["account"]]
        assert line["location"] is None or places[line["location"]] == str(line["subsidiary"])
        assert line["entity"] is None or people[line["entity"]] == line["subsidiary"]


def test_nothing_is_entered_with_what_is_inactive(audit: Audit) -> None:
    for table, column in (("department", "department"), ("classification", "class"), ("location", "location")):
        inactive = {row["id"] for row in audit.rows(table) if row["isinactive"] == "T"}
        assert inactive or table == "location"
        assert not inactive & {row[column] for row in audit.rows("transactionline")}


def test_two_books_of_which_one_is_primary(audit: Audit) -> None:
    assert {row["id"]: row["isprimary"] for row in audit.rows("accountingbook")} == {1: "T", 2: "F"}


def test_nothing_is_deleted_yet(audit: Audit) -> None:
    assert audit.rows("deletedrecord") == []


def test_some_customers_are_branches_of_another_of_their_subsidiary(rows) -> None:
    customers = {row["id"]: row for row in rows("customer")}
    branches = [row for row in customers.values() if row["parent"]]
    assert len(customers) > len(branches) > 3
    for row in branches:
        parent = customers[row["parent"]]
        assert parent["parent"] is None
        assert parent["subsidiary"] == row["subsidiary"]
