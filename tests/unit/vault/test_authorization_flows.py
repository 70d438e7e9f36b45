"""A flow comes back once, in ten minutes, to the user and the browser session that began it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sample_credentials import ORIGIN

from connector.errors import CallerError
from connector.vault.authorization_flows import Flow

STATE = "s" * 43


@pytest.fixture
def flow(vault) -> Flow:
    record = vault.integration_records.add(
        owner="ann", account_id="1234567", application="client", name="NSQuery", origin=ORIGIN
    )
    return Flow("oauth2_authorization_code", record.id, None, "Mine", "restlets", "https://x/y", {"verifier": "v" * 64})


@pytest.fixture
def flows(vault, flow):
    vault.authorization_flows.begin(STATE, "ann", "browser-1", flow)
    return vault.authorization_flows


def take(flows, *, key=STATE, user="ann", session="browser-1", method="oauth2_authorization_code") -> Flow:
    return flows.take(key, user, session, method)


def is_foreign(flows, **different: str) -> bool:
    with pytest.raises(CallerError) as caught:
        take(flows, **different)
    assert "Connect" in caught.value.remedy
    return caught.value.code == "FOREIGN_STATE"


def test_it_comes_back_as_it_was_begun(flows, flow):
    assert take(flows) == flow


def test_it_comes_back_once(flows):
    take(flows)
    assert is_foreign(flows)


@pytest.mark.parametrize(
    "different",
    [
        {"key": "t" * 43},
        {"key": ""},
        {"key": "\ud800" * 30},
        {"user": "bob"},
        {"user": "nobody"},
        {"session": "browser-2"},
        {"method": "tba"},
    ],
    ids=["other state", "no state", "no text", "other user", "unknown user", "other session", "other method"],
)
def test_a_foreign_answer_is_refused_and_the_flow_stays_its_owners(flows, flow, different):
    assert is_foreign(flows, **different)
    assert take(flows) == flow


def test_after_ten_minutes_it_is_over(flows, clock):
    clock.advance(minutes=10)
    assert is_foreign(flows)


def test_of_many_at_once_one_gets_it(flows):
    def try_it(_number: int) -> bool:
        try:
            take(flows)
        except CallerError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_it, range(16))) == 1


def test_neither_state_nor_verifier_stands_in_the_database(flows, database):
    with database.read() as transaction:
        rows = transaction.exec_driver_sql("SELECT * FROM authorization_flow").all()
        sealed = transaction.exec_driver_sql("SELECT * FROM secret WHERE table_name = 'authorization_flow'").all()
    assert len(sealed) == 1
    assert STATE not in repr(rows)
    assert "v" * 64 not in repr(sealed)


def test_no_secret_is_left_when_it_is_taken_or_too_old(flows, flow, clock, database):
    take(flows)
    flows.begin("u" * 43, "ann", "browser-1", flow)
    clock.advance(minutes=11)
    flows.begin("w" * 43, "ann", "browser-1", flow)
    with database.read() as transaction:
        count = "SELECT count(*) FROM secret WHERE table_name = 'authorization_flow'"
        assert transaction.exec_driver_sql(count).scalar() == 1


def test_who_begins_many_loses_the_oldest_and_nobody_else_does(flows, flow, clock):
    flows.begin("b" * 43, "bob", "browser-9", flow)
    for number in range(20):
        clock.advance(seconds=1)
        flows.begin(f"{number:043}", "ann", "browser-1", flow)
    assert is_foreign(flows)
    assert take(flows, key=f"{19:043}") == flow
    assert take(flows, key="b" * 43, user="bob", session="browser-9") == flow
