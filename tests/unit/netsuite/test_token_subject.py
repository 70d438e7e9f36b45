"""Whom an access token stands for, as Oracle's samples have it; what is of another form says nothing."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.netsuite.token_subject import TokenSubject, subject_of


def token(claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"eyJhbGciOiJSUzI1NiJ9.{payload}.c2lnbmF0dXJl"


def test_role_and_entity_and_the_account_behind_a_semicolon():
    claims = {"sub": "3;-5", "aud": ["00000000-0000-0000-0000-000000000000;3829855", "client"], "scope": ["restlets"]}
    assert subject_of(token(claims)) == TokenSubject("3", "-5", "3829855")
    assert subject_of(token({"sub": "1001;42", "aud": "client"})) == TokenSubject("1001", "42", None)


@pytest.mark.parametrize(
    "claims", [{}, [], "x", {"sub": 3}, {"sub": "3"}, {"sub": "4030059;0;3;7;N"}, {"sub": "a;b"}, {"sub": "3;-5;"}]
)
def test_another_form_says_nothing(claims):
    assert subject_of(token(claims)) is None


@given(st.text())
def test_any_text_is_read_or_says_nothing(text):
    assert subject_of(text) is None or isinstance(subject_of(text), TokenSubject)
