"""Rows that are entered, changed and deleted while they are read: the frame is the table at the end, or says why not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import httpx2
import pytest

from connector.core.paged_query import page_query
from connector.core.select_list import read_select_list
from connector.egress import Egress, Origin, Reply
from connector.errors import UnreadableError
from connector.netsuite.account import AccountId
from connector.netsuite.session import Session
from connector.netsuite.suiteql import Answer, SuiteQL
from connector.netsuite.tba import TbaAuth, TokenCredentials
from connector.sandbox.server import running
from connector.sandbox.serving import RunningSandbox

LINES = (
    "SELECT tl.transaction, tl.id, tl.memo, t.memo AS about FROM transactionline tl "
    "JOIN transaction t ON t.id = tl.transaction"
)
SOFTWARE, MARKETING = 205, 206


class Office:
    """Somebody who enters, changes and deletes journals at the sandbox's own address."""

    def __init__(self, sandbox: RunningSandbox, seed: int) -> None:
        self.client = httpx2.Client(base_url=sandbox.url, timeout=60)
        self.rng = Random(seed)
        self.entered: list[int] = []
        self.old: list[int] = []

    def act(self) -> None:
        act = self.rng.choice([self.enter, self.enter, self.change, self.change_old, self.delete, self.delete_old])
        act()

    def enter(self) -> None:
        lines = [{"account": SOFTWARE, "amount": "12.34"}, {"account": MARKETING, "amount": "-12.34"}]
        reply = self.client.post("/sandbox/transactions", json={"type": "Journal", "lines": lines, "memo": "new"})
        assert reply.status_code == 201, reply.text
        self.entered.append(reply.json()["id"])

    def change(self) -> None:
        if self.entered:
            self._patch(self.rng.choice(self.entered))

    def change_old(self) -> None:
        if self.old:
            self._patch(self.rng.choice(self.old))

    def delete(self) -> None:
        if self.entered:
            self._delete(self.entered.pop(self.rng.randrange(len(self.entered))))

    def delete_old(self) -> None:
        if self.old:
            self._delete(self.old.pop(self.rng.randrange(len(self.old))))

    def _patch(self, number: int) -> None:
        memo = f"changed {self.rng.randrange(10**6)}"
        assert self.client.patch(f"/sandbox/transactions/{number}", json={"memo": memo}).status_code == 204

    def _delete(self, number: int) -> None:
        assert self.client.delete(f"/sandbox/transactions/{number}").status_code == 204


class BusyOffice(Session):
    """A session during which the office acts before a page is asked for, at most `acts` times."""

    def __init__(self, egress: Egress, auth: httpx2.Auth, office: Office, acts: int, percent: int) -> None:
        super().__init__(egress, auth)
        self.office, self.acts, self.percent = office, acts, percent

    def suiteql(self, body: bytes, **page: Any) -> Reply:
        if self.acts > 0 and self.office.rng.randrange(100) < self.percent:
            self.acts -= 1
            self.office.act()
        return super().suiteql(body, **page)


class Desk:
    """A sandbox to read at while it is in use."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.sandbox = sandbox
        self.egress = Egress("NetSuite", Origin.parse(sandbox.url, configured=True), timeout=60.0)
        account = AccountId.parse(sandbox.announcement["account"])
        self.auth = TbaAuth(account.realm, TokenCredentials(**sandbox.announcement["tba"]))

    def read(self, query: str, office: Office, *, acts: int, percent: int = 60, page_size: int = 500) -> Answer:
        # One slot: pages and what happens between them have one order.
        session = BusyOffice(self.egress, self.auth, office, acts, percent)
        suiteql = SuiteQL(session, slots=1, page_size=page_size, pause=lambda _: None)
        return suiteql.read(page_query(read_select_list(query)))

    def now(self, query: str) -> list[dict[str, str]]:
        """What the table holds, asked when nobody writes."""
        return SuiteQL(Session(self.egress, self.auth), pause=lambda _: None).read(query).rows

    def old_journals(self) -> list[int]:
        open_since = "trandate >= TO_DATE('2026-09-01', 'YYYY-MM-DD')"
        journals = "type = 'Journal' AND memo IN ('Loan', 'Card', 'Interest')"
        text = f"SELECT id FROM transaction WHERE {journals} AND {open_since} ORDER BY id"
        return [int(row["id"]) for row in self.now(text)]


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with running(rows=8_000, seed=3) as sandbox:
        desk = Desk(sandbox)
        yield desk
        desk.egress.close()


@pytest.fixture
def office(desk: Desk, request: pytest.FixtureRequest) -> Iterator[Office]:
    office = Office(desk.sandbox, getattr(request, "param", 1))
    office.old = desk.old_journals()
    yield office
    office.client.close()


def keyed(rows: Sequence[dict[str, str]]) -> list[tuple[str, ...]]:
    return sorted(tuple(f"{name}={row[name]}" for name in sorted(row)) for row in rows)


@pytest.mark.parametrize("office", range(1, 7), indirect=True)
@pytest.mark.parametrize("acts", [1, 8])
def test_what_moved_while_it_was_read_ends_as_it_is_at_the_end(desk, office, acts):
    answer = desk.read(LINES, office, acts=acts)
    assert (answer.consistent, answer.all_pages) == (True, True)
    assert keyed(answer.rows) == keyed(desk.now(LINES))


@pytest.mark.parametrize("office", range(11, 15), indirect=True)
def test_the_author_s_order_is_that_of_the_end(desk, office):
    query = f"{LINES} WHERE tl.mainline = 'T' ORDER BY t.memo DESC, tl.uniquekey"
    answer = desk.read(query, office, acts=2, page_size=200)
    assert answer.consistent
    assert answer.rows == desk.now(query)


@pytest.mark.parametrize("office", [21], indirect=True)
def test_rows_that_are_entered_before_every_request_are_an_error_and_no_short_answer(desk, office):
    office.act = office.enter
    with pytest.raises(UnreadableError) as caught:
        desk.read(LINES, office, acts=10_000, percent=100)
    assert caught.value.code == "ROWS_MOVED"


@pytest.mark.parametrize("office", [22], indirect=True)
def test_rows_that_only_change_all_the_time_are_all_there_and_of_no_one_moment(desk, office):
    office.enter()
    office.act = office.change
    answer = desk.read(LINES, office, acts=10_000, percent=100)
    assert (answer.consistent, answer.all_pages) == (False, True)


def test_a_change_alone_is_seen_by_the_latest_modification(desk, office):
    """Neither count nor keys tell it."""
    office.enter()
    office.act = office.change
    answer = desk.read(LINES, office, acts=4, percent=100)
    assert answer.consistent
    assert keyed(answer.rows) == keyed(desk.now(LINES))


def test_a_quiet_account_is_asked_once_for_each_page_and_three_times_more(desk, office):
    answer = desk.read(LINES, office, acts=0, page_size=1000)
    assert answer.requests == -(-answer.total // 1000) + 3
    assert [int(row["transaction"]) for row in answer.rows] == sorted(int(row["transaction"]) for row in answer.rows)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM transactionline",
        "SELECT tl.*, t.tranid FROM transactionline tl LEFT JOIN transaction t ON t.id = tl.transaction",
        "SELECT tal.amount FROM transactionaccountingline tal",
        "SELECT DISTINCT tl.transaction, tl.memo FROM transactionline tl",
        "SELECT transaction FROM transactionline UNION ALL SELECT id FROM transaction",
        "SELECT transaction, COUNT(*) AS n FROM transactionline GROUP BY transaction",
        "SELECT x.transaction FROM (SELECT transaction FROM transactionline) x",
        'SELECT transaction AS "The no." FROM transactionline',
        "SELECT tl.memo FROM transactionline tl ORDER BY tl.memo FETCH FIRST 3000 ROWS ONLY",
        "SELECT t.tranid, tl.id FROM transaction t LEFT JOIN transactionline tl ON tl.transaction = t.id",
    ],
)
def test_every_form_of_query_gives_every_row_once(desk, query):
    suiteql = SuiteQL(Session(desk.egress, desk.auth), page_size=250)
    answer = suiteql.read(page_query(read_select_list(query)))
    assert answer.all_pages
    assert keyed(answer.rows) == keyed(desk.now(page_query(read_select_list(query)).text))
    assert not any(name.startswith("nsq") and len(name) > 5 for row in answer.rows for name in row)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(20))
def test_a_quarter_of_a_million_rows_of_a_company_in_use(seed):
    with running(rows=250_000, seed=seed, concurrency=5) as sandbox:
        desk = Desk(sandbox)
        office = Office(sandbox, seed)
        office.old = desk.old_journals()
        answer = desk.read(LINES, office, acts=40, percent=20, page_size=1000)
        assert answer.consistent
        rows = {(row["transaction"], row["id"]): row for row in answer.rows}
        assert len(rows) == len(answer.rows) == answer.total
        ids = "SELECT COUNT(*) AS n, TO_CHAR(SUM(uniquekey)) AS keys FROM transactionline"
        (now,) = desk.now(ids)
        assert int(now["n"]) == answer.total
        memos = desk.now("SELECT t.id, t.memo FROM transaction t WHERE t.memo LIKE 'changed%' ORDER BY t.id")
        for row in memos:
            held = [line["about"] for (number, _), line in rows.items() if number == row["id"]]
            assert set(held) == {row["memo"]}
        desk.egress.close()
        office.client.close()
