"""`connector serve` by itself: mail goes out, anchors are sent while it runs and at its end, a demo stays at home."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
import trustme

from connector.settings import child_environment
from connector.vault.key_ring import make_demo_key_file
from tests.unit.notices.mail_server import PASSWORD, USER, mail_server

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning",
    "ignore::UserWarning",
    "ignore::ResourceWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)


def run(*arguments, environment, stdin=None):
    return subprocess.run(
        [sys.executable, "-m", "connector", *arguments],
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def started(environment):
    process = subprocess.Popen(
        [sys.executable, "-m", "connector", "serve", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    announced = json.loads(process.stdout.readline())
    with urllib.request.urlopen(f"{announced['url']}/healthz", timeout=30):
        return process  # it answers, so it hears signals too


def test_a_mail_goes_out_and_its_password_comes_from_the_vault(tmp_path):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with mail_server(authority, password=True) as (taken, port):
        environment = child_environment(
            {
                "CONNECTOR_DATA": str(tmp_path / "data"),
                "CONNECTOR_CA_FILE": str(tmp_path / "ca.pem"),
                "CONNECTOR_SMTP_URL": f"smtp://{USER}@localhost:{port}",
                "CONNECTOR_MAIL_FROM": "NSQuery <nsquery@example.com>",
            }
        )
        done = run("vault", "set", "smtp", environment=environment, stdin=PASSWORD + "\n")
        assert (done.returncode, PASSWORD in done.stdout + done.stderr) == (0, False)
        process = started(environment)
        try:
            invited = run(
                "people", "invite", "--name", "ann", "--email", "ann@example.com", "--role", "author",
                environment=environment,
            )  # fmt: skip
            assert invited.returncode == 0, invited.stderr
            run("token", "create", "--user", "ann", environment=environment)
            ends = time.monotonic() + 60
            while not taken.envelopes and time.monotonic() < ends:
                taken.arrived.wait(1)
        finally:
            process.terminate()
            _, log = process.communicate(timeout=60)
    (mail,) = taken.mails()
    assert (mail["To"], mail["Subject"]) == ("ann@example.com", "A new API token asks NetSuite in your name")
    assert PASSWORD not in log


def test_an_anchor_is_sent_while_it_runs_and_at_its_end_and_is_verified_later(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as log:
        log.bind(("127.0.0.1", 0))
        log.settimeout(60)
        environment = child_environment(
            {
                "CONNECTOR_DATA": str(tmp_path),
                "CONNECTOR_AUDIT_SYSLOG": f"udp://127.0.0.1:{log.getsockname()[1]}",
            }
        )
        process = started(environment)
        first = re.search(r"anchor=(\S+)", log.recv(2048).decode())[1]
        run("token", "create", "--user", "ann", environment=environment)
        process.terminate()
        assert process.wait(60) == 0
        process.communicate()
        last = re.search(r"anchor=(\S+)", log.recv(2048).decode())[1]
    assert int(first.partition(":")[0]) < int(last.partition(":")[0])
    kept = ("audit", "verify", "--anchor", first, "--anchor", last)
    assert run(*kept, environment=environment).returncode == 0
    number, _, hashed = last.partition(":")
    forged = run("audit", "verify", "--anchor", f"{number}:{hashed[::-1]}", environment=environment)
    assert (forged.returncode, "AUDIT_BROKEN" in forged.stderr) == (1, True)


@pytest.mark.parametrize(
    ("host", "public_url"),
    [("0.0.0.0", ""), ("::", ""), ("127.0.0.1", "https://nsquery.example.com"), ("192.0.2.1", "")],  # noqa: S104
)
def test_the_demos_key_is_refused_where_others_could_reach_it(tmp_path, host, public_url):
    make_demo_key_file(tmp_path)
    environment = child_environment({"CONNECTOR_DATA": str(tmp_path), "CONNECTOR_PUBLIC_URL": public_url})
    done = run("serve", "--host", host, "--port", "0", environment=environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error DEMO_KEY: ")


def test_the_demos_key_is_taken_on_loopback(tmp_path):
    make_demo_key_file(tmp_path)
    process = started(child_environment({"CONNECTOR_DATA": str(tmp_path)}))
    process.terminate()
    assert process.wait(60) == 0
    process.communicate()


def test_quiet_hours_are_set_listed_and_taken_back_on_the_command_line(tmp_path):
    environment = child_environment({"CONNECTOR_DATA": str(tmp_path)})
    spans = ("account", "quiet-hours", "set", "1234567-sb1", "22:00-06:00", "--zone")
    assert run(*spans, "Europe/Berlin", environment=environment).returncode == 0
    listed = run("account", "quiet-hours", "list", environment=environment).stdout
    assert listed.startswith("1234567_SB1\t22:00-06:00\tEurope/Berlin\tset by server console\t")
    refused = run(*spans, "Nowhere", environment=environment)
    assert (refused.returncode, "BAD_QUIET_HOURS" in refused.stderr) == (2, True)
    assert run("account", "quiet-hours", "clear", "1234567_SB1", environment=environment).returncode == 0
    assert run("account", "quiet-hours", "list", environment=environment).stdout == ""
