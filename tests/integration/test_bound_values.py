"""A parameter is a value: the text that reaches NetSuite is the same for all of them, and the rows are a filter's."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sandbox.company import generate
from connector.sandbox.profile import PROFILES
from connector.sandbox.server import SEED, running
from tests.integration.service import service

ROWS = 1_500
CUSTOMERS = "SELECT id, companyname FROM customer WHERE companyname = ? ORDER BY id"
DATES = "SELECT id FROM transaction WHERE trandate BETWEEN :from:date AND :to:date ORDER BY id"
TOTALS = "SELECT id FROM transaction WHERE total > ?:number ORDER BY id"
IDS = "SELECT id FROM transaction WHERE id > ? ORDER BY id"
LISTED = "SELECT id FROM account WHERE acctnumber IN (:numbers:list) ORDER BY id"


class Stage:
    """The service before a sandbox with a company, and the generator's own rows."""

    def __init__(self, client, sandbox, tables):
        self.client = client
        self.received = sandbox.account.received
        self.tables = {name: tables[name].rows.to_pylist() for name in ("customer", "transaction", "account")}

    def ask(self, sql, *parameters):
        result = self.client.ask(sql, *parameters)
        while "pending" in result:
            result = self.client.fetch(result["pending"]["run"])
        assert "error" not in result, result
        return [row[0] for row in result["values"][1:]]

    def asked(self):
        """The text and the values that came last."""
        body = json.loads(self.received.all()[-1].body)
        return body["q"], body["params"]


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with running(rows=ROWS) as sandbox, service(tmp_path_factory.mktemp("data"), sandbox.url) as connected:
        connected.connect(account=sandbox.announcement["account"], secrets=sandbox.announcement["tba"])
        # Same seed, same data: what the sandbox holds is known without asking it.
        company = generate(lines=ROWS, seed=SEED, profile=PROFILES["default"])
        yield Stage(connected.client(), sandbox, company.dataset().tables)


def names(stage):
    return sorted({row["companyname"] for row in stage.tables["customer"] if row["companyname"]})


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_text(stage, data):
    value = data.draw(
        st.sampled_from(names(stage)) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
    )
    found = stage.ask(CUSTOMERS, value)
    assert stage.asked() == (CUSTOMERS, [value])
    assert found == sorted(r["id"] for r in stage.tables["customer"] if value and r["companyname"] == value)


@given(st.dates(date(2023, 1, 1), date(2027, 12, 31)), st.dates(date(2023, 1, 1), date(2027, 12, 31)))
@settings(max_examples=25, deadline=None)
def test_days(stage, first, last):
    found = stage.ask(DATES, [[":from", {"date": first.isoformat()}], [":to", (last - date(1899, 12, 30)).days]])
    sent = "SELECT id FROM transaction WHERE trandate BETWEEN TO_DATE(?, 'YYYY-MM-DD') AND TO_DATE(?, 'YYYY-MM-DD') ORDER BY id"
    assert stage.asked() == (sent, [first.isoformat(), last.isoformat()])
    assert found == sorted(
        r["id"] for r in stage.tables["transaction"] if r["trandate"] and first <= r["trandate"] <= last
    )


@given(st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6).map(lambda x: round(x, 2)))
@settings(max_examples=25, deadline=None)
def test_a_number(stage, value):
    found = stage.ask(TOTALS, value)
    assert stage.asked()[0] == "SELECT id FROM transaction WHERE total > TO_NUMBER(?) ORDER BY id"
    assert found == sorted(
        r["id"] for r in stage.tables["transaction"] if r["total"] is not None and float(r["total"]) > value
    )


@given(st.integers(0, 3_000))
@settings(max_examples=25, deadline=None)
def test_a_number_without_a_type_against_a_number(stage, value):
    found = stage.ask(IDS, value)
    assert stage.asked() == (IDS, [str(value)])
    assert found == sorted(r["id"] for r in stage.tables["transaction"] if r["id"] > value)


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_a_list(stage, data):
    numbers = sorted({r["acctnumber"] for r in stage.tables["account"] if r["acctnumber"]})
    chosen = data.draw(st.lists(st.sampled_from([*numbers, "none", "1' OR '1'='1"]), min_size=1, max_size=30))
    found = stage.ask(LISTED, [[":numbers", one] for one in chosen])
    marks = ", ".join("?" * len(chosen))
    assert stage.asked() == (f"SELECT id FROM account WHERE acctnumber IN ({marks}) ORDER BY id", chosen)
    assert found == sorted(r["id"] for r in stage.tables["account"] if r["acctnumber"] in chosen)
