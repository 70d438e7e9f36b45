"""How a query is read: by what its rows are told apart, the order that is added, and the texts that cut it into ranges."""

from __future__ import annotations

import pytest

from connector.core.paged_query import page_query
from connector.core.row_key import read_row_key
from connector.core.select_list import read_select_list
from connector.core.sql_text import SqlText


def key(text: str):
    return read_row_key(SqlText.read(text))


def paged(text: str):
    return page_query(read_select_list(text))


LEDGER = (
    "SELECT a.acctnumber, tal.amount FROM transactionaccountingline tal JOIN transaction t ON t.id = tal.transaction "
    "JOIN transactionline tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline "
    "JOIN account a ON a.id = tal.account "
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("SELECT tranid FROM transaction", ["transaction.id"]),
        ("SELECT tranid FROM transaction t", ["t.id"]),
        ("SELECT name FROM customrecord_region AS r", ["r.id"]),
        ("SELECT memo FROM transactionline tl", ["tl.uniquekey"]),
        ("SELECT t.tranid, c.altname FROM transaction t LEFT JOIN customer c ON c.id = t.entity", ["t.id"]),
        ("SELECT t.tranid FROM transaction t LEFT JOIN customer c ON (t.entity = c.id)", ["t.id"]),
        ("SELECT 1 FROM transaction t JOIN transactionline tl ON tl.transaction = t.id", ["tl.uniquekey"]),
        ("SELECT 1 FROM transaction t, transactionline tl, account a WHERE t.id = tl.transaction AND tl.x = a.id",
         ["tl.uniquekey"]),
        ("SELECT 1 FROM transaction t, entity e WHERE t.entity = e.id(+) AND t.type = 'x'", ["t.id"]),
        (LEDGER, ["tal.transaction", "tal.transactionline", "tal.accountingbook"]),
        (f"{LEDGER} WHERE tal.accountingbook = 1", ["tl.uniquekey"]),
        ("SELECT 1 FROM account a JOIN account b ON a.id = b.id", ["b.id"]),
        ("SELECT (SELECT MAX(id) FROM account) AS m FROM transaction", ["transaction.id"]),
        ("SELECT SUM(total) OVER (PARTITION BY type) AS s FROM transaction", ["transaction.id"]),
        ("SELECT 1 FROM transaction t WHERE t.id IN (SELECT MAX(id) FROM transaction GROUP BY type)", ["t.id"]),
        ("SELECT item FROM aggregateitemlocation l", ["l.item", "l.location"]),
    ],
)  # fmt: skip
def test_rows_are_told_apart_by_the_keys_of_the_tables_that_add_rows(text, parts):
    found = key(text)
    assert list(found.parts) == parts
    assert found.numeric


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SELECT 1 FROM transaction t LEFT JOIN transactionline tl ON tl.transaction = t.id", "may have no row"),
        ("SELECT 1 FROM transaction t, entity e WHERE t.entity(+) = e.id", "may have no row"),
        ("SELECT 1 FROM transaction t FULL OUTER JOIN entity e ON e.id = t.entity", "may have no row"),
        ("SELECT 1 FROM transaction t RIGHT JOIN entity e ON e.id = t.entity", "may have no row"),
        ("SELECT DISTINCT type FROM transaction", "DISTINCT"),
        ("SELECT type, COUNT(*) AS n FROM transaction GROUP BY type", "grouped"),
        ("SELECT id FROM account UNION ALL SELECT id FROM transaction", "several SELECTs"),
        ("SELECT x FROM (SELECT id AS x FROM account) q", "a subquery"),
        ("SELECT x FROM nosuchtable", "nosuchtable"),
        ("SELECT id FROM account CONNECT BY PRIOR id = parent", "tree"),
    ],
)
def test_no_range_can_be_cut_where_rows_have_no_key_and_the_reason_is_said(text, reason):
    found = key(text)
    assert not found.numeric
    assert reason in found.reason


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1 FROM transaction t JOIN entity e ON e.id = t.entity OR e.id = 3",
        "SELECT 1 FROM transaction t JOIN entity e ON e.id = t.entity + 1",
        "SELECT 1 FROM transaction t JOIN entity e ON NOT e.id = t.entity",
        "SELECT 1 FROM transaction t JOIN entity e ON MOD(e.id, 2) = t.entity",
        "SELECT 1 FROM transaction t JOIN entity e ON e.id <> t.entity",
        "SELECT 1 FROM transaction t CROSS JOIN entity e",
    ],
)
def test_a_table_that_is_not_looked_up_by_its_whole_key_adds_rows(text):
    assert list(key(text).parts) == ["t.id", "e.id"]


@pytest.mark.parametrize(
    "text",
    ["SELECT COUNT(*) FROM transaction", "SELECT SYSDATE FROM DUAL", "SELECT SUM(x) + 1 AS s FROM budgets",
     "SELECT a.name, b.name FROM account a, account b WHERE a.id = 5 AND b.id = ?"],
)  # fmt: skip
def test_one_row_is_read_as_it_is_written(text):
    assert key(text).is_one_row
    query = paged(text)
    assert query.text == query.written


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("SELECT tranid FROM transaction", " ORDER BY transaction.id"),
        ("SELECT tranid FROM transaction t ORDER BY trandate DESC", ", t.id"),
        ("SELECT type, status FROM transaction ORDER BY 1 NULLS LAST", ", transaction.id"),
        ("SELECT DISTINCT type, status FROM transaction", " ORDER BY 1, 2"),
        ("SELECT type, status, COUNT(*) AS n FROM transaction GROUP BY type, status ORDER BY status", ", type"),
        ("SELECT id FROM account UNION ALL SELECT id FROM transaction", " ORDER BY 1"),
        ("SELECT entity AS id FROM transaction ORDER BY id", ", transaction.id"),
    ],
)
def test_what_is_added_decides_between_equals_alone(text, order):
    assert paged(text).text == text + order


@pytest.mark.parametrize(
    "text",
    [
        "SELECT tranid FROM transaction ORDER BY id",
        "SELECT tranid FROM transaction t ORDER BY t.trandate, T.ID DESC",
        "SELECT type, COUNT(*) AS n FROM transaction GROUP BY type ORDER BY type",
        "SELECT * FROM nosuchtable",
        "SELECT id FROM account CONNECT BY PRIOR id = parent",
    ],
)
def test_an_order_that_is_unique_already_stays_and_so_does_what_is_not_understood(text):
    assert paged(text).text == text


def test_the_order_stands_before_what_cuts_the_answer_off():
    text = paged("SELECT tranid FROM transaction t ORDER BY trandate FETCH FIRST 10 ROWS ONLY").text
    assert text == "SELECT tranid FROM transaction t ORDER BY trandate, t.id FETCH FIRST 10 ROWS ONLY"


def test_an_alias_in_quotation_marks_goes_into_no_subselect():
    query = paged('SELECT tranid AS "No." FROM transaction')
    assert query.keyset is None
    assert "quotation marks" in query.reason


@pytest.mark.parametrize(
    "text",
    [
        "SELECT NVL(memo, ?) AS m FROM transactionline WHERE memo = ? ORDER BY NVL(memo, ?)",
        "SELECT t.tranid FROM transaction t WHERE t.id > ? ORDER BY t.trandate",
        "SELECT * FROM transaction WHERE id > ?",
    ],
)
def test_every_text_binds_the_author_s_values_first(text):
    keyset = paged(text).keyset
    own = text.count("?")
    low_and_high, bound = keyset.between(5, 9)
    assert low_and_high.count("?") == own + len(bound)
    assert keyset.ranges(1000).count("?") == own
    assert bound == ["5", "9"]


def test_keys_are_read_without_the_columns_of_the_answer():
    keyset = paged(
        "SELECT t.tranid, BUILTIN.DF(t.entity) AS customer FROM transaction t WHERE t.type = 'CustInvc'"
    ).keyset
    assert keyset.keys == (
        "SELECT t.id AS nsqkey1, t.lastmodifieddate AS nsqchanged1 FROM transaction t WHERE t.type = 'CustInvc'"
    )
    assert keyset.added == ("nsqkey1",)


def test_an_answer_of_one_page_that_only_all_columns_could_order_stays_as_netsuite_gave_it():
    union = paged("SELECT 'b' AS n FROM DUAL UNION ALL SELECT 'a' FROM DUAL")
    assert union.alone == union.written
    assert union.text.endswith("ORDER BY 1")
    assert paged("SELECT tranid FROM transaction").alone.endswith("ORDER BY transaction.id")
