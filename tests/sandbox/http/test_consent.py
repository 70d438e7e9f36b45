"""The authorization endpoint and its pages: what is asked, what is refused, and where the browser ends.

Oracle section_158081944642 (parameters), subsect_158521823069 (errors), section_162626471013 (policies and prompt).
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from application import AUTHORIZE, REDIRECT, Application, confidential, public
from browser import Browser

from connector.sandbox.directory import ConsentPolicy, Scope, State
from connector.sandbox.permissions import READING, Feature, Permission

LOCALHOST = "https://localhost:8620/oauth2/callback"


def test_a_person_signs_in_and_allows_and_the_application_gets_a_code(sandbox):
    app = confidential(sandbox)
    sign_in = app.ask()
    assert sign_in.title == "Sign in to 1234567_SB1"
    consent = app.browser.submit(sign_in)
    assert "NSQuery" in consent.title
    assert "REST Web Services" in consent.html
    back = app.browser.submit(consent, decision="allow")
    assert back.left_for.startswith(REDIRECT + "?")
    assert list(back.told) == ["state", "role", "entity", "company", "code"]
    assert back.told["state"] == app.state
    assert (back.told["role"], back.told["entity"], back.told["company"]) == ("1000", "12", "1234567_SB1")
    assert re.fullmatch("[0-9a-f]{64}", back.told["code"])


def test_deny_goes_back_without_a_code(sandbox):
    told = confidential(sandbox).consent("deny").told
    assert told["error"] == "access_denied"
    assert "code" not in told
    assert told["company"] == "1234567_SB1"


def test_who_does_not_want_to_sign_in_cancels(sandbox):
    app = confidential(sandbox)
    page = app.ask()
    told = app.browser.submit(page, len(page.forms) - 1, decision="deny").told
    assert (told["error"], told["state"]) == ("access_denied", app.state)


def test_the_session_serves_for_the_next_consent(sandbox):
    app = confidential(sandbox)
    app.consent()
    assert app.ask().title.startswith("Allow")


def test_a_session_ends_after_three_hours_without_use(sandbox):
    app = confidential(sandbox)
    app.consent()
    sandbox.clock.now += 3 * 3600
    assert app.ask().title.startswith("Sign in")


@pytest.mark.parametrize(
    ("policy", "prompt", "first", "second"),
    [
        (ConsentPolicy.ALWAYS_ASK, None, True, True),
        (ConsentPolicy.ALWAYS_ASK, "none", None, True),
        (ConsentPolicy.ALWAYS_ASK, "consent", True, True),
        (ConsentPolicy.ASK_FIRST_TIME, None, True, False),
        (ConsentPolicy.ASK_FIRST_TIME, "consent", True, True),
        (ConsentPolicy.ASK_FIRST_TIME, "login", True, False),
        (ConsentPolicy.ASK_FIRST_TIME, "login consent", True, True),
        (ConsentPolicy.NEVER_ASK, None, False, False),
        (ConsentPolicy.NEVER_ASK, "login", False, False),
        (ConsentPolicy.NEVER_ASK, "consent login", True, True),
    ],
)
def test_the_policy_and_the_prompt_decide_on_the_consent_page(sandbox, policy, prompt, first, second):
    sandbox.account.integration.consent_policy = policy
    app = confidential(sandbox)
    signed_in = app.ask(prompt=None if prompt == "none" else prompt)
    page = app.browser.submit(signed_in)
    if first is not None:
        assert page.title.startswith("Allow") is first
    if page.title.startswith("Allow"):
        page = app.browser.submit(page, decision="allow")
    assert "code" in page.told
    page = app.ask(prompt=prompt)
    if "login" in (prompt or ""):
        assert page.title.startswith("Sign in")
        page = app.browser.submit(page)
    assert page.title.startswith("Allow") is second


def test_the_first_time_comes_again_for_more_scopes_another_role_and_after_a_denial(sandbox):
    sandbox.account.integration.consent_policy = ConsentPolicy.ASK_FIRST_TIME
    app = confidential(sandbox)
    app.consent("deny")
    assert app.ask().title.startswith("Allow")
    app.consent()
    assert "code" in app.ask().told
    assert app.ask(scope="rest_webservices restlets").title.startswith("Allow")
    page = app.browser.submit(app.ask(prompt="login"), role="1001")
    assert page.title.startswith("Allow")


def test_without_a_session_no_page_appears_where_the_prompt_is_none(sandbox):
    told = confidential(sandbox).ask(prompt="none").told
    assert told["error"] == "access_denied"
    assert "role" not in told


@pytest.mark.parametrize("prompt", ["login", "login consent"])
def test_the_prompt_login_asks_for_a_sign_in_once_more(sandbox, prompt):
    app = confidential(sandbox)
    app.consent()
    page = app.ask(prompt=prompt)
    assert page.title.startswith("Sign in")
    assert app.browser.submit(page).title.startswith("Allow")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": None}, "invalid_request"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"scope": "rest_webservices,restlets"}, "invalid_scope"),
        ({"scope": "mcp rest_webservices"}, "invalid_scope"),
        ({"scope": "mcp"}, "invalid_scope"),  # the record does not have it
        ({"scope": "email openid"}, "invalid_scope"),
        ({"state": None}, "invalid_request"),
        ({"state": "x" * 21}, "invalid_request"),
        ({"state": "x" * 1025}, "invalid_request"),
        ({"state": "x" * 22 + "\n"}, "invalid_request"),
        ({"state": "é" * 22}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"prompt": "select_account"}, "invalid_request"),
        ({"prompt": "login none"}, "invalid_request"),
    ],
)
def test_what_is_wrong_goes_back_to_the_application_before_anybody_signs_in(sandbox, changed, error):
    page = confidential(sandbox).ask(**changed)
    assert page.left_for.startswith(REDIRECT + "?")
    assert page.told["error"] == error
    assert "code" not in page.told


def test_a_state_that_is_none_does_not_go_back(sandbox):
    assert "state" not in confidential(sandbox).ask(state="x" * 21).told


@pytest.mark.parametrize("state", ["x" * 22, "x" * 1024, "a b+c&d=e%25 ~!\"#$%'()*,-./:;<=>?@[]^_`{|}"])
def test_a_state_goes_back_as_it_came(sandbox, state):
    assert confidential(sandbox, state=state).consent().told["state"] == state


def test_a_parameter_said_twice_is_refused(sandbox):
    app = confidential(sandbox)
    told = app.browser.open(f"{AUTHORIZE}?{app.query()}&scope=restlets").told
    assert told["error"] == "invalid_request"


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "0" * 64},
        {"client_id": None},
        {"client_id": ""},
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": REDIRECT + "/"},
        {"redirect_uri": REDIRECT + "?a=b"},
        {"redirect_uri": REDIRECT.replace("https", "http")},
        {"redirect_uri": REDIRECT.upper()},
        {"redirect_uri": REDIRECT.replace("/callback", "/%63allback")},
        {"redirect_uri": "https://127.0.0.1:8620@evil.example/oauth2/callback"},
    ],
)
def test_an_unknown_client_or_address_is_not_redirected_to(sandbox, changed):
    page = confidential(sandbox).ask(**changed)
    assert (page.reply.status, page.left_for) == (400, None)
    assert sandbox.client.details() == ["InvalidIntegration"]


def test_a_client_or_an_address_said_twice_is_not_redirected_to(sandbox):
    app = confidential(sandbox)
    for more in (f"client_id={app.client_id}", "redirect_uri=https%3A%2F%2Fevil.example"):
        page = app.browser.open(f"{AUTHORIZE}?{app.query()}&{more}")
        assert (page.reply.status, page.left_for) == (400, None)


@pytest.mark.parametrize("query", ["", "%ff", "client_id=%ff&redirect_uri=%zz", "&" * 200, "=" * 99])
def test_a_query_that_cannot_be_read_ends_at_a_page(sandbox, query):
    page = Browser(sandbox.running).open(f"{AUTHORIZE}?{query}")
    assert (page.reply.status, page.left_for) == (400, None)


@pytest.mark.parametrize(
    ("spoil", "detail"),
    [
        (lambda account: setattr(account.integration, "state", State.BLOCKED), "IntegrationBlocked"),
        (lambda account: setattr(account.integration, "state", State.WAITING), "IntegrationBlocked"),
        (lambda account: setattr(account.integration, "authorization_code", False), "AuthorizationCodeGrantRequired"),
        (lambda account: account.directory.features.discard(Feature.OAUTH2), "FeatureDisabled"),
    ],
)
def test_a_record_that_may_not_ends_at_a_page(sandbox, spoil, detail):
    spoil(sandbox.account)
    page = confidential(sandbox).ask()
    assert (page.reply.status, page.left_for) == (400, None)
    assert sandbox.client.details() == [detail]


def test_each_redirect_uri_of_the_record_serves_and_what_it_has_stays(start):
    for uri in (REDIRECT, LOCALHOST):
        assert confidential(start(), redirect_uri=uri).consent().left_for.startswith(f"{uri}?state=")
    for uri in ("myapp://callback", "https://app.example/cb?kind=ns"):
        sandbox = start(redirect_uris=[uri])
        left = confidential(sandbox, redirect_uri=uri).consent().left_for
        assert left.startswith(f"{uri}{'&' if '?' in uri else '?'}state=")


def test_public_clients_need_a_challenge_and_confidential_ones_may_do_without(sandbox):
    assert public(sandbox, uses_pkce=False).ask().told["error"] == "invalid_request"
    assert "code" in public(sandbox).consent().told
    assert "code" in confidential(sandbox, uses_pkce=False).consent().told


def test_the_ai_connector_s_scope_stands_alone_needs_a_challenge_and_no_administrator(sandbox):
    sandbox.account.integration.scopes = frozenset(Scope)
    assert confidential(sandbox, scope="mcp", uses_pkce=False).ask().told["error"] == "invalid_request"
    app = confidential(sandbox, scope="mcp")
    assert "3" not in app.ask().forms[0].choices["role"]
    assert app.browser.submit(app.ask(), entity="-5", role="3").reply.status == 403
    assert "code" in app.consent().told
    assert confidential(sandbox, scope="mcp restlets").ask().told["error"] == "invalid_scope"


def test_a_role_without_the_permission_is_not_offered_and_not_taken(sandbox):
    account = sandbox.account
    account.reader_role.permissions = READING - {Permission.OAUTH2_LOGIN}
    app = confidential(sandbox)
    page = app.ask()
    assert "1000" not in page.forms[0].choices["role"]
    refused = app.browser.submit(page, entity="12", role="1000")
    assert (refused.reply.status, refused.left_for) == (403, None)
    assert sandbox.client.details() == ["EntityOrRoleDisabled"]
    assert "code" in app.consent(role="1001").told


@pytest.mark.parametrize(("entity", "role"), [("12", "3"), ("99", "1000"), ("12", "99"), ("", "")])
def test_a_person_has_their_own_roles_alone(sandbox, entity, role):
    app = confidential(sandbox)
    page = app.browser.submit(app.ask(), entity=entity, role=role)
    assert page.reply.status in (400, 403)
    assert page.left_for is None


def test_nobody_inactive_signs_in_and_who_becomes_so_is_signed_out(sandbox):
    app = confidential(sandbox)
    app.consent()
    sandbox.account.reader.active = False
    page = app.ask()
    assert page.title.startswith("Sign in")
    assert "12" not in page.forms[0].choices["entity"]
    assert app.browser.submit(page, entity="12").reply.status == 403


def test_the_role_can_be_changed_on_the_consent_page(sandbox):
    app = confidential(sandbox)
    consent = app.browser.submit(app.ask())
    change = re.search(r'href="([^"]+)">Change Role', consent.html)[1]
    page = app.browser.submit(app.browser.open(change), role="1001")
    assert app.browser.submit(page, decision="allow").told["role"] == "1001"


@pytest.mark.parametrize(
    "foreign", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
def test_a_form_from_another_site_is_refused(sandbox, foreign):
    app = confidential(sandbox)
    page = app.ask()
    assert app.browser.submit(page, headers=foreign).reply.status == 403
    consent = app.browser.submit(page)
    assert app.browser.submit(consent, headers=foreign, decision="allow").reply.status == 403
    assert "code" in app.browser.submit(consent, decision="allow").told


def test_a_browser_that_keeps_its_origin_to_itself_is_believed_to_be_on_the_page(sandbox):
    app = confidential(sandbox)
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}
    assert app.browser.submit(app.ask(), headers=own).title.startswith("Allow")


def test_a_form_without_its_token_or_with_another_s_is_refused(sandbox):
    app, other = confidential(sandbox), confidential(sandbox)
    consent, others = app.browser.submit(app.ask()), other.browser.submit(other.ask())
    stolen = dict(others.forms[0].fields)["csrf"]
    for csrf in ("", stolen):
        assert app.browser.submit(consent, decision="allow", csrf=csrf).reply.status == 403


def test_a_request_of_one_browser_is_not_answered_in_another(sandbox):
    app, other = confidential(sandbox), confidential(sandbox)
    consent = app.browser.submit(app.ask())
    others = other.browser.submit(other.ask())
    flow = dict(consent.forms[0].fields)["flow"]
    assert other.browser.submit(others, decision="allow", flow=flow).reply.status == 400
    assert Browser(sandbox.running).submit(consent, decision="allow").reply.status == 400


def test_a_consent_is_answered_once(sandbox):
    app = confidential(sandbox)
    consent = app.browser.submit(app.ask())
    assert "code" in app.browser.submit(consent, decision="allow").told
    for decision in ("allow", "deny"):
        assert app.browser.submit(consent, decision=decision).reply.status == 400


def test_signing_in_changes_the_session_s_id(sandbox):
    app = confidential(sandbox)
    page = app.ask()
    before = dict(app.browser.cookies)
    app.browser.submit(page)
    assert app.browser.cookies != before
    fixed = Browser(sandbox.running)
    fixed.cookies = before
    assert fixed.submit(page, 0).reply.status == 400


def test_the_pages_may_lead_to_the_application_alone_and_have_no_scripts(sandbox):
    app = confidential(sandbox)
    page = app.ask()
    for shown in (page, app.browser.submit(page)):
        policy = shown.reply.headers["content-security-policy"]
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(REDIRECT))
        assert f"form-action 'self' {origin};" in policy
        assert "frame-ancestors 'none'" in policy
        assert "<script" not in shown.html
        assert shown.reply.headers["cache-control"] == "no-store"


def test_the_cookie_is_kept_from_scripts_other_sites_and_the_web_services(sandbox):
    cookie = (
        Browser(sandbox.running).send("GET", f"{AUTHORIZE}?{confidential(sandbox).query()}", {}).headers["set-cookie"]
    )
    assert cookie.startswith("JSESSIONID=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/app/login"):
        assert part in cookie


def test_over_tls_the_cookie_is_secure(start):
    sandbox = start(tls=True)
    target = f"{AUTHORIZE}?{confidential(sandbox).query()}"
    assert "Secure" in sandbox.client.send("GET", target).headers["set-cookie"]


def test_names_are_escaped(sandbox):
    sandbox.account.integration.name = "<img src=x onerror=alert(1)>"
    app = confidential(sandbox)
    page = app.ask()
    assert "<img" not in page.html
    assert "<img" not in app.browser.submit(page).html


@pytest.mark.parametrize("host", ["1234567-sb1.app.netsuite.com", "system.netsuite.com"])
def test_the_page_answers_by_the_account_s_name_and_by_everybody_s(sandbox, host):
    query = confidential(sandbox).query()
    assert sandbox.client.send("GET", f"{AUTHORIZE}?{query}", {"Host": host}).status == 303
    elsewhere = {"Host": "1234567-sb1.suitetalk.api.netsuite.com"}
    assert sandbox.client.send("GET", f"{AUTHORIZE}?{query}", elsewhere).status == 404


def test_many_open_requests_push_out_the_oldest(sandbox):
    app = confidential(sandbox)
    first = app.ask()
    for _ in range(20):
        last = app.ask()
    assert app.browser.submit(first).reply.status == 400
    assert app.browser.submit(last).title.startswith("Allow")


def test_an_application_of_another_record_gets_its_own_name_on_the_page(sandbox):
    other = sandbox.account.directory.add_integration("Other")
    other.authorization_code, other.redirect_uris = True, ("https://other.example/cb",)
    app = Application(sandbox, other.consumer_key, other.consumer_secret, "https://other.example/cb")
    assert "Other" in app.browser.submit(app.ask()).title
    assert app.ask(redirect_uri=REDIRECT).left_for is None
