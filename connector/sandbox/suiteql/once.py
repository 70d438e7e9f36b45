"""A value that is needed more than once and written once.

Pasted twice on every level, nested calls would double the text with each of them, and DuckDB's planning with it, which
neither a timeout nor a memory limit covers. A lambda over a list of one row gives the values names instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from connector.sandbox.suiteql.value import Value


def once(repeated: Value, others: Sequence[Value], build: Callable[[Value, list[Value]], str]) -> str:
    """What `build` writes with `repeated`, which it may use as often as it likes, and `others`, each of them once."""
    if repeated.is_short:
        return build(repeated, list(others))
    fields: list[str] = []

    def named(value: Value) -> Value:
        if value.is_short and not value.is_column:
            return value
        fields.append(f"'v{len(fields)}': {value.sql}")
        # HAVING takes v.v0 for a column.
        return replace(value, sql=f"v['v{len(fields) - 1}']")

    text = build(named(repeated), [named(value) for value in others])
    return f"(list_transform([{{{', '.join(fields)}}}], lambda v: {text})[1])"


def text_or_null(sql: str) -> str:
    """A text of DuckDB as Oracle has it: the empty one is NULL. Its own NULLIF would write the text twice."""
    return f"(list_filter([{sql}], lambda v: v <> '')[1])"
