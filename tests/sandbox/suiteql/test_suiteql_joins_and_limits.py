"""FROM and how many rows: (+) and ANSI joins, ROWNUM, TOP, FETCH and OFFSET."""

from __future__ import annotations

import pytest
from suiteql_account import dataset_of, table

from connector.sandbox.suiteql.engine import Engine
from connector.sandbox.table import Kind

UNSUPPORTED = "Search error occurred: Invalid or unsupported search."


def pairs(rows):
    return [(row["id"], row.get("entityid")) for row in rows]


JOINED = [("1", "Acme"), ("2", "Bolt"), ("3", None), ("4", None)]


@pytest.mark.parametrize(
    "source",
    [
        "transaction t, customer c WHERE t.entity = c.id(+)",
        "transaction t, customer c WHERE c.id (+) = t.entity",
        "transaction t LEFT JOIN customer c ON t.entity = c.id",
        "transaction t LEFT OUTER JOIN customer c ON c.id = t.entity",
        "customer c RIGHT JOIN transaction t ON t.entity = c.id",
    ],
)
def test_an_outer_join_keeps_what_has_no_partner(rows, source):
    assert pairs(rows(f"SELECT t.id, c.entityid FROM {source} ORDER BY t.id")) == JOINED


@pytest.mark.parametrize("condition", ["c.id (+) = t.entity", "t.entity = c.id (+)"])
def test_netsuite_knows_no_right_outer_join_in_oracles_syntax(refusal, condition):
    assert refusal(f"SELECT t.id FROM customer c, transaction t WHERE {condition}").endswith(UNSUPPORTED)


def test_conditions_on_the_marked_side_belong_to_the_join(rows):
    query = "SELECT t.id, c.entityid FROM transaction t, customer c WHERE t.entity = c.id(+) AND c.entityid(+) = 'Acme'"
    assert pairs(rows(f"{query} ORDER BY t.id")) == [("1", "Acme"), ("2", None), ("3", None), ("4", None)]


def test_conditions_without_the_mark_filter_behind_the_join(rows):
    query = "SELECT t.id, c.entityid FROM transaction t, customer c WHERE t.entity = c.id(+) AND c.id IS NULL"
    assert pairs(rows(f"{query} ORDER BY t.id")) == [("3", None), ("4", None)]


def test_a_chain_of_outer_joins(rows):
    query = ("SELECT t.id, c.entityid FROM customer c, transaction t, customer d "
             "WHERE c.id = t.entity(+) AND t.entity = d.id(+) ORDER BY c.id")  # fmt: skip
    assert [(r.get("id"), r["entityid"]) for r in rows(query)] == [("1", "Acme"), ("2", "Bolt"), (None, "Zed")]


def test_inner_joins_in_both_syntaxes(rows):
    old = "SELECT t.id, c.entityid FROM transaction t, customer c WHERE t.entity = c.id ORDER BY 1"
    new = "SELECT t.id, c.entityid FROM transaction t INNER JOIN customer c ON t.entity = c.id ORDER BY 1"
    assert pairs(rows(old)) == pairs(rows(new)) == [("1", "Acme"), ("2", "Bolt")]


def test_full_and_cross_joins(rows):
    full = "SELECT COUNT(*) n FROM transaction t FULL OUTER JOIN customer c ON t.entity = c.id"
    assert rows(full) == [{"n": "5"}]
    assert rows("SELECT COUNT(*) n FROM transaction CROSS JOIN customer") == [{"n": "12"}]
    assert rows("SELECT COUNT(*) n FROM transaction, customer") == [{"n": "12"}]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1 FROM transaction t, customer c WHERE t.entity(+) = c.id(+)",
        "SELECT 1 FROM transaction t JOIN customer c ON t.entity = c.id WHERE t.id = c.id(+)",
        "SELECT 1 FROM transaction t LEFT JOIN customer c ON t.entity = c.id(+)",
        "SELECT 1 FROM transaction t, customer c JOIN customer d ON c.id = d.id WHERE t.entity = c.id",
        "SELECT 1 FROM transaction t, customer c WHERE t.entity = c.id(+) OR t.id = c.id(+)",
        "SELECT 1 FROM transaction t, customer c WHERE t.entity = c.id(+) AND c.id(+) IN (1, 2)",
        "SELECT 1 FROM transaction t, customer c WHERE t.entity = c.id(+) AND c.id = t.entity(+)",
        "SELECT 1 FROM transaction t, customer c WHERE c.entityid(+) = 'Acme'",
        "SELECT 1 FROM customer c WHERE c.entityid(+) = 'Acme'",
        "SELECT c.id(+) FROM customer c",
        "SELECT 1 FROM transaction NATURAL JOIN customer",
        "SELECT 1 FROM transaction JOIN customer USING (id)",
        "SELECT 1 FROM transaction t JOIN customer t ON t.id = t.id",
        "SELECT id FROM transaction, customer",
    ],
)
def test_joins_that_are_refused(refusal, query):
    assert refusal(query).endswith(UNSUPPORTED)


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("ROWNUM <= 2", 2), ("ROWNUM < 2", 1), ("ROWNUM = 1", 1), ("ROWNUM = 2", 0), ("ROWNUM > 1", 0),
        ("ROWNUM >= 1", 4), ("2 >= ROWNUM", 2), ("ROWNUM BETWEEN 1 AND 3", 3), ("ROWNUM <> 3", 2),
        ("ROWNUM <= 2.9", 2), ("ROWNUM <= '2'", 2), ("ROWNUM <= 3 AND id > 1 AND ROWNUM < 3", 2), ("ROWNUM < NULL", 0),
        ("ROWNUM <= 0", 0), ("(ROWNUM <= 2 AND id > 1)", 2), ("((id > 1) AND (ROWNUM < 4 AND (ROWNUM <= 2)))", 2),
        ("ROWNUM <= 1 + 1", 2), ("ROWNUM < 2 * 2 - 1", 2),
    ],
)  # fmt: skip
def test_rownum_counts_the_rows_that_pass(rows, condition, count):
    assert len(rows(f"SELECT id FROM transaction WHERE {condition}")) == count


def test_rownum_counts_before_sorting_and_grouping(rows):
    assert rows("SELECT id, ROWNUM FROM transaction WHERE ROWNUM <= 2 ORDER BY id DESC") == [
        {"id": "2", "rownum": "2"},
        {"id": "1", "rownum": "1"},
    ]
    assert rows("SELECT SUM(id) s, COUNT(*) n FROM transaction WHERE ROWNUM <= 3") == [{"s": "6", "n": "3"}]
    assert rows("SELECT COUNT(*) OVER () n FROM transaction WHERE ROWNUM <= 2") == [{"n": "2"}, {"n": "2"}]


def test_rownum_over_a_sorted_subselect_is_the_old_way_to_page(rows):
    query = ("SELECT id, rn FROM (SELECT a.*, ROWNUM rn FROM (SELECT id FROM transaction ORDER BY id DESC) a "
             "WHERE ROWNUM <= ?) WHERE rn > ?")  # fmt: skip
    assert rows(query, "3", 1) == [{"id": "3", "rn": "2"}, {"id": "2", "rn": "3"}]


def test_rownum_with_a_join_and_a_correlated_subselect(rows):
    query = ("SELECT ROWNUM n, t.id, (SELECT c.entityid FROM customer c WHERE c.id = t.entity) e "
             "FROM transaction t WHERE ROWNUM <= 2 ORDER BY t.id DESC")  # fmt: skip
    assert rows(query) == [{"n": "2", "id": "2", "e": "Bolt"}, {"n": "1", "id": "1", "e": "Acme"}]


def test_rownum_where_its_answer_would_be_a_guess(refusal):
    assert refusal("SELECT id FROM transaction WHERE ROWNUM <= 2 OR id = 4").endswith(UNSUPPORTED)
    assert refusal("SELECT id FROM transaction WHERE MOD(ROWNUM, 2) = 1").endswith(UNSUPPORTED)
    assert refusal("SELECT id FROM transaction WHERE ROWNUM <= id").endswith(UNSUPPORTED)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("SELECT id FROM transaction ORDER BY id FETCH FIRST 2 ROWS ONLY", "12"),
        ("SELECT id FROM transaction ORDER BY id FETCH NEXT 1 ROW ONLY", "1"),
        ("SELECT id FROM transaction ORDER BY id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY", "23"),
        ("SELECT id FROM transaction ORDER BY id OFFSET 3 ROWS", "4"),
        ("SELECT TOP 2 id FROM transaction ORDER BY id DESC", "43"),
        ("SELECT DISTINCT TOP 1 id FROM transaction ORDER BY id", "1"),
        ("SELECT id FROM transaction ORDER BY id FETCH FIRST ROW ONLY", "1"),
        ("SELECT id FROM transaction ORDER BY id FETCH FIRST 2.9 ROWS ONLY", "12"),
        ("SELECT id FROM transaction ORDER BY id OFFSET NULL ROWS", ""),
        ("SELECT id FROM (SELECT id FROM transaction ORDER BY id DESC FETCH FIRST 2 ROWS ONLY) ORDER BY id", "34"),
    ],
)
def test_fetch_offset_and_top(rows, query, ids):
    assert "".join(row["id"] for row in rows(query)) == ids


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id FROM transaction LIMIT 5",
        "SELECT id FROM transaction ORDER BY id LIMIT 5 OFFSET 5",
        "SELECT id FROM transaction ORDER BY id FETCH FIRST 1 ROWS WITH TIES",
        "SELECT id FROM transaction ORDER BY id FETCH FIRST 10 PERCENT ROWS ONLY",
        "SELECT id FROM transaction FETCH FIRST id ROWS ONLY",
        "SELECT id FROM transaction FETCH FIRST 2 ROWS",
        "SELECT id FROM transaction FETCH 2 ROWS ONLY",
        "SELECT id FROM transaction OFFSET 2",
        "SELECT id FROM transaction FETCH FIRST 2 ROWS ONLY OFFSET 2 ROWS",
        "SELECT TOP 1.5 id FROM transaction",
        "SELECT TOP -1 id FROM transaction",
        "SELECT TOP 2 DISTINCT id FROM transaction",
        "SELECT id FROM transaction ORDER BY id UNION SELECT id FROM customer",
        "SELECT id FROM transaction FETCH FIRST 1 ROWS ONLY UNION SELECT id FROM customer",
        "SELECT TOP 1 id FROM transaction UNION SELECT id FROM customer",
        "SELECT id FROM transaction UNION SELECT TOP 1 id FROM customer",
        "SELECT id FROM transaction UNION DISTINCT SELECT id FROM customer",
    ],
)
def test_limits_that_are_refused(refusal, query):
    assert refusal(query).endswith(UNSUPPORTED)


def test_a_branch_in_parentheses_has_a_limit_of_its_own(rows):
    query = ("(SELECT id FROM transaction ORDER BY id DESC FETCH FIRST 1 ROWS ONLY) UNION ALL "
             "(SELECT id FROM customer ORDER BY id FETCH FIRST 1 ROWS ONLY) ORDER BY id")  # fmt: skip
    assert [row["id"] for row in rows(query)] == ["4", "10"]


def test_pages_of_equal_rows_lose_none_and_repeat_none():
    many = table("many", [("id", Kind.ID), ("kind", Kind.TEXT)], [(i, f"k{i % 3}") for i in range(5000)])
    engine = Engine(dataset_of(many))
    try:
        pages = [
            engine.page(f"SELECT id FROM many ORDER BY kind OFFSET {start} ROWS FETCH NEXT 700 ROWS ONLY", [],
                        limit=1000, offset=0).items
            for start in range(0, 5000, 700)
        ]  # fmt: skip
        found = [int(row["id"]) for page in pages for row in page]
        assert sorted(found) == list(range(5000))
        whole = engine.page("SELECT id FROM many ORDER BY kind", [], limit=5000, offset=0).items
        assert found == [int(row["id"]) for row in whole]
    finally:
        engine.close()


def test_parameters_may_limit(rows):
    query = "SELECT id FROM transaction ORDER BY id OFFSET ? ROWS FETCH NEXT ? ROWS ONLY"
    assert [row["id"] for row in rows(query, "1", "2")] == ["2", "3"]
