"""The `connector` command as a person runs it, against the sandbox."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from connector.netsuite.certificate import make_certificate
from connector.sandbox.server import running
from connector.settings import child_environment

ACCOUNTS = "SELECT id, acctnumber, accttype, isinactive FROM account ORDER BY id"


class Shell:
    """`connector` in an environment of its own."""

    def __init__(self, data, url):
        self.environment = child_environment({"CONNECTOR_DATA": str(data), "CONNECTOR_NETSUITE_URL": url})

    def run(self, *arguments, stdin=None):
        return subprocess.run(
            [sys.executable, "-m", "connector", *arguments],
            env=self.environment,
            input=stdin.encode() if stdin is not None else None,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            check=False,
        )

    def connect(self, name, account, secrets, method="tba"):
        arguments = ("connection", "add", "--name", name, "--account", account, "--method", method)
        return self.run(*arguments, stdin=json.dumps(secrets))


def refused(done, code, status):
    """The two lines of an error, and nothing else."""
    lines = done.stderr.decode().strip().splitlines()
    assert done.returncode == status, done.stderr
    assert done.stdout == b""
    assert len(lines) == 2, lines
    assert lines[0].startswith(f"error {code}: "), lines
    assert lines[1].startswith("remedy: ")
    return lines


@pytest.fixture(scope="module")
def sandbox():
    with running(rows=1_500) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def shell(tmp_path_factory, sandbox):
    shell = Shell(tmp_path_factory.mktemp("data"), sandbox.url)
    assert shell.connect("prod", sandbox.announcement["account"], sandbox.announcement["tba"]).returncode == 0
    return shell


@pytest.fixture(scope="module")
def accounts(sandbox):
    return sandbox.account.engine.page(ACCOUNTS, [], limit=1000, offset=0).items


def test_a_connection_is_tested_and_listed(shell, sandbox):
    assert b"prod works" in shell.run("connection", "test").stdout
    listed = shell.run("connection", "list").stdout.decode()
    assert listed.startswith(f"prod\t{sandbox.announcement['account']}\ttba\tworkspace\t")
    assert all(secret not in listed for secret in sandbox.announcement["tba"].values())


def test_a_token_stands_alone_on_standard_output(shell):
    done = shell.run("token", "create", "--user", "ada")
    assert done.returncode == 0
    assert done.stdout.decode().count("\n") == 1
    assert done.stdout.startswith(b"nsq_")


def test_rows_as_csv(shell, accounts):
    rows = list(
        csv.DictReader(io.StringIO(shell.run("query", ACCOUNTS, "--format", "csv").stdout.decode(), newline=""))
    )
    assert [row["acctnumber"] for row in rows] == [account.get("acctnumber", "") for account in accounts]
    assert list(rows[0]) == ["id", "acctnumber", "accttype", "isinactive"]


def test_rows_as_json(shell, accounts):
    rows = json.loads(shell.run("query", ACCOUNTS, "--format", "json").stdout)
    assert [(row["id"], row["acctnumber"]) for row in rows] == [(int(a["id"]), a.get("acctnumber")) for a in accounts]
    sums = json.loads(
        shell.run("query", "SELECT SUM(debit) AS s FROM transactionaccountingline", "--format", "json").stdout
    )
    assert isinstance(sums[0]["s"], str)
    assert Decimal(sums[0]["s"]) > 0


def test_rows_as_arrow(shell, accounts, tmp_path):
    output = tmp_path / "accounts.arrow"
    assert shell.run("query", ACCOUNTS, "--output", str(output)).returncode == 0
    table = pa.ipc.open_stream(output.read_bytes()).read_all()
    assert table.column("acctnumber").to_pylist() == [account.get("acctnumber") for account in accounts]
    assert table.schema.field("isinactive").type == pa.bool_()


def test_rows_as_a_workbook(shell, accounts, tmp_path):
    output = tmp_path / "accounts.xlsx"
    assert shell.run("query", ACCOUNTS, "--output", str(output)).returncode == 0
    header, *rows = openpyxl.load_workbook(output)["Data"].iter_rows(values_only=True)
    assert header == ("id", "acctnumber", "accttype", "isinactive")
    assert [row[1] for row in rows] == [account.get("acctnumber") for account in accounts]


def test_rows_as_a_table(shell):
    done = shell.run("query", "SELECT acctnumber FROM account WHERE acctnumber = '00123'")
    assert b"00123" in done.stdout
    assert b"1 row as of" in done.stderr


def test_parameters_in_order_and_by_name(shell):
    in_order = shell.run("query", "SELECT id FROM account WHERE acctnumber = ?", "--param", "00123", "--format", "csv")
    by_name = shell.run(
        "query", "SELECT id FROM account WHERE acctnumber IN (:n:list)", "--param", "n=00123", "--param", "n=1E5",
        "--format", "csv",
    )  # fmt: skip
    assert in_order.stdout.count(b"\r\n") == 2
    assert by_name.stdout.count(b"\r\n") == 3


def test_guard_keeps_text_from_running(shell):
    sql = "SELECT companyname FROM customer WHERE companyname LIKE '=%' OR companyname LIKE '@%'"
    plain, guarded = (shell.run("query", sql, "--format", "csv", *more).stdout.decode() for more in ((), ("--guard",)))
    assert plain != guarded
    assert all(row[0].startswith("'") for row in list(csv.reader(io.StringIO(guarded, newline="")))[1:])


@pytest.mark.parametrize(
    ("arguments", "code", "status"),
    [
        (["query", "SELECT nope FROM account"], "UNKNOWN_COLUMN", 1),
        (["query", "SELECT id FROM nope"], "UNKNOWN_TABLE", 1),
        (["query", "SELECT id FROM account LIMIT 5"], "UNSUPPORTED_SQL", 1),
        (["query", "SELECT id FROM account WHERE id = ?"], "PARAMETER_COUNT", 2),
        (["query", "SELECT id FROM account WHERE id = ?:number", "--param", "x"], "PARAMETER_TYPE", 2),
        (["query", "SELECT id FROM account WHERE id = :a", "--param", "5"], "BAD_PARAMETER", 2),
        (["query", "SELECT id FROM account", "--connection", "nope"], "UNKNOWN_CONNECTION", 2),
        (["query", "SELECT id FROM account", "--format", "xlsx"], "BAD_OUTPUT", 2),
        (["query", "SELECT id FROM account", "--output", "/nowhere/at/all.csv"], "BAD_OUTPUT", 2),
        (["query", "SELECT id FROM account", "--format", "word"], "BAD_COMMAND", 2),
        (["query"], "BAD_COMMAND", 2),
        (["nothing"], "BAD_COMMAND", 2),
        (["connection", "add", "--name", "x", "--account", "evil.example/", "--method", "tba"], "BAD_CREDENTIAL", 2),
        (["token", "create", "--user", "workspace"], "BAD_USER", 2),
    ],
)
def test_a_mistake_is_two_lines_and_a_status(shell, arguments, code, status):
    refused(shell.run(*arguments), code, status)


def test_limit_is_told_the_right_form(shell):
    lines = refused(shell.run("query", "SELECT id FROM account LIMIT 5"), "UNSUPPORTED_SQL", 1)
    assert "FETCH FIRST" in lines[1]


def wrong(values, **changes):
    return {**values, **changes}


@pytest.mark.parametrize("field", ["consumer_key", "consumer_secret", "token_id", "token_secret"])
def test_a_wrong_tba_value_is_a_refused_login_that_names_the_audit_trail(tmp_path, field):
    with running(rows=300) as sandbox:
        shell = Shell(tmp_path, sandbox.url)
        account, tba = sandbox.announcement["account"], sandbox.announcement["tba"]
        assert shell.connect("wrong", account, wrong(tba, **{field: "0" * 64})).returncode == 0
        lines = refused(shell.run("query", ACCOUNTS), "LOGIN_REFUSED", 1)
        assert "View Login Audit Trail" in lines[1]
        assert "0" * 64 not in "".join(lines)


def test_another_account_id_is_a_refused_login(tmp_path, sandbox):
    shell = Shell(tmp_path, sandbox.url)
    shell.connect("other", "7654321", sandbox.announcement["tba"])
    refused(shell.run("query", ACCOUNTS), "LOGIN_REFUSED", 1)


def machine(announcement, **changes):
    key = Path(announcement["client_credentials"]["private_key_file"]).read_text(encoding="utf-8")
    ids = {name: announcement["client_credentials"][name] for name in ("client_id", "certificate_id")}
    return {**ids, "private_key": key, **changes}


def test_client_credentials_sign_in(tmp_path, sandbox):
    shell = Shell(tmp_path, sandbox.url)
    account = sandbox.announcement["account"]
    assert shell.connect("m", account, machine(sandbox.announcement), "oauth2_client_credentials").returncode == 0
    assert b"m works" in shell.run("connection", "test").stdout


@pytest.mark.parametrize("change", ["client_id", "certificate_id", "private_key"])
def test_wrong_client_credentials_name_the_mapping(tmp_path, sandbox, change):
    other = {
        "client_id": "0" * 64,
        "certificate_id": "A" * 43,
        "private_key": make_certificate("x", datetime.now(UTC)).private_key,
    }
    shell = Shell(tmp_path, sandbox.url)
    secrets = machine(sandbox.announcement, **{change: other[change]})
    shell.connect("m", sandbox.announcement["account"], secrets, "oauth2_client_credentials")
    done = shell.run("query", ACCOUNTS)
    lines = refused(done, done.stderr.decode().split(":")[0].removeprefix("error "), 1)
    assert lines[0].startswith(("error INVALID_CLIENT:", "error INVALID_GRANT:"))
    assert "Setup > Integration" in lines[1]


@pytest.mark.parametrize(
    "stdin", ["", "{", "[]", "null", "{}", '{"consumer_key": 5}', '{"consumer_key": "a b"}', "\x00"]
)
def test_secrets_that_are_none_are_refused(tmp_path, sandbox, stdin):
    shell = Shell(tmp_path, sandbox.url)
    arguments = ("connection", "add", "--name", "x", "--account", "1", "--method", "tba")
    refused(shell.run(*arguments, stdin=stdin), "BAD_CREDENTIAL", 2)
    refused(shell.run("query", ACCOUNTS), "NO_CONNECTION", 2)


def test_secrets_from_a_windows_editor_are_read(tmp_path, sandbox):
    shell = Shell(tmp_path, sandbox.url)
    account, tba = sandbox.announcement["account"], json.dumps(sandbox.announcement["tba"])
    done = shell.run("connection", "add", "--name", "x", "--account", account, "--method", "tba", stdin="\ufeff" + tba)
    assert done.returncode == 0


def test_secrets_nested_beyond_reason_are_refused(tmp_path, sandbox):
    shell = Shell(tmp_path, sandbox.url)
    arguments = ("connection", "add", "--name", "x", "--account", "1", "--method", "tba")
    refused(shell.run(*arguments, stdin="[" * 100_000), "BAD_CREDENTIAL", 2)


def test_a_connection_is_removed_with_its_secrets(tmp_path, sandbox):
    shell = Shell(tmp_path, sandbox.url)
    shell.connect("old", sandbox.announcement["account"], sandbox.announcement["tba"])
    assert shell.run("connection", "remove", "--name", "old").returncode == 0
    assert shell.run("connection", "list").stdout == b""
    refused(shell.run("connection", "remove", "--name", "old"), "NO_CONNECTION", 2)
    assert shell.connect("old", sandbox.announcement["account"], sandbox.announcement["tba"]).returncode == 0


def test_another_account_id_is_refused_with_client_credentials_too(tmp_path, sandbox):
    shell = Shell(tmp_path, sandbox.url)
    shell.connect("other", "7654321", machine(sandbox.announcement), "oauth2_client_credentials")
    refused(shell.run("query", ACCOUNTS), "INVALID_GRANT", 1)


def test_output_goes_through_links_and_into_devices(shell, tmp_path):
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("before")
    real.chmod(0o644)
    link.symlink_to(real)
    assert shell.run("query", ACCOUNTS, "--output", str(link)).returncode == 0
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8").startswith("id,acctnumber")
    assert real.stat().st_mode & 0o777 == 0o644
    done = shell.run("query", ACCOUNTS, "--format", "csv", "--output", "/dev/null")
    assert (done.returncode, done.stdout) == (0, b"")
    assert Path("/dev/null").is_char_device()


def test_a_closed_standard_output_is_one_error(shell):
    command = f'exec "{sys.executable}" -m connector query "SELECT id FROM account" --format csv >&-'
    done = subprocess.run(["sh", "-c", command], env=shell.environment, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error SYSTEM: ")
    assert len(done.stderr.splitlines()) == 2


def test_a_reader_that_has_seen_enough_is_no_error(shell):
    command = f'"{sys.executable}" -m connector query "{ACCOUNTS}" --format csv; echo $? >&2'
    done = subprocess.run(
        ["sh", "-c", f"({command}) | head -c 1"], env=shell.environment, capture_output=True, text=True, check=False
    )
    assert done.stderr.strip().splitlines()[-1] == "0"


def test_help_is_shown_where_no_command_is_named(shell):
    done = shell.run()
    assert done.returncode == 2
    assert b"Usage:" in done.stderr
    assert b"error" not in done.stderr.lower().split(b"commands:")[0]


def test_a_server_that_is_not_there_is_one_error(tmp_path):
    shell = Shell(tmp_path, "http://127.0.0.1:9")
    shell.connect(
        "x", "1234567", dict.fromkeys(("consumer_key", "consumer_secret", "token_id", "token_secret"), "a" * 64)
    )
    refused(shell.run("query", ACCOUNTS), "UNREACHABLE", 1)


def test_an_address_of_somebody_elses_is_refused(tmp_path):
    refused(Shell(tmp_path, "http://evil.example").run("connection", "list"), "BAD_SETTING", 2)


def test_the_sandboxs_dates_are_read_in_its_own_format(tmp_path):
    with running(rows=600, profile="european") as sandbox:
        shell = Shell(tmp_path, sandbox.url)
        shell.connect("eu", sandbox.announcement["account"], sandbox.announcement["tba"])
        sql = "SELECT startdate FROM accountingperiod WHERE periodname = 'Feb 2024'"
        assert json.loads(shell.run("query", sql, "--format", "json").stdout) == [{"startdate": "2024-02-01"}]
