"""What the real engine refuses, what it breaks down on, and what the log says of either."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest
from wire_client import WireClient

from connector.sandbox.table import Column, Dataset, Kind, Table

UNSUPPORTED = (
    "Invalid search query. Detailed unprocessed description follows. "
    "Search error occurred: Invalid or unsupported search."
)
ROWS = 20_000


@pytest.fixture
def sandbox(start):
    """Its last `code` is no number, and `ghost` shows a table that is not there: a mistake of the sandbox's own."""
    ids = list(range(1, ROWS + 1))
    columns = [Column("id", Kind.ID), Column("code", Kind.TEXT), Column("ghost", Kind.ID, "nosuchtable.name")]
    rows = pa.table({"id": ids, "code": [*map(str, ids[:-1]), "x"], "ghost": ids})
    return start(data=Dataset({"thing": Table("thing", columns, rows)}, {}))


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT SUM(TO_NUMBER(code)) AS n FROM thing", "invalid number"),
        ("SELECT 1 / (id - 1) AS n FROM thing", "divisor is equal to zero"),
        ("SELECT (SELECT b.id FROM thing b) AS n FROM thing a", "More than one row"),
        ("SELECT id, COUNT(*) AS n FROM thing", "GROUP BY"),
        ("SELECT SUM(9999999999999999999999999999999999999 * id) AS n FROM thing", "Out of Range"),
        ("SELECT REGEXP_SUBSTR(code, '(') AS n FROM thing", ""),
        ("SELECT LISTAGG(code, ',') AS n FROM thing", "LISTAGG"),
    ],
)
def test_a_query_is_refused_and_the_log_says_why(sandbox, caplog, query, reason):
    caplog.set_level(logging.INFO, "connector.sandbox")
    reply = sandbox.client.ask(query)
    assert (reply.status, reply.json()["o:errorDetails"][0]["detail"]) == (400, UNSUPPORTED)
    (told,) = [record.getMessage() for record in caplog.records if record.getMessage().startswith("refused")]
    assert reason in told
    assert "\n" not in told


@pytest.mark.parametrize("query", ["SELECT TO_NUMBER(code) AS n FROM thing", "SELECT 1 / (id - 20000) AS n FROM thing"])
def test_a_row_that_cannot_be_computed_refuses_its_page(sandbox, query):
    last = sandbox.client.ask(query, page=f"?limit=1000&offset={ROWS - 1000}")
    assert (last.status, last.json()["o:errorDetails"][0]["detail"]) == (400, UNSUPPORTED)


def test_a_mistake_in_a_routine_is_no_refusal(sandbox, caplog):
    for query in ("SELECT BUILTIN.DF(ghost) AS n FROM thing", "SELECT MAX(BUILTIN.DF(ghost)) AS n FROM thing"):
        caplog.clear()
        reply = sandbox.client.ask(query)
        (detail,) = reply.json()["o:errorDetails"]
        assert (reply.status, detail["o:errorCode"]) == (500, "UNEXPECTED_ERROR")
        assert detail["detail"].rpartition(" ")[2] in caplog.text
        assert "KeyError: 'nosuchtable'" in caplog.text
    assert sandbox.client.ask("SELECT COUNT(*) AS n FROM thing").json()["items"] == [{"links": [], "n": str(ROWS)}]


def test_queries_at_once_are_each_blamed_for_their_own(start, sandbox):
    sandbox.account.gate.limit = 20
    asked = [
        "SELECT BUILTIN.DF(ghost) AS n FROM thing",
        "SELECT SUM(TO_NUMBER(code)) AS n FROM thing",
        "SELECT id FROM thing",
    ]

    def ask(place: int) -> int:
        with WireClient(sandbox.running, sandbox.clock) as client:
            return client.ask(asked[place % 3] + f" WHERE id > {place // 3 - 1}").status

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ask, range(18))) == [500, 400, 200] * 6


def test_no_word_of_the_database_leaves_the_sandbox(sandbox):
    for query in ("SELECT BUILTIN.DF(ghost) AS n FROM thing", "SELECT id, COUNT(*) AS n FROM thing"):
        told = json.dumps(sandbox.client.ask(query).json())
        assert not [word for word in ("DuckDB", "Binder", "KeyError", "nosuchtable", "UDF") if word in told]
