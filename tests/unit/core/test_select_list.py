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
        ("SELECT SYSDATE, id, ROWNUM FROM t", ["sysdate", "id", "rownum"]),
        ("(WITH w AS (SELECT id x FROM t) SELECT a, b FROM w)", ["a", "b"]),
        ("WITH v AS (SELECT 1 z FROM t) (SELECT v.z FROM v)", ["z"]),
        ("SELECT PRIOR a, CONNECT_BY_ROOT name, c FROM t", ["expr1", "expr2", "c"]),
        ("SELECT top, id FROM t", ["top", "id"]),
        ("SELECT TOP (2 + 3) id FROM t", ["id"]),
        ('SELECT "DISTINCT", id FROM t', ["DISTINCT", "id"]),
        ("SELECT /*+ FIRST_ROWS(10) */ id, x FROM t", ["id", "x"]),
        ("SELECT t.order, t.union, t.from, id AS from FROM t", ["order", "union", "from", "from_2"]),
        ("SELECT q'[a]' x, N'a' y FROM t", ["x", "y"]),
        ("SELECT (id), ((tranid)) n FROM t", ["id", "n"]),
        ("SELECT id FROM a UNION (SELECT x FROM b) MINUS SELECT y FROM c", ["id"]),
        ("SELECT * FROM ((SELECT id n FROM t))", ["n"]),
    ],
)
def test_columns_have_select_order_and_names(text, wanted):
    assert names(text) == wanted


def test_a_name_that_would_be_lost_gets_an_alias_and_nothing_else_changes():
    text = "SELECT t.id, tl.id, SUM( x )  FROM transaction t, transactionline tl ORDER BY 1"
    sent = "SELECT t.id, tl.id AS nsq2, SUM( x ) AS nsq3  FROM transaction t, transactionline tl ORDER BY 1"
    assert read_select_list(text).text == sent


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("SELECT SYSDATE, x FROM t", "SELECT SYSDATE AS nsq1, x FROM t"),
        ("SELECT 7 AS nsq3, COUNT(*) FROM t", "SELECT 7 AS nsq3, COUNT(*) AS nsqx2 FROM t"),
        ("SELECT id nsqx1, -id, 1 nsq FROM t", "SELECT id nsqx1, -id AS nsqxx2, 1 nsq FROM t"),
        ("SELECT DISTINCT (id), (x) n FROM t", "SELECT DISTINCT (id) AS nsq1, (x) n FROM t"),
        ("SELECT t.*, a AS s FROM t", "SELECT t.*, a AS nsq2 FROM t"),
        ("SELECT t.*, t.a FROM t ORDER BY a", "SELECT t.*, t.a AS nsq2 FROM t ORDER BY a"),
    ],
)
def test_an_alias_of_ours_is_none_of_the_texts_own(text, sent):
    assert read_select_list(text).text == sent


@pytest.mark.parametrize(
    "text",
    [
        "SELECT d.*, -tl.netamount AS netamount FROM transactionline tl JOIN department d ON d.id = tl.d ORDER BY netamount",
        "SELECT t.*, BUILTIN.DF(t.status) AS s FROM transaction t ORDER BY UPPER(s) DESC",
        "SELECT * FROM (SELECT t.*, ROWNUM rn FROM department t) WHERE rn BETWEEN 2 AND 3",
        "SELECT * FROM (SELECT a.*, ROWNUM rn FROM (SELECT id FROM t ORDER BY id) a) WHERE rn > 1",
    ],
)
def test_an_alias_that_is_referred_to_stays(text):
    assert read_select_list(text).text == text


def test_joins_are_told_by_their_keyword_and_not_by_a_tables_name():
    assert names("SELECT * FROM custrecord_adjoin", ["id"]) == ["id"]


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
        ("CASE WHEN acctnumber = '1' THEN amount ELSE 0 END", Type.DECIMAL),
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
        ("amount * 2", Type.DECIMAL),
        ("SUM(debit) - SUM(credit)", Type.DECIMAL),
        ("-SUM(amount)", Type.DECIMAL),
        ("COUNT(*) + 1", Type.INTEGER),
        ("COUNT(*) / 2", Type.DECIMAL),
        ("id * 2", None),
        ("NVL(SUM(amount), 0)", Type.DECIMAL),
        ("NVL(COUNT(*), AVG(amount))", Type.DECIMAL),
        ("(acctnumber)", Type.TEXT),
        ("((acctnumber)) AS n", Type.TEXT),
        ("CAST(acctnumber AS VARCHAR2(20))", Type.TEXT),
        ("CAST(x AS NUMBER(10, 2)) AS n", Type.DECIMAL),
        ("(SELECT a.acctnumber FROM account a WHERE a.id = t.account) AS n", Type.TEXT),
        ("(SELECT MAX(amount) FROM u)", Type.DECIMAL),
        ("x + 1 AS acctnumber", Type.TEXT),
        ("trandate - duedate", None),
        ("MAX(trandate) OVER () - trandate", None),
        ("LAG(trandate) OVER (ORDER BY id) - trandate", None),
        ("LAG(trandate) OVER (ORDER BY id)", Type.DATE),
        ("FIRST_VALUE(acctnumber) IGNORE NULLS OVER (ORDER BY id)", Type.TEXT),
        ("MAX(amount) KEEP (DENSE_RANK FIRST ORDER BY id) OVER (PARTITION BY x)", Type.DECIMAL),
        ("CASE WHEN a = 1 THEN trandate END - CASE WHEN a = 2 THEN duedate END", None),
        ("CASE a WHEN 1 THEN CASE WHEN b = 1 THEN acctnumber END ELSE 0 END", Type.TEXT),
        ("EXTRACT(YEAR FROM trandate)", Type.INTEGER),
        ("NVL(" * 400 + "acctnumber" + ", 0)" * 400, None),
    ],
)
def test_the_text_tells_the_type_where_it_can(expression, wanted):
    assert types(f"SELECT {expression} FROM t a") == [wanted]


def test_text_stays_text_in_every_branch_of_a_set():
    assert types("SELECT NULL AS code FROM DUAL UNION ALL SELECT acctnumber FROM account") == [Type.TEXT]
    assert types("SELECT 0 AS n FROM DUAL UNION ALL (SELECT SUM(amount) FROM t)") == [Type.DECIMAL]


def test_text_stays_text_through_nested_aliases():
    nested = "SELECT y.m FROM (SELECT x.n AS m FROM (SELECT acctnumber AS n FROM account) x) y"
    assert types(nested) == [Type.TEXT]
    assert types("SELECT acctnumber, TO_NUMBER(id) AS acctnumber FROM account") == [Type.TEXT, Type.DECIMAL]
    assert types("SELECT acctnumber FROM (SELECT -x AS acctnumber FROM t)") == [Type.TEXT]


def test_text_stays_text_behind_an_alias_of_a_subquery():
    assert types("SELECT x.n, MAX(x.n) FROM (SELECT acctnumber AS n FROM account) x") == [Type.TEXT, Type.TEXT]
