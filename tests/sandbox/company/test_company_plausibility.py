"""What a controller looks at first: growth, season, margins, cash, and how fast customers pay."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from audit import Audit, balances

from connector.sandbox.company import generate
from connector.sandbox.profile import PROFILES


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((50_000, 1, "default"), id="default-50000-1"),
        *(
            pytest.param((50_000, seed, profile), id=f"{profile}-50000-{seed}", marks=pytest.mark.proof)
            for seed, profile in ((2, "default"), (3, "default"), (4, "4-4-5"), (5, "no-oneworld"))
        ),
        pytest.param((200_000, 1, "default"), id="default-200000-1", marks=pytest.mark.proof),
    ],
)
def firm(request, large: Audit) -> Audit:
    """One of 50,000 lines or more."""
    lines, seed, profile = request.param
    return large if request.param == (50_000, 1, "default") else Audit(
        generate(lines=lines, seed=seed, profile=PROFILES[profile])
    )  # fmt: skip


def income(firm: Audit) -> dict[int, Counter]:
    """By subsidiary's month in dollars at average rates: account types, results positive; without the group's own."""
    rates = {}
    if "consolidatedexchangerate" in firm.tables:
        rates = {
            (row["fromsubsidiary"], row["postingperiod"]): Fraction(row["averagerate"])
            for row in firm.rows("consolidatedexchangerate")
            if (row["tosubsidiary"], row["accountingbook"]) == (1, 1)
        }
    found: dict[int, Counter] = {row["id"]: Counter() for row in firm.posting_periods}
    for entry in firm.primary:
        if entry.accttype in ("Income", "OthIncome", "COGS", "Expense", "OthExpense"):
            rate = rates.get((entry.subsidiary, entry.period), Fraction(1))
            found[entry.period][entry.accttype] -= Fraction(entry.amount) * rate
    return found


def by_quarter(firm: Audit) -> list[float]:
    revenue = income(firm)
    quarters = [row for row in firm.rows("accountingperiod") if row["isquarter"] == "T"]
    quarters.sort(key=lambda row: row["startdate"])
    return [
        float(sum(revenue[month["id"]]["Income"] for month in firm.months if month["parent"] == quarter["id"]))
        for quarter in quarters
    ]


def test_revenue_rises_over_the_years(firm: Audit) -> None:
    quarters = by_quarter(firm)
    years = [sum(quarters[start : start + 4]) for start in (0, 4, 8)]
    assert years[0] < years[1] < years[2]
    for quarter in range(4):
        assert quarters[quarter] < quarters[quarter + 8], (quarter + 1, quarters)


def test_the_last_quarter_of_a_year_is_better_than_its_first(firm: Audit) -> None:
    quarters = by_quarter(firm)
    assert all(quarters[start + 3] > quarters[start] for start in (0, 4, 8)), quarters


def test_margins_of_each_year(firm: Audit) -> None:
    revenue = income(firm)
    for year in (row for row in firm.rows("accountingperiod") if row["isyear"] == "T"):
        sums: Counter = Counter()
        for period in firm.posting_periods:
            if firm.year_of(period["id"]) == year["id"]:
                sums.update(revenue[period["id"]])
        gross = float((sums["Income"] + sums["COGS"]) / sums["Income"])
        net = float(sum(sums.values()) / sums["Income"])
        # Half of what is sold are services, whose cost is in salaries.
        assert 0.25 < gross < 0.80, (year["periodname"], gross)
        assert -0.05 < net < 0.35, (year["periodname"], net)


def test_no_bank_account_is_overdrawn_at_the_end_of_a_month(firm: Audit) -> None:
    overdrawn = {}
    for number in (row["acctnumber"] for row in firm.rows("account") if row["accttype"] == "Bank"):
        held = balances(firm, firm.on(number))
        low = min(held.items(), key=lambda item: item[1])
        if low[1] < 0:
            overdrawn[number] = low
    assert not overdrawn


def test_few_invoices_are_open(firm: Audit) -> None:
    invoices = list(firm.of_type("CustInvc"))
    share = sum(bool(row["foreignamountunpaid"]) for row in invoices) / len(invoices)
    assert 0.01 < share < 0.15, share


def test_customers_pay_within_months(firm: Audit) -> None:
    """Days of sales outstanding: what is owed at the end of each year over the invoices of its last quarter."""
    for start in (9, 21, 33):
        last = firm.months[start : start + 3]
        days = (last[-1]["enddate"] - last[0]["startdate"]).days + 1
        for company in firm.subsidiaries:
            if company == 8:
                continue
            owed = sum(
                Decimal(row["total"])
                for row in firm.books["ar_aging"]
                if row["period"] == last[-1]["id"] and row.get("subsidiary") == company
            )
            sold = sum(
                row["total"]
                for row in firm.of_type("CustInvc")
                if row.get("subsidiary") == company and last[0]["startdate"] <= row["trandate"] <= last[-1]["enddate"]
            )
            assert 10 < owed * days / sold < 120, (company, last[-1]["periodname"], owed * days / sold)


def test_every_month_has_its_closing(firm: Audit) -> None:
    """Salaries of the parent, and with a group its charges to the others: the last month too."""
    for number in ("6100", "4900") if "subsidiary" in firm.tables else ("6100",):
        posted = {entry.period for entry in firm.on(number) if entry.subsidiary in (1, None)}
        assert [row["periodname"] for row in firm.months if row["id"] not in posted] == [], number


def test_the_last_month_is_like_those_before(firm: Audit) -> None:
    counts = Counter(row["postingperiod"] for row in firm.rows("transaction"))
    last = [counts[row["id"]] for row in firm.months[-6:]]
    assert last[-1] > sum(last[:-1]) / 5 * 0.6, last


@pytest.mark.parametrize(
    ("lines", "profile"), [(5_000, "default"), (5_000, "4-4-5"), (5_000, "no-oneworld"), (10_000, "default")]
)
def test_no_month_of_the_parent_is_without_revenue(lines: int, profile: str) -> None:
    """It invoices or sells each month, and more than what credits and reversals take back."""
    idle = []
    for seed in (1, 2, 3, 4, 5):
        made = Audit(generate(lines=lines, seed=seed, profile=PROFILES[profile]))
        of_parent = [entry for entry in made.of_accttype("Income") if entry.subsidiary in (1, None)]
        revenue = Counter()
        for entry in of_parent:
            revenue[entry.period] -= entry.amount
        sold = {entry.period for entry in of_parent if entry.type in ("CustInvc", "CashSale")}
        idle += [
            (seed, month["periodname"], revenue[month["id"]])
            for month in made.months
            if month["id"] not in sold or revenue[month["id"]] <= 0
        ]
    assert not idle


def test_nothing_is_entered_after_the_last_month_or_before_the_first(firm: Audit) -> None:
    days = {row["trandate"] for row in firm.rows("transaction")}
    assert min(days) == firm.months[0]["startdate"]
    assert firm.months[-1]["enddate"] - timedelta(days=1) <= max(days) <= firm.months[-1]["enddate"]


@pytest.mark.proof
def test_however_large_the_company_its_money_goes_to_the_bank() -> None:
    heads = generate(lines=1_000_000, seed=1, profile=PROFILES["default"]).register.headers
    names = ("type", "status", "day")
    heads = list(zip(*(heads.column(name).to_pylist() for name in names), strict=True))
    last = max(day for _, _, day in heads)
    received = [one for one in heads if one[0] in ("CustPymt", "CashSale")]
    waiting = [day for _, status, day in received if status == "B" and last - day > 10]
    assert not waiting, (len(waiting), len(received))
