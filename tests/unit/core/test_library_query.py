"""A query with a name: its parameters, their defaults, and what a name may be."""

from __future__ import annotations

from datetime import date

import pytest

from connector.core.formula import FormulaCall, named_query, read_formula
from connector.core.library_query import LibraryQuery, checked, default_value
from connector.core.parameters import Parameters
from connector.core.placeholders import PlaceholderType
from connector.core.query_name import is_query_name
from connector.errors import FormulaError
from connector.library.delivered import delivered

TODAY = date(2026, 2, 28)
OPEN = LibraryQuery(
    "open_invoices",
    "What is not paid",
    "SELECT tranid FROM transaction WHERE trandate >= :from:date AND trandate <= :to:date AND entity IN (:who:list)",
    {"from": "start of year", "to": "today"},
)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", "2026-02-28"),
        ("yesterday", "2026-02-27"),
        ("start of month", "2026-02-01"),
        ("End of this month", "2026-02-28"),
        ("end of last month", "2026-01-31"),
        ("start of next month", "2026-03-01"),
        ("start of year", "2026-01-01"),
        ("end of last year", "2025-12-31"),
    ],
)
def test_a_default_can_be_a_day_as_people_say_it(text, day):
    assert default_value(text, TODAY) == {"date": day}


@pytest.mark.parametrize("text", ["1", "start of week", "start of", "2026-01-31", "end of the month", ""])
def test_anything_else_is_the_value_itself(text):
    assert default_value(text, TODAY) == text


def test_the_last_month_of_january_is_december():
    assert default_value("start of last month", date(2026, 1, 31)) == {"date": "2025-12-01"}


def test_parameters_have_the_types_of_their_placeholders():
    assert [(one.name, one.type, one.default) for one in OPEN.parameters()] == [
        ("from", PlaceholderType.DATE, "start of year"),
        ("to", PlaceholderType.DATE, "today"),
        ("who", PlaceholderType.LIST, None),
    ]


def test_what_is_given_stands_and_the_rest_has_its_default():
    filled = OPEN.filled(Parameters(named={"who": (1, 2), "to": ("2026-01-31",)}), TODAY)
    assert filled.named == {"who": (1, 2), "to": ("2026-01-31",), "from": ({"date": "2026-01-01"},)}
    bound = named_query("open_invoices", Parameters(named={"who": (1,)}), lambda _: OPEN)
    assert bound.library == ("open_invoices", 1)
    assert len(bound.params) == 3


def test_values_in_order_stand_for_the_first_parameters():
    query = LibraryQuery("q", "", "SELECT :a, :b FROM DUAL", {"b": "2"})
    assert query.filled(Parameters(("1",)), TODAY).named == {"a": ("1",), "b": ("2",)}
    with pytest.raises(FormulaError) as caught:
        query.filled(Parameters(("1", "2", "3")), TODAY)
    assert caught.value.code == "PARAMETER_COUNT"


@pytest.mark.parametrize("text", ["open_invoices", "Trial_Balance", " q1 "])
def test_one_word_is_a_name(text):
    assert is_query_name(text)


@pytest.mark.parametrize(
    "text", ["SELECT", "with", "SELECT 1 FROM DUAL", "delete", "open invoices", "1q", "", "ä", "a" * 64]
)
def test_sql_and_sentences_are_none(text):
    assert not is_query_name(text)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (LibraryQuery("select", "", "SELECT 1 FROM DUAL"), "BAD_QUERY_NAME"),
        (LibraryQuery("two words", "", "SELECT 1 FROM DUAL"), "BAD_QUERY_NAME"),
        (LibraryQuery("q", "", "DELETE FROM account"), "BAD_QUERY"),
        (LibraryQuery("q", "x" * 2_001, "SELECT 1 FROM DUAL"), "BAD_QUERY"),
        (LibraryQuery("q", "", "SELECT :a FROM DUAL", {"b": "1"}), "UNKNOWN_PARAMETER"),
    ],
)
def test_what_cannot_be_kept_says_why(query, code):
    with pytest.raises(FormulaError) as caught:
        checked(query)
    assert caught.value.code == code


def test_a_formula_names_a_query_and_sql_stays_sql():
    asked = []

    def find(name):
        asked.append(name)
        return LibraryQuery("one", "", "SELECT 1 AS n FROM DUAL")

    assert read_formula(FormulaCall("NSQUERY", ("one",)), find).query.text == "SELECT 1 AS n FROM DUAL"
    read_formula(FormulaCall("NSQUERY", ("SELECT 2 AS n FROM DUAL",)), find)
    assert asked == ["one"]


def test_every_delivered_query_says_what_it_is_and_has_defaults_for_all_but_what_only_the_person_knows():
    missing = {
        (name, one.name) for name, query in delivered().items() for one in query.parameters() if one.default is None
    }
    assert missing <= {("budget_against_actual", "category"), ("budget_against_actual_single_company", "category")}
    assert all(len(query.description.partition("\n")[0]) > 20 for query in delivered().values())
    assert {"trial_balance", "income_statement", "balance_sheet", "ar_aging", "ap_aging"} <= set(delivered())
