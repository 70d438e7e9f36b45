"""NetSuite clients that others wrote work against the sandbox unmodified and get every row."""

from __future__ import annotations

import json
import os
import subprocess
from urllib.parse import urlsplit

import pytest

from connector.sandbox.company import generate
from connector.sandbox.profile import PROFILES
from connector.sandbox.server import running
from tests.third_party.connect_proxy import connect_proxy
from tests.third_party.install import HERE, PYTHON, node

ROWS = 3_000
QUERY = (
    "SELECT tal.transaction, tal.transactionline, a.acctnumber, tal.amount FROM transactionaccountingline tal, account a "
    "WHERE a.id = tal.account AND tal.posting = 'T' ORDER BY tal.transaction, tal.transactionline, tal.accountingbook"
)


@pytest.fixture(scope="module")
def expected():
    """The rows as plain Python finds them in the generator's data."""
    tables = generate(lines=ROWS, profile=PROFILES["default"]).dataset().tables
    numbers = {row["id"]: row["acctnumber"] for row in tables["account"].rows.to_pylist()}
    lines = [
        row
        for row in tables["transactionaccountingline"].rows.to_pylist()
        if row["posting"] == "T" and row["account"] is not None
    ]
    lines.sort(key=lambda row: (row["transaction"], row["transactionline"], row["accountingbook"]))
    return [
        {
            "transaction": str(row["transaction"]),
            "transactionline": str(row["transactionline"]),
            **({"acctnumber": numbers[row["account"]]} if numbers[row["account"]] is not None else {}),
            **({"amount": format(row["amount"].normalize(), "f")} if row["amount"] is not None else {}),
        }
        for row in lines
    ]


def run(command, account, environment):
    wanted = {
        "account": account["account"],
        "url": account["url"],
        "auth": account["tba"],
        "q": QUERY,
        "limit": 500,
    }
    done = subprocess.run(
        command,
        input=json.dumps(wanted),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        cwd=HERE,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def without_links(items):
    assert all(item["links"] == [] for item in items)
    return [{key: value for key, value in item.items() if key != "links"} for item in items]


def test_the_netsuite_package_of_pypi_reads_every_row(expected):
    with running(rows=ROWS, tls=True) as sandbox, connect_proxy(urlsplit(sandbox.url).port) as proxy:
        answer = run(
            [PYTHON, "page_with_netsuite.py"],
            sandbox.announcement,
            {"HTTPS_PROXY": proxy, "NO_PROXY": "", "SSL_CERT_FILE": sandbox.announcement["ca_file"]},
        )
    assert answer["total"] == len(expected) > 1000
    assert without_links(answer["items"]) == expected


def test_the_netsuite_rest_package_of_npm_reads_every_row(expected):
    with running(rows=ROWS) as sandbox:
        answer = run([node(), "page_with_netsuite_rest.mjs"], sandbox.announcement, {})
    assert answer["total"] == len(expected) > 1000
    assert without_links(answer["items"]) == expected
