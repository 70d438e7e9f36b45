"""BUILTIN.HIERARCHY(column, expansion): where an id stands in its tree (Oracle article_1029114623).

The path of names from the root, `Parent : Child`, is what `query.FieldContext` shows for hierarchical fields
(section_1552071599). The other expansions are refused: of their separators no page tells, and of LEVEL Oracle says that
its results vary (section_156257796125).
"""

from __future__ import annotations

from connector.sandbox.suiteql.builtin_call import Arguments, constant_word, plain_column
from connector.sandbox.suiteql.lookup import of_record, shown_table
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.statement import Translator
from connector.sandbox.suiteql.value import Value

_COLUMNS = {"DISPLAY_JOINED": "fullname", "SELF_DISPLAY": "name"}


def hierarchy(translator: Translator, arguments: Arguments) -> Value:
    """Of a column that shows a record with a name, a full name and a parent."""
    value, expansion = plain_column(translator, arguments[0]), constant_word(translator, arguments[1])
    target = (value.shows or "").partition(".")[0]
    if not target or ":" in target:
        raise unsupported("no hierarchical field")
    table = shown_table(target, translator.statement)
    if not {"name", "fullname", "parent"} <= {column.name for column in table.columns}:
        raise unsupported("no hierarchical field")
    if expansion == "SELF_IDENTIFIER":
        return value.computed()
    if expansion not in _COLUMNS:
        raise unsupported(f"hierarchy as {expansion}")
    return of_record(value, table, _COLUMNS[expansion], translator.statement)
