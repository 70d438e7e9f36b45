"""Budgets: planned for every period of a year, adding up, income and costs both positive."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from audit import STATEMENT, Audit


def test_a_budget_s_periods_are_the_months_of_its_year_and_sum_to_its_total(audit: Audit) -> None:
    parts: defaultdict[int, dict[int, Decimal]] = defaultdict(dict)
    for row in audit.rows("budgetsmachine"):
        assert row["period"] not in parts[row["budget"]]
        parts[row["budget"]][row["period"]] = row["amount"]
    assert audit.rows("budgets")
    for row in audit.rows("budgets"):
        amounts = parts.pop(row["id"])
        months = {period["id"] for period in audit.months if audit.year_of(period["id"]) == row["year"]}
        assert set(amounts) == months
        assert sum(amounts.values()) == row["total"] > 0
        assert all(amount >= 0 for amount in amounts.values())
    assert not parts


def test_what_is_planned_are_results_of_trading_companies_in_their_currencies(audit: Audit) -> None:
    currencies = {row["id"]: row for row in audit.rows("subsidiary")} if "subsidiary" in audit.tables else {}
    seen = set()
    for row in audit.rows("budgets"):
        assert audit.accounts[row["account"]]["accttype"] in STATEMENT
        assert audit.accounts[row["account"]]["issummary"] == "F"
        assert row["accountingbook"] == 1
        company = currencies.get(row.get("subsidiary"))
        assert row["currency"] == (company["currency"] if company else 1)
        assert not company or company["iselimination"] == "F"
        place = row["category"], row["year"], row.get("subsidiary"), row["account"]
        assert place not in seen
        seen.add(place)


def test_the_plan_is_of_every_year_and_the_forecast_of_the_last(sizable: Audit) -> None:
    names = {row["id"]: row["name"] for row in sizable.rows("budgetcategory")}
    years = defaultdict(set)
    for row in sizable.rows("budgets"):
        years[names[row["category"]]].add(sizable.periods[row["year"]]["periodname"])
    assert years == {"Plan": {"FY 2024", "FY 2025", "FY 2026"}, "Forecast": {"FY 2026"}}


def test_a_large_company_comes_out_near_its_plan(large: Audit) -> None:
    planned = sum(Decimal(row["budget"]) for row in large.books["budgets"] if row["category"] == 1)
    actual = sum(Decimal(row["actual"]) for row in large.books["budgets"] if row["category"] == 1)
    assert actual * Decimal("0.85") < planned < actual * Decimal("1.15")


def test_planned_rates_are_the_consolidated_ones_rounded(group: Audit) -> None:
    actual = group.rows("consolidatedexchangerate")
    planned = group.rows("budgetexchangerate")
    assert len(actual) == len(planned)
    for one, other in zip(actual, planned, strict=True):
        assert (one["postingperiod"], one["fromsubsidiary"], one["tosubsidiary"], one["accountingbook"]) == (
            other["period"],
            other["fromsubsidiary"],
            other["tosubsidiary"],
            other["accountingbook"],
        )
        for name in ("averagerate", "currentrate", "historicalrate"):
            assert abs(one[name] - other[name]) <= Decimal("0.00005")
