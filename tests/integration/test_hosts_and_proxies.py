"""Under which names the service answers, whose address it sees, and which forms it takes."""

from __future__ import annotations

import pytest

from tests.integration.service import service

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def opened(tmp_path):
    """A client of a service with these settings."""
    stack = []

    def made(**settings):
        place = service(tmp_path / "data", NOWHERE, **settings)
        stack.append(place)
        return place.__enter__()

    yield made
    for place in stack:
        place.__exit__(None, None, None)


def status(place, path="/openapi.json", **headers):
    return place.app.test_client().get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST"])
def test_without_a_public_address_loopback_is_answered(opened, host):
    assert status(opened(), Host=host).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "nsquery.internal:8080", "127.0.0.1.evil.example", "localhost.evil", "x:y"]
)
def test_any_other_host_is_told_which_setting_names_it(opened, host):
    answer = status(opened(), Host=host)
    assert answer.status_code in (400, 421)
    if answer.status_code == 421:
        assert answer.get_json()["code"] == "WRONG_HOST"
        assert "CONNECTOR_PUBLIC_URL" in answer.get_json()["remedy"]


def test_the_public_address_is_answered_and_a_foreign_one_is_not(opened):
    place = opened(public_url="https://nsquery.example.com")
    for host, expected in [
        ("nsquery.example.com", 200),
        ("NSQUERY.example.com:443", 200),
        ("nsquery.example.com:8443", 421),
        ("evil.example", 421),
        ("localhost", 200),
    ]:
        assert status(place, Host=host).status_code == expected, host


def test_health_is_told_under_any_name(opened):
    assert status(opened(), "/healthz", Host="10.1.2.3:8080").status_code == 200


def seen(place, headers):
    """The address that a refused sign-in leaves in the audit log."""
    place.app.test_client().post("/sign-in", data={"name": "eve", "password": "wrong"}, headers=headers)
    return place.services.audit.list(action="sign_in")[0].detail["address"]


def test_what_a_client_says_of_its_address_is_not_believed(opened):
    assert seen(opened(), {"X-Forwarded-For": "203.0.113.7"}) == "127.0.0.1"


def test_the_hop_of_our_own_proxy_is_believed_and_what_stands_before_it_is_not(opened):
    place = opened(trusted_proxies=1, public_url="https://nsquery.example.com")
    headers = {
        "X-Forwarded-For": "203.0.113.7, 198.51.100.2",
        "X-Forwarded-Host": "nsquery.example.com",
        "X-Forwarded-Proto": "https",
    }
    assert seen(place, headers) == "198.51.100.2"


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, True),
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "null"}, False),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
    ],
)
def test_a_form_of_another_site_is_refused(opened, headers, taken):
    answer = opened().app.test_client().post("/sign-in", data={"name": "eve", "password": "x"}, headers=headers)
    assert ("did not come from" in answer.get_data(as_text=True)) is not taken
