"""`connector people`, `connector audit` and `connector token`, for whoever sits at the server."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pyotp
import pytest
from click.testing import CliRunner
from house import PASSWORD

from connector.cli import cli
from connector.settings import child_environment, load_settings
from connector.wiring import build


class Shell:
    def __init__(self, data):
        self.environment = {"CONNECTOR_DATA": str(data), "CONNECTOR_PUBLIC_URL": "https://nsquery.example.com"}

    def run(self, *arguments):
        """What it prints on standard output; an error is raised."""
        result = CliRunner().invoke(
            cli, list(arguments), env=self.environment, catch_exceptions=False, standalone_mode=False
        )
        return result.stdout

    def services(self):
        return build(load_settings(self.environment))


@pytest.fixture
def shell(tmp_path):
    return Shell(tmp_path / "data")


@pytest.fixture
def services(shell):
    services = shell.services()
    yield services
    services.close()


def test_the_first_administrator_and_a_guest(shell, services, refused):
    token = shell.run("people", "setup-token").strip()
    services.people.set_up(token, name="ada", password=PASSWORD)
    refused("IS_SET_UP", shell.run, "people", "setup-token")
    link = shell.run("people", "invite", "--name", "bob", "--role", "reader", "--email", "bob@example.com").strip()
    address, _, invitation = link.rpartition("/")
    assert address == "https://nsquery.example.com/join"
    services.people.accept(invitation, password=PASSWORD)
    listed = shell.run("people", "list").splitlines()
    assert [line.split("\t")[:4] for line in listed] == [
        ["ada", "administrator", "active", "password"],
        ["bob", "reader", "active", "password"],
    ]


def test_codes_are_taken_off_for_who_lost_them(shell, services, refused):
    bob = services.people.accept(services.people.invite(None, name="bob", role="author"), password=PASSWORD)
    totp = pyotp.parse_uri(services.totp.enrol(bob))
    services.totp.confirm(bob, totp.now())
    assert "password and code" in shell.run("people", "list")
    shell.run("people", "reset-totp", "--name", "bob")
    assert services.sign_in.check(name="bob", password=PASSWORD, code=None, address="::1").id == bob.id
    assert services.audit.list(action="second_factor_off")[0].actor == "server console"
    refused("UNKNOWN_PERSON", shell.run, "people", "reset-totp", "--name", "eve")


def test_the_audit_log_is_listed_exported_and_verified(shell, services, tmp_path):
    shell.run("token", "create", "--user", "ann")
    services.audit.add(actor="ann", action="query", subject="Prod", detail={"rows": 3}, claimed={"workbook": "a\tb"})
    first, second = shell.run("audit", "list").splitlines()
    assert first.split("\t")[2:6] == ["ann", "query", "Prod", ""]
    assert json.loads(first.split("\t")[7])["rows"] == 3
    assert second.split("\t")[2:5] == ["server console", "token_created", "ann"]
    assert len(shell.run("audit", "list", "--actor", "ann", "--since", "2026-01-01", "--limit", "5").splitlines()) == 1
    exported = shell.run("audit", "export")
    shell.run("audit", "export", "--output", str(tmp_path / "log.jsonl"))
    assert (tmp_path / "log.jsonl").read_text("ascii") == exported
    assert [json.loads(line)["sequence"] for line in exported.splitlines()] == [1, 2]
    head = shell.run("audit", "verify").strip()
    assert head == services.audit.anchor() == f"2:{json.loads(exported.splitlines()[1])['hash']}"
    assert shell.run("audit", "verify", "--anchor", head).strip() == head


def test_a_broken_chain_is_an_error(shell, services, refused):
    for _ in range(3):
        services.audit.add(actor="ann", action="query")
    with services.database.write() as transaction:
        transaction.exec_driver_sql("UPDATE audit_event SET actor = 'eve' WHERE sequence = 2")
    assert "event 2" in refused("AUDIT_BROKEN", shell.run, "audit", "verify").message
    refused("BAD_ANCHOR", shell.run, "audit", "verify", "--anchor", "x")
    done = subprocess.run(
        [sys.executable, "-m", "connector", "audit", "verify"],
        env=child_environment(shell.environment),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert re.fullmatch(rb"error AUDIT_BROKEN: .*\nremedy: .*\n", done.stderr)


def test_old_events_are_cut(shell, services):
    services.audit.add(actor="ann", action="query")
    shell.run("audit", "cut", "--before", "2999-01-01")
    assert [event.action for event in services.audit.list()] == ["audit_cut"]
    assert shell.run("audit", "verify").startswith("2:")


def test_tokens_are_listed_and_revoked(shell, services, refused):
    texts = [shell.run("token", "create", "--user", "ann").strip() for _ in range(3)]
    bobs = shell.run("token", "create", "--user", "bob").strip()
    lines = [line.split("\t") for line in shell.run("token", "list", "--user", "ann").splitlines()]
    assert {line[4] for line in lines} == {"holds"}
    assert not any(text[17:] in str(lines) for text in texts)
    shell.run("token", "revoke", "--user", "ann", "--id", lines[0][0])
    refused("NO_TOKEN", shell.run, "token", "revoke", "--user", "bob", "--id", lines[1][0])
    shell.run("token", "revoke", "--user", "ann", "--all")
    for text in texts:
        refused("TOKEN_REVOKED", services.tokens.principal, text)
    assert services.tokens.principal(bobs).user == "bob"
    assert services.audit.list(action="token_revoked")[0].detail == {"user": "ann", "tokens": 2}
