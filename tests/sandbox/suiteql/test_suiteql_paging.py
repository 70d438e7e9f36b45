"""Pages: the first one comes without the others, and all of them together are the whole answer."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from suiteql_account import NOW, dataset_of, table

from connector.sandbox.suiteql.answers import FIRST_ROWS, MOST_ROWS
from connector.sandbox.suiteql.engine import Engine
from connector.sandbox.suiteql.refusal import SuiteQLRefused
from connector.sandbox.table import Column, Kind, Table

ROWS = 3_456
# Kinds and places repeat, so that much is equal in every order.
LINES = dataset_of(
    table(
        "line",
        [("id", Kind.ID), ("kind", Kind.TEXT), ("place", Kind.ID, "place.name"), ("amount", Kind.MONEY)],
        [(i * 7919 % ROWS, "xyz"[i % 3], i % 5 or None, i % 11) for i in range(ROWS)],
    ),
    table("place", [("id", Kind.ID), ("name", Kind.TEXT)], [(i, f"Place {i}") for i in range(1, 5)]),
)
LONG = dataset_of(Table("long", [Column("id", Kind.ID)], pa.table({"id": pa.array(range(MOST_ROWS + 2_000))})))


@pytest.fixture(scope="module")
def lines() -> Iterator[Engine]:
    with closing(Engine(LINES, common_table_expressions=True)) as engine:
        yield engine


@pytest.fixture(scope="module")
def long() -> Iterator[Engine]:
    with closing(Engine(LONG)) as engine:
        yield engine


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM line",
        "SELECT * FROM line ORDER BY kind",
        "SELECT kind, id, amount/3 t FROM line ORDER BY amount/3 DESC, kind",
        "SELECT id, amount/3 t FROM line ORDER BY t",
        "(SELECT id FROM line ORDER BY place)",
        "SELECT id FROM line WHERE kind <> 'x' ORDER BY amount DESC",
        "SELECT l.id, p.name FROM line l JOIN place p ON p.id = l.place",
        "SELECT l.id, p.name FROM line l, place p WHERE p.id(+) = l.place ORDER BY p.name",
        "SELECT p.name, l.id FROM place p LEFT JOIN line l ON l.place = p.id ORDER BY p.id",
        "SELECT a.id, b.id other FROM line a FULL JOIN line b ON a.id = b.id + 1000",
        "SELECT a.id, b.id other FROM line a FULL JOIN line b ON a.id = b.id + 1000 ORDER BY a.kind",
        "SELECT id, BUILTIN.DF(place) p FROM line ORDER BY BUILTIN.DF(place)",
        "SELECT id, ROWNUM r FROM line WHERE ROWNUM <= 2500 ORDER BY kind",
        "SELECT id FROM line ORDER BY kind OFFSET 500 ROWS FETCH NEXT 2100 ROWS ONLY",
        "SELECT TOP 1500 id FROM line ORDER BY kind",
        "SELECT id FROM (SELECT id, amount FROM line ORDER BY kind) WHERE amount < 9",
        "SELECT id FROM line UNION ALL SELECT id FROM place ORDER BY id",
        "SELECT id, kind FROM line UNION SELECT id, name FROM place",
        "SELECT id, kind FROM line MINUS SELECT id, name FROM place",
        "SELECT DISTINCT id, kind FROM line ORDER BY kind",
        "SELECT id, COUNT(*) n FROM line GROUP BY id ORDER BY n",
        "SELECT id, RANK() OVER (ORDER BY kind) r FROM line",
        "SELECT id FROM line WHERE id IN (SELECT DISTINCT id FROM line WHERE kind = 'y') OR amount > 2 ORDER BY kind",
        "WITH some AS (SELECT id, kind FROM line WHERE amount > 2) SELECT id FROM some ORDER BY kind",
        "SELECT id, COUNT(*) OVER () n, MAX(id) OVER (PARTITION BY kind) m FROM line ORDER BY kind",
    ],
)
def test_the_pages_together_are_the_whole_answer(lines, query):
    paged, offset, total = [], 0, 1
    while offset < total:
        page = lines.page(query, [], limit=500, offset=offset)
        total = total if offset else page.total
        assert page.total == total
        paged += page.items
        offset += 500
    with closing(Engine(LINES, common_table_expressions=True)) as other:
        whole = other.page(query, [], limit=10_000, offset=0)
    assert (paged, total) == (whole.items, whole.total)
    assert total == len(paged) > FIRST_ROWS


def test_a_parameter_is_bound_in_what_counts_as_well(lines):
    query = "SELECT id, ? AS given FROM line WHERE kind = ? AND amount >= ? ORDER BY NVL(place, ?)"
    page = lines.page(query, ["é", "x", 1, 9], limit=100, offset=0)
    assert (page.items[0]["given"], page.total) == ("é", sum(1 for i in range(ROWS) if i % 3 == 0 and i % 11 >= 1))


@pytest.mark.parametrize(
    "query", ["SELECT id FROM long", "SELECT id FROM long ORDER BY id", "SELECT DISTINCT id FROM long"]
)
def test_the_total_is_of_all_rows_and_no_page_is_of_those_out_of_reach(long, query):
    first, last, behind = (long.page(query, [], limit=1000, offset=at) for at in (0, MOST_ROWS - 1000, MOST_ROWS))
    assert {page.total for page in (first, last, behind)} == {MOST_ROWS + 2_000}
    assert [len(page.items) for page in (first, last, behind)] == [1000, 1000, 0]


def test_a_first_page_does_not_hold_the_rest_and_a_later_one_what_can_be_reached(long):
    query = "SELECT id FROM long ORDER BY id DESC"

    def held() -> int:
        return next(kept.rows.num_rows for key, kept in long._answers._kept.items() if key[0] == query)

    long.page(query, [], limit=100, offset=0)
    assert held() == FIRST_ROWS
    long.page(query, [], limit=100, offset=900)
    assert held() == FIRST_ROWS
    long.page(query, [], limit=100, offset=1000)
    assert held() == MOST_ROWS


def test_a_first_page_is_there_though_a_later_row_fails():
    rows = [(i, str(i) if i < 2_000 else "x") for i in range(3_000)]
    data = dataset_of(table("many", [("id", Kind.ID), ("spelled", Kind.TEXT)], rows))
    query = "SELECT TO_NUMBER(spelled) n FROM many"
    with closing(Engine(data)) as engine:
        for _ in range(2):
            page = engine.page(query, [], limit=1000, offset=0)
            assert (page.items[999], page.total) == ({"n": "999"}, 3_000)
            with pytest.raises(SuiteQLRefused):
                engine.page(query, [], limit=1000, offset=1000)


def test_an_offset_behind_the_end_gives_no_rows(lines):
    assert lines.page("SELECT id FROM place", [], limit=1000, offset=5_000).items == []
    assert lines.page("SELECT id FROM place", [], limit=1000, offset=5_000).total == 4


def test_later_pages_have_the_time_of_their_first_page():
    ticks = iter(range(100))

    def clock() -> datetime:
        return NOW + timedelta(seconds=next(ticks))

    query = "SELECT id, TO_CHAR(SYSDATE, 'SS') s FROM line"
    with closing(Engine(LINES, clock=clock)) as engine:
        for second in ("06", "07"):
            pages = [engine.page(query, [], limit=1000, offset=offset) for offset in (0, 1000, 3000, 2000)]
            assert {item["s"] for page in pages for item in page.items} == {second}


@pytest.mark.parametrize("cut", ["WHERE ROWNUM <= 1200", "FETCH FIRST 1200 ROWS ONLY"])
@pytest.mark.parametrize("opening", ["SELECT * FROM ({})", "WITH cut AS ({}) SELECT * FROM cut"], ids=["plain", "with"])
def test_the_rows_that_a_cut_join_lets_through_are_counted_as_they_are_read(lines, cut, opening):
    """DuckDB may join the other way round where fewer columns are read, and then lets other rows through."""
    inner = f"SELECT a.id, a.kind, b.id other, b.place p FROM line a JOIN line b ON a.amount = b.amount {cut}"
    query = f"{opening.format(inner)} WHERE p = 1 OR kind = 'x'"
    first = lines.page(query, [], limit=1000, offset=0)
    rows, total = list(first.items), first.total
    while len(rows) < total:
        page = lines.page(query, [], limit=1000, offset=len(rows))
        assert page.items
        assert page.total == total
        rows += page.items
    assert len(rows) == total <= 1200


def test_so_many_answers_are_kept_and_no_more(lines):
    for number in range(200):
        lines.page(f"SELECT id FROM line WHERE id = {number} AND kind = 'none'", [], limit=10, offset=0)
    kept = lines._answers
    assert 0 < len(kept._kept) <= 64
    assert kept._size > 0


def test_who_waited_for_a_query_that_is_refused_is_refused_with_it():
    """One run for all of them, not one after the other."""
    runs = []

    def slow() -> datetime:
        runs.append(1)
        return NOW

    query = "SELECT COUNT(*) AS n FROM long a, long b, long c WHERE a.id + b.id + c.id < SYSDATE - SYSDATE"
    with closing(Engine(LONG, timeout=1.0, clock=slow)) as engine, ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(engine.page, query, [], limit=10, offset=0) for _ in range(4)]
        refused = [one.exception() for one in asked]
    assert all(isinstance(error, SuiteQLRefused) for error in refused)
    assert len(runs) < len(asked)
