"""The certificate an integration uploads, as Oracle section_162755359851 wants it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from connector.errors import SettingError
from connector.netsuite.certificate import checked_pair, make_certificate, read_certificate, signing_algorithm

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
MADE = make_certificate("NSQuery", NOW)
OTHER = make_certificate("NSQuery", NOW)
PKCS8 = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
WITH_PASSWORD = serialization.load_pem_private_key(MADE.private_key.encode(), None).private_bytes(
    *PKCS8, serialization.BestAvailableEncryption(b"x")
)
ED25519 = ed25519.Ed25519PrivateKey.generate().private_bytes(*PKCS8, serialization.NoEncryption())


def pem_of(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def test_the_certificate_holds_the_public_half_of_the_key_and_lives_less_than_two_years():
    made = make_certificate("NSQuery", NOW)
    certificate = x509.load_pem_x509_certificate(made.certificate.encode())
    key = serialization.load_pem_private_key(made.private_key.encode(), password=None)
    assert certificate.public_key() == key.public_key()
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert key.curve.name == "secp256r1"
    assert certificate.not_valid_before_utc < NOW < certificate.not_valid_after_utc
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc <= timedelta(days=730)
    certificate.verify_directly_issued_by(certificate)


@pytest.mark.parametrize(("kind", "bits"), [("rsa-3072", 3072), ("rsa-4096", 4096)])
def test_rsa_keys_have_the_sizes_netsuite_takes(kind, bits):
    made = make_certificate("NSQuery", NOW, kind=kind)
    key = x509.load_pem_x509_certificate(made.certificate.encode()).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == bits
    assert signing_algorithm(made.private_key) == "PS256"


def test_every_certificate_is_its_own():
    one, two = make_certificate("NSQuery", NOW), make_certificate("NSQuery", NOW)
    assert one.private_key != two.private_key
    assert one.certificate != two.certificate


@pytest.mark.parametrize(
    ("curve", "algorithm"), [(ec.SECP256R1(), "ES256"), (ec.SECP384R1(), "ES384"), (ec.SECP521R1(), "ES512")]
)
def test_the_curve_chooses_the_algorithm(curve, algorithm):
    assert signing_algorithm(pem_of(ec.generate_private_key(curve))) == algorithm


@pytest.mark.parametrize(
    "private_key",
    [
        "", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        pem_of(ec.generate_private_key(ec.SECP256K1())), pem_of(rsa.generate_private_key(65537, 2048)),
    ],
    ids=["empty", "words", "broken", "secp256k1", "rsa-2048"],
)  # fmt: skip
def test_a_key_that_netsuite_does_not_take_is_refused_before_it_is_used(private_key):
    with pytest.raises(SettingError) as caught:
        signing_algorithm(private_key)
    assert caught.value.code == "BAD_PRIVATE_KEY"
    assert "3072" in caught.value.remedy


def test_an_unknown_kind_of_key_is_refused():
    with pytest.raises(SettingError, match="dsa"):
        make_certificate("NSQuery", NOW, kind="dsa")


def test_the_private_key_is_not_in_the_representation():
    made = make_certificate("NSQuery", NOW)
    assert "PRIVATE" not in f"{made!r} {made!s}"


class TestAKeyPairThatSomebodyBrings:
    def test_is_taken_where_key_and_certificate_belong_together(self):
        assert checked_pair(MADE.private_key, MADE.certificate, NOW) == MADE

    def test_is_written_anew_so_that_nothing_beside_it_goes_further(self):
        comment = "<script>alert(1)</script>\n"
        assert checked_pair(comment + MADE.private_key, comment + MADE.certificate, NOW) == MADE

    def test_is_refused_where_they_do_not(self):
        with pytest.raises(SettingError, match="another private key"):
            checked_pair(MADE.private_key, OTHER.certificate, NOW)

    @pytest.mark.parametrize("now", [NOW + timedelta(days=800), NOW - timedelta(days=1)])
    def test_is_refused_outside_its_time(self, now):
        with pytest.raises(SettingError, match="not valid now"):
            checked_pair(MADE.private_key, MADE.certificate, now)

    @pytest.mark.parametrize(
        "certificate",
        [
            "", "x", MADE.private_key, MADE.certificate * 2, MADE.certificate + MADE.private_key, "A" * 20_000,
            MADE.certificate.replace("M", "\0", 1), MADE.certificate[:200], "\ud800" + MADE.certificate,
            "-----BEGIN CERTIFICATE-----\n" + "A" * 5_000 + "\n-----END CERTIFICATE-----",
        ],
        ids=["empty", "words", "key", "two", "key-beside", "long", "nul", "cut", "half-character", "zeros"],
    )  # fmt: skip
    def test_is_refused_for_what_is_no_certificate(self, certificate):
        with pytest.raises(SettingError) as caught:
            checked_pair(MADE.private_key, certificate, NOW)
        assert caught.value.code == "BAD_CERTIFICATE_FILE"

    @pytest.mark.parametrize(
        "private_key",
        [
            MADE.certificate, MADE.private_key * 2, MADE.private_key + MADE.certificate, "A" * 20_000,
            MADE.private_key[:100], "\ud800" + MADE.private_key, WITH_PASSWORD.decode(), ED25519.decode(),
        ],
        ids=["certificate", "two", "certificate-beside", "long", "cut", "half-character", "with-password", "ed25519"],
    )  # fmt: skip
    def test_is_refused_for_what_is_no_key(self, private_key):
        with pytest.raises(SettingError) as caught:
            checked_pair(private_key, MADE.certificate, NOW)
        assert caught.value.code == "BAD_PRIVATE_KEY"
        assert "BEGIN" not in caught.value.message

    def test_tells_its_fingerprint_and_its_end(self):
        facts = read_certificate(MADE.certificate)
        certificate = x509.load_pem_x509_certificate(MADE.certificate.encode())
        assert bytes.fromhex(facts.fingerprint) == certificate.fingerprint(hashes.SHA256())
        assert facts.expires_at == NOW + timedelta(days=729)
        assert facts.valid_from <= NOW
