"""A frame as an .xlsx file: every text comes back as it was, numbers and dates as themselves."""

from __future__ import annotations

import zipfile
from datetime import datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.destinations.workbook import write_workbook
from connector.errors import CallerError
from tests.unit.core.frames import frame_of

HOSTILE = [
    "00123", "1E5", "10-20", "123456789012345678", '=HYPERLINK("https://evil","x")', "+1", "-1", "@SUM(A1)", "'x",
    "a\nb", "a\r\nb", "\ttab", " leading", "trailing ", "emoji 😀", "<r></w></r>", "<r>a</r>", "<r><t>x</t></r>", "<b>&amp;</b>",
    "https://evil.example", "mailto:a@b", "_x000D_", "\x0b\x1f", "TRUE", "#N/A", "1/2/2026", "x" * 32_767,
]  # fmt: skip


def data(path):
    """The cells of the sheet Data, as the file has them."""
    return [tuple(cell.value for cell in row) for row in openpyxl.load_workbook(path)["Data"].iter_rows()]


def as_openpyxl_reads(text):
    """openpyxl leaves control characters as Excel writes them (`_x000B_`) and reads only `_x005F_`."""
    return "".join(f"_x{ord(c):04X}_" if c < " " and c not in "\t\n" else c for c in text)


def parts_are_well_formed(path):
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            ET.fromstring(parts.read(name))  # noqa: S314 - our own file


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:20]))
def test_a_text_comes_back_as_it_was(tmp_path, text):
    path = tmp_path / "x.xlsx"
    write_workbook(frame_of("SELECT memo, id FROM t", [{"memo": text, "id": "1"}]), path)
    parts_are_well_formed(path)
    ((_, _), (value, number)) = data(path)
    assert (value, number) == (as_openpyxl_reads(text), 1)


@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_any_text_comes_back_as_it_was(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "x.xlsx"
    write_workbook(frame_of("SELECT memo FROM t", [{"memo": text}]), path)
    parts_are_well_formed(path)
    assert data(path)[1][0] == as_openpyxl_reads(text)


def test_numbers_dates_and_truth_values_are_themselves(tmp_path):
    path = tmp_path / "x.xlsx"
    row = {"trandate": "1/31/2026", "total": "1250.5", "posting": "T", "id": "7"}
    early = {"trandate": "2/28/1900", "total": "12345678901234567.8"}
    write_workbook(frame_of("SELECT trandate, total, posting, id FROM t", [row, {}, early]), path)
    assert data(path)[1:] == [
        (datetime(2026, 1, 31), 1250.5, True, 7),  # noqa: DTZ001 - a cell has no zone
        (None, None, None, None),
        ("1900-02-28", "12345678901234567.8", None, None),
    ]
    assert Decimal(data(path)[3][1]) == Decimal(early["total"])


def test_a_text_longer_than_a_cell_is_refused_and_the_old_file_stays(tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_text("before")
    for text in ("x" * 32_768, "😀" * 16_384):
        with pytest.raises(CallerError) as refusal:
            write_workbook(frame_of("SELECT memo FROM t", [{"memo": text}]), path)
        assert refusal.value.code == "OVER_LIMIT"
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
