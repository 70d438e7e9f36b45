"""A company in use: whatever is entered, changed or deleted, its tables are those that its register makes."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sandbox.company import Company, generate
from connector.sandbox.company.entry import EntryRefused
from connector.sandbox.company.live import LiveCompany
from connector.sandbox.company.tables.tables import all_tables
from connector.sandbox.profile import PROFILES
from connector.sandbox.table import Change

NOW = datetime(2026, 11, 20, 12)  # noqa: DTZ001 - the account's own zone
TABLES = (
    "transaction", "transactionline", "transactionaccountingline", "nexttransactionlinelink",
    "previoustransactionlinelink",
)  # fmt: skip


class Tables:
    """Tables that take changes as the database does."""

    def __init__(self, company: Company) -> None:
        self.tables = {name: table.rows for name, table in company.dataset().tables.items()}

    def apply(self, change: Change) -> None:
        for name, (column, values) in change.removed.items():
            table = self.tables[name]
            gone = pc.is_in(table.column(column), pa.array(values, pa.int64()))
            self.tables[name] = table.filter(pc.invert(gone))
        for name, rows in change.added.items():
            self.tables[name] = pa.concat_tables([self.tables[name], rows.select(self.tables[name].column_names)])

    def rows(self, name: str) -> Counter:
        return Counter(tuple(row.items()) for row in self.tables[name].to_pylist())


@pytest.fixture(scope="module", params=[("default", 1), ("no-oneworld", 2), ("4-4-5", 4)], ids=lambda shape: shape[0])
def company(request) -> Company:
    profile, seed = request.param
    return generate(lines=1_500, seed=seed, profile=PROFILES[profile])


def opened(company: Company) -> tuple[LiveCompany, Tables]:
    tables = Tables(company)
    return LiveCompany(company, tables.apply, lambda: NOW), tables


def same_as_made_anew(company: Company, live: LiveCompany, tables: Tables) -> None:
    made = {table.name: table.rows for table in all_tables(company.planned, live._register)}
    for name in TABLES:
        assert tables.rows(name) == Counter(tuple(row.items()) for row in made[name].to_pylist()), name


def journal(cents: int, **more: object) -> dict[str, object]:
    lines = [{"account": 205, "amount": f"{cents / 100:.2f}"}, {"account": 206, "amount": f"{-cents / 100:.2f}"}]
    return {"type": "Journal", "lines": lines} | more


ACTS = st.lists(
    st.tuples(st.sampled_from(["enter", "memo", "date", "lines", "delete"]), st.integers(0, 10**6)), max_size=14
)


@settings(max_examples=15)
@given(acts=ACTS)
def test_after_any_acts_on_any_transactions_the_tables_are_what_the_register_makes(company, acts) -> None:
    live, tables = opened(company)
    done = 0
    for act, number in acts:
        ids = live._register.headers.column("id").to_pylist()
        late = ids[-200:][number % min(200, len(ids))]  # of the last months, which are open
        try:
            match act:
                case "enter":
                    live.insert(journal(number + 1))
                case "memo":
                    live.change(late, {"memo": f"={number}"})
                case "date":
                    live.change(late, {"trandate": "2026-12-03"})
                case "lines":
                    live.change(late, {"lines": journal(number + 1)["lines"]})
                case "delete":
                    live.delete(late)
            done += 1
        except EntryRefused:
            continue
    same_as_made_anew(company, live, tables)
    books = live.books()
    assert books["gl"]["total_debit"] == books["gl"]["total_credit"]
    assert done or not acts or all(act != "enter" for act, _ in acts)


def of_type(company: Company, kind: str, *, period: str | None = None) -> list[int]:
    periods = {one.id: one.name for one in company.organisation.periods}
    return [
        row["id"]
        for row in company.register.headers.to_pylist()
        if row["type"] == kind and (period is None or periods[row["period"]] == period)
    ]


def test_what_is_in_a_closed_period_stays_as_it_is(company) -> None:
    live, _ = opened(company)
    first = of_type(company, "Journal")[0]
    for act in (lambda: live.delete(first), lambda: live.change(first, {"memo": "x"})):
        with pytest.raises(EntryRefused, match="closed or locked"):
            act()


def test_a_pending_journal_is_not_approved_by_a_change(company) -> None:
    live, _ = opened(company)
    held = [
        row["id"]
        for row in company.register.headers.to_pylist()
        if row["type"] == "Journal" and row["status"] == "A" and row["day"] > date(2026, 9, 1).toordinal()
    ]
    for number in held:
        with pytest.raises(EntryRefused):
            live.change(number, {"lines": journal(5)["lines"]})
        live.change(number, {"memo": "still pending"})
    posted = dict(zip(*(live._register.headers.column(name).to_pylist() for name in ("id", "posting")), strict=True))
    assert not any(posted[number] for number in held)


def test_an_invoice_of_items_keeps_them_when_its_date_is_asked_to_change(company) -> None:
    live, tables = opened(company)
    before = tables.rows("transactionline")
    for number in of_type(company, "CustInvc")[-20:]:
        with pytest.raises(EntryRefused):
            live.change(number, {"trandate": "2026-12-03"})
    assert tables.rows("transactionline") == before


def test_what_comes_in_pairs_or_from_orders_is_not_deleted_by_half(company) -> None:
    live, _ = opened(company)
    rows = {row["id"]: row for row in company.register.headers.to_pylist()}
    paired = [number for number, row in rows.items() if row["reverses"] or row["twin"]]
    paired += [row["reverses"] for row in rows.values() if row["reverses"]]
    for number in paired:
        with pytest.raises(EntryRefused):
            live.delete(number)
    made_from_orders = {row["next"] for row in company.register.links.to_pylist() if row["kind"] == "OrdBill"}
    for number in sorted(made_from_orders):
        with pytest.raises(EntryRefused):
            live.delete(number)


def test_no_number_and_no_id_is_given_twice(company) -> None:
    live, tables = opened(company)
    first, second = live.insert(journal(100)), live.insert(journal(200))
    live.delete(second)
    live.delete(first)
    third = live.insert(journal(300))
    assert third > second > first
    numbers = Counter(row["transactionnumber"] for row in tables.tables["transaction"].to_pylist())
    assert max(numbers.values()) == 1


def test_what_was_made_from_a_work_order_is_not_deleted(usual) -> None:
    company = usual.company
    live, _ = opened(company)
    for kind in ("WorkOrd", "WOIssue", "WOCompl", "WOClose"):
        for number in of_type(company, kind):
            with pytest.raises(EntryRefused):
                live.delete(number)
