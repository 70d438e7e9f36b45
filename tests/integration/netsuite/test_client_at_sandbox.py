"""The client at a sandbox account: two code bases that share nothing but the wire.

The account's data is a list made here, so that what arrives can be compared with it and not with a translation.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.egress import Egress, Origin
from connector.errors import BusyError, ConnectorError, LoginRefusedError, QueryRefusedError
from connector.netsuite.account import AccountId, hosts_of
from connector.netsuite.certificate import make_certificate
from connector.netsuite.client_credentials import ClientCredentials, ClientCredentialsAuth
from connector.netsuite.health import check
from connector.netsuite.session import TOKEN_PATH, Session
from connector.netsuite.suiteql import SuiteQL
from connector.netsuite.tba import TbaAuth, TokenCredentials
from connector.sandbox.account import Account
from connector.sandbox.directory import Scope, State
from connector.sandbox.profile import PROFILES
from connector.sandbox.serving import RunningSandbox, serving
from connector.sandbox.suiteql.refusal import unknown_identifier, unknown_table, unsupported

ROWS = [
    {"id": str(number), "name": name, **({"memo": "=HYPERLINK(1)"} if number % 3 else {})}
    for number, name in enumerate(["00123", "1E5", "10-20", "Ä\n\"'", "2.402086483E7"] * 511)
]


@dataclass(frozen=True)
class Part:
    items: Sequence[Mapping[str, str]]
    total: int


@dataclass
class ListEngine:
    """Answers every query with ROWS, keeps what it was asked, and refuses where the text says so."""

    asked: list[tuple[str, list[str | None]]] = field(default_factory=list)

    def page(self, q: str, params: Sequence[str | None], *, limit: int, offset: int) -> Part:
        self.asked.append((q, list(params)))
        if "nosuchtable" in q:
            raise unknown_table("nosuchtable")
        if "nosuchcolumn" in q:
            raise unknown_identifier("nosuchcolumn", {"customer": "customer"})
        if "LIMIT" in q:
            raise unsupported("LIMIT")
        return Part(ROWS[offset : offset + limit], len(ROWS))


class SetClock:
    """The account's clock: the true one, put off by so many seconds."""

    def __init__(self) -> None:
        self.off = 0.0

    def __call__(self) -> float:
        return time.time() + self.off


@dataclass
class Stage:
    """A running sandbox and ways to sign in to it."""

    sandbox: RunningSandbox
    engine: ListEngine
    clock: SetClock
    stack: ExitStack

    @property
    def account(self) -> Account:
        return self.sandbox.account

    @property
    def origin(self) -> Origin:
        return Origin.parse(self.sandbox.url, configured=True)

    def session(self, auth: httpx2.Auth | None) -> Session:
        session = Session(
            Egress("NetSuite", self.origin, ca_file=self.sandbox.announcement["ca_file"], timeout=10.0), auth
        )
        self.stack.callback(session.close)
        return session

    def tba(self, realm: str | None = None, **changes: str) -> Session:
        account = AccountId.parse(self.sandbox.announcement["account"])
        credentials = TokenCredentials(**{**self.sandbox.announcement["tba"], **changes})
        return self.session(TbaAuth(realm or account.realm, credentials))

    def machine(self, account: str | None = None, **changes: str) -> Session:
        announced = self.sandbox.announcement["client_credentials"]
        given = {
            "client_id": announced["client_id"],
            "certificate_id": announced["certificate_id"],
            "private_key": Path(announced["private_key_file"]).read_text(),
        }
        hosts = hosts_of(AccountId.parse(account or self.sandbox.announcement["account"]))
        credentials = ClientCredentials(**{**given, **changes})
        return self.session(ClientCredentialsAuth(self.session(None), credentials, f"{hosts.suitetalk}{TOKEN_PATH}"))

    def reasons(self) -> list[str]:
        """The details of the failed logins, as the Login Audit Trail has them."""
        return [one.detail for one in self.account.audit_trail.attempts() if one.status == "Failure"]


def ask(session: Session, text: str = "SELECT id FROM customer ORDER BY id", **options: int) -> SuiteQL:
    return SuiteQL(session, pause=lambda _: None, **options).read(text)


@pytest.fixture(params=[False, True], ids=["http", "https"])
def stage(request) -> Iterator[Stage]:
    yield from staged(tls=request.param)


class NothingEntered:
    """A company that nobody enters anything into, nor asks for its books."""

    books = insert = change = delete = None


@pytest.fixture
def plain() -> Iterator[Stage]:
    yield from staged(tls=False)


def staged(*, tls: bool) -> Iterator[Stage]:
    engine, clock = ListEngine(), SetClock()
    account = Account(engine=engine, company=NothingEntered(), profile=PROFILES["default"], clock=clock)
    with ExitStack() as stack:
        sandbox = stack.enter_context(serving(account, tls=tls))
        yield Stage(sandbox, engine, clock, stack)


SIGN_IN: list[Callable[[Stage], Session]] = [Stage.tba, Stage.machine]


@pytest.mark.parametrize("sign_in", SIGN_IN, ids=["tba", "client-credentials"])
def test_every_page_arrives_in_order(stage, sign_in):
    got = ask(sign_in(stage), page_size=100)
    assert got.rows == ROWS
    assert (got.total, got.all_pages, got.consistent, got.requests) == (2555, True, None, 26)
    assert stage.reasons() == []


@pytest.mark.parametrize("sign_in", SIGN_IN, ids=["tba", "client-credentials"])
def test_health_tells_the_accounts_clock(stage, sign_in):
    stage.clock.off = 100.0
    assert check(sign_in(stage)).clock_skew == pytest.approx(-100, abs=2)


def test_a_first_page_takes_one_token_and_one_request(plain):
    session = plain.machine()
    ask(session, page_size=1000)
    ask(session, page_size=1000)
    paths = [request.path.rpartition("/")[2] for request in plain.account.received.all()]
    assert paths == ["token", *["suiteql"] * 6]


def test_a_certificate_made_here_opens_the_account(plain):
    made = make_certificate("NSQuery", datetime.now(UTC), kind="rsa-3072")
    mapping = plain.account.certificates.upload(
        plain.account.integration, plain.account.reader, plain.account.reader_role, made.certificate.encode()
    )
    session = plain.machine(certificate_id=mapping.certificate_id, private_key=made.private_key)
    assert ask(session).total == len(ROWS)


class TestRefused:
    @pytest.mark.parametrize("name", ["consumer_key", "consumer_secret", "token_id", "token_secret"])
    def test_one_changed_byte_in_a_credential(self, plain, name):
        right = plain.sandbox.announcement["tba"][name]
        with pytest.raises(LoginRefusedError) as caught:
            ask(plain.tba(**{name: ("0" if right[0] != "0" else "1") + right[1:]}))
        assert caught.value.code == "LOGIN_REFUSED"
        assert len(plain.reasons()) == 1
        assert ask(plain.tba()).total == len(ROWS)

    @pytest.mark.parametrize("realm", ["1234567_sb1", "1234567-SB1", "1234567"])
    def test_a_realm_in_another_spelling(self, plain, realm):
        with pytest.raises(LoginRefusedError) as caught:
            ask(plain.tba(realm=realm))
        assert plain.reasons() == ["InvalidSignature"]
        assert "1234567_SB1" in caught.value.message

    @pytest.mark.parametrize("off", [-900.0, 900.0])
    @pytest.mark.parametrize("sign_in", [Stage.tba, Stage.machine], ids=["tba", "client-credentials"])
    def test_a_clock_that_is_off_is_named_as_the_cause(self, plain, sign_in, off):
        plain.clock.off = off
        with pytest.raises(LoginRefusedError) as caught:
            ask(sign_in(plain))
        assert caught.value.code == "CLOCK_SKEW"
        assert ("behind" if off > 0 else "ahead of") in caught.value.message

    def test_a_blocked_integration(self, plain):
        plain.account.integration.state = State.BLOCKED
        for session in (plain.tba(), plain.machine()):
            with pytest.raises(LoginRefusedError) as caught:
                ask(session)
            assert "Manage Integrations" in caught.value.remedy

    def test_another_accounts_id(self, plain):
        with pytest.raises(LoginRefusedError) as caught:
            ask(plain.machine(account="7654321"))
        assert caught.value.code == "INVALID_GRANT"
        assert plain.reasons() == ["TokenNotAcceptable"]

    def test_an_unknown_client(self, plain):
        with pytest.raises(LoginRefusedError) as caught:
            ask(plain.machine(client_id="f" * 64))
        assert caught.value.code == "INVALID_CLIENT"

    def test_an_unknown_certificate(self, plain):
        with pytest.raises(LoginRefusedError) as caught:
            ask(plain.machine(certificate_id="A" * 43))
        assert "M2M" in caught.value.remedy

    def test_a_revoked_certificate(self, plain):
        plain.account.certificates.revoke(plain.sandbox.announcement["client_credentials"]["certificate_id"])
        with pytest.raises(LoginRefusedError) as caught:
            ask(plain.machine())
        assert "M2M" in caught.value.remedy

    def test_a_key_of_another_certificate(self, plain):
        with pytest.raises(LoginRefusedError) as caught:
            ask(plain.machine(private_key=make_certificate("x", datetime.now(UTC)).private_key))
        assert "M2M" in caught.value.remedy

    def test_a_scope_that_the_record_does_not_allow(self, plain):
        plain.account.integration.scopes = frozenset({Scope.RESTLETS})
        with pytest.raises(LoginRefusedError) as caught:
            ask(plain.machine())
        assert (caught.value.code, "REST Web Services" in caught.value.remedy) == ("INVALID_SCOPE", True)

    def test_a_refused_login_is_one_failure_for_a_query_of_many_pages(self, plain):
        session = plain.tba(token_secret="0" * 64)
        with pytest.raises(LoginRefusedError):
            ask(session, page_size=10)
        assert len(plain.reasons()) == 1

    @pytest.mark.parametrize(
        ("text", "code", "words"),
        [
            ("SELECT id FROM nosuchtable", "UNKNOWN_TABLE", "nosuchtable"),
            ("SELECT nosuchcolumn FROM customer", "UNKNOWN_COLUMN", "customer=customer"),
            ("SELECT id FROM customer LIMIT 10", "UNSUPPORTED_SQL", "Invalid or unsupported search"),
        ],
    )
    def test_a_query_that_netsuite_refuses(self, plain, text, code, words):
        with pytest.raises(QueryRefusedError) as caught:
            ask(plain.tba(), text)
        assert caught.value.code == code
        assert words in caught.value.message

    def test_the_request_limit(self, plain):
        with ExitStack() as slots:
            for _ in range(plain.account.gate.limit):
                slots.enter_context(plain.account.gate.slot())
            with pytest.raises(BusyError):
                ask(plain.tba())
        assert ask(plain.tba()).total == len(ROWS)


def test_many_threads_share_one_session(plain):
    session = plain.machine()
    outcomes: list[object] = []

    def one() -> None:
        try:
            outcomes.append(len(SuiteQL(session, slots=1, pause=lambda _: None).read("SELECT id FROM customer").rows))
        except ConnectorError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(outcomes) <= {len(ROWS), "CONCURRENCY_LIMIT"}
    assert [request.path for request in plain.account.received.all()].count("/services/rest/auth/oauth2/v1/token") == 1


@given(
    text=st.text(st.characters(codec="utf-8"), min_size=1),
    values=st.lists(st.none() | st.text(st.characters(codec="utf-8"))),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_query_and_parameters_arrive_as_they_were_given(plain, text, values):
    query = f"SELECT id FROM customer /* {text} */".replace("LIMIT", "").replace("nosuch", "")
    SuiteQL(plain.tba(), page_size=1000).read(query, values, limit=1)
    assert plain.engine.asked[-1] == (query, values)
