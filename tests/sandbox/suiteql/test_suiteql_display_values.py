"""What BUILTIN.DF, CF, HIERARCHY and MNFILTER read for a column, also behind subselects and while the data changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal

import pytest
from group_account import GROUP
from suiteql_account import ACCOUNT, CUSTOMERS, NOW, dataset_of, day, table

from connector.sandbox.suiteql.engine import Engine
from connector.sandbox.suiteql.refusal import SuiteQLRefused
from connector.sandbox.table import Kind

UNSUPPORTED = "Search error occurred: Invalid or unsupported search."
STATUSES = {"CustInvc:A": "Invoice : Open", "CustInvc:B": "Invoice : Paid In Full", "Journal:A": "Journal : Pending"}
DOCUMENTS = table(
    "transaction",
    [("id", Kind.ID), ("type", Kind.TEXT), ("status", Kind.TEXT, "list:states by type"),
     ("entity", Kind.ID, "customer.entityid"), ("day", Kind.ID, "calendar.day"), ("price", Kind.ID, "calendar.price")],
    [(1, "CustInvc", "A", 10, 1, 1), (2, "CustInvc", "B", 11, 2, 2), (3, "Journal", "A", None, None, None),
     (4, "Journal", None, 99, 3, 3)],
)  # fmt: skip
CALENDAR = table(
    "calendar", [("id", Kind.ID), ("day", Kind.DATE), ("price", Kind.RATE)],
    [(1, day("2026-01-05"), Decimal("1.50")), (2, None, Decimal(20000000)), (3, day("2026-12-31"), None)],
)  # fmt: skip
SHOWN = {"1": "Invoice : Open", "2": "Invoice : Paid In Full", "3": "Journal : Pending", "4": None}
Ask = Callable[[str], list[dict[str, str]]]


@pytest.fixture
def documents() -> Iterator[Engine]:
    engine = Engine(dataset_of(DOCUMENTS, CUSTOMERS, CALENDAR, lists={"states": STATUSES}), clock=lambda: NOW)
    yield engine
    engine.close()


@pytest.fixture
def ask(documents: Engine) -> Ask:
    return lambda q: documents.page(q, [], limit=1000, offset=0).items


def refused(engine: Engine, q: str) -> str:
    with pytest.raises(SuiteQLRefused) as told:
        engine.page(q, [], limit=1000, offset=0)
    return told.value.detail


def test_an_id_shows_its_record_and_one_of_no_record_shows_nothing(ask):
    rows = ask("SELECT id, BUILTIN.DF(entity) AS e FROM transaction ORDER BY id")
    assert [row.get("e") for row in rows] == ["Acme", "Bolt", None, None]


def test_days_and_numbers_are_shown_as_the_account_writes_them(ask):
    rows = ask("SELECT BUILTIN.DF(day) AS d, BUILTIN.DF(price) AS p FROM transaction ORDER BY id")
    assert [row.get("d") for row in rows] == ["1/5/2026", None, None, "12/31/2026"]
    assert [row.get("p") for row in rows] == ["1.5", "20000000", None, None]


def test_a_record_made_later_has_a_display_value(documents, ask):
    before = "SELECT BUILTIN.DF(entity) AS e FROM transaction WHERE id = 4"
    assert ask(before) == [{}]
    documents._warehouse._connection.execute("INSERT INTO customer VALUES (99, 'Later', NULL)")
    assert ask(f"{before} AND 1 = 1") == [{"e": "Later"}]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT BUILTIN.DF(entity) AS e, COUNT(*) AS n FROM transaction GROUP BY BUILTIN.DF(entity)",
        "SELECT BUILTIN.DF(t.entity) AS e, COUNT(*) AS n FROM transaction t GROUP BY BUILTIN.DF(t.entity) ORDER BY 1",
        "SELECT BUILTIN.DF(entity) e, COUNT(*) n FROM transaction GROUP BY BUILTIN.DF(entity) ORDER BY BUILTIN.DF(entity)",
        "SELECT e, COUNT(*) AS n FROM (SELECT BUILTIN.DF(entity) AS e FROM transaction) GROUP BY e",
        "SELECT BUILTIN.DF(x.e) AS e, COUNT(*) AS n FROM (SELECT entity AS e FROM transaction) x GROUP BY BUILTIN.DF(x.e)",
    ],
)
def test_rows_are_grouped_by_what_they_show(ask, query):
    assert {row.get("e"): row["n"] for row in ask(query)} == {"Acme": "1", "Bolt": "1", None: "2"}


def test_display_values_in_conditions_joins_and_windows(ask):
    assert ask("SELECT id FROM transaction WHERE BUILTIN.DF(entity) IN ('Bolt', 'Zed')") == [{"id": "2"}]
    assert ask("SELECT id FROM transaction WHERE BUILTIN.DF(entity) BETWEEN 'A' AND 'B'") == [{"id": "1"}]
    joined = "SELECT t.id AS t, c.id AS c FROM transaction t LEFT JOIN customer c ON c.entityid = BUILTIN.DF(t.entity) ORDER BY 1"
    assert [row.get("c") for row in ask(joined)] == ["10", "11", None, None]
    ranked = "SELECT id, RANK() OVER (ORDER BY BUILTIN.DF(entity) DESC) AS r FROM transaction ORDER BY id"
    assert [row["r"] for row in ask(ranked)] == ["4", "3", "1", "1"]


STATUS_QUERIES = [
    "SELECT id, BUILTIN.DF(status) AS s FROM transaction",
    "SELECT id, BUILTIN.DF(status) AS s FROM (SELECT id, status FROM transaction)",
    "SELECT id, BUILTIN.DF(x.st) AS s FROM (SELECT id, status AS st, id AS type FROM transaction) x",
    "SELECT id, BUILTIN.DF(status) AS s FROM (SELECT * FROM (SELECT t.* FROM transaction t) ORDER BY id DESC)",
    "SELECT id, BUILTIN.DF(status) AS s FROM (SELECT id, status, ROWNUM AS n FROM transaction WHERE ROWNUM < 9)",
    "SELECT id, BUILTIN.DF(status) AS s FROM (SELECT id, status FROM transaction FETCH FIRST 9 ROWS ONLY)",
    "SELECT y.id AS id, (SELECT BUILTIN.DF(y.status) FROM DUAL) AS s FROM (SELECT id, status FROM transaction) y",
]


@pytest.mark.parametrize("query", STATUS_QUERIES)
def test_a_status_keeps_the_type_of_its_row_behind_subselects(ask, query):
    assert {row["id"]: row.get("s") for row in ask(query)} == SHOWN


def test_a_status_does_not_add_its_type_to_what_a_subselect_gives(ask):
    assert ask("SELECT * FROM (SELECT status FROM transaction WHERE id = 1)") == [{"status": "A"}]
    assert ask("SELECT COUNT(*) AS n FROM transaction WHERE status IN (SELECT status FROM transaction)") == [{"n": "3"}]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT BUILTIN.DF(status) FROM (SELECT DISTINCT status FROM transaction)",
        "SELECT BUILTIN.DF(status) FROM (SELECT status FROM transaction GROUP BY status)",
        "SELECT BUILTIN.DF(status) FROM (SELECT status FROM transaction UNION SELECT status FROM transaction)",
        "SELECT BUILTIN.CF(status) FROM (SELECT DISTINCT status FROM transaction)",
        "SELECT BUILTIN.DF(MAX(status)) FROM transaction",
        "SELECT BUILTIN.CF(id + 1) FROM transaction",
        "SELECT BUILTIN.CF(id, id) FROM transaction",
    ],
)
def test_a_status_without_its_type_is_refused(documents, query):
    assert refused(documents, query).endswith(UNSUPPORTED)


def test_the_criteria_value_of_a_status_is_its_type_and_its_letter(ask):
    rows = ask("SELECT BUILTIN.CF(status) AS c FROM transaction ORDER BY id")
    assert [row.get("c") for row in rows] == ["CustInvc:A", "CustInvc:B", "Journal:A", None]
    assert ask("SELECT id FROM transaction WHERE BUILTIN.CF(status) = 'CustInvc:B'") == [{"id": "2"}]
    assert ask("SELECT BUILTIN.CF(id) AS c FROM transaction WHERE id = 2") == [{"c": "2"}]


def test_a_record_that_the_role_does_not_see_is_not_shown_either():
    engine = Engine(ACCOUNT, hidden=frozenset({"customer"}))
    try:
        assert refused(engine, "SELECT BUILTIN.DF(entity) FROM transaction").endswith(UNSUPPORTED)
    finally:
        engine.close()


@pytest.fixture
def group_engine() -> Iterator[Engine]:
    engine = Engine(GROUP)
    yield engine
    engine.close()


def test_where_an_id_stands_in_its_tree(group_engine):
    parts = ", ".join(
        f"BUILTIN.HIERARCHY(tl.subsidiary, '{kind}') AS {name}"
        for kind, name in (("DISPLAY_JOINED", "path"), ("SELF_DISPLAY", "own"), ("SELF_IDENTIFIER", "id"))
    )
    page = group_engine.page(f"SELECT DISTINCT {parts} FROM transactionline tl ORDER BY 3", [], limit=9, offset=0)
    assert page.items == [
        {"path": "Parent", "own": "Parent", "id": "1"},
        {"path": "Parent : Europe", "own": "Europe", "id": "2"},
        {"path": "Parent : Europe : UK", "own": "UK", "id": "3"},
    ]


@pytest.mark.parametrize(
    "call",
    [
        "HIERARCHY(tl.subsidiary, 'LEVEL')",
        "HIERARCHY(tl.subsidiary, 'DISPLAY')",
        "HIERARCHY(tl.subsidiary, 'DISPLAY_SEPARATED')",
        "HIERARCHY(tl.subsidiary, 'IDENTIFIER_SEPARATED')",
        "HIERARCHY(tl.id, 'SELF_DISPLAY')",
        "HIERARCHY(tl.subsidiary)",
        "NAMED_GROUP('subsidiary', 'mine')",
        "CURRENCY_CONVERT(tl.id)",
        "CURRENCY_CONVERT(tl.id, 1, SYSDATE)",
        "PERIOD('LP', 'START', 'ALL', 'BETWEEN')",
        "MNFILTER(tl.subsidiary, 'MN_INCLUDE', '', 'TRUE', '1')",
    ],
)
def test_calls_that_are_refused(group_engine, call):
    assert refused(group_engine, f"SELECT BUILTIN.{call} AS x FROM transactionline tl").endswith(UNSUPPORTED)


@pytest.mark.parametrize(
    ("operator", "values", "answers"),
    [
        ("MN_INCLUDE", "'3'", "TF"),
        ("MN_INCLUDE", "1", "TF"),
        ("MN_INCLUDE", "9, 13", "FT"),
        ("MN_INCLUDE_ALL", "'1', 3", "TF"),
        ("MN_INCLUDE_ALL", "1, 4", "FF"),
        ("MN_INCLUDE_EXACTLY", "3, 1, 2, 2", "TF"),
        ("MN_INCLUDE_EXACTLY", "1, 2", "FF"),
        ("MN_INCLUDE", "a.id + 3", "FF"),
    ],
)
def test_which_ids_a_multiselect_column_holds(group_engine, operator, values, answers):
    call = f"BUILTIN.MNFILTER(a.subsidiary, '{operator}', '', 'TRUE', {values})"
    rows = group_engine.page(
        f"SELECT {call} AS x FROM account a WHERE id IN (10, 60) ORDER BY id", [], limit=9, offset=0
    )
    assert "".join(row["x"] for row in rows.items) == answers


@pytest.mark.parametrize(
    "arguments",
    [
        "a.subsidiary, 'MN_EXCLUDE', '', 'TRUE', 1",
        "a.subsidiary, 'MN_INCLUDE', 'DF', 'TRUE', 'Parent'",
        "a.subsidiary, 'MN_INCLUDE', '', 'MAYBE', 1",
        "a.subsidiary, 'MN_INCLUDE', '', 'TRUE', NULL",
        "a.subsidiary, 'MN_INCLUDE', '', 'TRUE'",
        "a.subsidiary || '', 'MN_INCLUDE', '', 'TRUE', 1",
    ],
)
def test_multiselect_filters_that_are_refused(group_engine, arguments):
    assert refused(group_engine, f"SELECT BUILTIN.MNFILTER({arguments}) AS x FROM account a").endswith(UNSUPPORTED)


@pytest.mark.parametrize(
    "inner",
    [
        "SELECT MAX(entity) e FROM transaction",
        "SELECT entity + 0 e FROM transaction",
        "SELECT entity e FROM transaction UNION ALL SELECT id FROM customer",
    ],
    ids=["an aggregate", "a sum", "two kinds of ids"],
)
def test_what_a_subselect_computes_shows_nothing(documents, inner):
    """Its own id in the place of a name would be worse than none."""
    with pytest.raises(SuiteQLRefused) as told:
        documents.page(f"SELECT BUILTIN.DF(e) AS shown FROM ({inner})", [], limit=10, offset=0)
    assert UNSUPPORTED in told.value.detail


def test_a_null_beside_a_column_leaves_it_what_it_is(ask):
    query = (
        "SELECT BUILTIN.DF(e) AS s FROM (SELECT entity e FROM transaction UNION ALL SELECT NULL FROM DUAL) WHERE e = 10"
    )
    assert [row["s"] for row in ask(query)] == [
        row["s"] for row in ask("SELECT BUILTIN.DF(entity) AS s FROM transaction WHERE entity = 10")
    ]


def test_nothing_includes_a_value_that_is_null():
    members = table(
        "account",
        [("id", Kind.ID), ("subsidiary", Kind.TEXT), ("parent", Kind.ID)],
        [(1, "1, 2", None), (2, "1, 2", 1)],
    )
    with closing(Engine(dataset_of(members))) as engine:
        for operator in ("MN_INCLUDE", "MN_INCLUDE_ALL", "MN_INCLUDE_EXACTLY"):
            query = (
                f"SELECT id, BUILTIN.MNFILTER(subsidiary, '{operator}', '', 'TRUE', parent) m FROM account ORDER BY id"
            )
            items = engine.page(query, [], limit=10, offset=0).items
            assert items[0]["m"] == "F", operator
            assert items[1]["m"] == ("F" if operator == "MN_INCLUDE_EXACTLY" else "T")
