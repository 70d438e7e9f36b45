"""API tokens: shown once, checked by hash, ended by time or by their owner."""

from __future__ import annotations

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.errors import NotAllowedError, SettingError
from connector.vault.api_tokens import ApiTokens, Principal


@pytest.fixture
def tokens(database, clock) -> ApiTokens:
    return ApiTokens(database, clock)


def refusal(tokens: ApiTokens, text: str) -> NotAllowedError:
    with pytest.raises(NotAllowedError) as caught:
        tokens.principal(text)
    assert text not in f"{caught.value.message}{caught.value.remedy}" or not text
    return caught.value


def test_a_token_has_a_prefix_an_id_and_256_random_bits(tokens):
    one, other = tokens.create("ann"), tokens.create("ann")
    assert re.fullmatch(r"nsq_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", one)
    assert one[:16] != other[:16]
    assert one[17:] != other[17:]


@pytest.mark.parametrize("kind", ["cli", "api"])
def test_a_token_stands_for_its_user(tokens, kind):
    text = tokens.create("ann", kind)
    (listed,) = tokens.list("ann")
    assert tokens.principal(text) == Principal("ann", listed.id, kind)
    assert text.startswith(f"{listed.prefix}_")


def test_only_a_hash_is_kept(tokens, database):
    text = tokens.create("ann")
    with database.read() as transaction:
        (row,) = transaction.exec_driver_sql("SELECT * FROM api_token").all()
    assert hashlib.sha256(text.encode()).digest() in row
    assert not [value for value in row if isinstance(value, str) and text[17:] in value]


def test_an_unknown_token_is_refused(tokens):
    tokens.create("ann")
    assert refusal(tokens, f"nsq_{'0' * 12}_{'A' * 43}").code == "BAD_TOKEN"


def test_the_right_id_with_another_secret_is_refused_alike(tokens):
    text, other = tokens.create("ann"), tokens.create("ann")
    wrong = refusal(tokens, text[:17] + other[17:])
    unknown = refusal(tokens, f"nsq_{'0' * 12}_{'A' * 43}")
    assert (wrong.code, wrong.message, wrong.remedy) == (unknown.code, unknown.message, unknown.remedy)


@pytest.mark.parametrize("text", ["", "nsq_", "Bearer x", "nsq_' OR 1=1 --", "nsq_" + "x" * 100_000, "\ud800", "nsq_ä"])
def test_what_is_no_token_is_refused(tokens, text):
    assert refusal(tokens, text).code == "BAD_TOKEN"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.data())
def test_a_token_with_one_character_changed_is_refused(tokens, data):
    text = tokens.create("ann")
    place = data.draw(st.integers(0, len(text) - 1))
    sign = data.draw(st.characters(codec="ascii").filter(lambda sign: sign != text[place]))
    assert refusal(tokens, text[:place] + sign + text[place + 1 :]).code == "BAD_TOKEN"


def test_a_token_ends_at_its_time(tokens, clock):
    text = tokens.create("ann", expires=clock.now + timedelta(hours=1))
    clock.advance(minutes=59, seconds=59)
    assert tokens.principal(text).user == "ann"
    clock.advance(seconds=1)
    assert refusal(tokens, text).code == "TOKEN_EXPIRED"


def test_a_revoked_token_ends_at_once(tokens):
    text, other = tokens.create("ann", label="old"), tokens.create("ann")
    (old,) = [token for token in tokens.list("ann") if token.label == "old"]
    tokens.revoke("ann", old.id)
    assert refusal(tokens, text).code == "TOKEN_REVOKED"
    assert tokens.principal(other).user == "ann"


def test_the_time_of_revoking_stays_the_first(tokens, clock):
    tokens.create("ann")
    (token,) = tokens.list("ann")
    tokens.revoke("ann", token.id)
    first = clock.now
    clock.advance(days=1)
    tokens.revoke("ann", token.id)
    assert tokens.list("ann")[0].revoked_at == first


def test_another_users_tokens_are_neither_seen_nor_revoked(tokens):
    text = tokens.create("ann")
    tokens.create("bob")
    (anns,) = tokens.list("ann")
    assert [token.owner for token in tokens.list("bob")] == ["bob"]
    with pytest.raises(SettingError) as caught:
        tokens.revoke("bob", anns.id)
    assert caught.value.code == "NO_TOKEN"
    assert tokens.principal(text).user == "ann"


def test_last_use_is_noted_at_most_once_a_minute(tokens, clock):
    text = tokens.create("ann")
    assert tokens.list("ann")[0].last_used_at is None
    tokens.principal(text)
    first = clock.now
    clock.advance(seconds=59)
    tokens.principal(text)
    assert tokens.list("ann")[0].last_used_at == first
    clock.advance(seconds=1)
    tokens.principal(text)
    assert tokens.list("ann")[0].last_used_at == clock.now


def test_a_refused_token_is_not_noted_as_used(tokens, clock):
    text = tokens.create("ann", expires=clock.now + timedelta(minutes=1))
    clock.advance(hours=1)
    refusal(tokens, text)
    assert tokens.list("ann")[0].last_used_at is None


def test_the_newest_is_listed_first_without_its_secret(tokens, clock):
    text = tokens.create("ann", label="first")
    clock.advance(seconds=1)
    tokens.create("ann", "cli", " second ")
    listed = tokens.list("ann")
    assert [(token.label, token.kind) for token in listed] == [("second", "cli"), ("first", "api")]
    assert text[17:] not in repr(listed)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"user": " "}, "BAD_NAME"),
        ({"user": "a\nb"}, "BAD_NAME"),
        ({"label": "x" * 101}, "BAD_NAME"),
        ({"kind": "root"}, "BAD_TOKEN_KIND"),
        ({"expires": datetime(2099, 1, 1)}, "BAD_EXPIRY"),  # noqa: DTZ001 - without zone is the point
    ],
)
def test_a_token_is_made_for_someone_of_a_known_kind_and_for_a_time_to_come(tokens, wrong, code):
    with pytest.raises(SettingError) as caught:
        tokens.create(**{"user": "ann", **wrong})
    assert caught.value.code == code


def test_a_time_that_is_past_is_refused(tokens, clock):
    with pytest.raises(SettingError) as caught:
        tokens.create("ann", expires=clock.now)
    assert caught.value.code == "BAD_EXPIRY"


def test_threads_share_the_tokens(tokens):
    def use(number: int) -> Principal:
        return tokens.principal(tokens.create(f"user{number % 3}"))

    with ThreadPoolExecutor(8) as pool:
        users = [principal.user for principal in pool.map(use, range(30))]
    assert users == [f"user{number % 3}" for number in range(30)]


@pytest.mark.parametrize("kind", ["excel", "sheets", "cli", "api"])
def test_a_token_tells_what_it_may(tokens, kind):
    ids = ["a" * 32, "b" * 32]
    text = tokens.create("ann", kind=kind, connection_ids=[*ids, ids[0]], library_only=True, address="192.0.2.1")
    asker = tokens.principal(text)
    assert (asker.kind, asker.connection_ids, asker.library_only, asker.role) == (kind, tuple(ids), True, "author")
    (listed,) = tokens.list("ann")
    assert (listed.connection_ids, listed.library_only, listed.address) == (tuple(ids), True, "192.0.2.1")


@pytest.mark.parametrize("ids", [[], ["x"], ["a" * 32 + "\n"], ["' OR 1=1 --"], [f"{n:032x}" for n in range(101)]])
def test_connections_that_are_none_are_refused(tokens, ids):
    with pytest.raises(SettingError) as caught:
        tokens.create("ann", connection_ids=ids)
    assert caught.value.code == "BAD_TOKEN_SCOPE"
    assert tokens.list("ann") == []


def test_a_blocked_persons_tokens_are_refused_until_they_are_unblocked(tokens, database):
    text = tokens.create("ann")
    for state, code in (("blocked", "PERSON_BLOCKED"), ("active", None)):
        with database.write() as transaction:
            transaction.exec_driver_sql(f"UPDATE user_account SET state = '{state}'")
        if code is None:
            assert tokens.principal(text).user == "ann"
        else:
            assert refusal(tokens, text).code == code
            with pytest.raises(NotAllowedError) as caught:
                tokens.create("ann")
            assert caught.value.code == code


def test_who_was_blocked_is_told_only_to_who_has_the_token(tokens, database):
    text, other = tokens.create("ann"), tokens.create("bob")
    with database.write() as transaction:
        transaction.exec_driver_sql("UPDATE user_account SET state = 'blocked'")
    assert refusal(tokens, text[:17] + other[17:]).code == "BAD_TOKEN"


def test_all_of_a_users_tokens_end_at_once_and_nobody_elses(tokens):
    texts, bobs = [tokens.create("ann") for _ in range(3)], tokens.create("bob")
    tokens.revoke("ann", tokens.list("ann")[0].id)
    assert tokens.revoke_all(" ann ") == 2
    assert {refusal(tokens, text).code for text in texts} == {"TOKEN_REVOKED"}
    assert tokens.principal(bobs).user == "bob"
    assert tokens.revoke_all("ann") == tokens.revoke_all("nobody") == 0
