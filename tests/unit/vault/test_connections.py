"""Connections: added, found, used and removed by their owner alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sample_credentials import MACHINE, ORIGIN, TBA

from connector.errors import SettingError


def refusal(call: Callable[..., object], *args: object, **kwargs: object) -> SettingError:
    with pytest.raises(SettingError) as caught:
        call(*args, **kwargs)
    return caught.value


def test_a_connection_says_whose_it_is_and_where_its_secrets_may_go(add):
    connection = add(role="57", entity="Ann Field")
    assert (connection.owner, connection.name, connection.account_id) == ("ann", "Prod", "1234567")
    assert (connection.method, connection.origin) == ("tba", ORIGIN)
    assert (connection.role, connection.entity, connection.state) == ("57", "Ann Field", "enabled")
    assert connection.created_at == datetime(2026, 1, 31, 7, 0, tzinfo=UTC)
    assert connection.last_used_at is None


@pytest.mark.parametrize(("method", "secrets"), [("tba", TBA), ("oauth2_client_credentials", MACHINE)])
def test_the_secrets_come_back_as_they_were_given(vault, add, method, secrets):
    assert vault.secrets(add(method=method, secrets=secrets)) == secrets


def test_white_space_around_a_value_goes_and_the_line_breaks_of_a_key_stay(vault, add):
    padded = {name: f" \n{value}\r\n\t" for name, value in MACHINE.items()}
    assert vault.secrets(add(method="oauth2_client_credentials", secrets=padded)) == MACHINE


def test_no_secret_stands_in_a_connection(add):
    shown = repr(add())
    assert not [value for value in TBA.values() if value in shown]


def test_the_only_connection_needs_no_name(vault, add):
    connection = add()
    assert vault.connection("ann") == connection


def test_of_several_one_must_be_named(vault, add):
    add(name="Prod")
    sandbox = add(name="Sandbox", secrets={**TBA, "token_id": "another"})
    error = refusal(vault.connection, "ann")
    assert error.code == "AMBIGUOUS_CONNECTION"
    assert "Prod, Sandbox" in error.message
    assert vault.connection("ann", "Sandbox") == sandbox
    assert [one.name for one in vault.connections("ann")] == ["Prod", "Sandbox"]


def test_without_a_connection_the_command_to_add_one_is_told(vault):
    error = refusal(vault.connection, "ann")
    assert error.code == "NO_CONNECTION"
    assert "connector connection add" in error.remedy


def test_a_wrong_name_is_answered_with_the_right_ones(vault, add):
    add(name="Prod US")
    error = refusal(vault.connection, "ann", "Prod EU")
    assert error.code == "NO_CONNECTION"
    assert "Prod EU" in error.message
    assert "Prod US" in error.remedy


def test_another_users_connection_is_as_good_as_none(vault, add):
    add(owner="ann", name="Prod")
    assert vault.connections("bob") == []
    unnamed, named = refusal(vault.connection, "bob"), refusal(vault.connection, "bob", "Prod")
    never = refusal(vault.connection, "carl", "Prod")
    assert unnamed.code == named.code == "NO_CONNECTION"
    assert (named.message, named.remedy) == (never.message, never.remedy)


def test_two_users_may_use_one_name(vault, add):
    anns, bobs = add(owner="ann"), add(owner="bob", secrets={**TBA, "token_secret": "bobs"})
    assert vault.connection("bob") == bobs
    assert vault.connection("ann") == anns
    assert vault.secrets(bobs)["token_secret"] == "bobs"


def test_a_name_stands_for_one_connection_of_a_user(vault, add):
    first = add()
    error = refusal(add, name=" Prod ", secrets={**TBA, "token_secret": "other"})
    assert error.code == "DUPLICATE_CONNECTION"
    assert vault.secrets(first) == TBA


@pytest.mark.parametrize("method", ["tba", "oauth2_client_credentials"])
@pytest.mark.parametrize(
    ("value", "cause"),
    [(None, "missing"), ("", "empty"), (" \n", "empty"), (5, "not text"), (["x"], "not text"), ("\ud800", "is none")],
)
def test_each_field_is_checked_and_named(vault, add, method, value, cause):
    whole = TBA if method == "tba" else MACHINE
    for field in whole:
        error = refusal(add, method=method, secrets={**whole, field: value})
        assert error.code == "BAD_CREDENTIAL"
        assert f"{field} " in error.message
        assert cause in error.message
        assert not [secret for secret in whole.values() if secret in f"{error.message}{error.remedy}"]
    assert vault.connections("ann") == []


def test_a_field_left_out_or_too_many_is_named(add):
    assert (
        "token_secret is missing" in refusal(add, secrets={k: v for k, v in TBA.items() if k != "token_secret"}).message
    )
    error = refusal(add, secrets={**TBA, "password": "hunter2"})
    assert "'password' is not a field" in error.message
    assert "hunter2" not in f"{error.message}{error.remedy}"


def test_an_endless_value_is_refused(add):
    assert "longer than" in refusal(add, secrets={**TBA, "token_id": "x" * 16_385}).message


def test_an_unknown_method_is_answered_with_the_known_ones(add):
    error = refusal(add, method="password")
    assert error.code == "UNKNOWN_METHOD"
    assert "oauth2_client_credentials, tba" in error.remedy


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x1b[31m", "x" * 101, "\ud800"])
@pytest.mark.parametrize("field", ["name", "owner", "role", "account_id", "integration_name"])
def test_a_name_is_one_printable_line(add, field, name):
    if field == "integration_name" and not name:
        return  # none given: the connection's own name serves
    assert refusal(add, **{field: name}).code == "BAD_NAME"


@pytest.mark.parametrize("origin", ["", "netsuite.com", "https://h/path", "https://u@h", "ftp://h", "http://h.example"])
def test_an_origin_is_a_scheme_a_host_and_a_port(add, origin):
    assert refusal(add, origin=origin).code == "BAD_ADDRESS"


def test_a_sandbox_on_loopback_is_an_origin(vault, add):
    connection = add(origin="http://127.0.0.1:8080")
    assert connection.origin == "http://127.0.0.1:8080"
    assert vault.secrets(connection) == TBA


def test_use_is_noted_for_connection_and_record_at_most_once_a_minute(vault, add, clock):
    connection = add()
    clock.advance(hours=1)
    vault.touch(connection)
    first = clock.now
    clock.advance(seconds=59)
    vault.touch(connection)
    assert vault.connection("ann").last_used_at == first
    assert vault.integration_records.list("ann")[0].last_used_at == first
    clock.advance(seconds=1)
    vault.touch(connection)
    assert vault.connection("ann").last_used_at == clock.now


def test_a_removed_connection_is_gone_with_its_secrets(vault, add, database):
    connection = add()
    vault.remove_connection(connection)
    vault.remove_connection(connection)
    assert refusal(vault.connection, "ann").code == "NO_CONNECTION"
    assert refusal(vault.secrets, connection).code == "NO_CONNECTION"
    with database.read() as transaction:
        left = transaction.exec_driver_sql("SELECT count(*) FROM secret WHERE table_name = 'connection'").scalar()
    assert left == 0


def test_removing_one_leaves_the_others(vault, add):
    kept = add(name="kept")
    vault.remove_connection(add(name="removed"))
    assert vault.connection("ann") == kept
    assert vault.secrets(kept) == TBA


def test_threads_share_a_vault(vault, add):
    def use(number: int) -> dict[str, str]:
        connection = add(owner=f"user{number % 4}", name=f"c{number}", secrets={**TBA, "token_id": f"t{number}"})
        vault.touch(connection)
        return vault.secrets(vault.connection(connection.owner, connection.name))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(use, range(32)))
    assert [secrets["token_id"] for secrets in found] == [f"t{number}" for number in range(32)]
    assert [len(vault.connections(f"user{number}")) for number in range(4)] == [8, 8, 8, 8]
