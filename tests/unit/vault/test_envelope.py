"""A secret opens at its place and nowhere else."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import assume, given
from hypothesis import strategies as st

from connector.errors import SettingError
from connector.settings import MasterKey
from connector.vault.envelope import Envelope, Place, Sealed
from connector.vault.key_ring import KeyRing

FIRST = MasterKey("k1", bytes(range(32)))
SECOND = MasterKey("k2", bytes(range(32, 64)))
PLACE = Place("connection", "7f3a", "token_secret", 1, "https://1234567.suitetalk.api.netsuite.com:443")
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PLACES = st.builds(Place, TEXT, TEXT, TEXT, st.integers(0, 9), TEXT)


def seal(text: str, place: Place = PLACE, ring: KeyRing | None = None) -> Sealed:
    envelope = Envelope(ring or KeyRing([FIRST]))
    return envelope.seal(envelope.new_data_key(), place, text)


def refusal(place: Place, sealed: Sealed, ring: KeyRing | None = None) -> SettingError:
    with pytest.raises(SettingError) as caught:
        Envelope(ring or KeyRing([FIRST])).open(place, sealed)
    assert caught.value.code == "VAULT_UNREADABLE"
    return caught.value


@given(TEXT, PLACES)
def test_what_was_sealed_opens_again(text, place):
    assert Envelope(KeyRing([FIRST])).open(place, seal(text, place)) == text


@given(PLACES, PLACES)
def test_no_place_opens_what_belongs_to_another(place, other):
    assume(place != other)
    assert "moved" in refusal(other, seal("s3cret", place)).message


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"table": "destination"},
        {"row": "7f3b"},
        {"field": "consumer_secret"},
        {"version": 2},
        {"origin": "https://evil.example:443"},
        {"origin": "https://1234567.suitetalk.api.netsuite.com:8443"},
        {"origin": "http://1234567.suitetalk.api.netsuite.com:443"},
        {"row": "7f3atoken", "field": "_secret"},
    ],
)
def test_another_table_row_field_version_or_origin_does_not_open(elsewhere):
    assert "moved, or given another address" in refusal(replace(PLACE, **elsewhere), seal("s3cret")).message


def test_the_cipher_is_aes_256_gcm_with_the_data_key_wrapped_by_the_primary_key():
    """Opened step by step with the cryptography package alone."""
    sealed = seal("s3cret", ring=KeyRing([SECOND, FIRST]))
    wrapping = json.dumps(["nsquery data key", "k2"]).encode()
    data_key = AESGCM(SECOND.material).decrypt(sealed.wrapped_key[:12], sealed.wrapped_key[12:], wrapping)
    assert len(data_key) == 32
    place = ["nsquery secret", "connection", "7f3a", "token_secret", 1, PLACE.origin]
    plain = AESGCM(data_key).decrypt(sealed.ciphertext[:12], sealed.ciphertext[12:], json.dumps(place).encode())
    assert plain == b"s3cret"


def test_nothing_is_sealed_alike_twice():
    one, other = seal("s3cret"), seal("s3cret")
    assert one.ciphertext != other.ciphertext
    assert one.wrapped_key != other.wrapped_key


def test_a_key_that_is_no_longer_primary_still_opens():
    assert Envelope(KeyRing([SECOND, FIRST])).open(PLACE, seal("s3cret")) == "s3cret"


def test_a_key_missing_from_the_ring_is_named():
    error = refusal(PLACE, seal("s3cret"), KeyRing([SECOND]))
    assert "k1" in error.message
    assert "not in the key ring" in error.message
    assert "CONNECTOR_KEYS" in error.remedy


def test_another_key_of_the_same_id_is_told():
    error = refusal(PLACE, seal("s3cret"), KeyRing([MasterKey("k1", SECOND.material)]))
    assert "not the one that sealed it" in error.message


@given(st.data())
def test_one_changed_bit_anywhere_is_found(data):
    sealed = seal("s3cret")
    part = data.draw(st.sampled_from(["ciphertext", "wrapped_key"]))
    stored = bytearray(getattr(sealed, part))
    bit = data.draw(st.integers(0, len(stored) * 8 - 1))
    stored[bit // 8] ^= 1 << bit % 8
    assert "altered" in refusal(PLACE, replace(sealed, **{part: bytes(stored)})).message


@pytest.mark.parametrize("part", ["ciphertext", "wrapped_key"])
@pytest.mark.parametrize("length", [0, 11, 12, 20])
def test_a_record_cut_short_is_found(part, length):
    sealed = seal("s3cret")
    assert "altered" in refusal(PLACE, replace(sealed, **{part: getattr(sealed, part)[:length]})).message


def test_a_data_key_does_not_show_itself():
    data_key = Envelope(KeyRing([FIRST])).new_data_key()
    assert repr(data_key.material) not in repr(data_key)
    assert repr(FIRST.material) not in repr(FIRST)
