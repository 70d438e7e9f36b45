"""The names that saved queries can have."""

from __future__ import annotations

import re

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_RESERVED = {
    "select", "with", "insert", "update", "delete", "merge", "create", "alter", "drop", "truncate", "grant", "revoke",
    "call", "begin", "declare", "explain", "values", "from", "commit", "lock", "set",
}  # fmt: skip


def is_query_name(text: str) -> bool:
    """Whether a text can only be the name of a query: one word, and none that SQL begins with."""
    word = text.strip().lower()
    return _NAME.fullmatch(word) is not None and word not in _RESERVED
