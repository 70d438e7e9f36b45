"""WITH, where the account takes it: what each name means, and that it means nothing outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from suiteql_account import ACCOUNT, NOW

from connector.sandbox.suiteql.engine import Engine
from connector.sandbox.suiteql.refusal import SuiteQLRefused

LEAD = "Invalid search query. Detailed unprocessed description follows. "
UNSUPPORTED = f"{LEAD}Search error occurred: Invalid or unsupported search."
OPEN = "o AS (SELECT id, tranid, total FROM transaction WHERE status = 'A')"


@pytest.fixture(scope="module")
def with_engine() -> Iterator[Engine]:
    engine = Engine(ACCOUNT, clock=lambda: NOW, common_table_expressions=True)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def ask(with_engine: Engine) -> Callable[..., list[dict[str, str]]]:
    return lambda q, *params: with_engine.page(q, params, limit=1000, offset=0).items


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        (f"WITH {OPEN} SELECT id FROM o ORDER BY id", ["1", "3"]),
        (f"WITH {OPEN} SELECT x.id AS id FROM o x WHERE x.total > 0", ["1"]),
        (f"WITH {OPEN}, p AS (SELECT id FROM o WHERE total < 0) SELECT id FROM p", ["3"]),
        (f"WITH {OPEN} SELECT a.id AS id FROM o a JOIN o b ON b.id = a.id + 2", ["1"]),
        (f"WITH {OPEN} SELECT id FROM o UNION ALL SELECT id FROM o ORDER BY id", ["1", "1", "3", "3"]),
        (f"WITH {OPEN} SELECT id FROM customer WHERE id - 9 IN (SELECT id FROM o)", ["10", "12"]),
        (f"WITH {OPEN} SELECT c.id AS id FROM customer c WHERE EXISTS (SELECT 1 FROM o WHERE o.id = c.id - 9)", ["10", "12"]),
        (f"WITH {OPEN} SELECT (SELECT MAX(id) FROM o) AS id FROM DUAL", ["3"]),
        (f"WITH {OPEN} SELECT id FROM (SELECT id FROM o ORDER BY id DESC) WHERE ROWNUM = 1", ["3"]),
        ("WITH x(a, b) AS (SELECT id, total FROM transaction) SELECT a AS id FROM x WHERE b < 0", ["3"]),
        ("WITH x(id) AS (SELECT COUNT(*) FROM transaction) SELECT id FROM x", ["4"]),
        ("WITH x AS (SELECT 1 id FROM DUAL UNION SELECT 2 FROM DUAL) SELECT id FROM x ORDER BY id", ["1", "2"]),
        ("WITH x AS (SELECT 1 id FROM DUAL) (SELECT id FROM x)", ["1"]),
        ("SELECT id FROM (WITH x AS (SELECT 7 id FROM DUAL) SELECT id FROM x) y", ["7"]),
        ("WITH x AS (WITH y AS (SELECT 8 id FROM DUAL) SELECT id FROM y) SELECT id FROM x", ["8"]),
        ("WITH unused AS (SELECT id FROM customer), x AS (SELECT 9 id FROM DUAL) SELECT id FROM x", ["9"]),
    ],
)  # fmt: skip
def test_a_name_stands_for_its_query(ask, query, answer):
    assert [row["id"] for row in ask(query)] == answer


def test_a_name_hides_the_table_of_that_name(ask):
    assert ask("WITH customer AS (SELECT id FROM transaction WHERE id < 3) SELECT COUNT(*) AS n FROM customer") == [
        {"n": "2"}
    ]
    inner = (
        "SELECT COUNT(*) AS n FROM (WITH customer AS (SELECT 1 AS id FROM DUAL) SELECT id FROM customer) a, customer b"
    )
    assert ask(inner) == [{"n": "3"}]


def test_a_name_within_hides_the_one_around(ask):
    within = "WITH x AS (SELECT 2 id FROM DUAL) SELECT id FROM x"
    query = f"WITH x AS (SELECT 1 id FROM DUAL) SELECT a.id AS a, b.id AS b FROM x a, ({within}) b"
    assert ask(query) == [{"a": "1", "b": "2"}]


def test_columns_stay_what_they_were(ask):
    second = "WITH x AS (SELECT entity, trandate, total FROM transaction WHERE id = 2)"
    assert ask(f"{second} SELECT BUILTIN.DF(entity) AS e, trandate, total FROM x") == [
        {"e": "Bolt", "trandate": "1/31/2026", "total": "24020864.83"}
    ]
    assert ask("WITH x AS (SELECT id FROM customer WHERE id > ?) SELECT COUNT(*) AS n FROM x WHERE id < ?", 10, 12) == [
        {"n": "1"}
    ]


@pytest.mark.parametrize(
    "query",
    [
        "WITH x AS (SELECT id FROM x) SELECT id FROM x",
        "WITH customer AS (SELECT id FROM customer) SELECT id FROM customer",
        "WITH x(n) AS (SELECT 1 FROM DUAL UNION ALL SELECT n + 1 FROM x WHERE n < 3) SELECT n FROM x",
        "WITH RECURSIVE x AS (SELECT 1 id FROM DUAL) SELECT id FROM x",
        "WITH x AS (SELECT 1 id FROM DUAL), x AS (SELECT 2 id FROM DUAL) SELECT id FROM x",
        "WITH x(a, b) AS (SELECT 1 FROM DUAL) SELECT a FROM x",
        "WITH x AS MATERIALIZED (SELECT 1 id FROM DUAL) SELECT id FROM x",
        'WITH "x" AS (SELECT 1 id FROM DUAL) SELECT id FROM x',
        "WITH x AS (SELECT 1 id FROM DUAL) FROM x",
        "WITH x AS (SELECT 1 id FROM DUAL)",
        "WITH x AS (DELETE FROM customer) SELECT 1 FROM DUAL",
        "WITH x AS (SELECT 1 id FROM DUAL) DELETE FROM customer",
        "WITH x AS (SELECT 1 id FROM DUAL) INSERT INTO customer SELECT id FROM x",
        "WITH x AS (SELECT id FROM transaction ORDER BY id FETCH FIRST 1 ROWS WITH TIES) SELECT id FROM x",
        "SELECT type, COUNT(*) FROM transaction GROUP BY type WITH ROLLUP",
        "WITH x AS (SELECT LISTAGG(id, ',') id FROM customer) SELECT 1 FROM DUAL",
        "WITH x AS (SELECT 1 id FROM DUAL) SELECT id, id FROM x, x",
    ],
)  # fmt: skip
def test_what_is_refused(with_engine, query):
    with pytest.raises(SuiteQLRefused) as refused:
        with_engine.page(query, [], limit=10, offset=0)
    assert refused.value.detail == UNSUPPORTED


@pytest.mark.parametrize(
    "query",
    [
        "SELECT a.id FROM (WITH x AS (SELECT 1 id FROM DUAL) SELECT id FROM x) a, x",
        "SELECT 1 FROM x WHERE 1 IN (WITH x AS (SELECT 1 id FROM DUAL) SELECT id FROM x)",
        "WITH y AS (SELECT id FROM x), x AS (SELECT 1 id FROM DUAL) SELECT id FROM y",
        "WITH y AS (WITH x AS (SELECT 1 id FROM DUAL) SELECT id FROM x) SELECT id FROM x",
    ],
)
def test_a_name_means_nothing_outside_of_its_query(with_engine, query):
    with pytest.raises(SuiteQLRefused) as refused:
        with_engine.page(query, [], limit=10, offset=0)
    assert refused.value.detail == f"{LEAD}Invalid search type: x."


def test_a_name_does_not_see_the_rows_around_it(with_engine):
    query = "SELECT (WITH x AS (SELECT c.id AS i FROM DUAL) SELECT i FROM x) FROM customer c"
    with pytest.raises(SuiteQLRefused) as refused:
        with_engine.page(query, [], limit=10, offset=0)
    assert "Unknown identifier 'c'" in refused.value.detail


def test_names_of_one_query_are_not_there_in_the_next(with_engine, ask):
    ask(f"WITH {OPEN} SELECT id FROM o")
    with pytest.raises(SuiteQLRefused) as refused:
        with_engine.page("SELECT id FROM o", [], limit=10, offset=0)
    assert refused.value.detail == f"{LEAD}Invalid search type: o."
