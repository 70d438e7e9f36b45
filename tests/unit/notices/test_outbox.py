"""Mail waits in the database: none is lost, none is sent twice, and a server that fails is left in peace."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
import structlog

from connector.core.mail_server import sender_of
from connector.db.engine import open_database
from connector.notices.delivery import Delivery
from connector.notices.letter import words
from connector.notices.outbox import Outbox
from connector.notices.smtp import MailError

SAID = words("The connection Prod is paused", "It does not work any more.")


class Post:
    """A mail server's place: what it took, and how it fails while it is told to."""

    sender = sender_of("nsquery@example.com")

    def __init__(self) -> None:
        self.taken = []
        self.asked = 0
        self.fails = None

    def send(self, message) -> None:
        self.asked += 1
        if self.fails is not None:
            raise self.fails
        self.taken.append(message)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def outbox(database, clock) -> Outbox:
    return Outbox(database, clock)


@pytest.fixture
def delivery(outbox, post, clock) -> Delivery:
    return Delivery(outbox, post, lambda token_id: f"https://nsquery.example/revoke/{token_id}", clock)


@pytest.fixture
def write(database, outbox):
    """Write to somebody; their state and address as given."""

    def write(name="ann", email="ann@example.com", state="active", said=SAID, revokes=None, **_):
        with database.write() as transaction:
            known = transaction.exec_driver_sql(f"SELECT id FROM user_account WHERE name = '{name}'").scalar()
            if known is None:
                address = "NULL" if email is None else f"'{email}'"
                transaction.exec_driver_sql(
                    "INSERT INTO user_account (id, name, created_at, email, state) VALUES "
                    f"('{name:0>32}', '{name}', '2026-01-01T00:00:00.000000Z', {address}, '{state}')"
                )
            outbox.put(transaction, f"{name:0>32}", said, revokes=revokes)

    return write


def events(logs):
    return [entry["event"] for entry in logs]


def test_a_mail_is_sent_once_and_nothing_of_it_is_kept(outbox, delivery, post, write):
    write()
    assert (delivery.run(), delivery.run()) == (1, 0)
    (mail,) = post.taken
    assert (mail["To"], mail["Subject"]) == ("ann@example.com", "The connection Prod is paused")
    assert outbox.waiting() == 0


def test_what_is_not_committed_is_not_sent(database, outbox, delivery, post, write):
    write()
    delivery.run()

    def act():
        with database.write() as transaction:
            outbox.put(transaction, f"{'ann':0>32}", SAID)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert delivery.run() == 0


def test_processes_that_send_at_once_send_each_mail_once(url, clock, post, write):
    for number in range(20):
        write(said=words(f"number {number}", "x"))
    databases = [open_database(url) for _ in range(4)]
    senders = [Delivery(Outbox(one, clock), post, lambda _: None, clock) for one in databases]
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda sender: sender.run(), senders)) == 20
    for one in databases:
        one.close()
    assert sorted(mail["Subject"] for mail in post.taken) == sorted(f"number {number}" for number in range(20))


def test_a_process_that_dies_with_a_mail_in_its_hand_loses_none(outbox, delivery, clock, write):
    write()
    taken = outbox.take()
    assert outbox.take() is None
    clock.advance(minutes=16)
    assert delivery.run() == 1
    outbox.later(taken, timedelta(0), others=False)  # who had it first finds nothing any more
    assert outbox.waiting() == 0


def test_failures_are_told_once_and_tried_again_after_pauses_that_grow(delivery, post, clock, write):
    write()
    write()
    post.fails = MailError("The mail server cannot be reached.")
    tried = []
    with structlog.testing.capture_logs() as logs:
        for minute in range(400):
            before = post.asked
            delivery.run()
            tried += [minute] * (post.asked - before)
            clock.advance(minutes=1)
    gaps = [after - before for before, after in pairwise(tried)]
    assert gaps[0] >= 1
    assert gaps[-1] >= 60
    assert events(logs) == ["mail_fails"]
    post.fails = None
    clock.advance(hours=5)
    with structlog.testing.capture_logs() as logs:
        assert delivery.run() == 2
    assert events(logs) == ["mail_works_again"]


def test_a_mail_that_is_refused_for_good_holds_no_other_up(outbox, delivery, post, write):
    write(name="bob", email="not an address")
    write()
    with structlog.testing.capture_logs() as logs:
        assert delivery.run() == 1
    assert events(logs) == ["mail_given_up"]
    assert outbox.waiting() == 0


def test_after_three_days_it_is_given_up(outbox, delivery, post, clock, write):
    write()
    post.fails = MailError("The mail server cannot be reached.")
    delivery.run()
    clock.advance(days=3)
    with structlog.testing.capture_logs() as logs:
        delivery.run()
    assert events(logs) == ["mail_given_up"]
    assert outbox.waiting() == 0


@pytest.mark.parametrize("who", [{"email": None}, {"state": "blocked"}])
def test_who_has_no_address_or_is_blocked_is_not_written_to(outbox, delivery, post, write, who):
    write(**who)
    assert delivery.run() == 0
    assert (post.taken, outbox.waiting()) == ([], 0)


def test_who_is_erased_is_not_written_to(database, outbox, delivery, post, write):
    write()
    with database.write() as transaction:
        transaction.exec_driver_sql("DELETE FROM user_account")
    assert (delivery.run(), outbox.waiting()) == (0, 0)


def test_what_was_told_is_told_again_only_once_it_is_forgotten(database, outbox):
    with database.write() as transaction:
        assert outbox.is_news(transaction, "login:a")
        assert not outbox.is_news(transaction, "login:a")
        assert outbox.told(transaction, "login:") == ["login:a"]
        outbox.forget(transaction, "login:a")
        assert outbox.is_news(transaction, "login:a")


def test_without_a_mail_server_nothing_waits_and_nothing_counts_as_told(database, clock):
    closed = Outbox(database, clock, is_open=False)
    with database.write() as transaction:
        closed.put(transaction, "nobody", SAID)
        assert not closed.is_news(transaction, "x")
        assert not closed.was_told(transaction, "x")
    assert closed.waiting() == 0
