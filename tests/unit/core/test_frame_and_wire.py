"""A frame and its ways out: the spreadsheet's matrix, CSV, JSON, Arrow."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.known_fields import Type
from connector.core.wire import describe, from_arrow, matrix, rows_of, to_arrow, to_csv, to_json
from connector.errors import CallerError, UnreadableError
from tests.unit.core.frames import frame_and_shape, frame_of

INVOICES = "SELECT tranid, trandate, total FROM transaction"


def test_the_contracts_example():
    frame = frame_of(INVOICES, [{"tranid": "INV001", "trandate": "1/31/2026", "total": "1250.5"}, {"tranid": "INV002"}])
    assert describe(frame.columns) == [
        {"name": "tranid", "type": "text"},
        {"name": "trandate", "type": "date"},
        {"name": "total", "type": "decimal", "approximate": False},
    ]
    assert matrix(frame) == [
        ["tranid", "trandate", "total"],
        ["INV001", {"date": "2026-01-31"}, 1250.5],
        ["INV002", None, None],
    ]


def test_an_empty_answer_is_its_header():
    assert matrix(frame_of(INVOICES, [])) == [["tranid", "trandate", "total"]]
    assert matrix(frame_of(INVOICES, []), headers=False) == []


def test_a_column_of_nulls_keeps_its_place():
    assert matrix(frame_of(INVOICES, [{"total": "1"}])) == [["tranid", "trandate", "total"], [None, None, 1.0]]


def test_the_time_of_the_answer_stands_in_a_row_of_its_own():
    rows = matrix(frame_of(INVOICES, []), as_of=True)
    assert rows[0] == ["as of 2026-02-01T07:00:00Z", None, None]


@pytest.mark.parametrize(
    ("text", "cell"),
    [("123456789012345", 123456789012345.0), ("1234567890123456", "1234567890123456"), ("0.1", 0.1), ("-0.00", 0.0),
     ("12345678901234.567", "12345678901234.567")],
)  # fmt: skip
def test_a_number_that_a_cell_would_change_is_text(text, cell):
    assert matrix(frame_of("SELECT total FROM t", [{"total": text}]), headers=False) == [[cell]]


def after(sql, rows, then):
    """The type of the first column in the second of two answers."""
    return frame_of(sql, then, frame_and_shape(sql, rows)[1]).columns[0].type


def test_types_stick_to_a_query():
    sql = "SELECT code FROM t"
    assert after(sql, [{"code": "00123"}], [{"code": "5"}]) is Type.TEXT
    assert after(sql, [{"code": "1.5"}], [{"code": "5"}]) is Type.DECIMAL
    assert after(sql, [{"code": "1/2/2026"}], []) is Type.DATE
    assert after(sql, [{"code": "1/2/2026"}], [{"code": "x"}]) is Type.TEXT
    assert after(sql, [{"code": "5"}], [{"code": "123456789012345678"}, {"code": "7"}]) is Type.TEXT
    assert after(sql, [{"code": "1.5"}], [{"code": "123456789012345678"}]) is Type.TEXT


def test_a_column_of_nulls_teaches_nothing():
    assert frame_and_shape("SELECT code, memo FROM t", [{"memo": "x"}])[1] == {"memo": Type.TEXT}


def test_a_star_keeps_columns_it_once_had():
    before = frame_and_shape("SELECT * FROM t", [{"id": "1", "memo": "x"}])[1]
    assert matrix(frame_of("SELECT * FROM t", [{"id": "2"}], before)) == [["id", "memo"], [2, None]]


@pytest.mark.parametrize(
    ("sql", "row"),
    [
        ("SELECT d.*, UPPER(d.name) AS up FROM department d", {"id": "1", "name": "a", "nsq2": "A"}),
        ("SELECT BUILTIN.DF(d.parent) AS parent, d.* FROM department d", {"id": "1", "parent": "2", "nsq1": "A"}),
        ("SELECT d.*, d.id FROM department d", {"id": "1", "nsq2": "1"}),
    ],
)
def test_a_star_beside_other_columns_is_the_same_at_every_refresh(sql, row):
    first, shape = frame_and_shape(sql, [row])
    for _ in range(3):
        again, shape = frame_and_shape(sql, [row], shape)
        assert (again.columns, matrix(again)) == (first.columns, matrix(first))


def test_a_column_that_the_query_does_not_name_is_an_error_and_not_left_out():
    with pytest.raises(UnreadableError) as refusal:
        frame_of("SELECT id FROM t", [{"id": "1"}, {"id": "2", "zzz": "lost"}])
    assert refusal.value.code == "UNEXPECTED_COLUMN"


@pytest.mark.parametrize("rows", [[], [{}, {}]])
def test_a_star_that_brings_no_value_asks_for_the_columns_names(rows):
    with pytest.raises(CallerError) as refusal:
        frame_of("SELECT * FROM t", rows)
    assert refusal.value.code == "UNKNOWN_COLUMNS"


def test_csv_is_rfc_4180():
    frame = frame_of("SELECT memo, total FROM t", [{"memo": 'a "b", c\nd', "total": "0.10"}, {}])
    assert to_csv(frame) == 'memo,total\r\n"a ""b"", c\nd",0.1\r\n,\r\n'


@pytest.mark.parametrize("text", ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("https://x","y")'])
def test_csv_with_a_guard_keeps_text_from_running(text):
    frame = frame_of("SELECT memo, total FROM t", [{"memo": text, "total": "-5"}])
    (_, row) = list(csv.reader(io.StringIO(to_csv(frame, guard=True), newline="")))
    assert row == ["'" + text, "-5"]
    (_, row) = list(csv.reader(io.StringIO(to_csv(frame), newline="")))
    assert row == [text, "-5"]


def test_json_has_decimals_as_strings():
    frame = frame_of(
        "SELECT id, total, posting, trandate FROM t", [{"id": "1", "total": "2.402086483E7", "posting": "T"}]
    )
    assert json.loads(to_json(frame)) == [{"id": 1, "total": "24020864.83", "posting": True, "trandate": None}]


def test_arrow_has_a_schema():
    frame = frame_of("SELECT tranid, trandate, total, posting, id FROM t", [{"total": "1.25", "id": "1"}])
    schema = pa.ipc.open_stream(to_arrow(frame)).schema
    assert schema.types == [pa.string(), pa.date32(), pa.decimal128(38, 2), pa.bool_(), pa.int64()]


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
days = st.dates(min_value=date(1, 1, 1))
money = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**16), max_value=10**16)
frames = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "tranid": texts,
            "trandate": days.map(lambda d: f"{d.month}/{d.day}/{d.year:04}"),
            "total": money.map(str),
            "posting": st.sampled_from(["T", "F"]),
            "id": st.integers(-(10**14), 10**14).map(str),
        },
    )
).map(lambda rows: frame_of("SELECT tranid, trandate, total, posting, id FROM t", rows))


@given(frames)
def test_a_frame_survives_arrow(frame):
    again = from_arrow(to_arrow(frame))
    assert again.columns == frame.columns
    assert list(rows_of(again)) == list(rows_of(frame))
    assert (again.as_of, again.proof) == (frame.as_of, frame.proof)


@given(frames)
def test_a_frame_survives_json(frame):
    read = {Type.DECIMAL: Decimal, Type.DATE: date.fromisoformat}
    told = json.loads(to_json(frame))
    again = [
        tuple(
            None if row[c.name] is None else read.get(c.type, lambda value: value)(row[c.name]) for c in frame.columns
        )
        for row in told
    ]
    assert again == list(rows_of(frame))


@given(frames)
def test_a_frame_survives_csv(frame):
    read = {
        Type.DECIMAL: Decimal, Type.DATE: date.fromisoformat, Type.INTEGER: int, Type.BOOLEAN: "true".__eq__, Type.TEXT: str,
    }  # fmt: skip
    _, *rows = csv.reader(io.StringIO(to_csv(frame), newline=""))
    again = [tuple(read[c.type](v) if v else None for c, v in zip(frame.columns, row, strict=True)) for row in rows]
    assert again == list(rows_of(frame))
