"""BUILTIN.DF over the whole company: the real engine against the lists and tables, looked up here in plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from audit import Audit

from connector.sandbox.company import Company
from connector.sandbox.suiteql.engine import Engine
from connector.sandbox.suiteql.refusal import SuiteQLRefused
from connector.sandbox.table import Column, Table

Ask = Callable[[str], list[dict[str, str]]]


@pytest.fixture(scope="module")
def engine(company: Company) -> Iterator[Engine]:
    engine = Engine(company.dataset())
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def ask(engine: Engine) -> Ask:
    def rows(q: str) -> list[dict[str, str]]:
        return engine.page(q, [], limit=100_000, offset=0).items

    return rows


def shown(company: Company, rows, table: Table, column: Column) -> list[str | None]:
    """What each row shows."""
    kind, _, beside = column.shows.partition(" by ")
    if kind.startswith("list:"):
        known = company.dataset().lists[kind.removeprefix("list:")]
    else:
        target, name = kind.split(".")
        known = {row["id"]: row[name] for row in rows(target)}
    keys = [f"{row[beside]}:{row[column.name]}" if beside else row[column.name] for row in rows(table.name)]
    return [known.get(key) for key in keys]


def test_every_column_shows_what_its_list_or_table_says(usual: Audit, company: Company, rows, ask: Ask) -> None:
    seen = set()
    for table in usual.tables.values():
        for column in table.columns:
            if column.shows is None:
                continue
            answer = ask(f"SELECT BUILTIN.DF(t.{column.name}) AS shown FROM {table.name} t")
            expected = shown(company, rows, table, column)
            assert [row.get("shown") for row in answer] == expected, (table.name, column.name)
            seen.add(column.shows.partition(".")[0])
    assert {"list:transactionstatus by type", "list:accttype", "subsidiary", "account"} <= seen


def test_a_status_is_shown_with_the_name_of_its_type(ask: Ask) -> None:
    query = "SELECT BUILTIN.DF(status) AS shown FROM transaction WHERE type = 'CustInvc' AND status = 'A'"
    assert {row["shown"] for row in ask(query)} == {"Invoice : Open"}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT BUILTIN.DF(status) AS s, COUNT(*) AS n FROM transaction GROUP BY BUILTIN.DF(status)",
        "SELECT BUILTIN.DF((t.status)) AS s, COUNT(*) AS n FROM transaction t GROUP BY BUILTIN.DF(t.status)",
        "SELECT s, COUNT(*) AS n FROM (SELECT BUILTIN.DF(status) AS s FROM transaction WHERE ROWNUM < 9999) GROUP BY s",
        "SELECT s, COUNT(*) AS n FROM (SELECT (SELECT BUILTIN.DF(t.status) FROM DUAL) AS s FROM transaction t) GROUP BY s",
    ],
    ids=["plain", "in parentheses", "numbered rows", "correlated"],
)
def test_a_status_is_shown_wherever_its_row_is_in_reach(company: Company, rows, ask: Ask, query: str) -> None:
    known = company.dataset().lists["transactionstatus"]
    texts = [known[f"{row['type']}:{row['status']}"] for row in rows("transaction")]
    assert {row["s"]: int(row["n"]) for row in ask(query)} == {text: texts.count(text) for text in texts}


def test_a_status_joined_to_another_type_column_keeps_its_own(ask: Ask) -> None:
    query = (
        "SELECT DISTINCT BUILTIN.DF(t.status) AS s FROM transaction t, entity e "
        "WHERE t.entity = e.id AND t.type = 'VendBill' AND t.status = 'B'"
    )
    assert [row["s"] for row in ask(query)] == ["Bill : Paid In Full"]


def test_a_status_behind_a_subselect_keeps_its_own_type(usual: Audit, ask: Ask) -> None:
    known = usual.company.dataset().lists["transactionstatus"]
    expected = Counter(known[f"{row['type']}:{row['status']}"] for row in usual.rows("transaction"))
    query = "SELECT BUILTIN.DF(status) AS s FROM (SELECT status, tranid AS type FROM transaction)"
    assert Counter(row["s"] for row in ask(query)) == expected


def test_a_status_without_its_type_is_refused_as_it_may_be_any(engine: Engine) -> None:
    query = "SELECT BUILTIN.DF(status) FROM (SELECT DISTINCT status, tranid AS type FROM transaction)"
    with pytest.raises(SuiteQLRefused):
        engine.page(query, [], limit=1, offset=0)
