"""Every way in at a sandbox account, from the browser's first page to the first rows, with its lifetimes and its refusals."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2
import pytest

from connector.connections import Connections
from connector.db.engine import open_database
from connector.errors import ConnectorError
from connector.netsuite.certificate import make_certificate
from connector.sandbox.account import REDIRECT_URIS
from connector.sandbox.certificate_page import PATH as CERTIFICATES
from connector.sandbox.directory import ConsentPolicy, State
from connector.sandbox.permissions import Permission
from connector.sandbox.server import running
from connector.settings import load_settings
from connector.vault.authentication_options import AuthenticationOptions
from connector.vault.connections import Connection, Vault
from connector.vault.key_ring import open_key_ring
from connector.ways_in import WaysIn

REDIRECT = REDIRECT_URIS[0]
CALLBACK = "https://127.0.0.1:8620/tba/callback"


class Browser:
    """A person's browser: cookies, forms, and redirects as far as the account's own pages."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx2.Client(follow_redirects=False)

    def consent(self, address: str, *, role: str, entity: str, decision: str = "allow") -> dict[str, str]:
        """Sign in where asked to, press the button where asked to, and answer what the application gets."""
        response = self.http.get(address)
        while True:
            if response.is_redirect:
                to = urljoin(str(response.request.url), response.headers["Location"])
                if not to.startswith(self.url):
                    return dict(parse_qsl(urlsplit(to).query, keep_blank_values=True, strict_parsing=True))
                response = self.http.get(to)
                continue
            assert response.status_code == 200, response.text
            form = dict(re.findall(r'name="(flow|csrf)" value="([^"]+)"', response.text))
            path = re.search(r'<form method="post" action="([^"]+)"', response.text)[1]
            answer = {"decision": decision} if "Allow" in response.text and 'name="entity"' not in response.text else {}
            response = self.http.post(f"{self.url}{path}", data={**form, "entity": entity, "role": role, **answer})


class Place:
    """A service before a sandbox, both with a clock that can be moved on."""

    def __init__(self, sandbox, data: str, ahead: list[float]) -> None:
        self.sandbox = sandbox
        self.account = sandbox.account
        self.ahead = ahead
        settings = load_settings({"CONNECTOR_DATA": data, "CONNECTOR_NETSUITE_URL": sandbox.url})
        self.database = open_database(settings.database_url)
        self.vault = Vault(self.database, open_key_ring(settings, self.database), self.now)
        self.connections = Connections(self.vault, settings)
        self.ways_in = WaysIn(self.vault, self.connections, settings, self.now)
        self.browser = Browser(sandbox.url)

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self.ahead[0], UTC)

    def record(self, *, public: bool = False) -> str:
        integration = self.account.public_integration if public else self.account.integration
        options = AuthenticationOptions(
            token_based=True,
            authorization_flow=True,
            callback_url=CALLBACK,
            authorization_code=True,
            redirect_uri=REDIRECT,
            public_client=public,
            scopes=("rest_webservices", "restlets"),
        )
        return self.ways_in.enter_record(
            user="ann",
            account=self.account.account_id,
            name="NSQuery",
            client_id=integration.consumer_key,
            client_secret=None if public else integration.consumer_secret,
            options=options,
        ).id

    def begin(self, **different: object) -> str:
        given = {"user": "ann", "session_id": "browser", "connection_name": "Mine", **different}
        if "record_id" not in given:
            given["record_id"] = self.record()
        return self.ways_in.begin_code(**given)

    def consent(self, url: str, **different: object) -> dict[str, str]:
        who = {"role": self.account.reader_role.id, "entity": self.account.reader.id}
        return self.browser.consent(url, **{**who, **different})

    def connected(self, **different: object) -> Connection:
        return self.ways_in.finish_code("ann", "browser", self.consent(self.begin(**different)))

    def rows(self, connection: Connection) -> int:
        return len(self.connections.open(connection).suiteql.read("SELECT id FROM account").rows)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[tuple[object, list[float]]]:
    ahead = [0.0]
    with running(rows=1_500, clock=lambda: time.time() + ahead[0]) as sandbox:
        yield sandbox, ahead


@pytest.fixture
def place(tmp_path, sandbox) -> Iterator[Place]:
    place = Place(sandbox[0], str(tmp_path / "data"), sandbox[1])
    place.ahead[0] = 0.0
    yield place
    place.ahead[0] = 0.0
    place.browser.http.close()
    place.connections.close()
    place.database.close()
    for record in (place.account.integration, place.account.public_integration):
        record.state, record.consent_policy = State.ENABLED, ConsentPolicy.ALWAYS_ASK


def refusal(call, *args, **kwargs) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        call(*args, **kwargs)
    return caught.value


@pytest.mark.parametrize("public", [False, True], ids=["confidential", "public"])
def test_from_connect_to_the_first_rows_and_through_a_day_of_renewals(place: Place, public: bool):
    connection = place.connected(record_id=place.record(public=public))
    assert (connection.role, connection.entity) == (place.account.reader_role.id, place.account.reader.id)
    assert place.rows(connection) > 10
    for hours in range(1, 25, 6):
        place.ahead[0] = hours * 3600.0 + 60
        assert place.rows(connection) > 10
    assert place.vault.grants.get(connection).version == 5


@pytest.mark.parametrize("public", [False, True], ids=["confidential", "public"])
def test_after_its_end_it_pauses_until_the_person_consents_anew(place: Place, public: bool):
    record = place.record(public=public)
    connection = place.connected(record_id=record)
    place.rows(connection)
    place.ahead[0] = (connection.ends_at - place.now()).total_seconds() + 7200
    asked = len(place.account.audit_trail.as_json())
    for _again in range(3):
        assert refusal(place.rows, connection).code == "RECONSENT_NEEDED"
    assert len(place.account.audit_trail.as_json()) <= asked + 1
    assert [one.trouble for one in place.vault.take_untold()] == ["GRANT_ENDED"]
    url = place.begin(record_id=record, connection_id=connection.id)
    assert place.ways_in.finish_code("ann", "browser", place.consent(url)).id == connection.id
    assert place.rows(connection) > 10


def test_deny_keeps_nothing(place: Place):
    query = place.consent(place.begin(), decision="deny")
    assert refusal(place.ways_in.finish_code, "ann", "browser", query).code == "CONSENT_DENIED"
    assert place.vault.connections("ann") == []


@pytest.mark.parametrize("policy", list(ConsentPolicy))
@pytest.mark.parametrize("prompt", [None, "none", "login", "consent", "login consent"])
def test_every_consent_policy_and_prompt_ends_the_same(place: Place, policy: ConsentPolicy, prompt: str | None):
    place.connected(connection_name="First")
    place.account.integration.consent_policy = policy
    connection = place.connected(connection_name="Second", prompt=prompt)
    assert place.rows(connection) > 10


def test_a_revoked_grant_pauses_the_connection(place: Place):
    connection = place.connected()
    place.account.grants.revoke_all(place.account.integration)
    place.ahead[0] = 7200
    assert refusal(place.rows, connection).code == "RECONSENT_NEEDED"


def test_ending_it_here_ends_it_at_netsuite(place: Place):
    connection = place.connected()
    token = place.vault.grants.refresh_token(connection)
    assert place.ways_in.revoke(connection) is True
    answer = place.browser.http.post(
        f"{place.sandbox.url}/services/rest/auth/oauth2/v1/token",
        data={"grant_type": "refresh_token", "refresh_token": token},
        auth=(place.account.integration.consumer_key, place.account.integration.consumer_secret),
    )
    assert answer.json() == {"error": "invalid_grant"}


def test_a_blocked_record_is_told(place: Place):
    connection = place.connected()
    place.account.integration.state = State.BLOCKED
    place.ahead[0] = 7200
    error = refusal(place.rows, connection)
    assert error.code != "RECONSENT_NEEDED"
    assert "Manage Integrations" in error.remedy
    assert place.vault.by_id(connection.id).trouble is None
    place.account.integration.state = State.ENABLED
    with place.vault.database.write() as transaction:  # a minute later
        transaction.exec_driver_sql("UPDATE refused_login SET shut_until = '2001-01-01T00:00:00.000000Z'")
    assert place.connections.test(connection).server_time


def test_the_token_flow_from_connect_to_the_first_rows(place: Place):
    url = place.ways_in.begin_token_flow(
        user="ann", session_id="browser", record_id=place.record(), connection_name="Token"
    )
    connection = place.ways_in.finish_token_flow("ann", "browser", place.consent(url))
    assert connection.method == "tba"
    assert place.rows(connection) > 10
    assert place.ways_in.revoke(connection) is True


def test_the_token_flow_denied_keeps_nothing(place: Place):
    url = place.ways_in.begin_token_flow(
        user="ann", session_id="browser", record_id=place.record(), connection_name="Token"
    )
    query = place.consent(url, decision="deny")
    assert refusal(place.ways_in.finish_token_flow, "ann", "browser", query).code == "CONSENT_DENIED"
    assert place.vault.connections("ann") == []


def map_by_hand(place: Place, certificate: str, entity: str = "14") -> str:
    """What the administrator does on NetSuite's page."""
    answer = place.browser.http.post(
        f"{place.sandbox.url}{CERTIFICATES}",
        headers={"Accept": "application/json"},
        data={
            "integration": place.account.integration.id,
            "entity": entity,
            "role": place.account.machine_role.id,
        },
        files={"certificate": ("certificate.pem", certificate)},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["certificate_id"]


def test_a_certificate_from_the_hand_off_to_the_first_rows_and_its_change(place: Place):
    page = place.ways_in.new_certificate("ann", place.account.account_id, "Machine")
    certificate_id = map_by_hand(place, place.ways_in.hand_off(page.token).certificate)
    connection = place.ways_in.take_back(page.token, place.account.integration.consumer_key, certificate_id)
    assert place.rows(connection) > 10
    assert refusal(place.ways_in.rotate_certificate, connection).code == "NO_ROTATION"
    place.account.machine_role.permissions |= {Permission.OWN_CERTIFICATES}
    changed = place.ways_in.rotate_certificate(connection)
    assert (changed.id, changed.version) == (connection.id, 2)
    changed = place.ways_in.rotate_certificate(changed)
    assert place.rows(connection) > 10
    assert place.ways_in.unknown_certificates(changed) == []
    foreign = make_certificate("somebody else", place.now()).certificate.encode()
    mapping = place.account.certificates.find(certificate_id)
    intruder = place.account.certificates.upload(
        place.account.integration, mapping.entity, mapping.role, foreign, beside_another=True
    )
    (alarm,) = place.ways_in.unknown_certificates(changed)
    assert alarm.certificate_id == intruder.certificate_id
    assert place.ways_in.revoke(changed) is True


@pytest.mark.parametrize("changed", [{"role": "1009"}, {"entity": "4711"}, {"role": "3", "entity": "-5"}])
def test_whose_the_token_is_says_netsuite_and_not_the_browser(place: Place, changed: dict[str, str]):
    query = place.consent(place.begin()) | changed
    assert refusal(place.ways_in.finish_code, "ann", "browser", query).code == "MIXED_UP_REDIRECT"
    assert place.vault.connections("ann") == []
    url = place.ways_in.begin_token_flow(
        user="ann", session_id="browser", record_id=place.record(), connection_name="Token"
    )
    query = place.consent(url) | changed
    assert refusal(place.ways_in.finish_token_flow, "ann", "browser", query).code == "MIXED_UP_REDIRECT"
    assert place.vault.connections("ann") == []


def test_a_record_that_was_blocked_while_the_browser_was_away_takes_no_consent(place: Place):
    record = place.record()
    query = place.consent(place.begin(record_id=record))
    with place.database.write() as transaction:
        transaction.exec_driver_sql("UPDATE integration_record SET state = 'blocked'")
    assert refusal(place.ways_in.finish_code, "ann", "browser", query).code == "RECORD_BLOCKED"
    assert place.vault.connections("ann") == []
