"""The calendar: a tree without gaps, closed in order, and every transaction in the period of its date."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from audit import Audit, Row

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def level(row: Row) -> str:
    if row["isadjust"] == "T":
        return "adjustment"
    return "year" if row["isyear"] == "T" else "quarter" if row["isquarter"] == "T" else "month"


def of_level(audit: Audit, name: str) -> list[Row]:
    return sorted(
        (row for row in audit.rows("accountingperiod") if level(row) == name), key=lambda row: row["startdate"]
    )


def test_periods_are_a_tree_of_years_quarters_and_months(audit: Audit) -> None:
    assert Counter(level(row) for row in audit.rows("accountingperiod")) == {
        "year": 3, "quarter": 12, "month": 36, "adjustment": 3,
    }  # fmt: skip
    above = {"month": "quarter", "quarter": "year", "adjustment": "year"}
    for row in audit.rows("accountingperiod"):
        assert row["isposting"] == ("T" if level(row) in ("month", "adjustment") else "F")
        if level(row) == "year":
            assert row["parent"] is None
        else:
            parent = audit.periods[row["parent"]]
            assert level(parent) == above[level(row)]
            assert parent["startdate"] <= row["startdate"] <= row["enddate"] <= parent["enddate"]
    assert len({row["periodname"] for row in audit.rows("accountingperiod")}) == 54


@pytest.mark.parametrize("name", ["month", "quarter", "year"])
def test_there_are_no_gaps_and_no_overlaps(audit: Audit, name: str) -> None:
    periods = of_level(audit, name)
    years = of_level(audit, "year")
    assert (periods[0]["startdate"], periods[-1]["enddate"]) == (years[0]["startdate"], years[-1]["enddate"])
    for one, following in pairwise(periods):
        assert one["enddate"] + DAY == following["startdate"]


def test_periods_are_calendar_months_or_four_four_and_five_weeks(audit: Audit) -> None:
    if audit.company.profile.calendar == "months":
        assert all(row["startdate"].day == 1 for row in audit.months)
        assert all((row["enddate"] + DAY).day == 1 for row in audit.months)
        names = {row["periodname"] for row in audit.rows("accountingperiod")}
        assert names >= {"FY 2024", "Q1 2025", "Feb 2024", "Dec 2026"}
        assert next(row["enddate"] for row in audit.months if row["periodname"] == "Feb 2024") == date(2024, 2, 29)
        return
    for row in of_level(audit, "month"):
        assert row["startdate"].weekday() == 6, "begins on a Sunday"
    quarters = [(row["enddate"] + DAY - row["startdate"]) // WEEK for row in of_level(audit, "quarter")]
    assert Counter(quarters) == {13: 11, 14: 1}
    years = [(row["enddate"] + DAY - row["startdate"]) // WEEK for row in of_level(audit, "year")]
    assert years == [52, 53, 52]
    weeks = [(row["enddate"] + DAY - row["startdate"]) // WEEK for row in of_level(audit, "month")]
    assert weeks == [4, 4, 5] * 7 + [4, 4, 6] + [4, 4, 5] * 4


def test_an_adjustment_period_is_the_last_day_of_its_year(audit: Audit) -> None:
    years = {row["id"]: row for row in of_level(audit, "year")}
    for row in of_level(audit, "adjustment"):
        assert row["startdate"] == row["enddate"] == years.pop(row["parent"])["enddate"]
    assert not years


def test_only_journals_are_posted_to_adjustment_periods(sizable: Audit) -> None:
    adjustments = {row["id"] for row in of_level(sizable, "adjustment")}
    assert {row["type"] for row in sizable.rows("transaction") if row["postingperiod"] in adjustments} == {"Journal"}


def test_every_year_has_its_audit_adjustments(sizable: Audit) -> None:
    adjustments = {row["id"]: row["periodname"] for row in of_level(sizable, "adjustment")}
    used = {adjustments[entry.period] for entry in sizable.entries if entry.period in adjustments}
    assert used == set(adjustments.values())


def test_a_transaction_lies_in_the_period_of_its_date(audit: Audit) -> None:
    for row in audit.rows("transaction"):
        period = audit.periods[row["postingperiod"]]
        assert period["startdate"] <= row["trandate"] <= period["enddate"]
        assert period["isposting"] == "T"


def test_periods_are_closed_and_locked_in_order(audit: Audit) -> None:
    for name in ("month", "quarter", "year"):
        for flag in ("closed", "alllocked", "arlocked", "aplocked"):
            flags = [row[flag] for row in of_level(audit, name)]
            assert flags == sorted(flags, reverse=True), (name, flag)
            assert name == "year" or {"T", "F"} == set(flags)
    for row in audit.rows("accountingperiod"):
        if row["closed"] == "T":
            assert (row["alllocked"], row["arlocked"], row["aplocked"]) == ("T", "T", "T")
            assert row["closedondate"] > row["enddate"]
        else:
            assert row["closedondate"] is None
    for row in audit.rows("accountingperiod"):
        below = [one["closed"] for one in audit.rows("accountingperiod") if one["parent"] == row["id"]]
        if below:
            assert (row["closed"] == "T") == (set(below) == {"T"})
