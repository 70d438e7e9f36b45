"""The addresses NetSuite names for an account: told, checked, and never followed."""

from __future__ import annotations

import pytest
from scripted_netsuite import Scripted, answer

from connector.egress import Origin
from connector.errors import ConnectorError, UnreadableError
from connector.netsuite.account import AccountId, hosts_of
from connector.netsuite.data_centres import discovery_origin, urls_of
from connector.netsuite.session import DATA_CENTRES_PATH

ACCOUNT = AccountId("1234567_SB1")
OWN = {
    "restDomain": "https://1234567-sb1.restlets.api.netsuite.com",
    "webservicesDomain": "https://1234567-sb1.suitetalk.api.netsuite.com",
    "systemDomain": "https://1234567-sb1.app.netsuite.com",
}


def test_netsuites_own_addresses_are_those_the_account_id_stands_for(plain):
    server, session = plain(lambda _: answer(OWN))
    assert urls_of(session, ACCOUNT) == hosts_of(ACCOUNT)
    request = server.received[0]
    assert (request.method, request.path, request.query) == ("GET", DATA_CENTRES_PATH, {"account": "1234567_SB1"})
    assert "Authorization" not in request.headers


def test_a_service_that_is_unavailable_is_asked_once_more_with_the_company(plain):
    server, session = plain(lambda request: answer(OWN) if "c" in request.query else Scripted(503))
    assert urls_of(session, ACCOUNT) == hosts_of(ACCOUNT)
    assert [request.query.get("c") for request in server.received] == [None, "1234567_SB1"]


def test_the_configured_address_may_name_itself(plain):
    server, session = plain(lambda _: answer(dict.fromkeys(OWN, server.url)))
    assert urls_of(session, ACCOUNT).suitetalk == session.origin


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example", "https://netsuite.com.evil.example", "https://evilnetsuite.com", "https://netsuite.com",
        "http://1234567-sb1.app.netsuite.com", "https://1234567.app.netsuite.com:8443", "https://user@1.app.netsuite.com",
        "https://1.app.netsuite.com/path", "https://evil.example#.netsuite.com", "", None, 5, ["x"], "https://127.0.0.1",
        "http://127.0.0.1:1", "https://169.254.169.254",
    ],
)  # fmt: skip
@pytest.mark.parametrize("key", list(OWN))
def test_no_other_address_is_believed(plain, key, url):
    _, session = plain(lambda _: answer({**OWN, key: url}))
    with pytest.raises(UnreadableError) as caught:
        urls_of(session, ACCOUNT)
    assert caught.value.code == "FOREIGN_HOST"
    assert "evil" not in caught.value.message


@pytest.mark.parametrize("response", [Scripted(200, b"[]"), Scripted(200, b"<html>"), Scripted(500), Scripted(503)])
def test_an_answer_that_is_none_is_an_error(plain, response):
    _, session = plain(lambda _: response)
    with pytest.raises(ConnectorError):
        urls_of(session, ACCOUNT)


def test_asked_is_netsuite_or_the_configured_address():
    assert str(discovery_origin()) == "https://rest.netsuite.com"
    configured = Origin.parse("http://127.0.0.1:1", configured=True)
    assert discovery_origin(configured) == configured
