"""The account's date format, read off how it writes the first of February 2003."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import UnreadableError
from connector.netsuite.date_format import DateFormat, recognise

# What each of NetSuite's formats (Home > Set Preferences > Date Format) writes for 2003-02-01 and 2003-12-31.
FORMATS = [
    ("2/1/2003", "M/D/YYYY", "12/31/2003"),
    ("1/2/2003", "D/M/YYYY", "31/12/2003"),
    ("02/01/2003", "MM/DD/YYYY", "12/31/2003"),
    ("01/02/2003", "DD/MM/YYYY", "31/12/2003"),
    ("1.2.2003", "D.M.YYYY", "31.12.2003"),
    ("01.02.2003", "DD.MM.YYYY", "31.12.2003"),
    ("1-Feb-2003", "D-Mon-YYYY", "31-Dec-2003"),
    ("01-Feb-2003", "DD-Mon-YYYY", "31-Dec-2003"),
    ("01-FEB-2003", "DD-MON-YYYY", "31-DEC-2003"),
    ("1-February-2003", "D-Month-YYYY", "31-December-2003"),
    ("01-FEBRUARY-2003", "DD-MONTH-YYYY", "31-DECEMBER-2003"),
    ("1 February, 2003", "D Month, YYYY", "31 December, 2003"),
    ("01 February, 2003", "DD Month, YYYY", "31 December, 2003"),
    ("2003/2/1", "YYYY/M/D", "2003/12/31"),
    ("2003/02/01", "YYYY/MM/DD", "2003/12/31"),
    ("2003-2-1", "YYYY-M-D", "2003-12-31"),
    ("2003-02-01", "YYYY-MM-DD", "2003-12-31"),
]


@pytest.mark.parametrize(("written", "pattern", "last_of_december"), FORMATS)
def test_each_format_is_recognised_and_reads_a_late_day(written, pattern, last_of_december):
    found = recognise(written)
    assert found == DateFormat(pattern)
    assert found.parse(last_of_december) == date(2003, 12, 31)


@pytest.mark.parametrize("pattern", [pattern for _, pattern, _ in FORMATS])
@given(day=st.dates())
def test_every_day_comes_back_from_its_own_writing(pattern, day):
    assert DateFormat(pattern).parse(DateFormat(pattern).format(day)) == day


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("M/D/YYYY", "02/01/2003"), ("M/D/YYYY", "13/1/2003"), ("M/D/YYYY", "2/30/2003"), ("M/D/YYYY", "2/29/2003"),
        ("M/D/YYYY", "2/1/03"), ("M/D/YYYY", "2/1/20031"), ("M/D/YYYY", "2/1/2003 "), ("M/D/YYYY", "2/1/2003\n"),
        ("M/D/YYYY", "2/1/2003 10:15 am"), ("M/D/YYYY", "2.1.2003"), ("M/D/YYYY", "٢/1/2003"), ("M/D/YYYY", "2/0/2003"),
        ("M/D/YYYY", "0/1/2003"), ("M/D/YYYY", "2/1/0000"), ("M/D/YYYY", ""), ("MM/DD/YYYY", "2/1/2003"),
        ("MM/DD/YYYY", "002/01/2003"), ("D-Mon-YYYY", "1-February-2003"), ("D-Mon-YYYY", "1-feb-2003"),
        ("D-Mon-YYYY", "1-Fev-2003"), ("D.M.YYYY", "1x2x2003"), ("YYYY-MM-DD", "2003-02-31"),
    ],
)  # fmt: skip
def test_what_is_not_exactly_in_the_format_is_no_date(pattern, text):
    assert DateFormat(pattern).parse(text) is None


def test_a_leap_day_is_a_day():
    assert DateFormat("M/D/YYYY").parse("2/29/2004") == date(2004, 2, 29)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "2/1/03",
        "hello",
        "2/1",
        "2/1/2003 0:00",
        "1. Februar 2003",
        "2003",
        "1/1/2003",
        "2/2/2003",
        "3/1/2003",
        "x" * 999,
    ],
)
def test_an_unknown_writing_is_an_error_and_no_guess(written):
    with pytest.raises(UnreadableError) as caught:
        recognise(written)
    assert caught.value.code == "UNKNOWN_DATE_FORMAT"
    assert "Set Preferences" in caught.value.remedy
    assert len(caught.value.message) < 200
