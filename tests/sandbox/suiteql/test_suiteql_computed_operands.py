"""BETWEEN, IN, NULLIF and REGEXP_INSTR of what is computed, in every place of a SELECT."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("SELECT id v FROM transaction WHERE LENGTH(tranid) IN ((SELECT MAX(id) FROM transaction), 5)", ["1", "2"]),
        ("SELECT id v FROM transaction WHERE UPPER(tranid) NOT IN ('INV1', '00123')", ["3", "4"]),
        ("SELECT id v FROM transaction WHERE trandate + 1 BETWEEN '1/6/2026' AND TO_DATE('2026-02-01','YYYY-MM-DD')",
         ["1", "2"]),
        ("SELECT type v FROM transaction GROUP BY type HAVING SUM(id) BETWEEN 2 AND 3.5 ORDER BY 1", ["CustInvc", "VendBill"]),
        ("SELECT type v FROM transaction GROUP BY type HAVING NULLIF(SUM(id), 3) IS NOT NULL", ["Journal"]),
        ("SELECT NULLIF(SUBSTR(type, 1, 4), 'Cust') v FROM transaction GROUP BY NULLIF(SUBSTR(type, 1, 4), 'Cust') ORDER BY 1",
         ["Jour", "Vend", None]),
        ("SELECT CASE WHEN SUM(id) IN (3, 4) THEN 'y' ELSE 'n' END v FROM transaction", ["n"]),
        ("SELECT CASE WHEN SUM(id) OVER (ORDER BY id) IN (3, 6) THEN 'y' ELSE 'n' END v FROM transaction ORDER BY id",
         ["n", "y", "y", "n"]),
        ("SELECT c.id v FROM transaction t LEFT JOIN customer c ON t.entity + 0 BETWEEN c.id AND c.id ORDER BY t.id",
         ["10", "11", None, None]),
        ("SELECT c.id v FROM transaction t, customer c WHERE c.id(+) + 0 BETWEEN t.entity AND t.entity ORDER BY t.id",
         ["10", "11", None, None]),
        ("SELECT c.id v FROM customer c WHERE EXISTS (SELECT 1 FROM transaction t WHERE LENGTH(t.tranid) BETWEEN c.id - 8 AND 3)",
         ["10", "11"]),
        ("SELECT NULLIF(LENGTH(tranid), 4) v FROM transaction WHERE ROWNUM <= 2 ORDER BY id", [None, "5"]),
        (("SELECT REGEXP_INSTR(type || tranid, '[0-9]') v FROM transaction GROUP BY REGEXP_INSTR(type || tranid, '[0-9]') "
         "ORDER BY 1"), ["8", "9", "12"]),
    ],
)  # fmt: skip
def test_what_is_computed_is_compared_like_a_column(rows, query, found):
    assert [row.get("v") for row in rows(query)] == found
