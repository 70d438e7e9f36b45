"""An account without OneWorld: one company, and nothing anywhere that speaks of subsidiaries."""

from __future__ import annotations

import json

from audit import Audit

ONEWORLD = ("subsidiary", "consolidatedexchangerate", "budgetexchangerate")


def test_the_tables_of_a_group_are_not_there(single: Audit, usual: Audit) -> None:
    assert not set(ONEWORLD) & set(single.tables)
    assert set(single.tables) | set(ONEWORLD) == set(usual.tables)


def test_no_column_is_named_for_subsidiaries_nor_shows_one(single: Audit) -> None:
    for table in single.tables.values():
        for column in table.columns:
            assert "subsidiary" not in column.name, table.name
            assert "subsidiary" not in (column.shows or ""), (table.name, column.name)


def test_the_books_name_no_subsidiary_and_consolidate_nothing(single: Audit) -> None:
    text = json.dumps(single.books)
    for word in ('"subsidiary"', '"partner"', "consolidated", "intercompany", "translation"):
        assert word not in text


def test_there_is_no_business_within_a_group(single: Audit) -> None:
    for number in ("1800", "2800", "4900", "6900"):
        assert not single.on(number)
    assert "intercotransaction" not in single.rows("transaction")[0]
    assert "eliminate" not in single.rows("transactionline")[0]


def test_it_still_buys_and_sells_in_other_currencies_and_keeps_two_books(single: Audit) -> None:
    assert len({row["currency"] for row in single.rows("transaction")}) >= 2
    assert {entry.book for entry in single.entries} == {1, 2}


def test_rates_are_to_the_one_base_currency(single: Audit) -> None:
    assert {row["basecurrency"] for row in single.rows("currencyrate")} == {1}
