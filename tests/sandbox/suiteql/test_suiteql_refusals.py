"""What SuiteQL does not accept, in NetSuite's sentences; and nobody gets past the allow-list."""

from __future__ import annotations

import pytest

from connector.sandbox.suiteql.refusal import SuiteQLRefused

LEAD = "Invalid search query. Detailed unprocessed description follows. "
UNSUPPORTED = f"{LEAD}Search error occurred: Invalid or unsupported search."


def test_unknown_identifier(refusal):
    assert refusal("SELECT subsidiary FROM transaction") == (
        f"{LEAD}Search error occurred: Unknown identifier 'subsidiary'. "
        "Available identifiers are: {transaction=transaction}."
    )
    assert refusal("SELECT x.id FROM transaction t, customer") == (
        f"{LEAD}Search error occurred: Unknown identifier 'x'. "
        "Available identifiers are: {t=transaction, customer=customer}."
    )


def test_unknown_field_of_a_known_record(refusal):
    assert refusal("SELECT t.class FROM transaction t") == (
        f"{LEAD}Search error occurred: Field 'class' for record 'transaction' was not found."
    )


def test_unknown_table(refusal):
    assert refusal("SELECT 1 FROM TransactionTableThatDoesNotExist") == (
        f"{LEAD}Invalid search type: transactiontablethatdoesnotexist."
    )


@pytest.mark.parametrize(
    "call",
    [
        "LEFT(tranid, 1)",
        "RIGHT(tranid, 1)",
        "SUBSTRING(tranid, 1, 1)",
        "CHARINDEX('a', tranid)",
        "LOCATE('a', tranid)",
        "POSITION('a' IN tranid)",
        "CEILING(total)",
        "LCASE(tranid)",
        "UCASE(tranid)",
        "CHAR_LENGTH(tranid)",
        "CONVERT(tranid, 'x')",
        "DATEDIFF(trandate, trandate)",
        "LISTAGG(tranid, ',') WITHIN GROUP (ORDER BY id)",
        "LISTAGG(tranid, ',')",
        "REPEAT(tranid, 2)",
        "BIT_LENGTH(tranid)",
        "IFNULL(tranid, 'x')",
        "ISNULL(tranid, 'x')",
        "IF(id = 1, 2, 3)",
        "STRPTIME('1', '%d')",
        "BUILTIN.CURRENCY(total)",
        "BUILTIN.CF(total + 1)",
        "BUILTIN.UNKNOWN(id)",
        "BUILTIN.HIERARCHY(id)",
        "DATE '2026-01-01'",
        "TIMESTAMP '2026-01-01 00:00:00'",
        "INTERVAL '1' DAY",
        "[tranid]",
        "tranid + 'x'",
        "id::text",
        "id = 1",
        "(1, 2)",
        '"tranid"',
        ":x",
        "@x",
        "{d '2026-01-01'}",
        "id.x.y.z",
        "TRY_CAST(id AS INT)",
        "XMLTABLE('x')",
        "JSON_VALUE(tranid, '$')",
        "id AT TIME ZONE 'UTC'",
        "COUNT(*) FILTER (WHERE id > 1)",
        "SUM(id, id)",
        "COUNT(DISTINCT id, total)",
        "SUM(SUM(id))",
        "ROW_NUMBER()",
        "MAX(id) KEEP (DENSE_RANK FIRST ORDER BY id)",
        "a -> b",
        "N'x'",
        "q'[x]'",
        "CASE WHEN 1 THEN 2 END",
        "NOT 1",
        "*, id",
        "EXISTS (SELECT 1 FROM DUAL)",
    ],
)
def test_expressions_that_are_refused(refusal, call):
    assert refusal(f"SELECT {call} FROM transaction") == UNSUPPORTED


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        ";",
        "-- nothing",
        "x",
        "SELECT",
        "SELECT 1",
        "SELECT FROM DUAL",
        "(((",
        "SELECT 'a FROM DUAL",
        "SELECT 1 FROM DUAL;",
        "SELECT 1 FROM DUAL; DROP TABLE transaction",
        "SELECT 1 FROM DUAL; SELECT 2 FROM DUAL",
        "INSERT INTO transaction VALUES (1)",
        "UPDATE transaction SET id = 1",
        "DELETE FROM transaction",
        "DROP TABLE transaction",
        "CREATE TABLE x AS SELECT 1 FROM DUAL",
        "PRAGMA database_list",
        "SET threads = 4",
        "ATTACH '/tmp/x.db'",
        "COPY transaction TO '/tmp/x.csv'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "CALL pragma_version()",
        "EXPLAIN SELECT 1 FROM DUAL",
        "DESCRIBE transaction",
        "SHOW TABLES",
        "VALUES (1)",
        "FROM transaction",
        "SELECT * FROM (FROM transaction)",
        "BEGIN NULL; END;",
        "SELECT id INTO x FROM transaction",
        "SELECT id FROM transaction FOR UPDATE",
        "WITH x AS (SELECT 1 a FROM DUAL) SELECT a FROM x",
        "SELECT * FROM (WITH x AS (SELECT 1 FROM DUAL) SELECT * FROM x)",
        "SELECT id FROM transaction START WITH id = 1 CONNECT BY id = 2",
        "SELECT id FROM transaction SAMPLE (10)",
        "SELECT id FROM transaction TABLESAMPLE (10)",
        "SELECT id FROM transaction QUALIFY ROW_NUMBER() OVER (ORDER BY id) = 1",
        "SELECT * FROM transaction PIVOT (SUM(total) FOR type IN ('a'))",
        "SELECT * FROM LATERAL (SELECT 1 FROM DUAL)",
        "SELECT * FROM TABLE(x)",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('*')",
        "SELECT * FROM range(10)",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM main.transaction",
        'SELECT * FROM "transaction"',
        'SELECT x."id" FROM transaction x',
        "SELECT id FROM transaction EXCEPT SELECT 1 FROM DUAL",
        'SELECT a FROM (SELECT id AS "a" FROM transaction)',
        "SELECT id FROM transaction INTERSECT ALL SELECT 1 FROM DUAL",
        "SELECT id, COUNT(*) FROM transaction",
        "SELECT id FROM transaction WHERE SUM(id) > 1",
        "SELECT id FROM transaction WHERE ROW_NUMBER() OVER (ORDER BY id) = 1",
        "SELECT c.id FROM customer c WHERE EXISTS (SELECT 1 FROM transaction t WHERE SUM(c.id) > t.id)",
        "SELECT (SELECT SUM(c.id) FROM transaction t) FROM customer c",
        "SELECT c.id FROM customer c GROUP BY c.id HAVING EXISTS (SELECT 1 FROM DUAL WHERE MAX(c.id) > 1)",
        "SELECT (SELECT MAX((SELECT c.id FROM DUAL)) FROM transaction t) FROM customer c",
        "SELECT MEDIAN(id) OVER (ORDER BY id) FROM transaction",
        "SELECT MEDIAN(id) OVER (ORDER BY id ROWS 1 PRECEDING) FROM transaction",
        "SELECT id FROM transaction WHERE id == 1",
        "SELECT id AS 'x' FROM transaction",
        'SELECT id AS "" FROM transaction',
        "SELECT id AS rownum FROM transaction",
        "SELECT id AS links FROM transaction",
        'SELECT id AS "Links" FROM transaction',
        "SELECT x FROM (SELECT (id) FROM transaction)",
        "SELECT CAST(tranid AS VARCHAR2(3 BYTE)) FROM transaction",
        "SELECT CURRENT_TIMESTAMP FROM DUAL",
        "SELECT SYS_EXTRACT_UTC(createddate) FROM transaction",
        "SELECT TO_TIMESTAMP('2026-01-01', 'YYYY-MM-DD') FROM DUAL",
        "SELECT TO_DATE('2026', 'YYYY\"') FROM DUAL",
        "SELECT UPPER(memo) AS memo FROM transaction ORDER BY LOWER(memo)",
        "SELECT id FROM transaction GROUP BY type",
        "SELECT DISTINCT type FROM transaction ORDER BY id",
        "SELECT id FROM transaction ORDER BY 2",
        "SELECT id FROM transaction ORDER BY 0",
        "SELECT id FROM transaction WHERE id",
        "SELECT id FROM transaction WHERE trandate = 1",
        "SELECT id FROM transaction WHERE id = 'abc'",
        "SELECT id FROM transaction WHERE (id, type) IN ((1, 'x'))",
        "SELECT id FROM transaction WHERE id = ANY (SELECT 1 FROM DUAL)",
        "SELECT id FROM transaction WHERE tranid ILIKE 'x'",
        "SELECT id FROM transaction WHERE tranid SIMILAR TO 'x'",
        "SELECT /*+ FULL(t) */ id FROM transaction t",
        "SELECT $1 FROM DUAL",
        "SELECT ora_shown('customer.email', '10') FROM DUAL",
        "SELECT id AS x FROM transaction WHERE x = 1",
        "SELECT id AS x FROM transaction UNION SELECT id FROM customer ORDER BY x + 1",
        "SELECT ïd̈ FROM transaction WHERE",
        "SELECT 1 \x00 FROM DUAL",
        "SELECT '\ud800' FROM DUAL",
    ],
)
def test_statements_that_are_refused(engine, query):
    with pytest.raises(SuiteQLRefused) as refused:
        engine.page(query, [], limit=10, offset=0)
    assert refused.value.detail.startswith(LEAD)
    for word in ("DuckDB", "Binder", "Catalog", "Parser", "LINE", "ora_", "Error:"):
        assert word not in refused.value.detail


def test_system_tables_are_no_search_types(refusal):
    for name in ("sqlite_master", "pg_tables", "duckdb_tables", "incoming"):
        assert refusal(f"SELECT * FROM {name}") == f"{LEAD}Invalid search type: {name}."


def test_comments_are_only_comments(rows):
    assert rows("SELECT 1 AS a -- ; DROP TABLE x\n FROM DUAL /* LIMIT 5 */") == [{"a": "1"}]


@pytest.mark.parametrize(
    "attack", ["1' OR '1'='1", "'; DROP TABLE customer; --", "$t0", "Acme\\' OR 1=1", "?", "%", "\n--"]
)
def test_a_parameter_is_never_sql(rows, attack):
    assert rows("SELECT id FROM customer WHERE entityid = ?", attack) == []
    assert rows("SELECT ? AS a FROM DUAL", attack) == [{"a": attack}]
    assert len(rows("SELECT id FROM customer")) == 3


def test_every_placeholder_needs_its_parameter(refusal):
    assert refusal("SELECT id FROM customer WHERE id = ?") == UNSUPPORTED
    assert refusal("SELECT id FROM customer WHERE id = ?", 1, 2) == UNSUPPORTED
    assert refusal("SELECT id FROM customer", 1) == UNSUPPORTED
    assert refusal("SELECT '?' FROM DUAL", 1) == UNSUPPORTED


@pytest.mark.parametrize(
    "value",
    [
        True,
        [1],
        {"a": 1},
        float("nan"),
        float("inf"),
        "a\x00b",
        1e126,
        10**126,
        pytest.param(10**5000, id="5001 digits"),
        -1e200,
    ],
)
def test_parameters_are_texts_and_numbers(refusal, value):
    assert refusal("SELECT ? FROM DUAL", value) == UNSUPPORTED


def test_in_takes_a_thousand_values_and_no_more(rows, refusal):
    listed = ", ".join(map(str, range(1000)))
    assert len(rows(f"SELECT id FROM transaction WHERE id IN ({listed})")) == 4
    assert refusal(f"SELECT id FROM transaction WHERE id IN ({listed}, 1000)") == UNSUPPORTED
    marks = ", ".join("?" * 1000)
    both = f"SELECT id FROM transaction WHERE id IN ({marks}) OR id IN ({marks})"
    assert len(rows(both, *map(str, range(2000)))) == 4


@pytest.mark.parametrize(
    "query",
    [
        "SELECT " + "(" * 5000 + "1" + ")" * 5000 + " FROM DUAL",
        "SELECT * FROM " + "(SELECT * FROM " * 500 + "DUAL" + ")" * 500,
        "SELECT 1 FROM DUAL WHERE " + "NOT " * 5000 + "1 = 1",
        "SELECT " + "-" * 1 + " -".join(["1"] * 5000) + " FROM DUAL",
        "SELECT " + "CASE WHEN 1 = 1 THEN " * 500 + "1" + " END" * 500 + " FROM DUAL",
        "SELECT 1 FROM DUAL" + " UNION ALL SELECT 1 FROM DUAL" * 5000,
        "SELECT '" + "x" * 1_000_000 + "' FROM DUAL",
        "SELECT NVL(" * 30 + "1" + ",1)" * 30 + " FROM DUAL",
    ],
    ids=["parentheses", "subselects", "not", "minus", "case", "union", "a megabyte", "no syntax"],
)
def test_what_is_too_deep_or_too_long_is_refused(refusal, query):
    assert refusal(query) == UNSUPPORTED


def test_what_is_long_but_flat_runs(rows):
    conditions = " OR ".join(f"id = {i}" for i in range(1, 400))
    assert len(rows(f"SELECT id FROM transaction WHERE {conditions}")) == 4
    assert rows("SELECT " + " || ".join(["'x'"] * 200) + " AS a FROM DUAL") == [{"a": "x" * 200}]
    assert rows("SELECT " + "(" * 20 + "1" + ")" * 20 + " AS a FROM DUAL") == [{"a": "1"}]
