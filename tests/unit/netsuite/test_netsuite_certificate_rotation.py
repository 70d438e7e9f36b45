"""Certificates that NetSuite takes for an integration record, and one more uploaded by the machine."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from scripted_netsuite import Scripted, answer, refusal

from connector.errors import ConnectorError, LoginRefusedError, SettingError, UnreadableError
from connector.netsuite.certificate import make_certificate, read_certificate
from connector.netsuite.certificate_rotation import mapped, revoke_certificate, upload

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
MADE = make_certificate("NSQuery", NOW)
CLIENT = "751a2830e09c6f47"
PATH = f"/services/rest/auth/oauth2/v1/clients/{CLIENT}/certificates"
ID = "NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA"
LISTED = {
    "application": {"id": 5, "name": "NSQuery", "url": None, "application_id": "1C61CD58"},
    "entity": {"id": 12, "name": "Robin Reader"},
    "role": {"id": "1001", "name": "Machine"},
    "created": "2026-01-30T10:28:38Z",
    "valid_from": "2026-01-30T10:28:38Z",
    "valid_until": "2026-03-01T10:28:38Z",
    "revoked": False,
    "certificate_id": ID,
    "algorithm": "EC",
}
UPLOADED = {
    "entity_role_id": {"com": 1234567, "ent": 12, "rol": 1001},
    "application_id": "1C61CD58",
    "certificate_id": ID,
    "certificate": MADE.certificate,
    "algorithm": "EC",
    "created_at": 1769768918000,
    "valid_from": 1769768918000,
    "valid_until": 1772360918000,
    "invalidated": False,
}


@pytest.fixture
def netsuite(plain):
    return lambda response: plain(lambda _: response)


def test_the_list_names_each_certificate_with_its_user_role_and_end(netsuite):
    server, session = netsuite(answer([LISTED, {**LISTED, "revoked": True, "certificate_id": "other"}]))
    first, second = mapped(session, CLIENT)
    assert (first.certificate_id, first.entity, first.role, first.algorithm) == (ID, "12", "1001", "EC")
    assert first.valid_until == datetime(2026, 3, 1, 10, 28, 38, tzinfo=UTC)
    assert (first.revoked, second.revoked, first.fingerprint) == (False, True, None)
    assert (server.received[0].method, server.received[0].path) == ("GET", PATH)


@pytest.mark.parametrize("time", ["soon", 10**30, None, {}, "9999-99-99", 10**13])
def test_a_certificate_whose_state_and_end_cannot_be_read_counts_as_good(netsuite, time):
    _, session = netsuite(answer([{**LISTED, "revoked": None, "valid_until": time}]))
    assert mapped(session, CLIENT)[0].revoked is False


def test_an_upload_sends_the_certificate_and_tells_what_netsuite_made_of_it(netsuite):
    server, session = netsuite(answer(UPLOADED, 201))
    made = upload(session, CLIENT, certificate_pem=MADE.certificate, role="1001", entity="12")
    assert (made.certificate_id, made.revoked) == (ID, False)
    assert made.fingerprint == read_certificate(MADE.certificate).fingerprint
    assert made.valid_from == datetime(2026, 1, 30, 10, 28, 38, tzinfo=UTC)
    assert json.loads(server.received[0].body) == {"fileContent": MADE.certificate, "role": "1001", "entity": "12"}
    assert (server.received[0].method, server.received[0].path) == ("POST", PATH)


@pytest.mark.parametrize(
    "content",
    [MADE.private_key, MADE.certificate + MADE.private_key, "", "x" * 20_000],
    ids=["key", "both", "empty", "long"],
)
def test_what_is_not_a_certificate_alone_is_not_sent(netsuite, content):
    server, session = netsuite(answer(UPLOADED))
    with pytest.raises(SettingError):
        upload(session, CLIENT, certificate_pem=content, role="1001", entity="12")
    assert server.received == []


@pytest.mark.parametrize(
    "changed",
    [
        {"certificate": make_certificate("Mallory", NOW).certificate},
        {"entity_role_id": {"com": 1234567, "ent": 12, "rol": 3}},
        {"entity_role_id": {"com": 1234567, "ent": -5, "rol": 1001}},
    ],
    ids=["certificate", "role", "user"],
)
def test_an_answer_about_another_certificate_role_or_user_is_an_alarm(netsuite, changed):
    _, session = netsuite(answer({**UPLOADED, **changed}))
    with pytest.raises(UnreadableError) as caught:
        upload(session, CLIENT, certificate_pem=MADE.certificate, role="1001", entity="12")
    assert caught.value.code == "OTHER_CERTIFICATE"


@pytest.mark.parametrize(
    "body",
    [{}, [1], [{**LISTED, "certificate_id": "a/b"}], [{**LISTED, "role": "x"}], [LISTED] * 1001, "x"],
    ids=["object", "number", "path", "role", "endless", "text"],
)
def test_a_list_that_cannot_be_read_is_none(netsuite, body):
    _, session = netsuite(answer(body))
    with pytest.raises(UnreadableError):
        mapped(session, CLIENT)


@pytest.mark.parametrize(
    "response", [refusal(403, "INSUFFICIENT_PERMISSION", "No."), Scripted(404)], ids=["403", "404"]
)
def test_a_role_that_may_not_is_told_which_permission_it_lacks(netsuite, response):
    _, session = netsuite(response)
    with pytest.raises(ConnectorError) as caught:
        mapped(session, CLIENT)
    assert caught.value.code == "NO_ROTATION"
    assert "Manage own OAuth 2.0 Client Credentials certificates" in caught.value.remedy


def test_a_refused_login_stays_one(netsuite):
    _, session = netsuite(answer({}, 401, {"WWW-Authenticate": 'Bearer realm="1"'}))
    with pytest.raises(LoginRefusedError):
        mapped(session, CLIENT)


def test_a_certificate_is_revoked_by_its_id(netsuite):
    server, session = netsuite(Scripted(200))
    revoke_certificate(session, CLIENT, ID)
    assert (server.received[0].method, server.received[0].path) == ("POST", f"{PATH}/{ID}/revoke")


@pytest.mark.parametrize("hostile", ["a/../../record", "", "a b", "a?b", "a" * 200, "ä"])
def test_an_id_cannot_name_another_path(netsuite, hostile):
    server, session = netsuite(Scripted(200))
    with pytest.raises(SettingError):
        revoke_certificate(session, CLIENT, hostile)
    with pytest.raises(SettingError):
        mapped(session, hostile)
    assert server.received == []
