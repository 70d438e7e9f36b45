"""Signing in by OpenID Connect: the identity is issuer and subject, and nothing of the way is believed that is not proved."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import jwt
import pytest

from connector.people.sessions import csrf_token
from tests.integration.openid_server import CLIENT_ID, CLIENT_SECRET, openid_server
from tests.integration.service import service

PASSWORD = "a sentence that nobody guesses"


@pytest.fixture
def provider():
    with openid_server() as provider:
        yield provider


@pytest.fixture
def place(tmp_path, provider):
    settings = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT_ID, "log_level": "error"}
    with service(tmp_path / "data", "http://127.0.0.1:9", **settings) as place:
        people = place.services.people
        ada = people.set_up(people.setup_token(), name="Ada", password=PASSWORD)
        people.accept(people.invite(ada, name="Otto", role="author"), password=PASSWORD)
        place.services.vault.part_secrets.put("oidc", CLIENT_SECRET, origin=provider.issuer)
        yield place


class Browser:
    def __init__(self, place, provider) -> None:
        self.http, self.provider = place.app.test_client(), provider

    def with_password(self, name: str):
        self.http.post("/sign-in", data={"name": name, "password": PASSWORD})
        return self

    def post(self, path: str, **form: str):
        cookie = self.http.get_cookie("nsquery")
        return self.http.post(path, data={"csrf": csrf_token(cookie.value) if cookie else "", **form})

    def sent_to(self, answer) -> str:
        if answer.status_code == 302:
            return answer.headers["Location"]
        page = answer.get_data(as_text=True)
        return page.partition('href="' + self.provider.issuer)[2].partition('"')[0].replace("&amp;", "&")

    def follow(self, answer) -> str:
        """Sign in at the provider; answers the way back."""
        url = self.sent_to(answer)
        url = url if url.startswith("http") else f"{self.provider.issuer}{url}"
        back = urlsplit(self.provider.signs_in(url))
        return f"{back.path}?{back.query}"

    def back(self, answer):
        return self.http.get(self.follow(answer))

    def link(self):
        return self.back(self.post("/openid/link"))

    def sign_in(self, **query: str):
        return self.back(self.http.get("/openid/sign-in", query_string=query))

    def is_in(self) -> str | None:
        page = self.http.get("/account")
        return page.get_data(as_text=True).partition("<h1>")[2].partition("<")[0] if page.status_code == 200 else None


@pytest.fixture
def browser(place, provider):
    def opened() -> Browser:
        return Browser(place, provider)

    return opened


@pytest.fixture
def linked(browser):
    ada = browser().with_password("Ada")
    assert ada.link().status_code == 302
    return ada


def code_of(answer) -> str:
    """The code that the page of an error shows."""
    text = answer.get_data(as_text=True)
    found = [code for code in ("FOREIGN_STATE", "OIDC_REFUSED", "OIDC_UNTRUSTED", "UNKNOWN_IDENTITY") if code in text]
    return found[0] if found else f"{answer.status_code}"


def test_a_linked_person_signs_in_and_comes_to_the_page_they_wanted(place, browser, linked):
    someone = browser()
    answer = someone.sign_in(next="/people")
    assert answer.headers["Location"] == "/people"
    assert someone.is_in() == "Ada"
    assert place.services.audit.list(action="identity_linked")[0].actor == "Ada"
    assert place.services.audit.list(action="sign_in")[0].detail["by"] == "oidc"


def test_an_identity_nobody_linked_signs_in_as_nobody_whatever_its_e_mail(place, browser, linked, provider):
    provider.subject = "another person"
    someone = browser()
    assert code_of(someone.sign_in()) == "UNKNOWN_IDENTITY"
    assert someone.is_in() is None


def test_a_blocked_person_is_refused_and_an_unlinked_one_too(place, browser, linked, provider):
    people, provider.subject = place.services.people, "otto at the provider"
    otto = browser().with_password("Otto")
    otto.link()
    assert browser().sign_in().status_code == 302
    people.block(people.find("Ada"), people.find("Otto"))
    assert code_of(browser().sign_in()) == "UNKNOWN_IDENTITY"
    provider.subject = "248289761001"
    linked.post("/openid/unlink")
    assert code_of(browser().sign_in()) == "UNKNOWN_IDENTITY"


def test_two_people_cannot_have_one_identity(browser, linked):
    assert "Somebody else here" in browser().with_password("Otto").link().get_data(as_text=True)


def test_a_way_back_works_once_and_in_its_own_browser(browser, linked):
    one, other = browser(), browser()
    way = one.follow(one.http.get("/openid/sign-in"))
    other.http.get("/openid/sign-in")
    assert code_of(other.http.get(way)) == "FOREIGN_STATE"
    assert code_of(browser().http.get(way)) == "FOREIGN_STATE"
    assert one.http.get(way).status_code == 302
    assert code_of(one.http.get(way)) == "FOREIGN_STATE"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another client"},
        {"aud": [CLIENT_ID, "another"]},
        {"aud": [CLIENT_ID, "another"], "azp": "another"},
        {"nonce": "of another browser"},
        {"nonce": None},
        {"exp": int(time.time()) - 3_600},
        {"exp": None},
        {"iat": int(time.time()) + 3_600},
        {"sub": ""},
        {"sub": None},
        {"sub": 7},
    ],
    ids=str,
)
def test_a_token_with_a_wrong_claim_signs_nobody_in(browser, linked, provider, claims):
    provider.claims = claims
    someone = browser()
    assert code_of(someone.sign_in()) == "OIDC_UNTRUSTED"
    assert someone.is_in() is None


def test_a_token_that_no_key_of_the_provider_signed_signs_nobody_in(browser, linked, provider):
    public = provider.key.public_key().public_numbers()
    for sign in (
        lambda claims: jwt.encode(claims, None, algorithm="none"),
        lambda claims: jwt.encode(claims, str(public.n).zfill(64), algorithm="HS256", headers={"kid": provider.kid}),
        lambda claims: jwt.encode(claims, CLIENT_SECRET.zfill(32), algorithm="HS256"),
        lambda _: "a.b.c",
        lambda _: "",
    ):
        provider.sign = sign
        assert code_of(browser().sign_in()) == "OIDC_UNTRUSTED"


def test_keys_that_changed_are_looked_up_once_more(browser, linked, provider):
    provider.change_key()
    assert browser().sign_in().status_code == 302


@pytest.mark.parametrize("answer", [{"iss": "https://evil.example"}, {"error": "access_denied", "code": ""}])
def test_a_mixed_up_or_refused_answer_signs_nobody_in(browser, linked, provider, answer):
    provider.answer = answer
    assert code_of(browser().sign_in()) in ("OIDC_UNTRUSTED", "OIDC_REFUSED")


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "https://evil.example/token"},
        {"jwks_uri": "http://169.254.169.254/keys"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
        {"jwks_uri": "https://user@127.0.0.1/keys"},
    ],
    ids=str,
)
def test_a_configuration_that_leads_elsewhere_is_not_followed(tmp_path, provider, metadata):
    provider.metadata = metadata
    settings = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT_ID, "log_level": "error"}
    with service(tmp_path / "data", "http://127.0.0.1:9", **settings) as place:
        place.services.people.set_up(place.services.people.setup_token(), name="Ada", password=PASSWORD)
        answer = place.app.test_client().get("/openid/sign-in")
    assert code_of(answer) == "OIDC_UNTRUSTED"
    assert "Location" not in answer.headers


def test_a_fresh_proof_asks_the_provider_for_a_fresh_sign_in(place, browser, linked, provider):
    answer = linked.http.get("/openid/prove", query_string={"next": "/tokens"})
    provider.claims = {"auth_time": int(time.time()) - 3_600}
    assert code_of(linked.back(answer)) == "OIDC_UNTRUSTED"
    assert (provider.asked[-1]["prompt"], provider.asked[-1]["max_age"]) == ("login", "0")
    provider.claims = {}
    assert (
        linked.back(linked.http.get("/openid/prove", query_string={"next": "/tokens"})).headers["Location"] == "/tokens"
    )
    otto = browser().with_password("Otto")
    assert code_of(otto.back(otto.http.get("/openid/prove"))) == "UNKNOWN_IDENTITY"


def test_the_wrong_client_secret_is_told(place, browser, linked):
    place.services.vault.part_secrets.put("oidc", "another", origin=place.services.settings.oidc_issuer)
    answer = browser().sign_in()
    assert code_of(answer) == "OIDC_REFUSED"
    assert "client secret" in answer.get_data(as_text=True)


def test_without_a_provider_nothing_of_it_is_offered(tmp_path):
    with service(tmp_path / "data", "http://127.0.0.1:9", log_level="error") as place:
        place.services.people.set_up(place.services.people.setup_token(), name="Ada", password=PASSWORD)
        assert "openid" not in place.app.test_client().get("/sign-in").get_data(as_text=True)
        assert "CONNECTOR_OIDC_ISSUER" in place.app.test_client().get("/openid/sign-in").get_data(as_text=True)
