"""BUILTIN.MNFILTER(column, operator, '', is_case_sensitive, value, …): 'T' or 'F' (Oracle article_1029114633).

The column selects several ids and prints them as `1, 3, 4`. MN_INCLUDE holds if any of the values is selected,
MN_INCLUDE_ALL if all are, MN_INCLUDE_EXACTLY if they and no others are. Refused are the operators that exclude, as no
page says what they answer where nothing is selected, and 'DF', which compares what is displayed.
"""

from __future__ import annotations

from connector.sandbox.suiteql.builtin_call import Arguments, constant_word, plain_column
from connector.sandbox.suiteql.conversion import as_text
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.statement import Translator
from connector.sandbox.suiteql.value import NULL, TEXT, Family, Value

_SEPARATOR = ", "


def multiselect_filter(translator: Translator, arguments: Arguments) -> Value:
    column, operator = plain_column(translator, arguments[0]), constant_word(translator, arguments[1])
    if column.type.family is not Family.TEXT or translator.value(arguments[2]).type != NULL:
        raise unsupported("a multiselect column of ids")
    if constant_word(translator, arguments[3]) not in {"TRUE", "FALSE"}:
        raise unsupported("TRUE or FALSE")
    values = translator.values(arguments[4:])
    if any(value.type == NULL or value.type.is_date for value in values):
        raise unsupported("an id is needed")
    given = f"[{', '.join(as_text(value, translator.statement).sql for value in values)}]"
    selected = f"string_split({column.sql}, '{_SEPARATOR}')"
    tests = {
        "MN_INCLUDE": f"list_has_any({selected}, {given})",
        # DuckDB looks past a null among the values, which nothing includes.
        "MN_INCLUDE_ALL": f"(list_has_all({selected}, {given}) AND list_count({given}) = len({given}))",
        "MN_INCLUDE_EXACTLY": f"list_sort(list_distinct({selected})) = list_sort(list_distinct({given}))",
    }
    if operator not in tests:
        raise unsupported(f"{operator}")
    return Value(f"(CASE WHEN {tests[operator]} THEN 'T' ELSE 'F' END)", TEXT)
