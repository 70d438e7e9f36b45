"""Who is told what, once: what stopped working, what ends, what is new in somebody's name, and what is not ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from connector.audit.log import AuditLog
from connector.connections import Connections
from connector.housekeeping.news import News
from connector.housekeeping.tidying import Tidying
from connector.housekeeping.watch import Watch
from connector.notices.outbox import Outbox
from connector.notices.wording import Wording
from connector.people.devices import Devices
from connector.people.passwords import Passwords
from connector.people.people import People
from connector.people.quiet_hours import QuietTimes
from connector.people.sessions import Sessions
from connector.vault.api_tokens import ApiTokens
from connector.ways_in import WaysIn
from tests.integration.scripted_netsuite import scripted_netsuite
from tests.integration.test_ways_in import Place

PASSWORD = "four words beside each other"
URL = "https://nsquery.example"


class Office(Place):
    """A service before a NetSuite, with people who have addresses, and its rounds."""

    def __init__(self, netsuite, data) -> None:
        super().__init__(netsuite, data)
        self.connections = Connections(self.vault, self.settings, self.clock)
        self.ways_in = WaysIn(self.vault, self.connections, self.settings, self.clock)
        self.audit = AuditLog(self.database, self.clock)
        self.people = People(self.database, self.audit, self.clock, Passwords(passes=1, memory=8, lanes=1))
        self.tokens = ApiTokens(self.database, self.clock)
        self.devices = Devices(self.database, self.tokens, self.audit, self.clock)
        self.quiet = QuietTimes(self.database, self.audit, self.clock)
        self.sessions = Sessions(self.database, self.clock)
        self.outbox = Outbox(self.database, self.clock)
        self.ada = self.people.set_up(self.people.setup_token(), name="ada", password=PASSWORD)
        self.ann = self.person("ann", "author")
        with self.database.write() as transaction:
            transaction.exec_driver_sql("UPDATE user_account SET email = name || '@example.com' WHERE name = 'ada'")
        self.serve(Outbox(self.database, self.clock))

    def serve(self, outbox: Outbox) -> None:
        wording = Wording(URL)
        self.news = News(self.database, self.vault, outbox, wording)
        self.watch = Watch(
            self.database, vault=self.vault, connections=self.connections, ways_in=self.ways_in, audit=self.audit,
            outbox=outbox, wording=wording, clock=self.clock,
        )  # fmt: skip
        self.news.run()

    def person(self, name: str, role: str):
        token = self.people.invite(None, name=name, email=f"{name}@example.com", role=role)
        return self.people.accept(token, password=PASSWORD)

    def mails(self) -> list[tuple[str, str]]:
        """Who is written to about what, since it was asked last."""
        found = []
        while (mail := self.outbox.take()) is not None:
            assert all(line.isprintable() for line in mail.body.split("\n"))
            found.append((mail.address.partition("@")[0], mail.subject))
            self.outbox.sent(mail)
        return sorted(found)


@pytest.fixture
def office(tmp_path) -> Iterator[Office]:
    with scripted_netsuite() as netsuite:
        office = Office(netsuite, str(tmp_path / "data"))
        yield office
        office.connections.close()
        office.database.close()


def question(office: Office, connection, outcome: str) -> None:
    office.audit.add(actor="ann", action="query", connection_id=connection.id, outcome=outcome)


def test_a_consent_that_has_ended_is_told_to_its_owner_once(office: Office):
    connection = office.consented()
    with office.database.write() as transaction:
        transaction.exec_driver_sql("UPDATE connection SET trouble = 'GRANT_ENDED'")
    for _ in range(2):
        office.watch.tell_troubles()
    assert office.mails() == [("ann", "The connection Mine is paused")]
    assert office.vault.take_untold() == []
    assert connection.id


def test_without_a_mail_server_a_trouble_stays_to_be_told(office: Office):
    office.consented()
    office.serve(Outbox(office.database, office.clock, is_open=False))
    with office.database.write() as transaction:
        transaction.exec_driver_sql("UPDATE connection SET trouble = 'GRANT_ENDED'")
    office.watch.tell_troubles()
    assert len(office.vault.take_untold()) == 1


def test_a_login_that_stopped_working_is_told_once_until_it_works_again(office: Office):
    connection = office.add_tba()
    for _ in range(3):
        question(office, connection, "login_refused")
        office.news.run()
    assert office.mails() == [("ann", "NetSuite refuses the login of Old")]
    question(office, connection, "ok")
    office.news.run()
    question(office, connection, "login_refused")
    office.news.run()
    assert office.mails() == [("ann", "NetSuite refuses the login of Old")]
    question(office, connection, "unknown_column")
    office.news.run()
    assert office.mails() == []


def test_what_is_everybodys_is_told_to_the_administrators(office: Office):
    connection = office.connections.add(
        owner="workspace", name="All", account="1234567", method="tba",
        secrets={name: name[0] * 64 for name in ("consumer_key", "consumer_secret", "token_id", "token_secret")},
    )  # fmt: skip
    question(office, connection, "login_refused")
    office.news.run()
    assert office.mails() == [("ada", "NetSuite refuses the login of All")]


def test_a_certificate_is_told_at_60_30_and_14_days_once_each(office: Office):
    connection = office.handed_over()
    told = []
    office.clock.now = connection.certificate_expires_at - timedelta(days=70)
    for _ in range(140):
        office.watch.tell_ends()
        told += [(office.clock.now, subject) for _, subject in office.mails()]
        office.clock.advance(hours=12)
    days = [(connection.certificate_expires_at - at).days for at, _ in told]
    assert days == [59, 29, 13]
    assert [subject for _, subject in told] == [f"The certificate of Machine ends in {left} days" for left in days]


def test_a_consent_of_seven_days_is_told_the_day_before_and_not_at_its_beginning(office: Office):
    connection = office.consented()
    office.watch.tell_ends()
    assert office.mails() == []
    office.clock.now = connection.ends_at - timedelta(hours=23)
    for _ in range(2):
        office.watch.tell_ends()
    assert office.mails() == [("ann", "The consent of Mine ends within two days")]


def test_a_new_device_is_told_to_its_person_with_a_token_that_a_link_can_end(office: Office):
    begun = office.devices.begin(kind="excel", label="A\r\nBcc: eve@evil.example", address="192.0.2.7")
    office.devices.approve(begun.user_code, office.ann, None)
    office.news.run()
    assert office.mails() == []
    text = office.devices.poll(begun.device_code)
    office.news.run()
    mail = office.outbox.take()
    assert (mail.address, mail.subject) == ("ann@example.com", "A new device asks NetSuite in your name")
    assert mail.revokes == office.tokens.list("ann")[0].id
    assert text not in mail.body
    assert "192.0.2.7" in mail.body
    assert "\nBcc" not in mail.body
    assert office.audit.verify().ok


def test_who_signs_in_differently_is_told(office: Office):
    for actor, action, subject in (
        ("ann", "second_factor_on", ""),
        ("ada", "second_factor_off", "ann"),
        ("ann", "token_created", "a label"),
        ("server console", "token_created", "ann"),
    ):
        office.audit.add(actor=actor, action=action, subject=subject)
    office.news.run()
    changed, token = ("ann", "The way you sign in has changed"), ("ann", "A new API token asks NetSuite in your name")
    assert office.mails() == [token, token, changed, changed]


def test_a_new_administrator_is_told_to_all_of_them(office: Office):
    office.people.change_role(office.ada, office.ann, "administrator")
    office.news.run()
    said = "ann is an administrator now"
    assert office.mails() == [("ada", said), ("ann", said)]
    office.people.change_role(office.ada, office.ann, "author")
    office.news.run()
    assert office.mails() == []
    office.person("eve", "administrator")
    office.news.run()
    assert ("ada", "eve is an administrator now") in office.mails()


def test_a_certificate_that_is_not_ours_is_told_to_owner_and_administrators_once(office: Office):
    office.handed_over()
    office.watch.look_for_unknown_certificates()
    assert office.mails() == []
    office.netsuite.map_certificate("intruder", role="1000")
    for _ in range(2):
        office.watch.look_for_unknown_certificates()
    said = "Alarm: a certificate at NetSuite that is not ours (Machine)"
    assert office.mails() == [("ada", said), ("ann", said)]
    outcomes = [event.outcome for event in office.audit.list(action="certificates_checked")]
    assert outcomes == ["unknown certificate", "unknown certificate", "ok"]


class TestChangedByItself:
    def near_its_end(self, office: Office, *, on: bool):
        connection = office.handed_over()
        with office.database.write() as transaction:
            transaction.exec_driver_sql(
                "UPDATE connection SET certificate_expires_at = ?",
                ((office.clock.now + timedelta(days=29)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),),
            )
        office.vault.own_rotation.switch(connection, on=on)
        return office.vault.by_id(connection.id)

    def test_only_where_it_is_switched_on(self, office: Office):
        before = self.near_its_end(office, on=False)
        office.watch.change_certificates()
        assert office.vault.by_id(before.id).version == 1
        office.vault.own_rotation.switch(before, on=True)
        office.watch.change_certificates()
        after = office.vault.by_id(before.id)
        assert (after.version, after.certificate_expires_at > office.clock.now + timedelta(days=600)) == (2, True)
        assert office.vault.secrets(after)["certificate_id"] == "uploaded-1"
        office.watch.change_certificates()
        assert office.vault.by_id(before.id).version == 2
        assert office.mails() == []

    def test_a_failure_is_told_once_and_tried_again(self, office: Office):
        before = self.near_its_end(office, on=True)
        office.netsuite.may_rotate = False
        for _ in range(2):
            office.watch.change_certificates()
        assert office.mails() == [("ann", "The certificate of Machine could not be changed")]
        office.netsuite.may_rotate = True
        office.watch.change_certificates()
        assert office.vault.by_id(before.id).version == 2

    def test_not_while_another_process_does_it(self, office: Office):
        before = self.near_its_end(office, on=True)
        with office.vault.leases.held(f"rotation:{before.id}", timedelta(minutes=10)) as held:
            assert held
            office.watch.change_certificates()
        assert (office.vault.by_id(before.id).version, office.mails()) == (1, [])
        office.watch.change_certificates()
        assert office.vault.by_id(before.id).version == 2

    def test_not_in_quiet_hours_and_not_while_it_is_paused(self, office: Office):
        before = self.near_its_end(office, on=True)
        office.netsuite.seen.clear()
        office.quiet.set(office.ann, "1234567", spans="07:00-09:00", zone="UTC")
        office.watch.change_certificates()
        office.watch.look_for_unknown_certificates()
        assert office.netsuite.seen == []
        office.connections.open(before)  # in person one may
        office.clock.advance(hours=2)
        office.watch.change_certificates()
        assert office.vault.by_id(before.id).version == 2


def test_background_work_is_refused_in_quiet_hours_alone(office: Office):
    connection = office.add_tba()
    office.quiet.set(None, "1234567", spans="06:00-08:00", zone="UTC")
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the code is compared below
        office.connections.open(connection, background=True)
    assert (caught.value.code, caught.value.retryable) == ("QUIET_HOURS", True)
    office.clock.advance(hours=1)
    assert office.connections.open(connection, background=True)
    office.clock.advance(hours=-1)
    office.quiet.clear(office.ann, "1234567")
    assert office.connections.open(connection, background=True)
    assert [event.action for event in office.audit.list(limit=2)] == ["quiet_hours_cleared", "quiet_hours_set"]


def test_what_is_over_is_removed_and_the_rest_stays(office: Office):
    tidying = Tidying(office.database, office.audit, audit_days=30, clock=office.clock)
    office.sessions.begin(office.ann, address="", agent="")
    office.devices.begin(kind="cli", label="x", address="")
    office.ways_in.new_certificate("ann", "1234567", "Never")
    office.begin()
    office.people.invite(None, name="late", role="author")

    def counts():
        tables = ("browser_session", "device_code", "hand_off", "authorization_flow", "invitation", "secret")
        with office.database.read() as transaction:
            return [transaction.exec_driver_sql(f"SELECT COUNT(*) FROM {table}").scalar() for table in tables]

    before = counts()
    tidying.forget_what_is_over()
    assert counts()[:4] == before[:4] == [1, 1, 1, 1]
    office.clock.advance(days=8)
    tidying.forget_what_is_over()
    assert counts()[:5] == [0, 0, 0, 0, 0]
    assert counts()[5] == 2  # client id and client secret of the record


def test_the_log_is_cut_as_the_setting_says_and_stays_whole(office: Office):
    kept = office.audit.anchor()
    Tidying(office.database, office.audit, audit_days=None, clock=office.clock).cut_the_log()
    office.clock.advance(days=31)
    office.audit.add(actor="ann", action="query")
    Tidying(office.database, office.audit, audit_days=30, clock=office.clock).cut_the_log()
    events = office.audit.list()
    assert [event.action for event in events] == ["audit_cut", "query"]
    assert events[0].actor == "housekeeping"
    assert office.audit.verify([kept]).ok
    office.news.run()  # a reader whose bookmark was cut goes on
