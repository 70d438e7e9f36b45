"""Oracle's documented signatures, held by the sandbox's verifier at the second they were made."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import tba_signing
from hypothesis import given
from hypothesis import strategies as st

from connector.sandbox.directory import Directory, LoginRefused
from connector.sandbox.signature import base_string, header_parameters, is_signed
from connector.sandbox.token_login import TokenLogin
from connector.sandbox.wire import FORM, Request


def request_of(vector: dict, signature: str | None = None) -> Request:
    parts = urlsplit(vector["url"])
    parameters = {**vector["oauth_params"], "oauth_signature": signature or vector["expected_signature"]}
    headers = {"authorization": tba_signing.header(parameters, vector["realm"])}
    return Request(vector["method"], f"{parts.scheme}://{parts.netloc}", parts.path, parts.query, headers)


def door_of(vector: dict) -> TokenLogin:
    """An account that issued the vector's credentials, at the second in which it was signed."""
    parameters, directory = vector["oauth_params"], Directory()
    integration = directory.add_integration(
        "documentation", key=parameters["oauth_consumer_key"], secret=vector["consumer_secret"]
    )
    directory.issue_token(
        integration,
        directory.add_entity("12", "Reader", "reader@example.com"),
        directory.add_role("1000", "Reader"),
        key=parameters.get("oauth_token"),
        secret=vector["token_secret"],
    )
    return TokenLogin(directory, vector["realm"], lambda: float(parameters["oauth_timestamp"]))


def holds(vector: dict, request: Request) -> bool:
    header = header_parameters(request.headers["authorization"])
    signed = base_string(request, header.items())
    return is_signed(signed, header["oauth_signature"], vector["consumer_secret"], vector["token_secret"])


def test_every_documented_rest_header_holds(vectors):
    assert len(vectors) == 4
    for vector in vectors:
        request = request_of(vector)
        header = header_parameters(request.headers["authorization"])
        assert base_string(request, header.items()) == vector["expected_base_string"]
        assert holds(vector, request)


def test_the_documented_tokens_are_let_in(vectors):
    with_token = [vector for vector in vectors if "oauth_token" in vector["oauth_params"]]
    assert len(with_token) == 3
    for vector in with_token:
        assert door_of(vector).login(request_of(vector)).entity.id == "12"


def test_what_the_documentation_misprints_is_refused(vectors, misprints):
    by_id = {vector["id"]: vector for vector in vectors}
    of_rest = [misprint for misprint in misprints if misprint["of"] in by_id]
    assert len(of_rest) == 2
    for misprint in of_rest:
        vector = by_id[misprint["of"]]
        assert not holds(vector, request_of(vector, misprint["signature"]))
        with pytest.raises(LoginRefused, match="InvalidSignature"):
            door_of(vector).login(request_of(vector, misprint["signature"]))


@given(data=st.data())
def test_one_byte_changed_anywhere_is_refused(data, vectors):
    vector = data.draw(st.sampled_from(vectors))
    changed = {**vector, "oauth_params": dict(vector["oauth_params"])}
    text_fields = [*(("oauth_params", name) for name in vector["oauth_params"]), "consumer_secret"]
    text_fields += ["token_secret"] if vector["token_secret"] else []
    where = data.draw(st.sampled_from([*text_fields, "method", "path", "query", "host", "signature"]))
    letter = data.draw(st.sampled_from("abcXYZ0189-._~"))

    def change(text: str) -> str:
        at = data.draw(st.integers(0, max(0, len(text) - 1)))
        return text[:at] + (letter if text[at : at + 1] != letter else "q") + text[at + 1 :]

    request = request_of(vector)
    if isinstance(where, tuple):
        changed["oauth_params"][where[1]] = change(vector["oauth_params"][where[1]])
        request = request_of(changed)
    elif where in {"consumer_secret", "token_secret"}:
        changed[where] = change(vector[where])
    elif where == "signature":
        request = request_of(vector, change(vector["expected_signature"]))
    elif where == "host":
        request = replace(request, base_url="https://" + change(request.base_url.removeprefix("https://")))
    elif where == "method":
        request = replace(request, method="PUT")
    elif where == "query":
        request = replace(request, query=f"{request.query}&{letter}" if request.query else letter)
    else:
        request = replace(request, path="/" + change(request.path.removeprefix("/")))
    assert not holds(changed, request)


def test_rfc_5849_s_own_base_string_is_made(rfc_vector):
    parts = urlsplit(rfc_vector["url"])
    headers = {
        "authorization": tba_signing.header(rfc_vector["oauth_params"], "Example"),
        "content-type": f"{FORM}; charset=utf-8",
    }
    request = Request(
        rfc_vector["method"],
        f"{parts.scheme}://{parts.netloc}",
        parts.path,
        parts.query,
        headers,
        rfc_vector["form_body"].encode(),
    )
    header = header_parameters(headers["authorization"])
    assert base_string(request, header.items()) == rfc_vector["expected_base_string"]


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)


@given(
    extra=st.dictionaries(NAMES.map(lambda name: f"x{name}"), st.text(max_size=20), max_size=5),
    query=st.lists(st.tuples(NAMES, st.text(max_size=20)), max_size=5),
    port=st.sampled_from(["", ":80", ":443", ":8443"]),
    scheme=st.sampled_from(["http", "https"]),
)
def test_it_signs_what_an_independent_signer_signs(extra, query, port, scheme):
    pairs = [(name, value) for name, value in query if not name.startswith("oauth_")]
    target = "&".join(f"{tba_signing.encode(name)}={tba_signing.encode(value)}" for name, value in pairs)
    base = f"{scheme}://sandbox.example{port}"
    url = f"{base}/services/rest/x" + (f"?{target}" if target else "")
    request = Request("POST", base, "/services/rest/x", target, {"authorization": tba_signing.header(extra, "1")})
    header = header_parameters(request.headers["authorization"])
    assert header == {"realm": "1", **extra}
    assert base_string(request, header.items()) == tba_signing.base_string("POST", url, extra)
