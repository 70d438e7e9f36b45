"""Rows come and go while others read: each page is of a state that existed, and of the newest one when it was asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

import pyarrow as pa
import pytest
from suiteql_account import ACCOUNT, dataset_of, table

from connector.sandbox.suiteql.engine import Engine
from connector.sandbox.suiteql.refusal import SuiteQLRefused
from connector.sandbox.table import Change, Kind

ITEMS = [("id", Kind.ID), ("state", Kind.INTEGER), ("name", Kind.TEXT)]
NEW = {
    "id": 7, "tranid": "NEW7", "type": "CustInvc", "trandate": date(2026, 2, 2), "total": Decimal("1.50"), "entity": 12,
    "status": "B", "posting": "", "createddate": datetime(2026, 2, 2, 1, 2, 3, 999_999),  # noqa: DTZ001 - the account's
    "memo": "", "exchangerate": None,
}  # fmt: skip


@pytest.fixture
def engine() -> Iterator[Engine]:
    with closing(Engine(ACCOUNT)) as engine:
        yield engine


def added(*rows: dict[str, object]) -> dict[str, pa.Table]:
    return {"transaction": pa.Table.from_pylist(list(rows), schema=ACCOUNT.tables["transaction"].rows.schema)}


def ids(engine: Engine) -> list[str]:
    return [item["id"] for item in engine.page("SELECT id FROM transaction ORDER BY id", [], limit=9, offset=0).items]


def items_of(state: int, size: int) -> pa.Table:
    """A whole table of one state."""
    return table("item", ITEMS, [(1_000 * state + i, state, f"{state}") for i in range(size)]).rows


def test_rows_are_removed_by_the_values_of_a_column_and_then_added(engine):
    assert ids(engine) == ["1", "2", "3", "4"]
    engine.apply(Change({"transaction": ("id", [2, 3, 7])}, added(NEW)))
    assert ids(engine) == ["1", "4", "7"]
    engine.apply(Change({"transaction": ("entity", [10, 12])}, {}))
    assert ids(engine) == ["4"]


def test_a_row_may_be_replaced(engine):
    engine.apply(Change({"transaction": ("id", [4])}, added({**NEW, "id": 4})))
    found = engine.page("SELECT tranid FROM transaction WHERE id = 4", [], limit=9, offset=0)
    assert (found.items, found.total) == ([{"tranid": "NEW7"}], 1)


def test_added_rows_are_stored_as_all_others(engine):
    engine.apply(Change({}, added(NEW)))
    query = """SELECT NVL(posting, 'null') p, NVL(memo, 'null') m, TO_CHAR(createddate, 'HH24:MI:SS') c, BUILTIN.DF(entity) e
               FROM transaction WHERE id = 7 AND createddate = TO_DATE('2026-02-02 01:02:03', 'YYYY-MM-DD HH24:MI:SS')"""
    assert engine.page(query, [], limit=9, offset=0).items == [{"p": "null", "m": "null", "c": "01:02:03", "e": "Zed"}]


def test_texts_may_come_as_a_dictionary_and_columns_in_any_order(engine):
    rows = added(NEW)["transaction"]
    rows = rows.set_column(1, "tranid", rows.column("tranid").dictionary_encode()).select(rows.column_names[::-1])
    engine.apply(Change({}, {"transaction": rows}))
    assert engine.page("SELECT tranid FROM transaction WHERE id = 7", [], limit=9, offset=0).items == [
        {"tranid": "NEW7"}
    ]


@pytest.mark.parametrize(
    "change",
    [
        Change({"nothing": ("id", [1])}, {}),
        Change({"transaction": ("nothing", [1])}, {}),
        Change({"transaction": ("id", [1])}, {"nothing": pa.table({"id": [1]})}),
        Change({"transaction": ("id", [1])}, {"transaction": pa.table({"id": [1]})}),
    ],
)
def test_what_does_not_fit_the_tables_changes_nothing(engine, change):
    with pytest.raises(ValueError, match=r"no table|no column|other columns"):
        engine.apply(change)
    assert ids(engine) == ["1", "2", "3", "4"]


def test_a_change_that_fails_halfway_changes_nothing(engine):
    rows = added(NEW)["transaction"]
    wrong = rows.set_column(0, "id", pa.array(["seven"]))
    with pytest.raises(SuiteQLRefused):
        engine.apply(Change({"transaction": ("id", [1]), "customer": ("id", [10])}, {"transaction": wrong}))
    assert ids(engine) == ["1", "2", "3", "4"]
    assert engine.page("SELECT COUNT(*) n FROM customer", [], limit=9, offset=0).items == [{"n": "3"}]
    engine.apply(Change({"transaction": ("id", [1])}, {}))
    assert ids(engine) == ["2", "3", "4"]


@pytest.mark.parametrize("query", ["SELECT id FROM item ORDER BY id", "SELECT DISTINCT id FROM item ORDER BY id"])
def test_the_next_page_is_of_the_new_state(query):
    data = dataset_of(table("item", ITEMS, [(1_000 + i, 1, "1") for i in range(3_500)]))
    with closing(Engine(data)) as engine:
        assert [engine.page(query, [], limit=1000, offset=at).total for at in (0, 1000)] == [3_500, 3_500]
        engine.apply(Change({"item": ("id", range(1_000, 2_001))}, {}))
        third = engine.page(query, [], limit=1000, offset=2000)
        assert (third.total, third.items[0], len(third.items)) == (2_499, {"id": "4001"}, 499)
        behind = engine.page(query, [], limit=1000, offset=3000)
        assert (behind.total, behind.items) == (2_499, [])


def test_pages_of_one_time_go_on_over_a_change():
    ticks = iter(range(100))
    data = dataset_of(table("item", ITEMS, [(i, 1, "x") for i in range(2_500)]))
    with closing(Engine(data, clock=lambda: datetime(2026, 1, 1, 0, 0, next(ticks)))) as engine:  # noqa: DTZ001
        query = "SELECT id, TO_CHAR(SYSDATE, 'SS') s FROM item ORDER BY id"
        first = engine.page(query, [], limit=1000, offset=0)
        engine.apply(Change({"item": ("id", range(100))}, {}))
        second = engine.page(query, [], limit=1000, offset=1000)
        assert {item["s"] for item in (*first.items, *second.items)} == {"00"}
        assert (second.items[0]["id"], second.total) == ("1100", 2_400)


def test_many_read_while_one_changes_and_each_page_is_of_one_state():
    states, done = 40, threading.Event()
    data = dataset_of(
        table("item", ITEMS, [(i, 0, "0") for i in range(1_500)]), table("twin", ITEMS, [(i, 0, "0") for i in range(3)])
    )

    def size(state: int) -> int:
        return 1_500 + state * 7

    def write(engine: Engine) -> None:
        try:
            for state in range(1, states + 1):
                gone = {name: ("state", [state - 1]) for name in ("item", "twin")}
                engine.apply(Change(gone, {"item": items_of(state, size(state)), "twin": items_of(state, 3)}))
        finally:
            done.set()

    def read(engine: Engine, query: str, limit: int) -> list[int]:
        seen, offset, is_last = [], 0, False
        while not is_last:
            is_last = done.is_set()
            page = engine.page(query, [], limit=limit, offset=offset)
            state = (page.total - 1_500) // 7
            assert page.total == size(state)
            assert len(page.items) == min(limit, page.total - offset)
            assert {(item["state"], item["twin"], item["name"]) for item in page.items} == {(f"{state}",) * 3}
            seen.append(state)
            offset = 0 if offset else limit
        return seen

    plain = "SELECT i.id, i.state, i.name, t.state twin FROM item i JOIN twin t ON MOD(t.id, 1000) = 1 ORDER BY i.id"
    grouped = "SELECT i.id, MIN(i.state) state, MIN(i.name) name, MIN(t.state) twin FROM item i, twin t GROUP BY i.id"
    with closing(Engine(data)) as engine, ThreadPoolExecutor(6) as pool:
        readers = [
            pool.submit(read, engine, *one) for one in ((plain, 1000), (plain, 1000), (plain, 100), (grouped, 700))
        ]
        pool.submit(write, engine).result()
        for reader in readers:
            seen = reader.result()
            assert all(before <= after for before, after in pairwise(seen))
            assert seen[-1] == states
        assert engine.page("SELECT COUNT(*) n FROM item", [], limit=1, offset=0).items == [{"n": str(size(states))}]


def test_several_may_change_at_once_and_nothing_is_lost():
    with closing(Engine(dataset_of(table("item", ITEMS, [])))) as engine, ThreadPoolExecutor(4) as pool:
        changes = [Change({}, {"item": items_of(state, 10)}) for state in range(20)]
        list(pool.map(engine.apply, changes))
        answer = engine.page("SELECT COUNT(*) n, COUNT(DISTINCT id) d FROM item", [], limit=1, offset=0)
        assert answer.items == [{"n": "200", "d": "200"}]


def test_an_account_that_is_closed_meanwhile_refuses_what_is_left():
    engine, begun = (
        Engine(dataset_of(table("item", ITEMS, [(i, 0, "0") for i in range(2_500)]))),
        threading.Semaphore(0),
    )

    def until_refused(act) -> str:
        while True:
            try:
                act()
            except SuiteQLRefused as refused:
                return refused.reason
            finally:
                begun.release()

    with ThreadPoolExecutor(3) as pool:
        acts = [
            lambda: engine.apply(Change({"item": ("id", [5])}, {"item": items_of(0, 1)})),
            lambda: engine.page("SELECT id, SYSDATE s FROM item ORDER BY name", [], limit=1000, offset=0),
            lambda: engine.page("SELECT id, SYSDATE s FROM item", [], limit=2000, offset=0),
        ]
        refusals = [pool.submit(until_refused, act) for act in acts]
        for _ in range(9):
            begun.acquire()
        engine.close()
        assert {refusal.result() for refusal in refusals} == {"the account is closed"}
