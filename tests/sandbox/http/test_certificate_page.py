"""The page for certificates: what it takes, what it refuses (Oracle section_162755359851, section_162790605110)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from certificates import certificate, multipart

PAGE = "/app/setup/oauth2clientcredentials.nl"
JSON = {"Accept": "application/json"}


def upload(sandbox, file, *, entity="12", role="1000", integration="1", filename="c.pem", headers=JSON):
    form, body = multipart({"integration": integration, "entity": entity, "role": role}, file, filename)
    return sandbox.client.send("POST", PAGE, {**form, **headers}, body)


def valid(sandbox, kind="p-256", **options: Any):
    return certificate(kind, now=sandbox.clock.now, **options)


@pytest.mark.parametrize("kind", ["rsa-3072", "rsa-4096", "p-256", "p-384", "p-521"])
def test_it_takes_the_keys_that_netsuite_takes(sandbox, kind):
    reply = upload(sandbox, valid(sandbox, kind).pem)
    assert reply.status == 201
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", reply.json()["certificate_id"])


@pytest.mark.parametrize("kind", ["rsa-2048", "secp256k1", "ed25519", "dsa"])
def test_it_refuses_other_keys(sandbox, kind):
    reply = upload(sandbox, valid(sandbox, kind).pem)
    assert reply.status == 400
    assert "RSA of 3072 or 4096 bits" in reply.json()["error"]


@pytest.mark.parametrize("filename", ["c.pem", "c.crt", "C.CER"])
def test_it_takes_both_encodings_under_three_names(sandbox, filename):
    made = valid(sandbox)
    assert upload(sandbox, made.pem, filename=filename).status == 201
    assert upload(sandbox, made.der, filename=filename, entity="13").status == 201


@pytest.mark.parametrize(
    "file", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_it_refuses_what_is_no_certificate(sandbox, file):
    assert upload(sandbox, file).status == 400


def test_it_refuses_other_file_names_and_a_missing_file(sandbox):
    assert upload(sandbox, valid(sandbox).pem, filename="key.p12").status == 400
    assert upload(sandbox, None).status == 400


def test_it_refuses_an_expired_certificate(sandbox):
    assert "expired" in upload(sandbox, valid(sandbox, begins=-10, days=10).pem).json()["error"]


def test_validity_beyond_two_years_is_shortened(sandbox):
    until = datetime.fromisoformat(upload(sandbox, valid(sandbox, days=4000).pem).json()["valid_until"])
    assert until == datetime.fromtimestamp(sandbox.clock.now, UTC) + timedelta(days=730)


def test_an_integration_has_five_active_certificates_at_most(sandbox):
    combinations = [(entity, role) for role in ("1000", "3") for entity in ("12", "13", "14")]
    replies = [upload(sandbox, valid(sandbox).pem, entity=e, role=r) for e, r in combinations[:5]]
    # One came with the account.
    assert [reply.status for reply in replies] == [201] * 4 + [400]
    assert "five active" in replies[-1].json()["error"]
    other = sandbox.account.directory.add_integration("Other")
    assert upload(sandbox, valid(sandbox).pem, integration=other.consumer_key).status == 201
    revoke(sandbox, replies[0].json()["certificate_id"])
    assert upload(sandbox, valid(sandbox).pem, entity="14", role="3").status == 201


def test_a_combination_of_application_entity_and_role_has_one(sandbox):
    first = upload(sandbox, valid(sandbox).pem)
    assert upload(sandbox, valid(sandbox).pem).status == 400
    assert revoke(sandbox, first.json()["certificate_id"]).status == 200
    assert upload(sandbox, valid(sandbox).pem).status == 201


@pytest.mark.parametrize("wrong", [{"entity": "99"}, {"role": "99"}, {"integration": "99"}, {"entity": "<script>"}])
def test_it_refuses_what_is_not_in_the_account(sandbox, wrong):
    assert upload(sandbox, valid(sandbox).pem, **wrong).status == 400


def test_a_browser_gets_a_page_that_works_without_scripts(sandbox):
    page = sandbox.client.send("GET", PAGE, {"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    html = page.body.decode()
    assert 'enctype="multipart/form-data"' in html
    assert "<script" not in html
    assert "script-src" not in page.headers["content-security-policy"]
    saved = upload(sandbox, valid(sandbox).pem, headers={"Accept": "text/html"})
    assert (saved.status, saved.headers["location"]) == (303, PAGE)
    listed = sandbox.client.send("GET", PAGE, JSON).json()
    assert listed[-1]["certificate_id"] in sandbox.client.send("GET", PAGE).body.decode()


def test_names_are_escaped(sandbox):
    sandbox.account.directory.add_integration("<img src=x onerror=alert(1)>")
    assert b"<img" not in sandbox.client.send("GET", PAGE).body


@pytest.mark.parametrize(
    "foreign",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_form_from_another_site_is_refused(sandbox, foreign):
    assert upload(sandbox, valid(sandbox).pem, headers={**JSON, **foreign}).status == 403
    assert len(sandbox.account.certificates.mappings()) == 1


def test_a_form_from_the_page_itself_is_taken(sandbox):
    own = {"Sec-Fetch-Site": "same-origin", "Origin": sandbox.running.url}
    assert upload(sandbox, valid(sandbox).pem, headers={**JSON, **own}).status == 201


def revoke(sandbox, certificate_id):
    form = {"Content-Type": "application/x-www-form-urlencoded", **JSON}
    return sandbox.client.send("POST", f"{PAGE}/revoke", form, f"certificate_id={certificate_id}".encode())


def test_revoking_happens_once(sandbox):
    made = upload(sandbox, valid(sandbox).pem).json()["certificate_id"]
    assert [revoke(sandbox, made).status for _ in range(2)] == [200, 404]
    assert sandbox.client.send("GET", PAGE, JSON).json()[-1]["revoked"] is True


def test_a_large_upload_is_refused(sandbox):
    assert upload(sandbox, b"x" * 2**20).status == 413
    assert sandbox.client.send("GET", PAGE).status == 200
