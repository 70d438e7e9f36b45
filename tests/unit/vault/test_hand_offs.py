"""A hand-off is shown by its link without its key, is taken once, and is over after seven days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sample_credentials import ORIGIN

from connector.errors import ConnectorError
from connector.vault.connections import Credentials
from connector.vault.hand_offs import NewHandOff
from connector.vault.user_accounts import ensure_user

TBA_FIELDS = ("consumer_key", "consumer_secret", "token_id", "token_secret")
KEY = "-----BEGIN PRIVATE KEY-----\nhidden\n-----END PRIVATE KEY-----"


@pytest.fixture
def made(vault, clock):
    new = NewHandOff(
        user="ann",
        account_id="1234567",
        origin=ORIGIN,
        connection_name="Prod",
        certificate="PEM",
        certificate_expires_at=clock.now + timedelta(days=729),
        private_key=KEY,
    )
    return vault.hand_offs.begin(new)


def over(call: Callable[..., object], *args: object) -> bool:
    with pytest.raises(ConnectorError) as caught:
        call(*args)
    return caught.value.code == "HAND_OFF_OVER"


def taken(vault, token: str) -> str:
    with vault.hand_offs.taking(token) as (_, key):
        return key


def test_the_link_shows_whose_it_is_and_no_key(vault, made, clock):
    hand_off, token = made
    shown = vault.hand_offs.view(token)
    assert shown == hand_off
    assert (shown.user, shown.account_id, shown.connection_name) == ("ann", "1234567", "Prod")
    assert shown.expires_at == clock.now + timedelta(days=7)
    assert "hidden" not in repr(shown)


def test_it_is_taken_once_and_the_key_goes(vault, made, database):
    _, token = made
    assert taken(vault, token) == KEY
    assert over(taken, vault, token)
    assert over(vault.hand_offs.view, token)
    with database.read() as transaction:
        left = transaction.exec_driver_sql("SELECT count(*) FROM secret WHERE table_name = 'hand_off'").scalar()
    assert left == 0


def test_of_two_at_once_the_second_finds_it_taken(vault, made):
    _, token = made
    with vault.hand_offs.taking(token):
        assert over(taken, vault, token)


def test_what_fails_leaves_it_as_it_was(vault, made):
    _, token = made
    with pytest.raises(RuntimeError), vault.hand_offs.taking(token):
        raise RuntimeError
    assert taken(vault, token) == KEY


@pytest.mark.parametrize("token", ["", "x" * 43, "\ud800", "../../etc/passwd", "x" * 100_000])
def test_another_link_shows_nothing(vault, made, token):
    assert over(vault.hand_offs.view, token)


def test_after_seven_days_it_is_over_and_forgotten(vault, made, clock, database):
    _, token = made
    clock.advance(days=7)
    assert over(vault.hand_offs.view, token)
    assert over(taken, vault, token)
    vault.hand_offs.begin(NewHandOff("bob", "1", ORIGIN, "x", "PEM", clock.now, KEY))
    with database.read() as transaction:
        counts = [
            transaction.exec_driver_sql(f"SELECT count(*) FROM {what}").scalar()
            for what in ("hand_off", "secret WHERE table_name = 'hand_off'")
        ]
    assert counts == [1, 1]


def test_neither_link_nor_key_stands_in_the_database(made, database):
    _, token = made
    with database.read() as transaction:
        rows = [transaction.exec_driver_sql(f"SELECT * FROM {name}").all() for name in ("hand_off", "secret")]
    assert token not in repr(rows)
    assert "hidden" not in repr(rows)


@pytest.mark.parametrize("change", ["state = 'blocked'", "role = 'reader'"])
def test_a_link_ends_with_the_right_of_who_made_it(vault, made, database, change):
    _, token = made
    with database.write() as transaction:
        transaction.exec_driver_sql(f"UPDATE user_account SET {change} WHERE name = 'ann'")
    assert over(vault.hand_offs.view, token)
    assert over(taken, vault, token)


def renewing(vault, clock, owner: str = "ann", made_by: str | None = None):
    connection = vault.add(
        owner=owner,
        name="Prod",
        account_id="1234567",
        origin=ORIGIN,
        credentials=Credentials("tba", dict.fromkeys(TBA_FIELDS, "x" * 64)),
    )
    new = NewHandOff(
        owner, "1234567", ORIGIN, "Prod", "PEM", clock.now, KEY, connection.id, connection.version, made_by
    )
    return connection, vault.hand_offs.begin(new)[1]


def test_a_link_does_not_revive_a_connection_that_was_revoked(vault, clock):
    connection, token = renewing(vault, clock)
    assert vault.hand_offs.view(token).connection_id == connection.id
    vault.revoke_connection(connection)
    assert over(vault.hand_offs.view, token)
    assert over(taken, vault, token)


def test_a_link_does_not_overwrite_credentials_that_are_newer(vault, clock):
    connection, token = renewing(vault, clock)
    vault.replace_credentials(connection, Credentials("tba", dict.fromkeys(TBA_FIELDS, "y" * 64)))
    assert over(taken, vault, token)


def test_a_link_ends_when_its_connection_is_handed_on(vault, clock, database):
    _, token = renewing(vault, clock)
    with database.write() as transaction:
        vault_user = ensure_user(transaction, "bob")
        transaction.exec_driver_sql(f"UPDATE connection SET owner_id = '{vault_user}'")
    assert over(vault.hand_offs.view, token)


def test_of_the_workspace_s_connections_only_an_administrator_makes_links(vault, clock, database):
    with database.write() as transaction:
        ensure_user(transaction, "eve")
    _, token = renewing(vault, clock, owner="workspace", made_by="eve")
    assert over(vault.hand_offs.view, token)
    with database.write() as transaction:
        transaction.exec_driver_sql("UPDATE user_account SET role = 'administrator' WHERE name = 'eve'")
    assert vault.hand_offs.view(token).made_by == "eve"
