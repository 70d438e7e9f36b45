"""A hand-off is shown by its link without its key, is taken once, and is over after seven days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sample_credentials import ORIGIN

from connector.errors import ConnectorError
from connector.vault.hand_offs import NewHandOff

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
