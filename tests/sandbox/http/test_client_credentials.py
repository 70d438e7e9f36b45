"""OAuth 2.0 client credentials: assertions, access tokens, scopes.

Rules: Oracle section_162755359851, section_162790605110; faults: subsect_158521832417; audit words: subsect_158324637123.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from certificates import certificate, key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wire_client import SERVER_TIME

import connector.sandbox
from connector.sandbox.directory import Scope, State
from connector.sandbox.profile import Profile

RECORDED = Path(connector.sandbox.__file__).parent / "recorded"
TOKEN = "/services/rest/auth/oauth2/v1/token"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Machine:
    """A program with a mapped certificate."""

    def __init__(self, sandbox, kind="p-256", algorithm="ES256", **validity: Any) -> None:
        self.sandbox, self.algorithm = sandbox, algorithm
        self.certificate = certificate(kind, now=sandbox.clock.now, **validity)
        account = sandbox.account
        self.mapping = account.certificates.upload(
            account.integration, account.reader, account.reader_role, self.certificate.pem
        )

    def assertion(self, *, algorithm=None, header=None, **claims: Any):
        now = int(self.sandbox.clock.now)
        all_claims = {
            "iss": self.sandbox.account.integration.consumer_key,
            "aud": self.sandbox.running.url + TOKEN,
            "scope": ["restlets", "rest_webservices"],
            "iat": now,
            "exp": now + 3600,
            **claims,
        }
        return self.certificate.assertion(
            {name: value for name, value in all_claims.items() if value is not None},
            algorithm=algorithm or self.algorithm,
            header={"kid": self.mapping.certificate_id, "typ": "JWT"} if header is None else header,
        )

    def ask(self, assertion=None, **claims: Any):
        return token(self.sandbox, client_assertion=assertion or self.assertion(**claims))

    def use(self, path=SERVER_TIME, **claims: Any):
        return bearer(self.sandbox, self.ask(**claims).json()["access_token"], path)


def token(sandbox, headers=FORM, **fields: Any):
    form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE, **fields}
    body = urlencode({name: value for name, value in form.items() if value is not None}).encode()
    return sandbox.client.send("POST", TOKEN, headers, body)


def bearer(sandbox, access_token, path=SERVER_TIME):
    return sandbox.client.send("GET", path, {"Authorization": f"Bearer {access_token}"})


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [
        ("rsa-3072", "PS256"),
        ("rsa-3072", "PS384"),
        ("rsa-4096", "PS512"),
        ("p-256", "ES256"),
        ("p-384", "ES384"),
        ("p-521", "ES512"),
    ],
)
def test_an_assertion_buys_an_access_token_for_an_hour(sandbox, kind, algorithm):
    reply = Machine(sandbox, kind, algorithm).ask()
    assert reply.status == 200
    answer = reply.json()
    assert answer.pop("access_token")
    assert answer == {"expires_in": 3600, "token_type": "Bearer"}


def test_the_announced_machine_gets_in(sandbox):
    announced = sandbox.running.announcement["client_credentials"]
    mapping = sandbox.account.certificates.find(announced["certificate_id"])
    assert mapping.integration.consumer_key == announced["client_id"]
    assert Path(announced["private_key_file"]).stat().st_mode & 0o777 == 0o600
    assert Path(announced["private_key_file"]).parent.stat().st_mode & 0o777 == 0o700
    now = int(sandbox.clock.now)
    claims = {"iss": announced["client_id"], "aud": sandbox.running.url + TOKEN, "iat": now, "exp": now + 60}
    assertion = jwt.encode(
        {**claims, "scope": "rest_webservices"},
        Path(announced["private_key_file"]).read_bytes(),
        algorithm="ES256",
        headers={"kid": announced["certificate_id"]},
    )
    reply = token(sandbox, client_assertion=assertion)
    assert bearer(sandbox, reply.json()["access_token"]).status == 200


@pytest.mark.parametrize(
    "scope",
    [
        ["restlets", "rest_webservices"],
        ["rest_webservices"],
        "rest_webservices",
        "restlets,rest_webservices",
        "restlets, rest_webservices",
        "restlets rest_webservices suite_analytics",
    ],
)
def test_a_scope_is_a_text_or_an_array(sandbox, scope):
    assert Machine(sandbox).use(scope=scope).status == 200


@pytest.mark.parametrize(
    "scope", [None, "", [], "everything", ["mcp"], ["restlets", 1], 5, {"restlets": 1}, [["restlets"]]]
)
def test_an_unknown_scope_is_refused(sandbox, scope):
    reply = Machine(sandbox).ask(scope=scope)
    assert (reply.status, reply.json()) == (400, {"error": "invalid_scope"})
    assert sandbox.client.details() == ["InvalidScope"]


def test_a_scope_that_the_record_does_not_have_is_refused(sandbox):
    sandbox.account.integration.scopes = frozenset({Scope.RESTLETS})
    assert Machine(sandbox).ask().json() == {"error": "invalid_scope"}


def test_the_audience_is_the_account_s_token_endpoint_under_any_of_its_names(sandbox):
    machine = Machine(sandbox)
    for host in ("1234567-sb1.suitetalk.api.netsuite.com", "1234567-sb1.restlets.api.netsuite.com"):
        assert machine.ask(aud=f"https://{host}{TOKEN}").status == 200
    assert machine.ask(aud=[f"https://{host}{TOKEN}"]).status == 200


@pytest.mark.parametrize(
    ("claims", "detail"),
    [
        ({"aud": "https://7654321.suitetalk.api.netsuite.com" + TOKEN}, "TokenNotAcceptable"),
        ({"aud": None}, "TokenNotAcceptable"),
        ({"aud": []}, "TokenNotAcceptable"),
        ({"aud": {"host": "x"}}, "TokenNotAcceptable"),
        ({"aud": [["x"]]}, "TokenNotAcceptable"),
        ({"aud": [{}, None, 7]}, "TokenNotAcceptable"),
        ({"iat": None}, "TokenRejected"),
        ({"exp": None}, "TokenRejected"),
        ({"iat": "soon"}, "TokenRejected"),
        ({"iat": True}, "TokenRejected"),
        ({"exp": 10**400}, "TokenRejected"),
        ({"header": {}}, "MissingKeyId"),
        ({"header": {"kid": "A" * 43}}, "MissingKey"),
    ],
)
def test_each_mistake_of_an_assertion_has_its_word_in_the_audit_trail(sandbox, claims, detail):
    reply = Machine(sandbox).ask(**claims)
    assert (reply.status, reply.json()) == (400, {"error": "invalid_grant"})
    assert sandbox.client.details() == [detail]


@given(
    name=st.sampled_from(["iss", "aud", "scope", "iat", "exp", "nbf", "jti", "sub"]),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_claim_holds_the_answer_is_the_token_endpoint_s(sandbox, name, value):
    machine = Machine(sandbox)
    try:
        reply = machine.ask(machine.assertion(**{name: value}))
    finally:
        sandbox.account.certificates.revoke(machine.mapping.certificate_id)
    assert reply.status in {200, 400, 401}
    assert ("error" in reply.json()) is (reply.status != 200)


@pytest.mark.parametrize(
    ("begins", "ends", "detail"),
    [
        (0, 3600, ""),
        (0, 3601, "TokenValidityTooBroad"),
        (-3601, -1, "TokenExpired"),
        (-3600, 0, "TokenExpired"),
        (-3599, 1, ""),
        (61, 300, "TokenNotAcceptable"),
        (60, 300, ""),
        (300, 60, "TokenNotAcceptable"),
    ],
)
def test_an_assertion_lives_an_hour_at_most(sandbox, begins, ends, detail):
    now = int(sandbox.clock.now)
    Machine(sandbox).ask(iat=now + begins, exp=now + ends)
    assert sandbox.client.details() == [detail]


@pytest.mark.parametrize(
    ("kind", "algorithm"), [("rsa-3072", "RS256"), ("rsa-3072", "RS512"), ("p-384", "ES256"), ("p-256", "none")]
)
def test_other_algorithms_are_refused(sandbox, kind, algorithm):
    machine = Machine(sandbox, kind)
    if algorithm == "none" or kind == "p-384":
        head, payload, made = machine.assertion(algorithm="ES384" if kind == "p-384" else "ES256").split(".")
        signed = ".".join([relabel(head, algorithm), payload, "" if algorithm == "none" else made])
    else:
        signed = machine.assertion(algorithm=algorithm)
    assert machine.ask(signed).json() == {"error": "invalid_grant"}
    assert sandbox.client.details() == ["UnsupportedAlgo"]


def relabel(head, algorithm):
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    return base64.urlsafe_b64encode(json.dumps({**header, "alg": algorithm}).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(("kind", "algorithm"), [("p-256", "ES256"), ("rsa-3072", "PS256")])
def test_a_public_key_is_no_shared_secret(sandbox, kind, algorithm):
    machine = Machine(sandbox, kind, algorithm)
    public = key(kind).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head, payload, _ = machine.assertion().split(".")
    text = f"{relabel(head, 'HS256')}.{payload}"
    made = hmac.new(public, text.encode(), hashlib.sha256).digest()
    signature = base64.urlsafe_b64encode(made).rstrip(b"=").decode()
    assert machine.ask(f"{text}.{signature}").json() == {"error": "invalid_grant"}
    assert sandbox.client.details() == ["UnsupportedAlgo"]


def test_a_changed_assertion_is_refused(sandbox):
    machine = Machine(sandbox)
    head, _, made = machine.assertion().split(".")
    other = machine.assertion(jti="other").split(".")[1]
    assert machine.ask(f"{head}.{other}.{made}").json() == {"error": "invalid_grant"}
    assert sandbox.client.details() == ["SignatureValidation"]


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "é", "....", "e30.e30.e30"])
def test_what_is_no_assertion_is_refused(sandbox, text):
    assert token(sandbox, client_assertion=text).status in (400, 401)


def test_an_unknown_client_gets_the_recorded_refusal(start):
    sandbox = start(profile=Profile("recorded", account_id="123456"))
    recorded = json.loads((RECORDED / "token-invalid-client.json").read_text())
    reply = Machine(sandbox).ask(iss="0" * 64)
    assert (reply.status, reply.json()) == (recorded["status"], recorded["body"])
    assert reply.headers["www-authenticate"] == recorded["headers"]["WWW-Authenticate"]
    assert sandbox.client.details() == ["InvalidIssuer"]


def test_a_blocked_integration_gets_no_token(sandbox):
    machine = Machine(sandbox)
    held = machine.ask().json()["access_token"]
    sandbox.account.integration.state = State.BLOCKED
    assert machine.ask().json() == {"error": "invalid_client"}
    assert bearer(sandbox, held).status == 401
    assert sandbox.client.details()[-2:] == ["IntegrationBlocked"] * 2


def test_a_record_without_the_grant_gets_no_token(sandbox):
    sandbox.account.integration.client_credentials = False
    reply = Machine(sandbox).ask()
    assert (reply.status, reply.json()) == (400, {"error": "unauthorized_client"})


def test_a_client_id_beside_the_assertion_names_the_same_client(sandbox):
    machine = Machine(sandbox)
    own, other = sandbox.account.integration, sandbox.account.directory.add_integration("Other")
    for named in (own.consumer_key, ""):
        assert token(sandbox, client_assertion=machine.assertion(), client_id=named).status == 200
    for named in (other.consumer_key, "x"):
        reply = token(sandbox, client_assertion=machine.assertion(), client_id=named)
        assert (reply.status, reply.json()) == (401, {"error": "invalid_client"})
    assert sandbox.client.details() == ["", "", "ClientIdMismatch", "ClientIdMismatch"]


def test_a_certificate_of_another_record_is_refused(sandbox):
    other = sandbox.account.directory.add_integration("Other")
    assert Machine(sandbox).ask(iss=other.consumer_key).json() == {"error": "invalid_grant"}
    assert sandbox.client.details() == ["ClientIdMismatch"]


def test_a_revoked_certificate_is_refused(sandbox):
    machine = Machine(sandbox)
    sandbox.account.certificates.revoke(machine.mapping.certificate_id)
    assert machine.ask().json() == {"error": "invalid_grant"}


def test_a_certificate_ends_and_begins(sandbox):
    machine = Machine(sandbox, begins=1, days=1)
    assert machine.ask().json() == {"error": "invalid_grant"}
    sandbox.clock.now += 86_400
    assert machine.ask().status == 200
    sandbox.clock.now += 86_400
    assert machine.ask().json() == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": None}, "invalid_request"),
        ({"client_assertion_type": "jwt"}, "invalid_request"),
        ({"client_assertion": None}, "invalid_request"),
        ({"headers": {"Content-Type": "application/json"}}, "invalid_request"),
        ({"headers": {}}, "invalid_request"),
        ({"headers": {**FORM, "Authorization": "Basic YTpi"}}, "invalid_request"),
    ],
)
def test_a_request_for_a_token_must_be_whole(sandbox, fields, error):
    reply = token(sandbox, **{"client_assertion": Machine(sandbox).assertion(), **fields})
    recorded = json.loads((RECORDED / f"token-{error.replace('_', '-')}.json").read_text())
    assert (reply.status, reply.json()) == (recorded["status"], recorded["body"])


def test_a_parameter_said_twice_is_refused(sandbox):
    form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE}
    body = urlencode({**form, "client_assertion": Machine(sandbox).assertion()}) + "&grant_type=client_credentials"
    assert sandbox.client.send("POST", TOKEN, FORM, body.encode()).json() == {"error": "invalid_request"}


def test_the_token_endpoint_takes_post_alone(sandbox):
    reply = sandbox.client.send("GET", TOKEN)
    assert (reply.status, reply.headers["allow"]) == (405, "POST")


def test_an_access_token_ends_after_sixty_minutes(sandbox):
    access_token = Machine(sandbox).ask().json()["access_token"]
    sandbox.clock.now += 3599
    assert bearer(sandbox, access_token).status == 200
    sandbox.clock.now += 1
    assert bearer(sandbox, access_token).status == 401
    assert sandbox.client.details()[-1] == "AccessTokenExpired"


def test_a_bad_access_token_gets_the_recorded_refusal(start):
    sandbox = start(profile=Profile("recorded", account_id="123456"))
    recorded = json.loads((RECORDED / "401-rest-bearer.json").read_text())
    reply = bearer(sandbox, "not-a-token")
    assert reply.status == recorded["status"]
    assert json.dumps(reply.json()) == json.dumps(recorded["body"])
    assert reply.headers["www-authenticate"] == recorded["headers"]["WWW-Authenticate"]


def test_a_header_without_a_token_is_malformed(start):
    sandbox = start(profile=Profile("recorded", account_id="123456"))
    recorded = json.loads((RECORDED / "400-rest-bearer-malformed.json").read_text())
    reply = sandbox.client.send("GET", SERVER_TIME, {"Authorization": "Bearer"})
    assert (reply.status, reply.json()) == (recorded["status"], recorded["body"])
    assert reply.headers["www-authenticate"] == recorded["headers"]["WWW-Authenticate"]


def test_a_token_opens_what_its_scope_says(sandbox):
    restlet = "/app/site/hosting/restlet.nl?script=1&deploy=1"
    machine = Machine(sandbox)
    assert machine.use(scope="restlets").status == 401
    assert sandbox.client.details()[-1] == "ScopeMismatched"
    assert machine.use(restlet, scope="restlets").json()["error"]["code"] == "SSS_INVALID_SCRIPTLET_ID"
    assert machine.use(restlet, scope="rest_webservices").json()["error"]["code"] == "INVALID_LOGIN_ATTEMPT"


def test_access_tokens_are_kept_as_digests(sandbox):
    access_token = Machine(sandbox).ask().json()["access_token"]
    assert access_token not in repr(vars(sandbox.account.access_tokens))


def test_failed_assertions_lock_no_user(sandbox):
    machine = Machine(sandbox)
    for _ in range(6):
        machine.ask(aud="https://elsewhere.example")
    assert machine.ask().status == 200
    assert sandbox.client.signed("GET", SERVER_TIME).status == 200
