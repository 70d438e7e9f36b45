"""The TBA authorization flow in its three steps, signed by oauthlib.

Oracle section_156338994830, section_156536698849, section_156537025868; words: subsect_156934879823.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import parse_qsl

import pytest
from browser import Browser, Page
from oauthlib.oauth1 import Client
from tba_signing import authorization
from wire_client import SERVER_TIME, Reply

from connector.sandbox.directory import State
from connector.sandbox.permissions import READING, TOKEN_PERMISSIONS, Feature

AUTHORIZE = "/app/login/secure/authorizetoken.nl"
CALLBACK = "https://127.0.0.1:8620/tba/callback"
REALM = "1234567_SB1"


class Flow:
    """An application that asks for a token."""

    def __init__(self, sandbox: Any) -> None:
        self.sandbox = sandbox
        self.tba = sandbox.running.announcement["tba"]
        self.browser = Browser(sandbox.running)
        self.state = secrets.token_hex(16)

    def send(self, path: str, *, method: str = "POST", **options: Any) -> Reply:
        settings = {
            "client_secret": self.tba["consumer_secret"],
            "signature_method": "HMAC-SHA256",
            "realm": REALM,
            "timestamp": str(int(self.sandbox.clock.now)),
            **options,
        }
        client = Client(settings.pop("client_key", self.tba["consumer_key"]), **settings)
        _, headers, _ = client.sign(self.sandbox.running.url + path, method)
        return self.sandbox.client.send(method, path, {"Authorization": headers["Authorization"]})

    def request(self, callback: str = CALLBACK, *, role: str | None = None, **options: Any) -> Reply:
        """Step one; with a role signed as Oracle's own example is, which oauthlib leaves out of the header."""
        path = "/rest/requesttoken"
        if role is None:
            return self.send(path, callback_uri=callback, **options)
        change = {"oauth_token": None, "oauth_callback": callback, "role": role}
        timestamp, tba = int(self.sandbox.clock.now), {**self.tba, "token_secret": ""}
        signed = authorization(
            "POST", self.sandbox.running.url + path, tba, realm=REALM, timestamp=timestamp, change=change
        )
        return self.sandbox.client.send("POST", path, {"Authorization": signed})

    def begun(self, **options: Any) -> dict[str, str]:
        reply = self.request(**options)
        assert reply.status == 200, reply.body
        return dict(parse_qsl(reply.body.decode(), strict_parsing=True))

    def consent(self, token: str, decision: str = "allow", *, role: str = "1000", state: str | None = None) -> Page:
        page = self.browser.open(f"{AUTHORIZE}?oauth_token={token}&state={self.state if state is None else state}")
        if page.title.startswith("Sign in"):
            page = self.browser.submit(page, entity="12", role=role)
        return self.browser.submit(page, decision=decision)

    def exchange(self, begun: dict[str, str], verifier: str, **options: Any) -> Reply:
        given = {
            "resource_owner_key": begun["oauth_token"],
            "resource_owner_secret": begun["oauth_token_secret"],
            "verifier": verifier,
            **options,
        }
        return self.send("/rest/accesstoken", **given)

    def whole(self, **options: Any) -> dict[str, str]:
        begun = self.begun(**options)
        told = self.consent(begun["oauth_token"]).told
        return dict(parse_qsl(self.exchange(begun, told["oauth_verifier"]).body.decode(), strict_parsing=True))


@pytest.fixture
def flow(sandbox):
    return Flow(sandbox)


def use(flow, token):
    tba = {**flow.tba, "token_id": token["oauth_token"], "token_secret": token["oauth_token_secret"]}
    return flow.sandbox.client.signed("GET", SERVER_TIME, tba=tba)


def test_three_steps_give_a_token_for_the_person_and_role(flow):
    begun = flow.begun()
    assert list(begun) == ["oauth_token", "oauth_token_secret", "oauth_callback_confirmed"]
    assert begun["oauth_callback_confirmed"] == "true"
    back = flow.consent(begun["oauth_token"])
    assert back.left_for.startswith(CALLBACK + "?")
    told = back.told
    assert set(told) == {"oauth_token", "oauth_verifier", "company", "role", "entity", "state"}
    assert (told["company"], told["role"], told["entity"], told["state"]) == (REALM, "1000", "12", flow.state)
    assert told["oauth_token"] == begun["oauth_token"]
    reply = flow.exchange(begun, told["oauth_verifier"])
    token = dict(parse_qsl(reply.body.decode()))
    assert list(token) == ["oauth_token", "oauth_token_secret"]
    assert use(flow, token).status == 200
    assert flow.sandbox.account.audit_trail.as_json()[-1]["role"] == "1000"


def test_the_consent_page_appears_each_time_and_deny_gives_no_verifier(flow):
    flow.whole()
    begun = flow.begun()
    told = flow.consent(begun["oauth_token"], "deny").told
    assert told["oauth_verifier"] == ""
    assert told["state"] == flow.state
    assert flow.exchange(begun, "0" * 64).status == 401
    assert flow.sandbox.client.details()[-1] == "InvalidVerifier"


def test_the_role_of_step_one_is_the_only_one_offered(flow):
    begun = flow.begun(role="1001")
    assert begun["role"] == "1001"
    page = flow.browser.open(f"{AUTHORIZE}?oauth_token={begun['oauth_token']}")
    assert page.forms[0].choices["role"] == ["1001"]
    assert flow.browser.submit(page, role="1000").reply.status == 403
    told = flow.browser.submit(flow.browser.submit(page, entity="12", role="1001"), decision="allow").told
    assert told["role"] == "1001"
    assert "state" not in told


@pytest.mark.parametrize("callback", ["http://localhost:5000", "http://localhost/", "http://localhost:5000/tba?a=b"])
def test_a_callback_on_localhost_need_not_be_the_record_s(flow, callback):
    begun = flow.begun(callback=callback)
    assert flow.consent(begun["oauth_token"]).left_for.startswith(callback)


@pytest.mark.parametrize(
    "callback",
    [
        CALLBACK + "/",
        "https://evil.example/",
        "http://127.0.0.1:8620/tba/callback",
        "http://localhost.evil.example/",
        "http://localhost:80@evil.example/",
        "http://localhost:5000#x",
        "oob",
    ],
)
def test_another_callback_is_refused(flow, callback):
    assert flow.request(callback).status == 401
    assert flow.sandbox.client.details() == [f"InvalidCallback {callback}"]


@pytest.mark.parametrize(
    ("options", "detail"),
    [
        ({"client_key": "0" * 64}, "UnknownIntegration"),
        ({"client_secret": "0" * 64}, "InvalidSignature"),
        ({"realm": "1234567_sb1"}, "InvalidSignature"),
        ({"signature_method": "HMAC-SHA1"}, "UnknownAlgorithm"),
        ({"nonce": "abcde"}, "NonceRejected"),
        ({"timestamp": "1"}, "InvalidTimestamp"),
        ({"timestamp": "soon"}, "InvalidTimestamp"),
        ({"role": "99"}, "EntityOrRoleDisabled"),
        ({"callback": ""}, "MissingRequiredParameter"),
    ],
)
def test_each_mistake_of_step_one_has_its_word_in_the_audit_trail_and_one_answer(flow, options, detail):
    reply = flow.request(**options)
    assert (reply.status, reply.json()["error"]["code"]) == (401, "INVALID_LOGIN_ATTEMPT")
    assert flow.sandbox.client.details() == [detail]


@pytest.mark.parametrize("header", [None, "", "OAuth", "Bearer x", 'OAuth oauth_token="%zz"'])
def test_a_header_that_cannot_be_read_lacks_its_parameters(flow, header):
    headers = {} if header is None else {"Authorization": header}
    assert flow.sandbox.client.send("POST", "/rest/requesttoken", headers).status == 401
    assert flow.sandbox.client.details() == ["MissingRequiredParameter"]


def test_the_realm_may_be_left_out(flow):
    assert flow.request(realm=None).status == 200


def test_a_request_of_the_flow_serves_once(flow):
    nonce = secrets.token_hex(10)
    assert [flow.request(nonce=nonce).status for _ in range(2)] == [200, 401]
    assert flow.sandbox.client.details()[-1] == "NonceUsed"


@pytest.mark.parametrize(
    ("spoil", "detail"),
    [
        (lambda account: setattr(account.integration, "state", State.BLOCKED), "IntegrationBlocked"),
        (lambda account: setattr(account.integration, "token_flow", False), "AuthorizationFlowRequired"),
        (lambda account: setattr(account.integration, "token_based", False), "AuthorizationFlowRequired"),
        (lambda account: account.directory.features.discard(Feature.TOKEN_BASED), "FeatureDisabled"),
    ],
)
def test_what_changes_in_the_account_ends_the_flow_at_its_first_and_third_step(flow, spoil, detail):
    begun = flow.begun()
    verifier = flow.consent(begun["oauth_token"]).told["oauth_verifier"]
    spoil(flow.sandbox.account)
    assert flow.request().status == 401
    assert flow.exchange(begun, verifier).status == 401
    assert flow.sandbox.client.details()[-2:] == [detail] * 2


def test_a_verifier_is_its_token_s_and_serves_once(flow):
    begun, other = flow.begun(), flow.begun()
    verifier = flow.consent(begun["oauth_token"]).told["oauth_verifier"]
    flow.consent(other["oauth_token"])
    assert flow.exchange(other, verifier).status == 401
    assert flow.exchange(begun, verifier, resource_owner_secret="0" * 64).status == 401
    assert flow.exchange(begun, verifier).status == 200
    assert flow.exchange(begun, verifier).status == 401
    assert flow.sandbox.client.details()[-4:] == ["InvalidVerifier", "InvalidSignature", "", "TokenRejected"]


def test_a_token_that_nobody_consented_to_is_worth_nothing(flow):
    begun = flow.begun()
    assert flow.exchange(begun, "x").status == 401
    assert use(flow, begun).status == 401


def test_a_request_token_is_answered_once_and_lives_ten_minutes(flow):
    begun, late = flow.begun(), flow.begun()
    flow.consent(begun["oauth_token"])
    target = f"{AUTHORIZE}?oauth_token="
    assert flow.browser.open(target + begun["oauth_token"]).reply.status == 400
    flow.sandbox.clock.now += 600
    assert flow.browser.open(target + late["oauth_token"]).reply.status == 400


def test_of_two_browsers_with_one_token_one_answers(flow):
    begun = flow.begun()
    target = f"{AUTHORIZE}?oauth_token={begun['oauth_token']}"
    other = Browser(flow.sandbox.running)
    theirs = other.submit(other.open(target))
    flow.consent(begun["oauth_token"])
    assert other.submit(theirs, decision="allow").reply.status == 400


@pytest.mark.parametrize("state", ["x" * 513, "a-b", "a%20b", "é"])
def test_a_state_has_up_to_512_letters_and_digits(flow, state):
    target = f"{AUTHORIZE}?oauth_token={flow.begun()['oauth_token']}&state={state}".replace("é", "%C3%A9")
    page = flow.browser.open(target)
    assert (page.reply.status, page.left_for) == (400, None)


def test_a_long_state_goes_back_as_it_came(flow):
    assert flow.consent(flow.begun()["oauth_token"], state="x" * 512).told["state"] == "x" * 512


@pytest.mark.parametrize("query", ["", "oauth_token=", "oauth_token=0", "oauth_token=%ff&oauth_token=x"])
def test_an_unknown_token_is_redirected_nowhere(flow, query):
    page = flow.browser.open(f"{AUTHORIZE}?{query}")
    assert (page.reply.status, page.left_for) == (400, None)


def test_a_role_without_the_permission_is_not_offered_and_gets_no_token(flow):
    begun = flow.begun()
    verifier = flow.consent(begun["oauth_token"]).told["oauth_verifier"]
    flow.sandbox.account.reader_role.permissions = READING - TOKEN_PERMISSIONS
    assert flow.exchange(begun, verifier).status == 401
    assert flow.sandbox.client.details()[-1] == "EntityOrRoleDisabled"
    page = flow.browser.open(f"{AUTHORIZE}?oauth_token={flow.begun()['oauth_token']}")
    assert "1000" not in page.forms[0].choices["role"]


@pytest.mark.parametrize("path", ["/rest/requesttoken", "/rest/accesstoken"])
def test_the_flow_takes_post_alone(flow, path):
    assert flow.sandbox.client.send("GET", path).status == 405


def test_the_flow_answers_on_the_restlets_host_and_on_everybody_s(flow):
    for host, status in (
        ("1234567-sb1.restlets.api.netsuite.com", 401),
        ("system.netsuite.com", 401),
        ("1234567-sb1.suitetalk.api.netsuite.com", 404),
    ):
        assert flow.sandbox.client.send("POST", "/rest/requesttoken", {"Host": host}).status == status
