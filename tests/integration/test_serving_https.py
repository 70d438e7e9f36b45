"""`connector serve` over HTTPS: with a certificate of its own making, with a given one, and with one that is none."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
from contextlib import contextmanager
from urllib.request import urlopen

import pytest
import trustme

from connector.settings import child_environment


@contextmanager
def serving(tmp_path, *options: str):
    process = subprocess.Popen(
        [sys.executable, "-m", "connector", "serve", "--port", "0", *options],
        env=child_environment({"CONNECTOR_DATA": str(tmp_path / "data"), "CONNECTOR_LOG_LEVEL": "error"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """An authority, its certificate for localhost with its key, and the key of another one."""
    folder, authority = tmp_path_factory.mktemp("certificates"), trustme.CA()
    made, other = authority.issue_cert("localhost"), authority.issue_cert("localhost")
    authority.cert_pem.write_to_path(folder / "authority.pem")
    made.private_key_pem.write_to_path(folder / "key.pem")
    other.private_key_pem.write_to_path(folder / "other-key.pem")
    for blob in made.cert_chain_pems:
        blob.write_to_path(folder / "certificate.pem", append=True)
    (folder / "nothing.pem").write_text("this is no certificate")
    return folder


def test_a_certificate_of_its_own_making_is_verified_by_the_authority_it_names(tmp_path):
    with serving(tmp_path, "--tls") as told:
        assert told["url"].startswith("https://127.0.0.1:")
        trusting = ssl.create_default_context(cafile=told["ca_file"])
        with urlopen(f"{told['url']}/healthz", context=trusting, timeout=20) as answer:
            assert json.load(answer) == {"status": "ok"}
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            urlopen(f"{told['url']}/healthz", context=ssl.create_default_context(), timeout=20)


def test_a_given_certificate_is_the_one_that_is_shown(tmp_path, given):
    options = ("--certificate", str(given / "certificate.pem"), "--private-key", str(given / "key.pem"))
    with serving(tmp_path, *options) as told:
        port = told["url"].rpartition(":")[2]
        trusting = ssl.create_default_context(cafile=given / "authority.pem")
        with urlopen(f"https://localhost:{port}/healthz", context=trusting, timeout=20) as answer:
            assert answer.status == 200
        assert "ca_file" not in told


@pytest.mark.parametrize(("certificate", "key"), [("certificate.pem", "other-key.pem"), ("nothing.pem", "key.pem")])
def test_files_that_do_not_go_together_are_one_error(tmp_path, given, certificate, key):
    done = subprocess.run(
        [sys.executable, "-m", "connector", "serve", "--port", "0", "--certificate", str(given / certificate),
         "--private-key", str(given / key)],
        env=child_environment({"CONNECTOR_DATA": str(tmp_path / "data")}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert "error BAD_CERTIFICATE_FILE:" in done.stderr
    assert "Traceback" not in done.stderr
