"""Display values, looked up by DuckDB in the account's own tables: what BUILTIN.DF reads.

A lookup is a subselect that the row's column goes into. Each time the same column is looked up it has the same text, so
that it may stand in the SELECT list and in GROUP BY alike; DuckDB makes a join of it.
"""

from __future__ import annotations

from connector.sandbox.suiteql.conversion import as_text, wide
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.statement import Statement
from connector.sandbox.suiteql.value import OF_KIND, TEXT, Family, Value
from connector.sandbox.table import Table


def combined(value: Value) -> str:
    """A column whose meaning depends on another one of its row, with that before it: `CustInvc:A`."""
    if value.beside is None:
        # Behind a subselect that row may be gone, and what is called so there may be something else.
        raise unsupported("the column beside it is not at hand")
    return f"(CAST({value.beside} AS VARCHAR) || ':' || CAST({value.sql} AS VARCHAR))"


def shown(value: Value, statement: Statement) -> Value:
    """What a column with `shows` displays; NULL where the account has nothing to show."""
    target, _, beside = (value.shows or "").partition(" by ")
    if target.startswith("list:"):
        source = _list(target.removeprefix("list:"), statement)
        key = combined(value) if beside else f"CAST({value.sql} AS VARCHAR)"
        return Value(f'(SELECT "shown"."text" FROM "{source}" AS "shown" WHERE "shown"."key" = {key})', TEXT)  # noqa: S608 - made of our own names
    name, _, column = target.partition(".")
    return of_record(value, shown_table(name, statement), column, statement)


def shown_table(name: str, statement: Statement) -> Table:
    if name in statement.hidden:
        raise unsupported(f"{name} is hidden from the role")
    return statement.dataset.tables[name]


def of_record(value: Value, table: Table, column: str, statement: Statement) -> Value:
    """A column of the record that the value is the id of, as text."""
    kinds = {known.name: OF_KIND[known.kind] for known in table.columns}
    text = _as_shown(Value(f'"shown"."{column}"', kinds[column]), statement)
    key = value.sql
    if value.type.family is not kinds["id"].family:
        key = f"TRY_CAST({key} AS {'BIGINT' if kinds['id'].family is Family.NUMBER else 'VARCHAR'})"
    return Value(f'(SELECT {text} FROM "{table.name}" AS "shown" WHERE "shown"."id" = {key})', TEXT)  # noqa: S608 - made of our own names


def _as_shown(value: Value, statement: Statement) -> str:
    return wide(value) if value.type.family is Family.NUMBER else as_text(value, statement).sql


def _list(name: str, statement: Statement) -> str:
    """The list as a query before the statement, whose texts are bound."""
    entries = statement.dataset.lists[name]

    def write() -> str:
        pairs = [(statement.text(key).sql, statement.text(text).sql) for key, text in entries.items()]
        rows = ", ".join(f"({key}, {text})" for key, text in pairs or [("CAST(NULL AS VARCHAR)",) * 2])
        return f'SELECT * FROM (VALUES {rows}) AS listed("key", "text")'  # noqa: S608 - made of bound texts

    return statement.common(f"list {name}", write)
