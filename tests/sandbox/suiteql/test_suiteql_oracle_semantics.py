"""SuiteQL means what Oracle means: the tables in oracle_semantics.py and oracle_formats.py, and what needs more than one row."""

from __future__ import annotations

import oracle_formats as formats
import oracle_semantics as table
import pytest

_ROWS = [
    *table.NULLS, *table.NUMBERS, *table.TEXTS, *formats.NUMBER_FORMATS, *formats.DATE_FORMATS, *formats.DATES,
]  # fmt: skip


@pytest.mark.parametrize(("expression", "expected"), [pytest.param(e, x, id=name) for name, e, x in _ROWS])
def test_expression_means_what_oracle_means(rows, refusal, expression, expected):
    query = f"SELECT {expression} AS v FROM DUAL"
    if expected is table.REFUSED:
        assert refusal(query).endswith("Invalid or unsupported search.")
    else:
        assert rows(query) == [{} if expected is None else {"v": expected}]


def test_every_row_of_the_table_has_a_name_of_its_own():
    names = [name for name, _, _ in _ROWS]
    assert len(set(names)) == len(names)


def test_count_of_rows_and_of_values(rows):
    assert rows("SELECT COUNT(*) a, COUNT(total) b, COUNT(DISTINCT type) c FROM transaction") == [
        {"a": "4", "b": "3", "c": "3"}
    ]


def test_aggregates_of_no_rows(rows):
    query = "SELECT SUM(total) s, AVG(total) a, MAX(id) m, MEDIAN(id) d, COUNT(*) n FROM transaction WHERE id = 0"
    assert rows(query) == [{"n": "0"}]


def test_having_without_rows(rows):
    assert rows("SELECT COUNT(*) n FROM transaction WHERE id = 0 HAVING COUNT(*) > 0") == []


def test_average_and_median_ignore_null(rows):
    # -100, 1250.50 and 24020864.83; the mean is 24022015.33 / 3.
    query = "SELECT TO_CHAR(AVG(total), 'FM9999990.0000') a, MEDIAN(total) m, MEDIAN(id) e FROM transaction"
    assert rows(query) == [{"a": "8007338.4433", "m": "1250.5", "e": "2.5"}]


def test_standard_deviation(rows):
    # Of 1, 2, 3, 4: variance 5/3 in a sample and 5/4 in the population; of one row 0, in a sample of one NULL.
    query = "SELECT ROUND(STDDEV(id), 6) s, VAR_POP(id) p, ROUND(VARIANCE(id), 6) v FROM transaction"
    assert rows(query) == [{"s": "1.290994", "p": "1.25", "v": "1.666667"}]
    assert rows("SELECT STDDEV(id) s, STDDEV_SAMP(id) t FROM transaction WHERE id = 1") == [{"s": "0"}]


def test_nulls_come_last_ascending_and_first_descending(rows):
    assert [r["id"] for r in rows("SELECT id FROM transaction ORDER BY total")] == ["3", "1", "2", "4"]
    assert [r["id"] for r in rows("SELECT id FROM transaction ORDER BY total DESC")] == ["4", "2", "1", "3"]
    assert [r["id"] for r in rows("SELECT id FROM transaction ORDER BY total NULLS FIRST")] == ["4", "3", "1", "2"]
    assert [r["id"] for r in rows("SELECT id FROM transaction ORDER BY total DESC NULLS LAST")] == ["2", "1", "3", "4"]


def test_order_by_position_alias_and_expression(rows):
    assert [r["x"] for r in rows("SELECT id x, type FROM transaction ORDER BY 2, 1 DESC")] == ["2", "1", "4", "3"]
    assert [r["x"] for r in rows("SELECT -id x FROM transaction ORDER BY x")] == ["-4", "-3", "-2", "-1"]
    assert [r["id"] for r in rows("SELECT id FROM transaction ORDER BY MOD(id, 3), id")] == ["3", "1", "4", "2"]


def test_order_by_an_expression_over_an_alias(rows):
    query = "SELECT id AS x, NVL(entity, id) AS e FROM transaction ORDER BY "
    assert [r["x"] for r in rows(query + "-x")] == ["4", "3", "2", "1"]
    assert [r["x"] for r in rows(query + "MOD(x, 3), x + 1 DESC")] == ["3", "4", "1", "2"]
    assert [r["x"] for r in rows(query + "(x) DESC")] == ["4", "3", "2", "1"]
    grouped = "SELECT type AS k, COUNT(*) AS n FROM transaction GROUP BY type ORDER BY -n, LOWER(k)"
    assert [r["k"] for r in rows(grouped)] == ["CustInvc", "Journal", "VendBill"]


def test_extremes_of_quotients(rows):
    # -100/3, 1250.5/3 and 24020864.83/3.
    query = "SELECT ROUND(MIN(total/3), 2) a, ROUND(MAX(total/3), 2) b, MIN(id/4 - 1) c FROM transaction"
    assert rows(query) == [{"a": "-33.33", "b": "8006954.94", "c": "-0.75"}]


def test_median_over_a_partition(rows):
    query = "SELECT id, MEDIAN(id) OVER (PARTITION BY type) m FROM transaction ORDER BY id"
    assert [r["m"] for r in rows(query)] == ["1.5", "1.5", "3", "4"]


def test_aggregates_of_both_selects_columns(rows):
    query = "SELECT id, (SELECT SUM(t.id + c.id) FROM transaction t) s, (SELECT COUNT(*) FROM DUAL) n FROM customer c ORDER BY id"
    assert rows(query) == [
        {"id": "10", "s": "50", "n": "1"}, {"id": "11", "s": "54", "n": "1"}, {"id": "12", "s": "58", "n": "1"},
    ]  # fmt: skip


def test_not_like_leaves_out_what_has_no_text(rows):
    assert [r["id"] for r in rows("SELECT id FROM transaction WHERE memo NOT LIKE '10%' ORDER BY id")] == ["1"]
    query = "SELECT id FROM transaction WHERE tranid NOT LIKE '1!_%' ESCAPE '!' AND tranid NOT LIKE '%5' ORDER BY id"
    assert [r["id"] for r in rows(query)] == ["1", "2", "4"]


def test_quotients_sort_as_numbers(rows):
    found = rows("SELECT id/3 x FROM transaction WHERE id < 4 UNION ALL SELECT 100/7 FROM DUAL "
                 "UNION ALL SELECT -100/7 FROM DUAL UNION ALL SELECT -1/7 FROM DUAL ORDER BY 1")  # fmt: skip
    assert [r["x"][:5] for r in found] == ["-14.2", "-0.14", "0.333", "0.666", "1", "14.28"]


def test_texts_sort_by_their_bytes(rows):
    query = ("SELECT 'b' x FROM DUAL UNION SELECT 'B' FROM DUAL UNION SELECT 'a' FROM DUAL UNION SELECT 'é' FROM DUAL "
             "UNION SELECT '10' FROM DUAL UNION SELECT '9' FROM DUAL ORDER BY x")  # fmt: skip
    assert [r["x"] for r in rows(query)] == ["10", "9", "B", "a", "b", "é"]


def test_rollup_adds_subtotals_with_null(rows):
    query = ("SELECT type, posting, COUNT(*) n, GROUPING(type) g FROM transaction WHERE id < 4 "
             "GROUP BY ROLLUP(type, posting) ORDER BY 4, 1, 2")  # fmt: skip
    assert rows(query) == [
        {"type": "CustInvc", "posting": "T", "n": "2", "g": "0"},
        {"type": "CustInvc", "n": "2", "g": "0"},
        {"type": "VendBill", "posting": "F", "n": "1", "g": "0"},
        {"type": "VendBill", "n": "1", "g": "0"},
        {"n": "3", "g": "1"},
    ]


def test_set_operations_are_read_from_the_left(rows):
    query = ("SELECT 1 x FROM DUAL UNION ALL SELECT 1 FROM DUAL UNION SELECT 2 FROM DUAL MINUS SELECT 2 FROM DUAL "
             "INTERSECT SELECT 1 FROM DUAL")  # fmt: skip
    assert rows(query) == [{"x": "1"}]
    assert rows("SELECT 1 x FROM DUAL UNION ALL SELECT 1 FROM DUAL") == [{"x": "1"}, {"x": "1"}]
    assert rows("SELECT NULL x FROM DUAL UNION SELECT NULL FROM DUAL") == [{}]


def test_set_operations_need_columns_that_agree(refusal):
    assert refusal("SELECT id FROM transaction UNION SELECT tranid FROM transaction").endswith("unsupported search.")
    assert refusal("SELECT id FROM transaction UNION SELECT id, tranid FROM transaction").endswith("search.")


def test_not_in_a_subselect_with_null_finds_nothing(rows):
    assert rows("SELECT id FROM customer WHERE id NOT IN (SELECT entity FROM transaction)") == []
    query = "SELECT id FROM customer WHERE id NOT IN (SELECT entity FROM transaction WHERE entity IS NOT NULL)"
    assert rows(query) == [{"id": "12"}]


def test_analytic_functions(rows):
    query = ("SELECT id, ROW_NUMBER() OVER (PARTITION BY type ORDER BY id) r, RANK() OVER (ORDER BY type) k, "
             "DENSE_RANK() OVER (ORDER BY type) d, LAG(id, 1, 0) OVER (ORDER BY id) l, LEAD(id) OVER (ORDER BY id) e, "
             "SUM(id) OVER (ORDER BY id) s, COUNT(*) OVER () n, AVG(id) OVER (PARTITION BY type) a, "
             "SUM(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) w FROM transaction ORDER BY id")  # fmt: skip
    names = ["id", "r", "k", "d", "l", "e", "s", "n", "a", "w"]
    expected = [
        ["1", "1", "1", "1", "0", "2", "1", "4", "1.5", "1"],
        ["2", "2", "1", "1", "1", "3", "3", "4", "1.5", "3"],
        ["3", "1", "4", "3", "2", "4", "6", "4", "3", "5"],
        ["4", "1", "3", "2", "3", None, "10", "4", "4", "7"],
    ]
    assert rows(query) == [{n: v for n, v in zip(names, row, strict=True) if v is not None} for row in expected]


def test_stored_empty_text_is_null(rows):
    assert rows("SELECT id FROM transaction WHERE memo IS NULL ORDER BY id") == [{"id": "2"}, {"id": "3"}]


def test_correlated_subselects(rows):
    query = ("SELECT c.entityid, (SELECT MAX(t.total) FROM transaction t WHERE t.entity = c.id) m FROM customer c "
             "WHERE EXISTS (SELECT 1 FROM transaction t WHERE t.entity = c.id AND t.total > 2000)")  # fmt: skip
    assert rows(query) == [{"entityid": "Bolt", "m": "2.402086483E7"}]


def test_scalar_subselect_of_two_rows_is_an_error(refusal):
    assert refusal("SELECT (SELECT id FROM customer) FROM DUAL").endswith("Invalid or unsupported search.")


def test_group_by_a_number_is_not_a_position(refusal):
    assert refusal("SELECT type, COUNT(*) FROM transaction GROUP BY 1").endswith("Invalid or unsupported search.")
