"""The queries that come with the product: finance's own, and lists that a controller asks for.

Each file's comment says what it shows and what to mind; in a source tree the first set stands in docs/queries, where tests
compare it with the books.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path

from connector.core.library_query import LibraryQuery

_PACKAGE = Path(__file__).parent
_FOLDERS = (_PACKAGE / "queries", _PACKAGE / "finance", _PACKAGE.parent.parent / "docs" / "queries")
_COMMENT = re.compile(r"\s*/\*(.*?)\*/", re.DOTALL)
_WITHOUT_ONEWORLD = "no-oneworld"
_ENDING = "_single_company"
_DEFAULTS: Mapping[str, str] = {
    "from": "start of year",
    "to": "end of year",
    "as_of": "today",
    "book": "1",
    "subsidiary": "1",
    "since": "start of last month",
    "days": "30",
}


@functools.cache
def delivered() -> Mapping[str, LibraryQuery]:
    """By name; one for an account without OneWorld ends in `_single_company`."""
    found: dict[str, LibraryQuery] = {}
    for folder in _FOLDERS:
        for file in sorted(folder.rglob("*.sql")):
            ending = _ENDING if file.parent.name == _WITHOUT_ONEWORLD else ""
            query = _read(f"{file.stem}{ending}", file.read_text(encoding="utf-8"))
            found.setdefault(query.name, query)
    return found


def _read(name: str, text: str) -> LibraryQuery:
    comment = _COMMENT.match(text)
    lines = [line.strip() for line in (comment[1] if comment else "").strip().splitlines()]
    query = LibraryQuery(name, "\n".join(lines), text)
    known = {parameter.name for parameter in query.parameters()}
    return LibraryQuery(name, query.description, text, {key: _DEFAULTS[key] for key in known if key in _DEFAULTS})
