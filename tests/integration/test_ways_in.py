"""Every way in, from what a person has to a connection that works; and what must not work on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from connector.connections import Connections
from connector.db.engine import open_database
from connector.errors import ConnectorError
from connector.netsuite.certificate import make_certificate
from connector.settings import load_settings
from connector.vault.authentication_options import AuthenticationOptions
from connector.vault.connections import Connection, Vault
from connector.vault.integration_record_rows import IntegrationRecord
from connector.vault.key_ring import open_key_ring
from connector.ways_in import Answers, WaysIn, offered, recommend
from tests.integration.scripted_netsuite import CLIENT_ID, CLIENT_SECRET, ScriptedNetSuite, scripted_netsuite

REDIRECT = "https://nsquery.example/oauth2/callback"
CALLBACK = "https://nsquery.example/tba/callback"
TBA = {"consumer_key": "c" * 64, "consumer_secret": "d" * 64, "token_id": "e" * 64, "token_secret": "f" * 64}


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 31, 7, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


class Place:
    """A service before a NetSuite."""

    def __init__(self, netsuite: ScriptedNetSuite, data: str) -> None:
        self.netsuite = netsuite
        self.clock = Clock()
        self.settings = load_settings({"CONNECTOR_DATA": data, "CONNECTOR_NETSUITE_URL": netsuite.url})
        self.database = open_database(self.settings.database_url)
        self.vault = Vault(self.database, open_key_ring(self.settings, self.database), self.clock)
        self.connections = Connections(self.vault, self.settings)
        self.ways_in = WaysIn(self.vault, self.connections, self.settings, self.clock)

    def record(self, *, public: bool = False, user: str = "ann", account: str = "1234567") -> IntegrationRecord:
        self.netsuite.public = public
        return self.ways_in.enter_record(
            user=user,
            account=account,
            name="NSQuery",
            client_id=f" {CLIENT_ID}\n",
            client_secret=None if public else CLIENT_SECRET,
            options=AuthenticationOptions(
                token_based=True,
                authorization_flow=True,
                callback_url=CALLBACK,
                authorization_code=True,
                redirect_uri=REDIRECT,
                public_client=public,
                scopes=("rest_webservices",),
            ),
        )

    def begin(self, **different: object) -> str:
        usual = {"user": "ann", "session_id": "browser-1", "connection_name": "Mine"}
        given = {**usual, **different}
        if "record_id" not in given:
            given["record_id"] = self.record().id
        return self.ways_in.begin_code(**given)

    def finish(self, query: dict[str, str], *, user: str = "ann", session_id: str = "browser-1") -> Connection:
        return self.ways_in.finish_code(user, session_id, query)

    def consented(self, **different: object) -> Connection:
        return self.finish(self.netsuite.consent(self.begin(**different)))

    def add_tba(self) -> Connection:
        self.netsuite.tba_tokens[TBA["token_id"]] = TBA["token_secret"]
        return self.connections.add(owner="ann", name="Old", account="1234567", method="tba", secrets=TBA)

    def handed_over(self, **different: object) -> Connection:
        """The whole way of a certificate."""
        page = self.ways_in.new_certificate("ann", "1234567", "Machine", **different)
        self.netsuite.map_certificate("certificate-1")
        return self.ways_in.take_back(page.token, CLIENT_ID, "certificate-1", role="3")


@pytest.fixture
def place(tmp_path) -> Iterator[Place]:
    with scripted_netsuite() as netsuite:
        place = Place(netsuite, str(tmp_path / "data"))
        yield place
        place.connections.close()
        place.database.close()


def refusal(call: Callable[..., object], *args: object, **kwargs: object) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        call(*args, **kwargs)
    return caught.value


@pytest.mark.parametrize("public", [False, True], ids=["confidential", "public"])
def test_a_consent_becomes_a_connection_that_works(place: Place, public: bool):
    url = place.begin(record_id=place.record(public=public).id)
    connection = place.finish(place.netsuite.consent(url))
    assert (connection.owner, connection.name, connection.account_id) == ("ann", "Mine", "1234567")
    assert (connection.method, connection.role, connection.entity) == ("oauth2_authorization_code", "3", "12")
    assert place.connections.test(connection).server_time.year == 2026
    place.clock.advance(hours=2)
    place.netsuite.bearers.clear()
    place.connections.test(connection)
    assert place.vault.grants.get(connection).version == 2
    assert connection.ends_at == datetime(2026, 2, 7, 7, 0, tzinfo=UTC)


def test_nothing_secret_stands_in_the_address_the_browser_is_sent_to(place: Place):
    url = place.begin()
    assert CLIENT_SECRET not in url
    assert "verifier" not in url


def test_an_answer_works_once(place: Place):
    query = place.netsuite.consent(place.begin())
    place.finish(query)
    assert refusal(place.finish, query).code == "FOREIGN_STATE"


@pytest.mark.parametrize("other", [{"user": "bob"}, {"session_id": "browser-2"}], ids=["user", "session"])
def test_an_answer_belongs_to_the_browser_that_began(place: Place, other: dict[str, str]):
    query = place.netsuite.consent(place.begin())
    assert refusal(place.finish, query, **other).code == "FOREIGN_STATE"
    assert "POST /services/rest/auth/oauth2/v1/token" not in place.netsuite.seen
    assert place.finish(query).owner == "ann"


@pytest.mark.parametrize("state", ["", "x" * 43, "\ud800" * 30, "short"])
def test_an_answer_without_its_state_is_foreign(place: Place, state: str):
    query = {**place.netsuite.consent(place.begin()), "state": state}
    assert refusal(place.finish, query).code == "FOREIGN_STATE"


def test_two_answers_at_once_make_one_connection(place: Place):
    query = place.netsuite.consent(place.begin())

    def finish(_number: int) -> str:
        try:
            return place.finish(query).name
        except ConnectorError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(finish, range(4))) == ["FOREIGN_STATE"] * 3 + ["Mine"]


def test_another_accounts_consent_is_refused_and_nothing_is_kept(place: Place):
    query = place.netsuite.consent(place.begin(), company="7654321")
    error = refusal(place.finish, query)
    assert error.code == "WRONG_ACCOUNT"
    assert "7654321" in error.message
    assert place.vault.connections("ann") == []
    assert place.netsuite.refresh_tokens == set()


@pytest.mark.parametrize("company", ["1234567_SB1", "1234567-sb1", "1234567_sb1"])
def test_both_spellings_of_an_account_are_one(place: Place, company: str):
    url = place.begin(record_id=place.record(account="1234567-sb1").id)
    assert place.finish(place.netsuite.consent(url, company=company)).account_id == "1234567_SB1"


def test_company_chooses_no_host(place: Place):
    query = place.netsuite.consent(place.begin(), company="evil.example/")
    assert refusal(place.finish, query).code == "BAD_REDIRECT"


def test_denied_is_told_and_nothing_is_kept(place: Place):
    state = place.netsuite.consent(place.begin())["state"]
    denied = {"state": state, "error": "access_denied", "company": "1234567"}
    assert refusal(place.finish, denied).code == "CONSENT_DENIED"
    assert refusal(place.finish, denied).code == "FOREIGN_STATE"
    assert place.vault.connections("ann") == []


def test_a_code_of_another_flow_is_refused_by_pkce(place: Place):
    mine = place.netsuite.consent(place.begin())
    others = place.netsuite.consent(place.begin(connection_name="Other"))
    assert refusal(place.finish, {**mine, "code": others["code"]}).code == "CODE_REFUSED"


def test_ten_minutes_are_enough(place: Place):
    query = place.netsuite.consent(place.begin())
    place.clock.advance(minutes=10)
    assert refusal(place.finish, query).code == "FOREIGN_STATE"


def test_a_name_that_is_taken_is_told_before_anybody_consents(place: Place):
    connection = place.consented()
    assert refusal(place.begin, connection_name="Mine").code == "DUPLICATE_CONNECTION"
    assert place.vault.connections("ann") == [connection]


def test_a_consent_that_finds_no_place_is_given_back(place: Place):
    query = place.netsuite.consent(place.begin())
    place.consented()
    assert len(place.netsuite.refresh_tokens) == 1
    assert refusal(place.finish, query).code == "DUPLICATE_CONNECTION"
    assert len(place.netsuite.refresh_tokens) == 1


def test_renewing_keeps_the_connection(place: Place):
    before = place.consented()
    place.netsuite.refresh_tokens.clear()
    place.netsuite.bearers.clear()
    place.clock.advance(days=8)
    assert refusal(place.connections.test, before).code == "RECONSENT_NEEDED"
    asked = len(place.netsuite.seen)
    assert refusal(place.connections.test, before).code == "RECONSENT_NEEDED"
    assert len(place.netsuite.seen) == asked, "a dead grant is not asked for again"
    url = place.begin(record_id=before.integration_record_id, connection_id=before.id, connection_name="ignored")
    after = place.finish(place.netsuite.consent(url))
    assert (after.id, after.name, after.trouble) == (before.id, "Mine", None)
    assert place.connections.test(before).server_time.year == 2026


def test_renewing_by_another_role_would_change_what_others_see(place: Place):
    before = place.consented()
    url = place.begin(record_id=before.integration_record_id, connection_id=before.id)
    error = refusal(place.finish, place.netsuite.consent(url, role="1000"))
    assert error.code == "OTHER_ROLE"
    assert place.vault.by_id(before.id) == before


def test_nobody_renews_somebody_elses_connection(place: Place):
    before = place.consented()
    bobs = place.record(user="bob", account="7654321")
    assert refusal(place.begin, user="bob", record_id=before.integration_record_id).code == "NO_INTEGRATION_RECORD"
    assert refusal(place.begin, user="bob", record_id=bobs.id, connection_id=before.id).code == "NO_CONNECTION"
    with place.database.write() as transaction:
        transaction.exec_driver_sql("UPDATE user_account SET role = 'administrator' WHERE name = 'ann'")
    error = refusal(place.begin, user="bob", record_id=before.integration_record_id, connection_id=before.id)
    assert error.code == "NO_CONNECTION"


@pytest.mark.parametrize(
    ("different", "code"),
    [
        ({"redirect_uri": "https://evil.example/cb"}, "BAD_REDIRECT_URI"),
        ({"scopes": ("restlets",)}, "BAD_SCOPE"),
        ({"scopes": ("mcp", "restlets")}, "BAD_SCOPE"),
        ({"record_id": "none"}, "NO_INTEGRATION_RECORD"),
        ({"connection_id": "none"}, "NO_CONNECTION"),
    ],
)
def test_what_cannot_end_well_does_not_begin(place: Place, different: dict[str, object], code: str):
    assert refusal(place.begin, **different).code == code


def test_a_record_that_is_blocked_or_not_ticked_begins_nothing(place: Place):
    record = place.record()
    place.ways_in.edit_record("ann", record.id, state="blocked")
    assert refusal(place.begin, record_id=record.id).code == "RECORD_BLOCKED"
    place.ways_in.edit_record("ann", record.id, state="enabled", options=AuthenticationOptions(token_based=True))
    assert refusal(place.begin, record_id=record.id).code == "NOT_TICKED"


def test_a_record_without_its_secret_begins_nothing(place: Place):
    record = place.record()
    place.ways_in.edit_record("ann", record.id, client_id=CLIENT_ID.replace("a", "b"))
    assert refusal(place.begin, record_id=record.id).code == "NO_RECORD_SECRETS"


def test_a_blocked_record_stops_its_connections(place: Place):
    connection = place.consented()
    place.connections.test(connection)
    place.ways_in.edit_record("ann", connection.integration_record_id, state="blocked")
    assert refusal(place.connections.test, connection).code == "RECORD_BLOCKED"


def test_a_secret_that_was_reset_is_used_at_the_next_renewal(place: Place):
    connection = place.consented()
    place.ways_in.edit_record("ann", connection.integration_record_id, client_id=CLIENT_ID, client_secret="wrong")
    place.clock.advance(hours=2)
    assert refusal(place.connections.test, connection).code == "INVALID_CLIENT"
    assert place.vault.by_id(connection.id).trouble is None


def token_flow(place: Place, **different: object) -> str:
    usual = {"user": "ann", "session_id": "browser-1", "record_id": place.record().id, "connection_name": "Token"}
    return place.ways_in.begin_token_flow(**{**usual, **different})


def test_the_token_flow_becomes_a_connection_that_works(place: Place):
    connection = place.ways_in.finish_token_flow("ann", "browser-1", place.netsuite.allow_token(token_flow(place)))
    assert (connection.method, connection.role, connection.entity) == ("tba", "3", "12")
    assert place.connections.test(connection).server_time.year == 2026


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": "a" * 48}, "FOREIGN_STATE"),
        ({"oauth_token": "a" * 64}, "FOREIGN_STATE"),
        ({"oauth_verifier": ""}, "CONSENT_DENIED"),
        ({"company": "7654321"}, "WRONG_ACCOUNT"),
    ],
)
def test_a_changed_answer_of_the_token_flow_keeps_nothing(place: Place, change: dict[str, str], code: str):
    query = {**place.netsuite.allow_token(token_flow(place)), **change}
    assert refusal(place.ways_in.finish_token_flow, "ann", "browser-1", query).code == code
    assert place.vault.connections("ann") == []
    assert place.netsuite.tba_tokens == {}


def test_the_answer_of_one_flow_does_not_end_the_other(place: Place):
    token = place.netsuite.allow_token(token_flow(place))
    code = place.netsuite.consent(place.begin())
    assert refusal(place.finish, {**code, "state": token["oauth_token"]}).code == "FOREIGN_STATE"
    assert (
        refusal(place.ways_in.finish_token_flow, "ann", "browser-1", {**token, "oauth_token": code["state"]}).code
        == "FOREIGN_STATE"
    )


@pytest.mark.parametrize("kind", ["ec-p256", "rsa-3072"])
def test_a_certificate_is_handed_over_and_works_when_the_ids_come_back(place: Place, kind: str):
    connection = place.handed_over(kind=kind)
    assert (connection.method, connection.owner, connection.role) == ("oauth2_client_credentials", "ann", "3")
    assert place.connections.test(connection).server_time.year == 2026
    assert connection.certificate_expires_at > datetime(2028, 1, 1, tzinfo=UTC)


def test_the_page_has_the_certificate_and_the_menu_path_and_no_secret(place: Place):
    page = place.ways_in.new_certificate("ann", "1234567-sb1", "Machine")
    shown = place.ways_in.hand_off(page.token)
    assert shown.certificate.startswith("-----BEGIN CERTIFICATE-----")
    assert "OAuth 2.0 Client Credentials (M2M) Setup" in "".join(shown.steps)
    assert "1234567_SB1" in shown.steps[0]
    assert "PRIVATE KEY" not in repr(shown)
    assert shown.token is None


def test_what_does_not_sign_in_is_not_kept_and_can_be_corrected(place: Place):
    page = place.ways_in.new_certificate("ann", "1234567", "Machine")
    error = refusal(place.ways_in.take_back, page.token, CLIENT_ID, "mistyped")
    assert error.code == "INVALID_GRANT"
    assert place.vault.connections("ann") == []
    place.netsuite.map_certificate("certificate-1")
    assert place.ways_in.take_back(page.token, CLIENT_ID, "certificate-1").name == "Machine"
    assert refusal(place.ways_in.take_back, page.token, CLIENT_ID, "certificate-1").code == "HAND_OFF_OVER"
    assert refusal(place.ways_in.hand_off, page.token).code == "HAND_OFF_OVER"


def test_what_was_refused_is_not_tried_again_at_once(place: Place):
    page = place.ways_in.new_certificate("ann", "1234567", "Machine")
    for _again in range(5):
        refusal(place.ways_in.take_back, page.token, CLIENT_ID, "mistyped")
    assert place.netsuite.seen.count("POST /services/rest/auth/oauth2/v1/token") == 1


def test_a_certificate_is_changed_and_the_old_one_goes_when_the_new_one_has_signed_in(place: Place):
    before = place.handed_over()
    after = place.ways_in.rotate_certificate(before)
    assert (after.id, after.version, after.role) == (before.id, 2, "3")
    assert place.vault.secrets(after)["certificate_id"] == "uploaded-1"
    assert place.netsuite.certificates["uploaded-1"]["role"] == {"id": "3"}
    assert place.netsuite.certificates["certificate-1"]["revoked"]
    assert place.connections.test(before).server_time.year == 2026
    assert place.vault.pending_certificates.get(after) is None


def test_a_new_certificate_that_does_not_sign_in_leaves_the_old_one_in_use(place: Place):
    before = place.handed_over()
    place.netsuite.broken_certificates = {"uploaded-1"}
    assert refusal(place.ways_in.rotate_certificate, before).code == "INVALID_GRANT"
    assert place.vault.by_id(before.id).version == 1
    assert place.connections.test(before).server_time.year == 2026
    assert place.ways_in.rotate_certificate(before).version == 2


def test_a_rotation_that_was_cut_off_goes_on_with_what_was_uploaded(place: Place, monkeypatch):
    before = place.handed_over()

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(place.connections, "try_out", dies)
        with pytest.raises(KeyboardInterrupt):
            place.ways_in.rotate_certificate(before)
    assert place.vault.secrets(before)["certificate_id"] == "certificate-1"
    after = place.ways_in.rotate_certificate(before)
    assert place.vault.secrets(after)["certificate_id"] == "uploaded-1"
    assert set(place.netsuite.certificates) == {"certificate-1", "uploaded-1"}


def test_where_the_role_may_not_the_old_certificate_stays(place: Place):
    before = place.handed_over()
    place.netsuite.may_rotate = False
    assert refusal(place.ways_in.rotate_certificate, before).code == "NO_ROTATION"
    assert place.vault.by_id(before.id) == before


def test_a_certificate_we_did_not_make_is_an_alarm(place: Place):
    connection = place.handed_over()
    assert place.ways_in.unknown_certificates(connection) == []
    place.netsuite.map_certificate("intruder", role="1000")
    (alarm,) = place.ways_in.unknown_certificates(connection)
    assert (alarm.certificate_id, alarm.role) == ("intruder", "1000")
    place.netsuite.certificates["intruder"]["revoked"] = True
    connection = place.ways_in.rotate_certificate(connection)
    assert place.ways_in.unknown_certificates(connection) == []


def test_a_certificate_that_ends_is_told_at_60_30_and_14_days(place: Place):
    connection = place.handed_over()
    end = connection.certificate_expires_at
    told = []
    for days in (61, 59, 31, 29, 15, 13, -1):
        place.clock.now = end - timedelta(days=days)
        told.append([(one.days_left, one.threshold) for one in place.ways_in.expiring()])
    assert told == [[], [(59, 60)], [(31, 60)], [(29, 30)], [(15, 30)], [(13, 14)], [(-1, 14)]]
    place.clock.now = end - timedelta(days=45)
    assert [one.connection.name for one in place.ways_in.expiring(owner="ann")] == ["Machine"]
    assert place.ways_in.expiring(owner="bob") == []


def test_a_tba_connection_moves_to_a_certificate_and_keeps_its_name(place: Place):
    before = place.add_tba()
    place.connections.test(before)
    (migration,) = place.ways_in.migrations("ann")
    assert migration.connection.id == before.id
    assert "2027.1" in migration.reason
    assert "2028" in migration.reason
    page = place.ways_in.new_certificate("ann", "1234567", "ignored", connection_id=before.id)
    place.netsuite.map_certificate("certificate-1")
    after = place.ways_in.take_back(page.token, CLIENT_ID, "certificate-1")
    assert (after.id, after.name, after.method) == (before.id, "Old", "oauth2_client_credentials")
    assert place.connections.test(before).server_time.year == 2026
    assert place.ways_in.migrations("ann") == []


def test_it_moves_to_a_consent_as_well(place: Place):
    before = place.add_tba()
    url = place.begin(record_id=place.record().id, connection_id=before.id)
    after = place.finish(place.netsuite.consent(url))
    assert (after.id, after.name, after.method) == (before.id, "Old", "oauth2_authorization_code")
    assert place.connections.test(before).server_time.year == 2026


def test_it_moves_with_ids_that_somebody_enters_once_they_have_signed_in(place: Place):
    before = place.add_tba()
    made = make_certificate("x", place.clock())
    secrets = {"client_id": CLIENT_ID, "certificate_id": "by-hand", "private_key": made.private_key}
    assert refusal(place.ways_in.move, "ann", before.id, secrets).code == "INVALID_GRANT"
    assert place.vault.secrets(before) == TBA
    place.netsuite.map_certificate("by-hand")
    assert refusal(place.ways_in.move, "bob", before.id, secrets).code == "NO_CONNECTION"
    secrets["certificate_id"] = place.netsuite.map_certificate("by-hand-2")
    after = place.ways_in.move("ann", before.id, secrets, certificate=made.certificate)
    assert (after.id, after.method, after.certificate_expires_at.year) == (before.id, "oauth2_client_credentials", 2028)


def test_a_connection_does_not_move_to_another_account(place: Place):
    before = place.add_tba()
    assert (
        refusal(place.ways_in.new_certificate, "ann", "7654321", "x", connection_id=before.id).code == "WRONG_ACCOUNT"
    )
    other = place.record(account="7654321")
    assert refusal(place.begin, record_id=other.id, connection_id=before.id).code == "WRONG_ACCOUNT"


@pytest.mark.parametrize("way", ["consent", "token", "certificate"])
def test_revoking_ends_it_at_netsuite_and_here(place: Place, way: str):
    connection = {"consent": place.consented, "token": place.add_tba, "certificate": place.handed_over}[way]()
    place.connections.test(connection)
    assert place.ways_in.revoke(connection) is True
    assert place.netsuite.refresh_tokens == set()
    assert place.netsuite.tba_tokens == {}
    assert all(one["revoked"] for one in place.netsuite.certificates.values())
    assert refusal(place.connections.test, connection).code == "CONNECTION_REVOKED"
    with place.database.read() as transaction:
        count = "SELECT count(*) FROM secret WHERE table_name <> 'integration_record'"
        assert transaction.exec_driver_sql(f"{count} AND table_name <> 'hand_off'").scalar() == 0
    assert place.ways_in.remove(place.vault.by_id(connection.id)) is True
    assert place.vault.connections("ann") == []


def test_what_netsuite_does_not_confirm_ends_here_all_the_same(place: Place):
    connection = place.handed_over()
    place.netsuite.may_rotate = False
    assert place.ways_in.remove(connection) is False
    assert place.vault.connections("ann") == []


def test_a_revoked_connection_can_be_connected_again(place: Place):
    before = place.consented()
    place.ways_in.revoke(before)
    url = place.begin(record_id=before.integration_record_id, connection_id=before.id)
    after = place.finish(place.netsuite.consent(url))
    assert (after.id, after.state) == (before.id, "enabled")
    place.connections.test(after)


@pytest.mark.parametrize(
    ("address", "hindered"),
    [
        ("https://nsquery.example", set()),
        ("http://localhost:8080", {"oauth2_authorization_code"}),
        ("http://127.0.0.1:8080", {"oauth2_authorization_code", "tba_authorization_flow"}),
        ("", {"oauth2_authorization_code", "tba_authorization_flow"}),
    ],
)
def test_ways_that_cannot_work_at_this_address_are_not_offered(tmp_path, address: str, hindered: set[str]):
    settings = load_settings({"CONNECTOR_DATA": str(tmp_path), "CONNECTOR_PUBLIC_URL": address})
    assert {offer.method for offer in offered(settings) if offer.hindrance} == hindered


@pytest.mark.parametrize(
    ("answers", "method"),
    [
        (Answers(), "oauth2_client_credentials"),
        (Answers(has_tba_token=True), "oauth2_client_credentials"),
        (Answers(has_tba_token=True, can_ask_administrator=False), "tba"),
        (Answers(reads_as_themselves=True, runs_unattended=False), "oauth2_authorization_code"),
        (Answers(reads_as_themselves=True, runs_unattended=True), "oauth2_client_credentials"),
        (Answers(can_ask_administrator=False), "oauth2_authorization_code"),
    ],
)
def test_a_method_is_recommended_with_its_reason(answers: Answers, method: str):
    advice = recommend(answers)
    assert advice.method == method
    assert advice.reason
    assert advice.ends


def test_tba_is_recommended_with_the_dates_of_its_end():
    advice = recommend(Answers(has_tba_token=True, can_ask_administrator=False))
    assert "2027.1" in advice.reason
    assert "2028" in advice.ends


def test_consent_is_not_recommended_where_it_cannot_work(tmp_path):
    settings = load_settings({"CONNECTOR_DATA": str(tmp_path)})
    advice = recommend(Answers(can_ask_administrator=False), offered(settings))
    assert advice.method == "oauth2_client_credentials"


def test_the_client_id_that_is_there_keeps_its_secret(place: Place):
    record = place.record()
    place.ways_in.edit_record("ann", record.id, client_id=CLIENT_ID)
    assert place.consented(record_id=record.id).method == "oauth2_authorization_code"
