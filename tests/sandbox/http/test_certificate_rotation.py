"""Certificates listed, set up and revoked by a program (Oracle article_11111634165, article_0209112025, article_0209112818)."""

from __future__ import annotations

import json

import pytest
from application import confidential
from certificates import certificate
from test_client_credentials import Machine

from connector.sandbox.permissions import READING, Permission

OWN = Permission.OWN_CERTIFICATES
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def machine(sandbox):
    """A machine whose role manages its own certificates."""
    sandbox.account.reader_role.permissions = READING | {OWN}
    return Machine(sandbox)


def path(sandbox, more=""):
    return f"/services/rest/auth/oauth2/v1/clients/{sandbox.account.integration.consumer_key}/certificates{more}"


def send(sandbox, machine, method="GET", document=None, *, target=None, **headers):
    token = machine.ask().json()["access_token"]
    body = None if document is None else json.dumps(document).encode()
    given = {"Authorization": f"Bearer {token}", **JSON, **headers}
    return sandbox.client.send(method, target or path(sandbox), given, body)


def set_up(sandbox, machine, pem=None, **changed):
    made = pem or certificate(now=sandbox.clock.now).pem.decode()
    return send(sandbox, machine, "POST", {"fileContent": made, "role": "1000", "entity": "12", **changed})


def test_the_certificates_are_a_bare_array(sandbox, machine):
    reply = send(sandbox, machine)
    assert reply.status == 200
    (listed,) = reply.json()
    assert list(listed) == [
        "application", "entity", "role", "created", "valid_from", "valid_until", "revoked", "certificate_id", "algorithm",
    ]  # fmt: skip
    assert list(listed["application"]) == ["id", "name", "url", "application_id"]
    assert listed["certificate_id"] == machine.mapping.certificate_id
    assert (listed["entity"]["id"], listed["role"]["id"], listed["revoked"]) == ("12", "1000", False)


def test_a_second_certificate_proves_itself_before_the_first_is_revoked(sandbox, machine):
    reply = set_up(sandbox, machine)
    assert reply.status == 200
    made = reply.json()
    assert list(made) == [
        "entity_role_id", "application_id", "certificate_id", "certificate", "algorithm", "created_at", "valid_from",
        "valid_until", "invalidated",
    ]  # fmt: skip
    assert made["entity_role_id"] == {"com": "1234567_SB1", "ent": "12", "rol": "1000"}
    assert made["certificate"].startswith("-----BEGIN CERTIFICATE-----")
    old = machine.mapping.certificate_id
    assert machine.ask(header={"kid": made["certificate_id"]}).status == 200
    assert machine.ask().status == 200
    revoked = send(sandbox, machine, "POST", target=path(sandbox, f"/{old}/revoke"))
    assert (revoked.status, revoked.json()["invalidated"]) == (200, True)
    assert machine.ask().status == 400
    assert machine.ask(header={"kid": made["certificate_id"]}).status == 200


def test_a_third_for_the_combination_and_a_sixth_for_the_record_are_refused(sandbox, machine):
    assert set_up(sandbox, machine).status == 200
    assert set_up(sandbox, machine).status == 400
    sandbox.account.reader_role.permissions |= {Permission.AUTHORIZED_APPLICATIONS}
    assert set_up(sandbox, machine, entity="13").status == 200
    assert set_up(sandbox, machine, entity=14).status == 200  # with the announced machine's five
    reply = set_up(sandbox, machine, entity="15")
    assert (reply.status, "five active" in reply.json()["o:errorDetails"][0]["detail"]) == (400, True)


def test_without_the_permission_nothing_is_shown_or_done(sandbox):
    machine = Machine(sandbox)
    old = machine.mapping.certificate_id
    for reply in (
        send(sandbox, machine),
        set_up(sandbox, machine),
        send(sandbox, machine, "POST", target=path(sandbox, f"/{old}/revoke")),
    ):
        assert (reply.status, reply.json()["o:errorDetails"][0]["o:errorCode"]) == (403, "INSUFFICIENT_PERMISSION")
    assert len(sandbox.account.certificates.mappings()) == 2


def test_the_announced_machine_s_role_does_not_have_it_until_it_is_switched_on(sandbox):
    assert not sandbox.account.machine_role.may(OWN)


def test_a_role_that_manages_its_own_sees_and_maps_its_own_alone(sandbox, machine):
    theirs = next(one for one in sandbox.account.certificates.mappings() if one.role.id == "1001")
    assert [one["certificate_id"] for one in send(sandbox, machine).json()] == [machine.mapping.certificate_id]
    assert set_up(sandbox, machine, role="1001").status == 403
    assert set_up(sandbox, machine, entity="13").status == 403
    assert send(sandbox, machine, "POST", target=path(sandbox, f"/{theirs.certificate_id}/revoke")).status == 404


def test_another_record_s_certificates_are_nobody_s_business(sandbox, machine):
    other = sandbox.account.directory.add_integration("Other")
    target = f"/services/rest/auth/oauth2/v1/clients/{other.consumer_key}/certificates"
    assert send(sandbox, machine, target=target).status == 404
    assert send(sandbox, machine, target=target.replace(other.consumer_key, "x")).status == 404


def test_revoking_happens_once(sandbox, machine):
    new = set_up(sandbox, machine).json()["certificate_id"]
    target = path(sandbox, f"/{new}/revoke")
    assert [send(sandbox, machine, "POST", target=target).status for _ in range(2)] == [200, 404]
    assert send(sandbox, machine, "POST", target=path(sandbox, "/x/revoke")).status == 404


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"fileContent": 5, "role": "1000", "entity": "12"},
        {"fileContent": "no certificate", "role": "1000", "entity": "12"},
        {"fileContent": "é", "role": "1000", "entity": "12"},
        {"fileContent": "x", "role": "99", "entity": "12"},
        {"fileContent": "x", "role": True, "entity": "12"},
        {"fileContent": "x", "role": "1000", "entity": None},
    ],
)
def test_what_is_no_certificate_is_refused(sandbox, machine, document):
    assert send(sandbox, machine, "POST", document).status == 400
    assert len(sandbox.account.certificates.mappings()) == 2


@pytest.mark.parametrize("kind", ["rsa-2048", "ed25519"])
def test_the_keys_are_those_of_the_page(sandbox, machine, kind):
    assert set_up(sandbox, machine, certificate(kind, now=sandbox.clock.now).pem.decode()).status == 400


def test_a_person_s_access_token_serves_too_and_tba_does_not(sandbox, machine):
    app = confidential(sandbox)
    assert app.use(app.tokens()["access_token"], path(sandbox)).status == 200
    reply = sandbox.client.signed("GET", path(sandbox))
    assert reply.status == 401
    assert reply.headers["www-authenticate"].startswith("Bearer ")


def test_certificates_are_managed_on_the_restlets_host(sandbox, machine):
    for host, status in (
        ("1234567-sb1.restlets.api.netsuite.com", 200),
        ("1234567-sb1.suitetalk.api.netsuite.com", 404),
        ("1234567-sb1.app.netsuite.com", 404),
    ):
        assert send(sandbox, machine, Host=host).status == status


def test_other_methods_are_refused(sandbox, machine):
    assert send(sandbox, machine, "DELETE").headers["allow"] == "GET, POST"
    assert send(sandbox, machine, "GET", target=path(sandbox, "/x/revoke")).headers["allow"] == "POST"
    assert send(sandbox, machine, "GET", target=path(sandbox, "/x")).status == 404
