"""The doctor at real sandbox accounts: healthy, limited, blocked, revoked, out of time, and short of rows."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from connector.cli import cli
from connector.doctor import Doctor
from connector.netsuite.certificate import make_certificate
from connector.netsuite.control_reference import ControlReference, read_reference, written
from connector.netsuite.control_totals import ControlTotal, balances, control_totals
from connector.netsuite.table_permissions import NEEDED
from connector.netsuite.time_findings import certificate_finding, clock_finding, consent_finding
from connector.netsuite.trial_balance import read_trial_balance
from connector.sandbox.directory import State
from connector.sandbox.server import running
from tests.integration.service import service

NOW = datetime(2026, 2, 1, tzinfo=UTC)
CHECKS = ["address", "host", "data centre", "login", "clock", "certificate", "suiteql", "date format",
          *(f"permission {needed.table}" for needed in NEEDED), "governance", "completeness"]  # fmt: skip


class Stage:
    """A sandbox, a service before it, and the doctor."""

    def __init__(self, sandbox, services, connect):
        self.sandbox = sandbox
        self.services = services
        self.connect = connect

    def connected(self, name="prod", *, machine=False, **changes):
        announced = self.sandbox.announcement
        if machine:
            given = announced["client_credentials"]
            secrets = {
                "client_id": given["client_id"],
                "certificate_id": given["certificate_id"],
                "private_key": Path(given["private_key_file"]).read_text(),
            }
        else:
            secrets = announced["tba"]
        method = "oauth2_client_credentials" if machine else "tba"
        return self.connect(
            name, secrets={**secrets, **changes}, account=announced["account"], method=method, role="Reader"
        )

    def examine(self, connection, reference=None, doctor=None):
        doctor = doctor or Doctor(self.services.settings)
        return list(doctor.examine(connection, self.services.connections.open, reference))

    def by_name(self, connection, reference=None, doctor=None):
        return {finding.name: finding for finding in self.examine(connection, reference, doctor)}

    def access(self, connection):
        return self.services.connections.open(connection)

    def failures(self):
        """Logins that failed with somebody's credentials, as the Login Audit Trail has them."""
        attempts = self.sandbox.account.audit_trail.attempts()
        return [one.detail for one in attempts if one.status == "Failure" and not is_nobody(one)]


def is_nobody(attempt):
    return attempt.integration is None


@pytest.fixture(scope="module")
def accounts():
    """Companies by profile, made once each."""
    with (
        running(rows=1_500) as default,
        running(rows=1_500, profile="limited-role") as limited,
        running(rows=1_500, profile="no-oneworld") as single,
    ):
        yield {"default": default, "limited-role": limited, "no-oneworld": single}


@pytest.fixture
def stage(tmp_path):
    """A service before a sandbox, closed at the end."""
    opened = []

    def make(sandbox, data=tmp_path):
        context = service(data, sandbox.url)
        running_service = context.__enter__()
        opened.append(context)
        return Stage(sandbox, running_service.services, running_service.connect)

    yield make
    for context in opened:
        context.__exit__(None, None, None)


@pytest.fixture
def fresh(stage):
    """A sandbox whose account may be spoilt, with a clock that can be put off."""
    off = [0.0]
    with running(rows=1_500, clock=lambda: time.time() + off[0]) as sandbox:
        yield stage(sandbox), off


def test_every_check_is_made_in_order_and_a_healthy_connection_has_no_problem(stage, accounts):
    at = stage(accounts["default"])
    found = at.examine(at.connected())
    assert [finding.name for finding in found] == CHECKS
    assert [finding for finding in found if finding.verdict == "problem"] == []
    verdicts = {finding.name: finding.verdict for finding in found}
    assert verdicts["login"] == verdicts["clock"] == verdicts["suiteql"] == "ok"
    assert verdicts["governance"] == "not proven"  # a reader may not see the limits
    assert verdicts["completeness"] == "not proven"  # there is no reference


def test_an_administrator_is_told_the_limit_of_concurrent_requests(stage, accounts):
    at = stage(accounts["default"])
    token = at.sandbox.account.administrator_token()
    found = at.by_name(at.connected("admin", token_id=token.id, token_secret=token.secret))
    assert found["governance"].verdict == "ok"
    assert " 5 requests" in found["governance"].cause


def test_client_credentials_are_examined_as_well(stage, accounts):
    at = stage(accounts["default"])
    found = at.by_name(at.connected("machine", machine=True))
    assert found["login"].verdict == "ok"
    assert found["certificate"].verdict in {"ok", "not proven"}


class TestPermissions:
    def test_each_hidden_table_is_named_with_its_permission_and_the_menu_path(self, stage, accounts):
        at = stage(accounts["limited-role"])
        found = at.by_name(at.connected())
        lacking = {name for name, finding in found.items() if finding.verdict == "problem"}
        assert lacking == {"permission employee", "permission budgets"}
        assert "Setup > Users/Roles > Manage Roles" in found["permission employee"].remedy
        assert "Lists: Employees" in found["permission employee"].remedy
        assert found["permission customer"].verdict == "ok"

    def test_an_account_without_subsidiaries_lacks_no_permission_for_them(self, stage, accounts):
        at = stage(accounts["no-oneworld"])
        assert at.by_name(at.connected())["permission subsidiary"].verdict == "skipped"


class TestRefusedLogins:
    def test_a_blocked_record_costs_one_login_and_points_at_the_audit_trail(self, fresh):
        at, _ = fresh
        at.sandbox.account.integration.state = State.BLOCKED
        found = at.by_name(at.connected())
        assert found["login"].verdict == "problem"
        assert "Setup > Integration > Manage Integrations" in found["login"].remedy
        assert "View Login Audit Trail" in found["login"].remedy
        assert {found[name].verdict for name in CHECKS[6:]} == {"skipped"}
        assert at.failures() == ["consumer_key_refused"]

    def test_a_revoked_token_does_too(self, fresh):
        at, _ = fresh
        at.sandbox.account.reader_token.active = False
        found = at.by_name(at.connected())
        assert found["login"].verdict == "problem"
        assert "revoked" in found["login"].remedy
        assert at.failures() == ["token_rejected"]

    def test_examining_twice_does_not_sign_in_twice(self, fresh):
        at, _ = fresh
        at.sandbox.account.reader_token.active = False
        connection = at.connected()
        at.examine(connection)
        at.examine(connection)
        assert at.failures() == ["token_rejected"]

    def test_a_blocked_record_is_told_to_a_machine_as_the_token_endpoint_says_it(self, fresh):
        at, _ = fresh
        at.sandbox.account.integration.state = State.BLOCKED
        login = at.by_name(at.connected(machine=True))["login"]
        assert login.verdict == "problem"
        assert "the record is Enabled" in login.remedy or "Manage Integrations" in login.remedy

    def test_a_certificate_that_is_not_mapped_points_at_the_mapping(self, fresh):
        at, _ = fresh
        other = make_certificate("NSQuery", datetime.now(UTC))
        login = at.by_name(at.connected(machine=True, private_key=other.private_key))["login"]
        assert login.verdict == "problem"
        assert "OAuth 2.0 Client Credentials (M2M) Setup" in login.remedy
        assert "View Login Audit Trail" in login.remedy

    def test_a_scope_that_is_not_ticked_is_told(self, fresh):
        at, _ = fresh
        at.sandbox.account.integration.scopes = frozenset()
        login = at.by_name(at.connected(machine=True))["login"]
        assert (login.verdict, login.detail.split(";")[0]) == ("problem", "INVALID_SCOPE")
        assert "REST Web Services" in login.remedy

    def test_no_secret_is_in_a_finding(self, fresh):
        at, _ = fresh
        at.sandbox.account.reader_token.active = False
        told = json.dumps([repr(finding) for finding in at.examine(at.connected())])
        assert not [name for name, secret in at.sandbox.announcement["tba"].items() if secret in told]


class TestAnAccountThatIsBusy:
    def test_is_not_taken_for_a_failed_login(self, fresh):
        at, _ = fresh
        gate = at.sandbox.account.gate
        connection = at.connected()
        with gate.slot(), gate.slot(), gate.slot(), gate.slot(), gate.slot():
            found = next(
                one
                for one in Doctor(at.services.settings).examine(connection, at.services.connections.open)
                if one.name == "login"
            )
        assert (found.verdict, found.detail) == ("not proven", "CONCURRENCY_LIMIT")
        assert "nothing about the credentials" in found.cause

    def test_that_refuses_after_a_minute_is_said_to_be_told_so(self, fresh):
        at, _ = fresh
        at.sandbox.account.reader_token.active = False
        ticks = iter([0.0, 61.0])
        login = at.by_name(at.connected(), doctor=Doctor(at.services.settings, timer=lambda: next(ticks)))["login"]
        assert "concurrent requests" in login.detail
        assert "61 seconds" in login.detail


class TestTheClock:
    @pytest.mark.parametrize(("off", "words"), [(90, "behind"), (-90, "ahead of")])
    def test_that_is_a_little_off_is_a_problem_before_it_stops_anything(self, fresh, off, words):
        at, offset = fresh
        offset[0] = off
        found = at.by_name(at.connected())
        assert found["login"].verdict == "ok"
        assert found["clock"].verdict == "problem"
        assert f"90 s {words} NetSuite's, by serverTime" in found["clock"].cause
        assert "NTP" in found["clock"].remedy

    @pytest.mark.parametrize("off", [400, -400])
    def test_that_is_far_off_is_found_without_spending_a_login(self, fresh, off):
        at, offset = fresh
        offset[0] = off
        found = at.by_name(at.connected())
        assert found["clock"].verdict == "problem"
        assert found["login"].verdict == "skipped"
        assert at.failures() == []

    @pytest.mark.parametrize(
        ("exact", "rough", "verdict"),
        [(0.4, 3.0, "ok"), (-60.0, None, "ok"), (61.0, 0.0, "problem"), (None, 2.0, "not proven"), (None, -400.0, "problem"),
         (None, None, "not proven")],
    )  # fmt: skip
    def test_is_right_within_a_minute_by_servertime_and_proven_by_nothing_else(self, exact, rough, verdict):
        assert clock_finding(exact, rough).verdict == verdict


@pytest.mark.parametrize(
    ("days", "verdict", "detail"),
    [(400, "ok", ""), (60, "ok", ""), (59, "ok", "within 60 days"), (29, "ok", "within 30 days"),
     (13, "problem", "within 14 days"), (0, "problem", ""), (-1, "problem", "")],
)  # fmt: skip
def test_a_certificate_is_spoken_of_at_60_30_and_14_days(days, verdict, detail):
    found = certificate_finding(NOW + timedelta(days=days), NOW)
    assert (found.verdict, found.detail) == (verdict, detail)
    assert ("M2M" in found.remedy) == (days < 60)


def test_a_certificate_of_unknown_end_and_a_consent_near_its_end_are_told():
    assert certificate_finding(None, NOW).verdict == "not proven"
    assert consent_finding(NOW + timedelta(days=1), NOW).verdict == "problem"
    assert consent_finding(NOW + timedelta(days=5), NOW).verdict == "ok"
    assert consent_finding(NOW - timedelta(days=5), NOW).verdict == "problem"


def test_a_connection_of_another_address_is_told_before_anything_is_sent(stage, accounts, tmp_path):
    at = stage(accounts["default"])
    connection = at.connected()
    before = len(accounts["limited-role"].account.received.all())
    elsewhere = stage(accounts["limited-role"], tmp_path)
    found = elsewhere.by_name(connection)
    assert (found["address"].verdict, found["address"].detail) == ("problem", "MOVED_ORIGIN")
    assert len(accounts["limited-role"].account.received.all()) == before


def test_a_host_that_is_not_there_is_told_and_no_login_is_tried(stage, accounts, tmp_path):
    with running(rows=1_500) as gone:
        at = stage(gone)
        connection = at.connected()
    found = at.by_name(connection)
    assert (found["host"].verdict, found["login"].verdict) == ("problem", "skipped")


class TestCompleteness:
    @pytest.fixture
    def at(self, stage, accounts):
        return stage(accounts["default"])

    @pytest.fixture
    def reader(self, at):
        return at.connected()

    @pytest.fixture
    def reference(self, at, reader):
        account = at.sandbox.announcement["account"]
        totals = control_totals(at.access(reader).suiteql)
        return ControlReference(account, "Administrator, account X", NOW, totals)

    def test_the_totals_are_those_the_books_know(self, at, reference):
        books = at.sandbox.account.company.books()
        primary = sum(Decimal(line["debit"]) for line in books["trial_balance"] if line["book"] == 1)
        assert sum(total.debit for total in reference.totals.values()) == primary

    def test_against_a_wider_roles_totals_it_is_proven(self, at, reader, reference):
        assert at.by_name(reader, reference)["completeness"].verdict == "ok"

    def test_what_is_missing_is_listed_by_type_with_both_numbers(self, at, reader, reference):
        kind = min(reference.totals)
        has = reference.totals[kind]
        more = {
            **reference.totals,
            kind: ControlTotal(has.transactions + 1, has.debit + Decimal("0.01")),
            "Secret": ControlTotal(3, Decimal(7)),
        }
        found = at.by_name(reader, ControlReference(reference.account, reference.scope, NOW, more))["completeness"]
        assert found.verdict == "problem"
        assert "2 figures differ" in found.cause
        assert f"{kind}: {has} here, {more[kind]} in the reference" in found.detail
        assert "Secret: none here, 3 transactions, debit 7.00 in the reference" in found.detail

    def test_one_cent_is_found(self, at, reader, reference):
        kind = max(reference.totals)
        has = reference.totals[kind]
        less = {**reference.totals, kind: ControlTotal(has.transactions, has.debit - Decimal("0.01"))}
        assert (
            at.by_name(reader, ControlReference(reference.account, "x", NOW, less))["completeness"].verdict == "problem"
        )

    def test_the_same_role_proves_nothing_and_neither_does_another_account(self, at, reader, reference):
        same = ControlReference(reference.account, at.access(reader).scope, NOW, reference.totals)
        other = ControlReference("7654321", "Administrator", NOW, reference.totals)
        for useless in (same, other):
            assert at.by_name(reader, useless)["completeness"].verdict == "not proven"

    def test_a_reference_is_the_same_after_it_was_written_and_read(self, reference):
        assert read_reference(written(reference)) == reference

    def test_a_trial_balance_in_one_currency_cannot_prove_books_in_several(self, at, reader):
        report = pasted(balances(at.access(reader).suiteql), "amount")
        found = at.by_name(reader, read_reference(report.encode()))["completeness"]
        assert (found.verdict, "several" in found.cause) == ("not proven", True)


class TestATrialBalance:
    @pytest.fixture
    def at(self, stage, accounts):
        return stage(accounts["no-oneworld"])

    @pytest.fixture
    def reader(self, at):
        return at.connected()

    @pytest.mark.parametrize("style", ["amount", "debit and credit", "european"])
    def test_that_was_pasted_proves_completeness_to_the_cent(self, at, reader, style):
        lines = balances(at.access(reader).suiteql)
        report = pasted(lines, style)
        found = at.by_name(reader, read_reference(report.encode()))["completeness"]
        assert found.verdict == "ok", found
        checking = next(balance for balance in lines if balance.type == "Bank" and balance.amount > 1000)
        changed = pasted([b if b is not checking else with_amount(b, b.amount + Decimal("0.01")) for b in lines], style)
        found = at.by_name(reader, read_reference(changed.encode()))["completeness"]
        assert found.verdict == "problem"
        assert found.detail.count("in the reference") == 1
        assert f"{checking.amount:,.2f} here, {checking.amount + Decimal('0.01'):,.2f}" in found.detail

    def test_with_an_account_that_this_role_does_not_see_lists_it(self, at, reader):
        lines = balances(at.access(reader).suiteql)
        report = pasted(lines, "amount") + '"9876 - Executive Pay","12.00"\n'
        found = at.by_name(reader, read_reference(report.encode()))["completeness"]
        assert "9876 - Executive Pay: none here, 12.00 in the reference" in found.detail


def with_amount(balance, amount):
    return type(balance)(balance.number, balance.name, balance.type, amount)


def pasted(lines, style):
    """A trial balance as NetSuite exports one, in a user's notation."""
    if style == "european":
        shown = [(b, f"{b.amount:,.2f}".translate(str.maketrans(",.", ".,"))) for b in lines]
        body = [f"{b.number} {b.name};{amount}" for b, amount in shown]
        return "\n".join(["Honeycomb GmbH", "Saldenliste", "", "Account;Amount", *body, "Total;0,00"]) + "\n"
    names = [f"{b.number} - {b.name}" if b.number else b.name for b in lines]
    if style == "amount":
        amounts = [f"(${-b.amount:,.2f})" if b.amount < 0 else f"${b.amount:,.2f}" for b in lines]
        body = [f'"{name}","{amount}"' for name, amount in zip(names, amounts, strict=True)]
        return "\n".join(["Trial Balance", "Account,Amount", *body, 'Total,"$0.00"']) + "\n"
    sides = [(f"{b.amount:.2f}", "") if b.amount >= 0 else ("", f"{-b.amount:.2f}") for b in lines]
    body = [f'"{name}",{debit},{credit}' for name, (debit, credit) in zip(names, sides, strict=True)]
    return "\n".join(["Trial Balance", "Account,Debit,Credit", *body]) + "\n"


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\xff\xfe", b"{", b"{}", b'{"totals": []}', b"a,b\n1,2\n", b"Account,Amount\n", b"Account,Amount\n1000,abc\n",
        b"Account,Amount\n1000,1\n1000,2\n", b'Account,Amount\n1000,"1',
        b'{"account": "1", "scope": "x", "taken_at": "2026-01-01"}',
        b'{"account":"1","scope":"x","taken_at":"2026-01-01T00:00:00Z","totals":{"A":{"transactions":"1","debit":"x"}}}',
        b"[" * 100_000, b"{" * 100_000,
    ],
)  # fmt: skip
def test_a_reference_that_is_none_is_refused_and_never_counts_as_proof(data):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - its code is checked
        read_reference(data)
    assert getattr(caught.value, "code", None) == "BAD_REFERENCE", caught.value


@pytest.mark.parametrize(
    ("written_as", "amount"),
    [("1,234.50", "1234.50"), ("1.234,50", "1234.50"), ("1 234,50", "1234.50"), ("1,234", "1234"), ("(12.00)", "-12.00"),
     ("-12", "-12"), ("$0.5", "0.5"), ("12-", "-12"), ("1,234,567.89", "1234567.89"), ("12,5", "12.5")],
)  # fmt: skip
def test_amounts_are_read_in_the_users_notation(written_as, amount):
    read = read_trial_balance(f'Account,Amount\n1000,"{written_as}"\n')
    assert read.amounts == {"1000": Decimal(amount)}


class TestTheCommand:
    @pytest.fixture
    def run(self, stage, accounts, tmp_path, monkeypatch):
        at = stage(accounts["default"])
        at.connected()
        token = at.sandbox.account.administrator_token()
        at.connect(
            "wide", secrets={**at.sandbox.announcement["tba"], "token_id": token.id, "token_secret": token.secret},
            account=at.sandbox.announcement["account"], role="Administrator",
        )  # fmt: skip
        monkeypatch.setenv("CONNECTOR_DATA", str(tmp_path))
        monkeypatch.setenv("CONNECTOR_NETSUITE_URL", at.sandbox.url)
        return lambda *arguments: CliRunner().invoke(cli, ["doctor", *arguments])

    def test_says_a_line_for_each_check_and_ends_well(self, run):
        done = run("--connection", "prod")
        assert done.exit_code == 0, done.output
        said = [line for line in done.stdout.splitlines() if not line.startswith("   ")]
        assert len(said) == len(CHECKS)
        assert said[3].startswith("ok         login")

    def test_ends_with_1_where_there_is_a_problem(self, run, accounts):
        accounts["default"].account.reader_token.active = False
        try:
            done = run("--connection", "prod", "--json")
        finally:
            accounts["default"].account.reader_token.active = True
        assert done.exit_code == 1
        found = json.loads(done.stdout)
        assert [entry["name"] for entry in found] == CHECKS
        assert found[3]["verdict"] == "problem"
        assert set(found[3]) == {"name", "verdict", "cause", "remedy", "detail"}

    def test_a_wider_roles_totals_prove_a_narrower_roles_completeness(self, run, tmp_path):
        file = tmp_path / "totals.json"
        assert run("--connection", "wide", "--save-reference", str(file)).exit_code == 0
        assert json.loads(file.read_text())["scope"].startswith("Administrator")
        done = run("--connection", "prod", "--reference", str(file), "--json")
        assert json.loads(done.stdout)[-1]["verdict"] == "ok"
        assert done.exit_code == 0

    def test_a_reference_that_is_none_is_the_callers_error(self, run, tmp_path):
        file = tmp_path / "totals.json"
        file.write_text("{}")
        done = run("--connection", "prod", "--reference", str(file))
        assert done.exception.code == "BAD_REFERENCE"
        assert done.exception.exit_status == 2
