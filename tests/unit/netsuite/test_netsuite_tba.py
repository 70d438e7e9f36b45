"""TBA signatures against Oracle's published vectors and against RFC 5849 computed by hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from pathlib import Path
from urllib.parse import quote, unquote

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import SettingError
from connector.netsuite.tba import TbaAuth, TokenCredentials, authorization_header

_FILE = json.loads((Path(__file__).parents[2] / "vectors" / "tba.json").read_text())
_VECTORS = {vector["id"]: vector for vector in _FILE["vectors"]}
REST_HEADER = [vector for vector in _FILE["vectors"] if vector["kind"] == "rest_header"]
NEGATIVE = [negative for negative in _FILE["must_not_verify"] if _VECTORS[negative["of"]]["kind"] == "rest_header"]
_STANDARD = {"oauth_consumer_key", "oauth_token", "oauth_nonce", "oauth_timestamp", "oauth_signature_method",
             "oauth_version"}  # fmt: skip
EXAMPLE = TokenCredentials("ck" * 8, "cs" * 8, "ti" * 8, "ts" * 8)


def arguments_of(vector: dict[str, object]) -> dict[str, object]:
    oauth = dict(vector["oauth_params"])
    return {
        "method": vector["method"],
        "url": vector["url"],
        "realm": vector["realm"],
        "consumer_key": oauth["oauth_consumer_key"],
        "consumer_secret": vector["consumer_secret"],
        "token_id": oauth.get("oauth_token"),
        "token_secret": vector["token_secret"],
        "extra": {name: value for name, value in oauth.items() if name not in _STANDARD},
        "nonce": oauth["oauth_nonce"],
        "timestamp": oauth["oauth_timestamp"],
    }


def parameters_of(header: str) -> dict[str, str]:
    assert header.startswith("OAuth ")
    return {name: unquote(value) for name, value in re.findall(r'([A-Za-z_]+)="([^"]*)"', header)}


def signature_by_hand(method, url, pairs, consumer_secret, token_secret):
    """RFC 5849 section 3.4 in a dozen lines of the standard library."""

    def encode(text: str) -> str:
        return quote(text, safe="-._~")

    normalised = "&".join(f"{name}={value}" for name, value in sorted((encode(n), encode(v)) for n, v in pairs))
    base = "&".join(encode(part) for part in (method, url, normalised))
    key = f"{encode(consumer_secret)}&{encode(token_secret)}"
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha256).digest()).decode()


@pytest.mark.parametrize("vector", REST_HEADER, ids=lambda vector: vector["id"])
class TestPublishedVectors:
    def test_the_signature_is_the_published_one(self, vector):
        header = authorization_header(**arguments_of(vector))
        assert parameters_of(header)["oauth_signature"] == vector["expected_signature"]

    def test_the_header_carries_every_signed_parameter_and_the_realm(self, vector):
        parameters = parameters_of(authorization_header(**arguments_of(vector)))
        assert parameters == {
            **vector["oauth_params"],
            "realm": vector["realm"],
            "oauth_signature": vector["expected_signature"],
        }

    def test_a_timestamp_may_be_a_number(self, vector):
        arguments = arguments_of(vector)
        as_number = authorization_header(**{**arguments, "timestamp": int(arguments["timestamp"])})
        assert as_number == authorization_header(**arguments)

    @pytest.mark.parametrize(
        "part", ["method", "url", "consumer_key", "consumer_secret", "token_secret", "nonce", "timestamp"]
    )
    def test_one_changed_byte_changes_the_signature(self, vector, part):
        arguments = arguments_of(vector)
        text = arguments[part] or "a"
        changed = {**arguments, part: text[:-1] + ("1" if text[-1] != "1" else "2")}
        assert parameters_of(authorization_header(**changed))["oauth_signature"] != vector["expected_signature"]

    def test_the_realm_is_sent_and_not_signed(self, vector):
        other = parameters_of(authorization_header(**{**arguments_of(vector), "realm": "1234567_SB1"}))
        assert other["realm"] == "1234567_SB1"
        assert other["oauth_signature"] == vector["expected_signature"]


@pytest.mark.parametrize("negative", NEGATIVE, ids=lambda negative: negative["id"])
def test_the_documentations_own_misprints_are_not_what_we_sign(negative):
    header = authorization_header(**arguments_of(_VECTORS[negative["of"]]))
    assert parameters_of(header)["oauth_signature"] != negative["signature"]


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)


@given(st.dictionaries(st.text("abcXYZ_-.~ é", min_size=1, max_size=6), _TEXT, max_size=5))
def test_every_query_is_signed_as_httpx_sends_it(params):
    request = httpx2.Request("POST", "https://1234567.suitetalk.api.netsuite.com:8443/a%20b", params=params)
    TbaAuth("1234567", EXAMPLE).auth_flow(request).send(None)
    sent = parameters_of(request.headers["Authorization"])
    signature = sent.pop("oauth_signature")
    assert sent.pop("realm") == "1234567"
    assert signature == signature_by_hand(
        "POST",
        "https://1234567.suitetalk.api.netsuite.com:8443/a%20b",
        [*sent.items(), *params.items()],
        EXAMPLE.consumer_secret,
        EXAMPLE.token_secret,
    )


@pytest.mark.parametrize("name", ["realm", "oauth_like", "script"])
def test_a_query_parameter_is_signed_whatever_its_name(name):
    def signature(value: str) -> str:
        header = authorization_header(
            method="GET", url=f"https://host.example/x?{name}={value}", realm="1", consumer_key="k",
            consumer_secret="s", nonce="n" * 20, timestamp=1,
        )  # fmt: skip
        return parameters_of(header)["oauth_signature"]

    assert signature("100%25") == signature_by_hand(
        "GET",
        "https://host.example/x",
        [
            (name, "100%"), ("oauth_consumer_key", "k"), ("oauth_nonce", "n" * 20), ("oauth_timestamp", "1"),
            ("oauth_signature_method", "HMAC-SHA256"), ("oauth_version", "1.0"),
        ],
        "s",
        "",
    )  # fmt: skip


def test_each_request_gets_its_own_nonce_of_at_least_20_characters():
    auth = TbaAuth("1234567", EXAMPLE)
    request = httpx2.Request("GET", "https://1234567.suitetalk.api.netsuite.com/")
    nonces = set()
    for _ in range(50):
        auth.auth_flow(request).send(None)
        nonces.add(parameters_of(request.headers["Authorization"])["oauth_nonce"])
    assert len(nonces) == 50
    assert all(len(nonce) >= 20 for nonce in nonces)


class TestCredentials:
    def test_white_space_around_what_was_copied_is_taken_off(self):
        assert TokenCredentials(" aa\n", "\tbb", "cc ", "dd\r\n") == TokenCredentials("aa", "bb", "cc", "dd")

    @pytest.mark.parametrize("position", range(4))
    @pytest.mark.parametrize("bad", ["", "  ", "a b", "a\nb", 'a"b', "ä" * 4, "a\u200bb"])
    def test_the_one_that_is_wrong_is_named_and_never_shown(self, position, bad):
        values = ["aaaa", "bbbb", "cccc", "dddd"]
        values[position] = bad
        with pytest.raises(SettingError) as caught:
            TokenCredentials(*values)
        assert caught.value.code == "BAD_CREDENTIAL"
        assert ("consumer key", "consumer secret", "token id", "token secret")[position] in caught.value.message
        assert not bad.strip() or bad not in caught.value.message

    def test_secrets_are_not_in_its_representation(self):
        shown = f"{EXAMPLE!r} {EXAMPLE!s}"
        assert not any(value in shown for value in ("ckck", "cscs", "titi", "tsts"))
