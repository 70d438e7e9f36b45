"""What a login leaves behind: spent nonces and failures, in bounded memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connector.sandbox.login_lock import LoginLock, SpentNonces

RESTLET = "/app/site/hosting/restlet.nl?script=1&deploy=1"


def test_a_nonce_is_kept_as_long_as_its_timestamp_is_taken():
    nonces = SpentNonces(window=300)
    assert nonces.spend("12", "abcdef", 1000, now=700)
    assert not nonces.spend("12", "abcdef", 1000, now=1300)
    assert nonces.spend("12", "abcdef", 1001, now=1300)
    assert nonces.spend("13", "abcdef", 1000, now=1300)


def test_memory_holds_one_window_alone():
    nonces = SpentNonces(window=300)
    for second in range(5000):
        assert nonces.spend("12", "abcdef", second, now=second)
        assert len(nonces) <= 301


@given(st.lists(st.booleans(), max_size=30))
def test_five_failures_in_a_row_and_no_fewer_lock(outcomes):
    lock, row = LoginLock(), 0
    for succeeded in outcomes:
        if lock.is_locked("12", 0):
            break
        (lock.succeeded if succeeded else lambda user: lock.failed(user, 0))("12")
        row = 0 if succeeded else row + 1
        assert lock.is_locked("12", 0) is (row == 5)
        assert not lock.is_locked("13", 0)


def test_restlets_have_their_own_word_for_a_spent_nonce(sandbox):
    signed = {"Authorization": sandbox.client.authorization("GET", RESTLET)}
    assert [sandbox.client.send("GET", RESTLET, signed).status for _ in range(2)] == [400, 401]
    assert sandbox.client.details()[-1] == "nonce_used"


def test_a_header_that_cannot_be_read_is_an_invalid_request_to_restlets(sandbox):
    reply = sandbox.client.send("GET", RESTLET, {"Authorization": "OAuth x"})
    assert (reply.status, reply.json()["error"]["code"]) == (400, "INVALID_REQUEST")
