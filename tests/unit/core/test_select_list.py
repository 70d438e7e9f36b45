"""The SELECT list keeps the order and the names that SuiteQL's answer forgets."""

from __future__ import annotations

import pytest

from connector.core.known_fields import Type
from connector.core.select_list import read_select_list
from connector.errors import FormulaError


def names(text, keys=()):
    return [item.name for item in read_select_list(text).columns(keys)]


def types(text):
    return [item.type for item in read_select_list(text).columns(())]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("SELECT tranid, id FROM transaction", ["tranid", "id"]),
        ("SELECT t.tranid, t.id FROM transaction t", ["tranid", "id"]),
        ("SELECT tranid AS Number, id Ident FROM transaction", ["number", "ident"]),
        ('SELECT id AS "My Id" FROM transaction', ["My Id"]),
        ("SELECT t.id, tl.id, x.id FROM transaction t, transactionline tl, x", ["id", "id_2", "id_3"]),
        ("SELECT COUNT(*), SUM(a) total, MAX(b) FROM t", ["expr1", "total", "expr2"]),
        ("SELECT DISTINCT type, status FROM transaction", ["type", "status"]),
        ("SELECT TOP 5 id, tranid FROM transaction", ["id", "tranid"]),
        ("SELECT CASE WHEN a = 1 THEN b ELSE c END, d FROM t", ["expr1", "d"]),
        ("SELECT ROW_NUMBER() OVER (PARTITION BY a, b ORDER BY c) n, a FROM t", ["n", "a"]),
        ("SELECT (SELECT MAX(id) FROM u), a FROM t", ["expr1", "a"]),
        ("SELECT id FROM a UNION SELECT x FROM b ORDER BY 1", ["id"]),
        ("(SELECT id FROM a) UNION ALL (SELECT x FROM b)", ["id"]),
        ("WITH w AS (SELECT 1 AS z FROM DUAL) SELECT w.z FROM w", ["z"]),
        ("SELECT * FROM (SELECT id n, COUNT(*) FROM t GROUP BY id)", ["n", "expr1"]),
        ("SELECT EXTRACT(YEAR FROM trandate) FROM transaction", ["expr1"]),
        ("SELECT 'FROM', -1 m, NULL n FROM t -- , x", ["expr1", "m", "n"]),
    ],
)
def test_columns_have_select_order_and_names(text, wanted):
    assert names(text) == wanted


def test_a_name_that_would_be_lost_gets_an_alias_and_nothing_else_changes():
    text = "SELECT t.id, tl.id, SUM( x )  FROM transaction t, transactionline tl ORDER BY 1"
    sent = "SELECT t.id, tl.id AS nsq2, SUM( x ) AS nsq3  FROM transaction t, transactionline tl ORDER BY 1"
    assert read_select_list(text).text == sent


def test_a_star_gives_the_columns_that_came_in_alphabetical_order():
    assert names("SELECT * FROM account", ["id", "acctnumber", "eliminate"]) == ["acctnumber", "eliminate", "id"]


def test_a_star_keeps_its_place_and_does_not_swallow_a_column_of_the_same_name():
    select = read_select_list("SELECT BUILTIN.DF(t.status) AS status, t.* FROM transaction t")
    assert select.text == "SELECT BUILTIN.DF(t.status) AS nsq1, t.* FROM transaction t"
    columns = select.columns(["id", "nsq1", "status"])
    assert [(c.name, c.key) for c in columns] == [("status", "nsq1"), ("id", "id"), ("status_2", "status")]


@pytest.mark.parametrize(
    "text", ["SELECT * FROM a, b", "SELECT * FROM a JOIN b ON a.x = b.x", "SELECT a.*, b.* FROM a, b WHERE a.x = b.x"]
)
def test_stars_whose_columns_would_collapse_are_refused(text):
    with pytest.raises(FormulaError) as refusal:
        read_select_list(text)
    assert refusal.value.code == "AMBIGUOUS_COLUMNS"


@pytest.mark.parametrize("text", ["SELECT", "SELECT FROM t", "SELECT id, FROM t", "VALUES (1)"])
def test_a_list_that_is_none_is_refused(text):
    with pytest.raises(FormulaError):
        read_select_list(text)


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("acctnumber", Type.TEXT),
        ("a.acctnumber AS n", Type.TEXT),
        ("MAX(acctnumber)", Type.TEXT),
        ("NVL(acctnumber, 0)", Type.TEXT),
        ("UPPER(x)", Type.TEXT),
        ("x || y", Type.TEXT),
        ("TO_CHAR(trandate, 'YYYY')", Type.TEXT),
        ("BUILTIN.DF(entity)", Type.TEXT),
        ("CASE WHEN acctnumber = '1' THEN amount ELSE 0 END", None),
        ("CASE WHEN x = 1 THEN acctnumber END", Type.TEXT),
        ("CASE WHEN x = 1 THEN 'a' ELSE 'b' END", Type.TEXT),
        ("DECODE(acctnumber, '1', amount, credit)", Type.DECIMAL),
        ("COUNT(DISTINCT acctnumber)", Type.INTEGER),
        ("SUM(amount)", Type.DECIMAL),
        ("SUM(amount) OVER (PARTITION BY acctnumber)", Type.DECIMAL),
        ("trandate", Type.DATE),
        ("ADD_MONTHS(trandate, 1)", Type.DATE),
        ("posting", Type.BOOLEAN),
        ("id", None),
        ("amount * 2", None),
    ],
)
def test_the_text_tells_the_type_where_it_can(expression, wanted):
    assert types(f"SELECT {expression} FROM t a") == [wanted]


def test_text_stays_text_behind_an_alias_of_a_subquery():
    assert types("SELECT x.n, MAX(x.n) FROM (SELECT acctnumber AS n FROM account) x") == [Type.TEXT, Type.TEXT]
