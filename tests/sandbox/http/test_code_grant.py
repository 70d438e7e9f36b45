"""Codes and refresh tokens: what they buy, from whom, how often, and for how long.

Oracle section_158081952044, section_158082518856, section_161071224088, subsect_158521832417; RFC 6749, 7009, 7636.
"""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import jwt
import pytest
from application import FORM, KEYS, REVOKE, TOKEN, confidential, public
from test_client_credentials import Machine
from wire_client import connect, exchange

from connector.sandbox.directory import Scope, State
from connector.sandbox.permissions import READING, Feature, Permission

DAY = 86_400
HOUR = 3600


def fault(reply):
    return reply.status, reply.json()


def test_a_code_buys_an_access_token_and_a_refresh_token(sandbox):
    answer = confidential(sandbox).tokens()
    assert list(answer) == ["access_token", "refresh_token", "expires_in", "token_type"]
    assert (answer["expires_in"], answer["token_type"]) == (3600, "bearer")
    assert confidential(sandbox).use(answer["access_token"]).status == 200
    attempt = sandbox.account.audit_trail.as_json()[-1]
    assert (attempt["type"], attempt["status"], attempt["entity"], attempt["role"]) == (
        "OAuth 2.0", "Success", "12", "1000",
    )  # fmt: skip


def test_the_answer_is_not_to_be_kept(sandbox):
    app = confidential(sandbox)
    headers = app.redeem(app.code()).headers
    assert (headers["cache-control"], headers["pragma"]) == ("no-store", "no-cache")


def test_a_code_serves_once_and_its_second_use_takes_back_what_it_gave(sandbox):
    app = confidential(sandbox)
    code = app.code()
    given = app.redeem(code).json()
    assert fault(app.redeem(code)) == (400, {"error": "invalid_grant"})
    assert app.use(given["access_token"]).status == 401
    assert fault(app.refresh(given["refresh_token"])) == (400, {"error": "invalid_grant"})


def test_of_two_who_redeem_one_code_at_once_one_gets_it_and_loses_it(sandbox):
    app = confidential(sandbox)

    def redeem(code):
        connection = connect(sandbox.running)
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": app.redirect_uri}
        body = urlencode({**fields, "code_verifier": app.verifier}).encode()
        try:
            return exchange(connection, "POST", TOKEN, {**FORM, **app.basic()}, body)
        finally:
            connection.close()

    for _ in range(5):
        code = app.code()
        with ThreadPoolExecutor(2) as pool:
            replies = list(pool.map(redeem, [code] * 2))
        assert sorted(reply.status for reply in replies) == [200, 400]
        (winner,) = (reply.json() for reply in replies if reply.status == 200)
        assert app.use(winner["access_token"]).status == 401


def test_a_code_lives_ten_minutes(sandbox):
    app = confidential(sandbox)
    first, second = app.code(), app.code()
    sandbox.clock.now += 599
    assert app.redeem(first).status == 200
    sandbox.clock.now += 1
    assert fault(app.redeem(second)) == (400, {"error": "invalid_grant"})
    assert sandbox.client.details()[-1] == "TokenExpired"


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://localhost:8620/oauth2/callback"},
        {"code_verifier": "x" * 43},
        {"code_verifier": None},
        {"code": "0" * 64},
        {"code": "é"},
    ],
)
def test_a_code_is_bound_to_its_address_and_challenge(sandbox, changed):
    app = confidential(sandbox)
    code = app.code()
    assert fault(app.redeem(code, **changed)) == (400, {"error": "invalid_grant"})


def test_a_wrong_verifier_uses_the_code_up(sandbox):
    app = confidential(sandbox)
    code = app.code()
    app.redeem(code, code_verifier="x" * 43)
    assert fault(app.redeem(code)) == (400, {"error": "invalid_grant"})


def test_a_verifier_without_a_challenge_is_refused(sandbox):
    app = confidential(sandbox, uses_pkce=False)
    assert app.redeem(app.code(), code_verifier="x" * 43).json() == {"error": "invalid_grant"}
    assert app.redeem(app.code()).status == 200


@pytest.mark.parametrize("verifier", ["x" * 42, "x" * 129, "x" * 42 + "é", "x" * 42 + " "])
def test_a_verifier_has_43_to_128_characters(sandbox, verifier):
    app = confidential(sandbox)
    assert fault(app.redeem(app.code(), code_verifier=verifier)) == (400, {"error": "invalid_request"})


def test_a_code_of_one_client_is_nothing_to_another(sandbox):
    app, thief = confidential(sandbox), public(sandbox)
    code = app.code()
    assert fault(thief.redeem(code, code_verifier=app.verifier)) == (400, {"error": "invalid_grant"})
    assert sandbox.client.details()[-1] == "ClientIdMismatch"
    assert app.redeem(code).status == 200


@pytest.mark.parametrize("name", ["code", "redirect_uri", "grant_type"])
def test_a_request_without_one_of_its_parameters_is_refused(sandbox, name):
    app = confidential(sandbox)
    assert fault(app.redeem(app.code(), **{name: None})) == (400, {"error": "invalid_request"})


def encoded(text):
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


def test_a_client_that_is_not_itself_is_challenged(sandbox):
    app, other = confidential(sandbox), public(sandbox)
    wrong = [
        encoded(f"{app.client_id}:{'0' * 64}"),
        encoded(f"{app.client_id}:"),
        encoded(f"{'0' * 64}:{app.client_secret}"),
        encoded(f"{other.client_id}:{'0' * 64}"),
        encoded(app.client_id),
        encoded(":"),
        {"Authorization": "Basic %%%"},
        {"Authorization": "Basic"},
        {"Authorization": "Bearer x"},
        {},
    ]
    for headers in wrong:
        reply = app.redeem("0" * 64, headers)
        assert fault(reply) == (401, {"error": "invalid_client"})
        assert reply.headers["www-authenticate"] == 'Basic realm="1234567_SB1"'


def test_a_confidential_client_has_no_other_way_than_basic(sandbox):
    app = confidential(sandbox)
    for fields in ({"client_id": app.client_id}, {"client_id": app.client_id, "client_secret": app.client_secret}):
        assert fault(app.redeem("0" * 64, {}, **fields)) == (401, {"error": "invalid_client"})


def test_two_ways_at_once_are_refused(sandbox):
    app, open_app = confidential(sandbox), public(sandbox)
    for fields in ({"client_id": app.client_id}, {"client_secret": app.client_secret}, {"client_assertion": "x"}):
        assert fault(app.redeem("0" * 64, app.basic(), **fields)) == (400, {"error": "invalid_request"})
    both = open_app.redeem("0" * 64, encoded(f"{open_app.client_id}:"), client_id=open_app.client_id)
    assert fault(both) == (400, {"error": "invalid_request"})


def test_a_public_client_says_who_it_is_in_the_form_or_without_a_secret(sandbox):
    app = public(sandbox)
    assert app.redeem(app.code()).status == 200
    assert app.redeem(app.code(), encoded(f"{app.client_id}:")).status == 200


@pytest.mark.parametrize(
    ("spoil", "answer", "detail"),
    [
        (lambda account: setattr(account.integration, "state", State.BLOCKED), "invalid_client", "IntegrationBlocked"),
        (
            lambda account: setattr(account.integration, "authorization_code", False),
            "unauthorized_client",
            "AuthorizationCodeGrantRequired",
        ),
        (lambda account: account.directory.features.discard(Feature.OAUTH2), "unauthorized_client", "FeatureDisabled"),
        (lambda account: setattr(account.reader, "active", False), "invalid_grant", "EntityOrRoleDisabled"),
        (
            lambda account: setattr(account.reader_role, "permissions", READING - {Permission.OAUTH2_LOGIN}),
            "invalid_grant",
            "EntityOrRoleDisabled",
        ),
    ],
)
def test_what_changes_in_the_account_ends_codes_refreshes_and_access(sandbox, spoil, answer, detail):
    app = confidential(sandbox)
    code, given = app.code(), app.tokens()
    spoil(sandbox.account)
    assert app.redeem(code).json() == {"error": answer}
    assert app.refresh(given["refresh_token"]).json() == {"error": answer}
    assert app.use(given["access_token"]).status == 401
    assert sandbox.client.details()[-3:] == [detail] * 3


def test_a_confidential_client_refreshes_for_seven_days_from_the_first(sandbox):
    app = confidential(sandbox)
    refresh_token = app.tokens()["refresh_token"]
    for _ in range(6):
        sandbox.clock.now += DAY
        answer = app.refresh(refresh_token).json()
        assert list(answer) == ["access_token", "expires_in", "token_type"]
        assert app.use(answer["access_token"]).status == 200
    sandbox.clock.now += DAY - 1
    assert app.refresh(refresh_token).status == 200
    sandbox.clock.now += 1
    assert fault(app.refresh(refresh_token)) == (400, {"error": "invalid_grant"})
    assert sandbox.client.details()[-1] == "TokenExpired"


def test_a_public_client_s_refresh_token_serves_once_and_brings_the_next(sandbox):
    app = public(sandbox)
    first = app.tokens()
    second = app.refresh(first["refresh_token"]).json()
    assert list(second) == ["access_token", "refresh_token", "expires_in", "token_type"]
    assert app.refresh(second["refresh_token"]).status == 200


def test_a_rotated_token_that_comes_again_ends_the_whole_family(sandbox):
    app = public(sandbox)
    first = app.tokens()
    second = app.refresh(first["refresh_token"]).json()
    assert fault(app.refresh(first["refresh_token"])) == (400, {"error": "invalid_grant"})
    assert fault(app.refresh(second["refresh_token"])) == (400, {"error": "invalid_grant"})
    assert app.use(second["access_token"]).status == 401
    assert app.use(app.tokens()["access_token"]).status == 200


def test_of_two_refreshes_at_once_one_is_a_second_use(sandbox):
    app = public(sandbox)

    def refresh(token):
        connection = connect(sandbox.running)
        fields = {"grant_type": "refresh_token", "client_id": app.client_id, "refresh_token": token}
        try:
            return exchange(connection, "POST", TOKEN, FORM, urlencode(fields).encode()).status
        finally:
            connection.close()

    for _ in range(5):
        token = app.tokens()["refresh_token"]
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(refresh, [token] * 2)) == [200, 400]


def test_a_public_token_lives_48_hours_and_its_rotation_a_week(sandbox):
    app = public(sandbox)
    token = app.tokens()["refresh_token"]
    sandbox.clock.now += 48 * HOUR
    assert app.refresh(token).status == 400
    token = app.tokens()["refresh_token"]
    for _ in range(3):
        sandbox.clock.now += 47 * HOUR
        token = app.refresh(token).json()["refresh_token"]
    sandbox.clock.now += 27 * HOUR  # the 168th
    assert fault(app.refresh(token)) == (400, {"error": "invalid_grant"})


def test_the_record_says_how_long_a_public_token_lives(sandbox):
    record, app = sandbox.account.public_integration, public(sandbox)
    record.refresh_token_hours, record.rotation_hours = 1, 2
    first = app.tokens()["refresh_token"]
    sandbox.clock.now += HOUR - 1
    second = app.refresh(first).json()["refresh_token"]
    sandbox.clock.now += HOUR - 1
    third = app.refresh(second).json()["refresh_token"]
    assert jwt.decode(third, options={"verify_signature": False})["exp"] == int(sandbox.clock.now) + 2
    sandbox.clock.now += 2
    assert app.refresh(third).status == 400


def test_a_refresh_token_of_one_client_is_nothing_to_another(sandbox):
    token = confidential(sandbox).tokens()["refresh_token"]
    assert fault(public(sandbox).refresh(token)) == (400, {"error": "invalid_grant"})
    assert confidential(sandbox).refresh(token).status == 200


def test_an_access_token_refreshes_nothing_and_a_refresh_token_opens_nothing(sandbox):
    app = confidential(sandbox)
    given = app.tokens()
    assert app.refresh(given["access_token"]).json() == {"error": "invalid_grant"}
    assert app.use(given["refresh_token"]).status == 401
    assert app.refresh(None).json() == {"error": "invalid_request"}


@pytest.mark.parametrize("make", [confidential, public])
def test_revoking_a_refresh_token_ends_what_came_with_it(sandbox, make):
    app = make(sandbox)
    given, kept = app.tokens(), app.tokens()
    reply = app.send(REVOKE, {"token": given["refresh_token"]})
    assert (reply.status, reply.body) == (200, b"")
    assert app.refresh(given["refresh_token"]).status == 400
    assert app.use(given["access_token"]).status == 401
    assert app.use(kept["access_token"]).status == 200
    assert app.send(REVOKE, {"token": given["refresh_token"]}).status == 200


def test_revoking_asks_who_the_client_is_and_takes_its_own_alone(sandbox):
    app, other = confidential(sandbox), public(sandbox)
    given = app.tokens()
    assert fault(app.send(REVOKE, {"token": given["refresh_token"]}, {})) == (401, {"error": "invalid_client"})
    assert fault(other.send(REVOKE, {"token": given["refresh_token"]})) == (400, {"error": "invalid_grant"})
    assert fault(app.send(REVOKE, {})) == (400, {"error": "invalid_request"})
    assert app.send(REVOKE, {"token": "unknown"}).status == 200
    assert app.refresh(given["refresh_token"]).status == 200
    assert sandbox.client.send("GET", REVOKE).status == 405


def test_a_token_opens_what_its_scope_says(sandbox):
    restlet = "/app/site/hosting/restlet.nl?script=1&deploy=1"
    app = confidential(sandbox, scope="restlets")
    token = app.tokens()["access_token"]
    assert app.use(token).status == 401
    assert sandbox.client.details()[-1] == "ScopeMismatched"
    assert app.use(token, restlet).json()["error"]["code"] == "SSS_INVALID_SCRIPTLET_ID"


def test_the_ai_connector_s_token_opens_no_web_service(sandbox):
    sandbox.account.integration.scopes = frozenset(Scope)
    app = confidential(sandbox, scope="mcp")
    assert app.use(app.tokens()["access_token"]).status == 401
    assert sandbox.client.details()[-1] == "ScopeMismatched"


def keys(sandbox):
    reply = sandbox.client.send("GET", KEYS)
    assert reply.status == 200
    return {one["kid"]: jwt.PyJWK(one) for one in reply.json()["keys"]}


def test_tokens_have_the_anatomy_of_oracle_s_samples_and_the_published_keys_verify_them(sandbox):
    app = confidential(sandbox, scope="rest_webservices restlets")
    given, now = app.tokens(), int(sandbox.clock.now)
    for name, life in (("access_token", HOUR), ("refresh_token", 7 * DAY)):
        header = jwt.get_unverified_header(given[name])
        assert (header["typ"], header["alg"]) == ("JWT", "RS256")
        claims = jwt.decode(
            given[name],
            keys(sandbox)[header["kid"]].key,
            algorithms=["RS256"],
            audience=app.client_id,
            issuer="https://system.netsuite.com",
            options={"verify_exp": False, "verify_iat": False},
        )
        assert claims["sub"] == "1000;12"
        assert claims["scope"] == ["restlets", "rest_webservices"]
        assert (claims["iat"], claims["exp"], claims["oit"]) == (now, now + life, now)
        assert claims["jti"].startswith("1234567_SB1." + ("r." if name == "refresh_token" else "a-a."))


def test_a_machine_s_token_names_company_role_and_entity(sandbox):
    access_token = Machine(sandbox).ask().json()["access_token"]
    claims = jwt.decode(access_token, options={"verify_signature": False})
    assert claims["sub"] == "1234567_SB1;0;1000;12;N"
    assert claims["jti"].startswith("a.c.")
    assert claims["aud"][0] == sandbox.account.integration.consumer_key


def test_signing_keys_rotate_and_the_old_one_verifies_for_thirty_days_more(sandbox):
    (first,) = keys(sandbox)
    assert first.startswith("c.1234567_SB1.")
    sandbox.clock.now += 60 * DAY - 1
    assert list(keys(sandbox)) == [first]
    sandbox.clock.now += 1
    kept, second = keys(sandbox)
    assert kept == first
    token = confidential(sandbox).tokens()["access_token"]
    assert jwt.get_unverified_header(token)["kid"] == second
    sandbox.clock.now += 30 * DAY
    assert list(keys(sandbox)) == [second]


def test_no_private_half_is_published(sandbox):
    (published,) = sandbox.client.send("GET", KEYS).json()["keys"]
    assert set(published) == {"kty", "use", "alg", "kid", "n", "e"}
    assert sandbox.client.send("POST", KEYS, {}, b"").status == 405


def changed_payload(token):
    head, payload, made = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    other = base64.urlsafe_b64encode(json.dumps({**claims, "sub": "3;-5"}).encode()).rstrip(b"=").decode()
    return f"{head}.{other}.{made}"


@pytest.mark.parametrize(
    ("forge", "detail"),
    [
        (changed_payload, "InvalidSignature"),
        (lambda _: jwt.encode({"sub": "3;-5"}, "k" * 32, algorithm="HS256"), "MissingKeyId"),
        (lambda _: jwt.encode({}, "k" * 32, algorithm="HS256", headers={"kid": "c.other"}), "MissingKey"),
        (lambda _: "not-a-token", "TokenRejected"),
        (lambda _: "a.b.c", "TokenRejected"),
    ],
)
def test_a_forged_token_has_its_word_in_the_audit_trail_and_one_answer(sandbox, forge, detail):
    app = confidential(sandbox)
    reply = app.use(forge(app.tokens()["access_token"]))
    assert reply.status == 401
    assert 'error="invalid_token"' in reply.headers["www-authenticate"]
    assert sandbox.client.details()[-1] == detail


def test_no_token_code_or_secret_enters_the_audit_trail_or_the_memory_of_requests(sandbox):
    app = confidential(sandbox)
    code = app.code()
    given = app.redeem(code).json()
    app.use(given["access_token"])
    trail = json.dumps(sandbox.account.audit_trail.as_json())
    for secret in (code, given["access_token"], given["refresh_token"], app.client_secret, app.verifier):
        assert secret not in trail
        assert secret not in repr(vars(sandbox.account.grants))
