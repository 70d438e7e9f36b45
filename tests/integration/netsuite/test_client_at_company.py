"""The client at the sandbox with its generated company: real SuiteQL, both profiles' dates."""

from __future__ import annotations

from datetime import date

import pytest

from connector.egress import Egress, Origin
from connector.netsuite.account import AccountId
from connector.netsuite.date_format import PROBE, recognise
from connector.netsuite.session import Session
from connector.netsuite.suiteql import SuiteQL
from connector.netsuite.tba import TbaAuth, TokenCredentials
from connector.sandbox.company import generate
from connector.sandbox.server import running
from connector.sandbox.serving import RunningSandbox

LINES, SEED = 2_500, 7


@pytest.fixture(scope="module", params=["default", "european"])
def sandbox(request):
    with running(rows=LINES, seed=SEED, profile=request.param) as sandbox:
        yield sandbox


@pytest.fixture
def suiteql(sandbox: RunningSandbox):
    account = AccountId.parse(sandbox.announcement["account"])
    auth = TbaAuth(account.realm, TokenCredentials(**sandbox.announcement["tba"]))
    session = Session(Egress("NetSuite", Origin.parse(sandbox.url, configured=True), timeout=30.0), auth)
    yield SuiteQL(session)
    session.close()


def test_the_date_format_is_read_off_the_account(sandbox, suiteql):
    found = recognise(suiteql.read(PROBE).rows[0]["d"])
    assert found.pattern == sandbox.account.profile.date_format
    assert found.parse(found.format(date(2026, 12, 31))) == date(2026, 12, 31)


def test_all_pages_of_all_lines_are_the_lines_the_generator_made(sandbox, suiteql):
    company = generate(lines=LINES, seed=SEED, profile=sandbox.account.profile)  # same seed, same data
    lines = company.dataset().tables["transactionline"].rows
    got = suiteql.read("SELECT transaction, id FROM transactionline ORDER BY transaction, id")
    held = sorted(zip(lines["transaction"].to_pylist(), lines["id"].to_pylist(), strict=True))
    assert [(int(row["transaction"]), int(row["id"])) for row in got.rows] == held
    assert got.total == len(held) > 2_000
    assert got.all_pages


def test_a_parameter_is_a_value_and_no_text(suiteql):
    got = suiteql.read("SELECT COUNT(*) AS n FROM customer WHERE companyname = ?", ["x' OR '1'='1"])
    assert got.rows == [{"n": "0"}]
