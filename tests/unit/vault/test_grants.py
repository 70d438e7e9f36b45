"""Tokens of a consent: renewed before they end, by one asker at a time, never twice with a token that is good for one use."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sample_credentials import ORIGIN

from connector.errors import ConnectorError, LoginRefusedError, SettingError, UnavailableError, UnreadableError
from connector.vault.connections import Connection, Credentials, Vault
from connector.vault.grant_tokens import GrantTokens
from connector.vault.grants import NewGrant


@dataclass(frozen=True)
class Issued:
    access_token: str
    expires_in: float = 3600.0
    refresh_token: str | None = None


class TokenEndpoint:
    """Answers each refresh token as NetSuite does, and remembers what it was asked."""

    def __init__(self, *, rotates: bool) -> None:
        self.rotates = rotates
        self.asked: list[str] = []
        self.failures: list[Exception] = []

    def __call__(self, refresh_token: str) -> Issued:
        self.asked.append(refresh_token)
        if self.failures:
            raise self.failures.pop(0)
        number = len(self.asked)
        return Issued(f"access-{number}", refresh_token=f"refresh-{number}" if self.rotates else None)


ENDED = LoginRefusedError("The consent has ended.", code="GRANT_ENDED")


def consent(vault: Vault, *, rotates: bool, name: str = "Mine") -> Connection:
    record = vault.integration_records.add(
        owner="ann", account_id="1234567", application="client", name="NSQuery", origin=ORIGIN
    )
    grant = NewGrant(
        Issued("access-0", refresh_token="refresh-0"), "rest_webservices", rotates, refresh_hours=48, total_hours=168
    )
    credentials = Credentials("oauth2_authorization_code", role="3", entity="12", record_id=record.id, grant=grant)
    return vault.add(owner="ann", name=name, account_id="1234567", origin=ORIGIN, credentials=credentials)


@pytest.fixture(params=[True, False], ids=["public", "confidential"])
def rotates(request) -> bool:
    return request.param


@pytest.fixture
def connection(vault: Vault, rotates: bool) -> Connection:
    return consent(vault, rotates=rotates)


@pytest.fixture
def endpoint(rotates: bool) -> TokenEndpoint:
    return TokenEndpoint(rotates=rotates)


@pytest.fixture
def tokens(vault: Vault, connection: Connection, endpoint: TokenEndpoint, clock) -> GrantTokens:
    return process(vault, connection, endpoint, clock)


def process(vault, connection, endpoint, clock) -> GrantTokens:
    """What another process would have: nothing in memory, the same database. Waiting moves the clock."""
    return GrantTokens(vault.grants, connection, endpoint, wait=lambda seconds: clock.advance(seconds=seconds))


def refusal(call: Callable[..., object], *args: object, **kwargs: object) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        call(*args, **kwargs)
    return caught.value


def row(database) -> dict[str, object]:
    with database.read() as transaction:
        return dict(transaction.exec_driver_sql("SELECT * FROM oauth_grant").mappings().one())


def test_a_token_that_is_good_is_used_and_nobody_is_asked(tokens, endpoint, clock):
    assert tokens.access_token() == "access-0"
    clock.advance(minutes=57)
    assert tokens.access_token() == "access-0"
    assert endpoint.asked == []


def test_it_is_renewed_two_minutes_before_it_ends_and_stored_before_it_is_used(
    tokens, endpoint, clock, vault, connection
):
    clock.advance(minutes=58, seconds=1)
    assert tokens.access_token() == "access-1"
    assert endpoint.asked == ["refresh-0"]
    assert process(vault, connection, endpoint, clock).access_token() == "access-1"
    assert endpoint.asked == ["refresh-0"]


def test_each_renewal_uses_the_newest_refresh_token(tokens, endpoint, clock, rotates):
    for _hour in range(3):
        clock.advance(hours=1)
        tokens.access_token()
    assert endpoint.asked == (["refresh-0", "refresh-1", "refresh-2"] if rotates else ["refresh-0"] * 3)


def test_a_renewal_leaves_no_lease_and_no_question_behind(tokens, clock, database):
    clock.advance(hours=1)
    tokens.access_token()
    held = row(database)
    assert (held["version"], held["lease"], held["lease_until"], held["asked_at"]) == (2, None, None, None)


def test_the_question_is_written_down_before_netsuite_is_asked(vault, connection, clock, database):
    seen = []

    def endpoint(_refresh_token: str) -> Issued:
        seen.append(row(database))
        return Issued("access-1", refresh_token="refresh-1")

    clock.advance(hours=1)
    GrantTokens(vault.grants, connection, endpoint).access_token()
    assert seen[0]["asked_at"] is not None
    assert seen[0]["lease"] is not None


def test_when_a_consent_ends_is_known_from_its_first_day(vault, connection, rotates, clock):
    grant = vault.grants.get(connection)
    assert grant.ends_at == clock.now + timedelta(days=7)
    assert grant.refresh_expires_at == clock.now + timedelta(hours=48)
    assert grant.rotates == rotates
    assert vault.connection("ann").ends_at == grant.ends_at


def test_a_rotated_token_has_a_span_of_its_own_and_the_consent_keeps_its_end(vault, connection, tokens, clock, rotates):
    before = vault.grants.get(connection)
    clock.advance(hours=1)
    tokens.access_token()
    after = vault.grants.get(connection)
    assert after.ends_at == before.ends_at
    assert after.refresh_expires_at == before.refresh_expires_at + timedelta(hours=1 if rotates else 0)


def test_a_refused_token_is_replaced_once_for_all_who_were_refused(tokens, endpoint):
    first = tokens.access_token()
    assert [tokens.access_token(refused=first) for _ in range(5)] == ["access-1"] * 5
    assert len(endpoint.asked) == 1


def test_threads_of_one_process_cause_one_renewal(tokens, endpoint, clock):
    clock.advance(hours=1)
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: tokens.access_token(), range(64)))
    assert set(found) == {"access-1"}
    assert len(endpoint.asked) == 1


def test_processes_wait_for_the_one_that_asks(vault, connection, clock, rotates):
    asked, answer = threading.Event(), threading.Event()
    calls = []

    def slow(refresh_token: str) -> Issued:
        calls.append(refresh_token)
        asked.set()
        assert answer.wait(10)
        return Issued("access-1", refresh_token="refresh-1" if rotates else None)

    def wait(_seconds: float) -> None:
        answer.set()

    clock.advance(hours=1)
    with ThreadPoolExecutor(1) as pool:
        winner = pool.submit(GrantTokens(vault.grants, connection, slow).access_token)
        assert asked.wait(10)
        other = GrantTokens(vault.grants, connection, slow, wait=wait)
        assert other.access_token() == winner.result() == "access-1"
    assert calls == ["refresh-0"]


def test_who_waits_for_too_long_is_told_and_does_not_ask(vault, connection, endpoint, clock, database):
    clock.advance(hours=1)
    with database.write() as transaction:
        transaction.exec_driver_sql("UPDATE oauth_grant SET lease = 'x', lease_until = '2030-01-01T00:00:00.000000Z'")
    error = refusal(process(vault, connection, endpoint, clock).access_token)
    assert (error.code, error.retryable) == ("REFRESH_BUSY", True)
    assert endpoint.asked == []


def test_a_process_that_needs_it_early_uses_the_token_that_is_still_good(vault, connection, endpoint, clock, database):
    clock.advance(minutes=59)
    with database.write() as transaction:
        transaction.exec_driver_sql("UPDATE oauth_grant SET lease = 'x', lease_until = '2030-01-01T00:00:00.000000Z'")
    assert process(vault, connection, endpoint, clock).access_token() == "access-0"


def test_a_netsuite_that_is_away_is_no_matter_while_the_token_is_good(tokens, endpoint, clock):
    endpoint.failures = [UnavailableError("away", code="UNREACHABLE")]
    clock.advance(minutes=59)
    assert tokens.access_token() == "access-0"
    clock.advance(seconds=11)
    assert tokens.access_token() == "access-2"


def test_a_question_that_was_never_heard_is_asked_again(tokens, endpoint, clock, rotates):
    endpoint.failures = [UnavailableError("away", code="UNREACHABLE"), LoginRefusedError("no", code="INVALID_CLIENT")]
    clock.advance(hours=1)
    assert refusal(tokens.access_token).code == "UNREACHABLE"
    assert refusal(tokens.access_token).code == "INVALID_CLIENT"
    assert tokens.access_token() == "access-3"
    assert endpoint.asked == ["refresh-0"] * 3


def test_threads_that_waited_for_a_failure_share_it(tokens, endpoint, clock):
    started, go_on = threading.Event(), threading.Event()

    def failing(refresh_token: str) -> Issued:
        endpoint.asked.append(refresh_token)
        started.set()
        assert go_on.wait(10)
        raise LoginRefusedError("no", code="INVALID_CLIENT")

    tokens._renew = failing
    clock.advance(hours=1)
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(tokens.access_token) for _ in range(8)]
        assert started.wait(10)
        go_on.set()
        assert {type(one.exception()) for one in waiting} == {LoginRefusedError}
    assert len(endpoint.asked) < 8


@pytest.mark.parametrize(
    "failure",
    [UnavailableError("x", code="TIMEOUT"), UnavailableError("x", code="DROPPED"), UnreadableError("x")],
    ids=["timeout", "dropped", "unreadable"],
)
def test_a_lost_answer_uses_a_token_up_that_is_good_for_one_use(vault, tokens, endpoint, clock, rotates, failure):
    endpoint.failures = [failure]
    clock.advance(hours=1)
    error = refusal(tokens.access_token)
    if rotates:
        assert error.code == "RECONSENT_NEEDED"
        assert refusal(tokens.access_token).code == "RECONSENT_NEEDED"
        assert endpoint.asked == ["refresh-0"]
        assert vault.connection("ann").trouble == "REFRESH_LOST"
    else:
        assert error is failure
        assert tokens.access_token() == "access-2"


def test_a_process_that_died_while_it_asked_loses_what_rotates_and_nothing_else(
    vault, connection, endpoint, clock, rotates, database
):
    clock.advance(hours=1)
    with vault.grants.database.read() as transaction:
        state = vault.grants.state(transaction, connection)
    assert process(vault, connection, endpoint, clock)._claim(state, clock.now) is not None  # and dies here
    survivor = process(vault, connection, endpoint, clock)
    if not rotates:
        assert survivor.access_token() == "access-1"
        return
    started = clock.now
    assert refusal(survivor.access_token).code == "RECONSENT_NEEDED"
    assert clock.now - started >= timedelta(seconds=60), "the lease might still have brought an answer"
    assert endpoint.asked == []


def test_an_answer_that_comes_after_the_lease_still_counts(vault, connection, endpoint, clock, rotates):
    if not rotates:
        return
    other = process(vault, connection, endpoint, clock)

    def late(_refresh_token: str) -> Issued:
        clock.advance(minutes=2)
        assert refusal(other.access_token).code == "RECONSENT_NEEDED"
        return Issued("access-late", refresh_token="refresh-late")

    clock.advance(hours=1)
    assert GrantTokens(vault.grants, connection, late).access_token() == "access-late"
    assert vault.connection("ann").trouble is None
    clock.advance(hours=1)
    other.access_token()
    assert endpoint.asked == ["refresh-late"]


def test_a_consent_that_has_ended_pauses_the_connection_and_is_not_asked_for_again(vault, tokens, endpoint, clock):
    endpoint.failures = [ENDED] * 9
    clock.advance(hours=1)
    for _again in range(3):
        error = refusal(tokens.access_token)
        assert (error.code, error.retryable) == ("RECONSENT_NEEDED", False)
        assert "Connect" in error.remedy
    assert len(endpoint.asked) == 1
    assert vault.connection("ann").trouble == "GRANT_ENDED"


def test_a_trouble_is_told_once_to_one_caller(vault, tokens, endpoint, clock):
    assert vault.take_untold() == []
    endpoint.failures = [ENDED]
    clock.advance(hours=1)
    refusal(tokens.access_token)
    with ThreadPoolExecutor(8) as pool:
        told = [one for found in pool.map(lambda _: vault.take_untold(), range(8)) for one in found]
    assert [(one.name, one.trouble) for one in told] == [("Mine", "GRANT_ENDED")]


def test_before_a_grant_is_given_up_the_row_is_read_again(vault, connection, endpoint, clock):
    other = process(vault, connection, endpoint, clock)

    def too_late(_refresh_token: str) -> Issued:
        clock.advance(minutes=2)
        with vault.grants.database.write() as transaction:  # as the other process, which had the lease after this one
            state = vault.grants.state(transaction, connection)
            vault.grants.renewed(transaction, connection, state, Issued("access-x", refresh_token="refresh-x"))
        raise ENDED

    clock.advance(hours=1)
    assert GrantTokens(vault.grants, connection, too_late).access_token() == "access-x"
    assert other.access_token() == "access-x"
    assert vault.connection("ann").trouble is None


def test_a_new_consent_ends_the_trouble_and_keeps_the_connection(vault, connection, tokens, endpoint, clock, rotates):
    endpoint.failures = [ENDED]
    clock.advance(hours=1)
    refusal(tokens.access_token)
    grant = NewGrant(Issued("anew", refresh_token="refresh-anew"), "rest_webservices", rotates)
    renewed = vault.replace_credentials(
        connection,
        Credentials(
            "oauth2_authorization_code", role="3", entity="12", record_id=connection.integration_record_id, grant=grant
        ),
    )
    assert (renewed.id, renewed.name, renewed.version, renewed.trouble) == (connection.id, "Mine", 2, None)
    assert process(vault, renewed, endpoint, clock).access_token() == "anew"


def test_an_answer_for_the_consent_before_does_not_replace_the_new_one(vault, connection, endpoint, clock, rotates):
    def meanwhile(_refresh_token: str) -> Issued:
        grant = NewGrant(Issued("anew", refresh_token="refresh-anew"), "rest_webservices", rotates)
        record = connection.integration_record_id
        vault.replace_credentials(connection, Credentials("oauth2_authorization_code", record_id=record, grant=grant))
        return Issued("old", refresh_token="refresh-old")

    clock.advance(hours=1)
    assert GrantTokens(vault.grants, connection, meanwhile).access_token() == "anew"


def test_a_revoked_connection_has_no_token(vault, connection, endpoint, clock):
    vault.revoke_connection(connection)
    assert refusal(process(vault, connection, endpoint, clock).access_token).code == "NO_GRANT"
    assert refusal(vault.current, connection).code == "CONNECTION_REVOKED"


def test_a_removed_connection_takes_its_tokens_along(vault, connection, database):
    vault.remove_connection(connection)
    with database.read() as transaction:
        left = transaction.exec_driver_sql("SELECT count(*) FROM secret WHERE table_name = 'oauth_grant'").scalar()
    assert left == 0


def test_tokens_do_not_open_under_another_version_or_in_another_row(vault, connection, database, rotates):
    other = consent(vault, rotates=rotates, name="Other")
    with database.write() as transaction:
        transaction.exec_driver_sql("UPDATE secret SET version = 7 WHERE table_name = 'oauth_grant'")
        transaction.exec_driver_sql("UPDATE oauth_grant SET version = 7")
    for one in (connection, other):
        with pytest.raises(SettingError) as caught, database.read() as transaction:
            vault.grants.state(transaction, one)
        assert caught.value.code == "VAULT_UNREADABLE"


def test_no_token_stands_in_what_is_shown(vault, connection, tokens):
    with vault.grants.database.read() as transaction:
        state = vault.grants.state(transaction, connection)
    assert "access-" not in f"{state!r}{tokens!r}{vault.grants.get(connection)!r}"
