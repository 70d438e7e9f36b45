"""The texts by which a query is read in pages: in a unique order, on behind a row, and counted.

A text as its author wrote it need not have an order; NetSuite's pages may then repeat rows and leave others out (Oracle
section_158394344595). What is added stands behind the author's own ORDER BY, so that it decides between equals alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlglot.tokens import TokenType

from connector.core.row_key import RowKey, has_bare_star, read_row_key
from connector.core.select_list import SelectList
from connector.core.select_shape import branches, read_select
from connector.core.sql_text import SqlText

_TAIL = {"FETCH", "OFFSET", "FOR", ";"}
_STAMP = "YYYY-MM-DD HH24:MI:SS"
_KEY, _PLACE, _CHANGED = "nsqkey", "nsqplace", "nsqchanged"


@dataclass(frozen=True, slots=True)
class Keyset:
    """A query whose rows carry their keys, numbers all of them.

    `rows` is the text without an order of its own; `names` are its columns of the key on the wire, and those of `added`
    are no part of the answer. `keys` is a text of the same rows that has the key alone and, in `changed`, when each row
    was last changed. `place` is the column of `rows` that tells the author's order, where there is one.
    """

    rows: str
    keys: str
    names: tuple[str, ...]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    place: str | None

    def between(self, low: int | None, high: int | None) -> tuple[str, list[str]]:
        """The text of the rows whose first key is above `low` and up to `high`, and what is bound last."""
        given = [(sign, value) for sign, value in ((">", low), ("<=", high)) if value is not None]
        condition = " AND ".join(f"{self.names[0]} {sign} TO_NUMBER(?)" for sign, _ in given)
        where = f" WHERE {condition}" if given else ""
        text = f"SELECT * FROM ({self.rows}){where} ORDER BY {', '.join(self.names)}"  # noqa: S608 - values are bound
        return text, [str(value) for _, value in given]

    def ranges(self, size: int) -> str:
        """The text that cuts the rows into ranges of `size` by their first key.

        Each row of it is a range in ascending order: its highest first key, how many rows it has, the sums of their
        keys and when the latest was changed, as text, since NetSuite sends a large number as a double.
        """
        names = [f"{_KEY}{number}" for number in range(1, len(self.names) + 1)]
        sums = [f"TO_CHAR(SUM({name})) AS nsqsum{number}" for number, name in enumerate(names, 1)]
        stamps = [f"TO_CHAR(MAX({name}), '{_STAMP}') AS nsqlast{number}" for number, name in enumerate(self.changed, 1)]
        listed = ", ".join([f"TO_CHAR(MAX({names[0]})) AS nsqhigh", "COUNT(*) AS nsqcount", *sums, *stamps])
        rank = f"CEIL(RANK() OVER (ORDER BY nsqkeys.{names[0]}) / {size}) AS nsqrange"
        ranked = f"SELECT nsqkeys.*, {rank} FROM ({self.keys}) nsqkeys"  # noqa: S608 - the author's text and our names
        return f"SELECT {listed} FROM ({ranked}) GROUP BY nsqrange ORDER BY nsqrange"  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class PagedQuery:
    """A query as it is read.

    `written` is its author's text with our aliases, `text` that with a unique order where one could be made; the two are
    equal where the order was unique or none is needed. `keyset` reads range by range; where it is None, `reason` says why.
    `by_all_columns` says that nothing but all columns together could order the rows: an answer of one page stays as NetSuite
    gave it.
    """

    written: str
    text: str
    keyset: Keyset | None
    reason: str
    by_all_columns: bool = False

    @property
    def alone(self) -> str:
        """The text that is asked first, and is enough where its answer is one page."""
        return self.written if self.by_all_columns else self.text


def page_query(select: SelectList) -> PagedQuery:
    """How to read a query. Never fails: what is not understood is read as it is written."""
    written = select.text
    sql = SqlText.read(written)
    key = read_row_key(sql)
    if key.is_one_row:
        return PagedQuery(written, written, None, key.reason)
    parts = key.parts or _positions(select)
    text = _ordered(sql, parts) if _may_be_ordered(key) and parts else written
    if not key.numeric:
        return PagedQuery(written, text, None, key.reason, by_all_columns=not key.parts)
    keyset = _keyset(sql, key)
    return PagedQuery(written, text, keyset, "" if keyset else "a column's name stands in quotation marks")


def _may_be_ordered(key: RowKey) -> bool:
    return key.reason not in ("it stands in brackets", "it is a tree")


def _positions(select: SelectList) -> tuple[str, ...]:
    """Every column: rows that are equal in all of them may change places unseen."""
    return () if select.has_star else tuple(str(number) for number in range(1, len(select.items) + 1))


def _order_start(sql: SqlText) -> int | None:
    return max((i for i in range(len(sql)) if sql.depth[i] == 0 and sql.word(i) == "ORDER BY"), default=None)


def _order_end(sql: SqlText, start: int) -> int:
    """The token before which the order ends."""
    return next((i for i in range(start, len(sql)) if sql.depth[i] == 0 and sql.word(i) in _TAIL), len(sql))


def _ordered(sql: SqlText, parts: Sequence[str]) -> str:
    start = _order_start(sql)
    end = _order_end(sql, 0 if start is None else start)
    known = {_squeezed(item) for item in _order_items(sql, start, end)} if start is not None else set[str]()
    missing = [part for part in parts if _squeezed(part) not in known]
    if not missing or _names_alone(sql, parts, known):
        return sql.text
    place = sql.tokens[end - 1].end + 1
    clause = f"{' ORDER BY' if start is None else ','} {', '.join(missing)}"
    return sql.text[:place] + clause + sql.text[place:]


def _order_items(sql: SqlText, start: int, end: int) -> Iterator[str]:
    """The expressions of an ORDER BY, without their directions."""
    first = start + 1
    for i in [*(i for i in range(start + 1, end) if sql.depth[i] == sql.depth[start]), end]:
        if i == end or sql.kind(i) is TokenType.COMMA:
            last = i - 1
            while last > first and sql.word(last) in ("ASC", "DESC", "NULLS", "FIRST", "LAST"):
                last -= 1
            if last >= first:
                yield sql.written(first, last)
            first = i + 1


def _names_alone(sql: SqlText, parts: Sequence[str], known: Collection[str]) -> bool:
    """Whether the order has the only part of a key without its table, as in `FROM transaction ORDER BY id`."""
    name = parts[0].lower().rpartition(".")[2]
    if len(parts) > 1 or name not in known or name.isdigit():
        return False
    items = read_select(sql, branches(sql, 0, len(sql) - 1)[0]).items
    return all(item.alias is None or sql.tokens[item.alias].text.lower() != name for item in items)


def _squeezed(text: str) -> str:
    return "".join(text.lower().split())


def _is_plain(sql: SqlText) -> bool:
    """Whether the text can stand in brackets: a WITH cannot everywhere, a semicolon nowhere."""
    return sql.word(0) == "SELECT" and all(sql.word(i) != ";" for i in range(len(sql) - 1))


def _bare(sql: SqlText) -> str:
    """The text without an order that nothing depends on, and without a semicolon; what binds a parameter stays."""
    text = sql.text if sql.word(len(sql) - 1) != ";" else sql.text[: sql.tokens[-1].start]
    start = _order_start(sql)
    behind = range(len(sql) if start is None else start, len(sql))
    if start is None or any(sql.word(i) in ("FETCH", "OFFSET") or _binds(sql, i) for i in behind):
        return text.rstrip()
    return text[: sql.tokens[start].start].rstrip()


def _keyset(sql: SqlText, key: RowKey) -> Keyset | None:
    """None where an alias stands in quotation marks: a subselect takes none (Oracle section_156257796125)."""
    if not _is_plain(sql):
        return None
    read = read_select(sql, branches(sql, 0, len(sql) - 1)[0])
    if any(item.alias is not None and sql.kind(item.alias) is TokenType.IDENTIFIER for item in read.items):
        return None
    place = _PLACE if _has_order_of_its_own(sql, key) else None
    is_cut = any(sql.depth[i] == 0 and sql.word(i) in ("FETCH", "OFFSET") for i in range(len(sql)))
    whole = (_ordered(sql, key.parts) if place or is_cut else _bare(sql)).rstrip("; \n\t")
    first, end = sql.tokens[read.items[0].first].start, sql.tokens[read.items[-1].alias or read.items[-1].last].end + 1
    names = tuple(f"{_KEY}{number}" for number in range(1, len(key.parts) + 1))
    changed = tuple(f"{_CHANGED}{number}" for number in range(1, len(key.modified) + 1))
    keyed = [f"{part} AS {name}" for part, name in zip(key.parts, names, strict=True)]
    dated = [f"{part} AS {name}" for part, name in zip(key.modified, changed, strict=True)]
    has_star = has_bare_star(sql, read)
    own = tuple(part.rpartition(".")[2].lower() for part in key.parts)
    rows = whole if has_star else f"{whole[:end]}, {', '.join(keyed)}{whole[end:]}"
    given, added = (own, tuple[str, ...]()) if has_star else (names, names)
    if is_cut or any(_binds(sql, i) for i in range(read.items[0].first, read.start)):
        listed = ", ".join(f"{name} AS {ours}" for name, ours in zip(given, names, strict=True))
        keys, changed = f"SELECT {listed} FROM ({rows})", ()  # noqa: S608 - the author's text
    else:
        bare = _bare(sql)
        keys = f"{bare[:first]}{', '.join([*keyed, *dated])}{bare[end:]}"
    if place:
        rows = f"SELECT nsqinner.*, ROWNUM AS {place} FROM ({rows}) nsqinner"  # noqa: S608 - the author's text
        added = (*added, place)
    return Keyset(rows, keys, given, added, changed, place)


def _binds(sql: SqlText, index: int) -> bool:
    return sql.kind(index) is TokenType.PLACEHOLDER


def _has_order_of_its_own(sql: SqlText, key: RowKey) -> bool:
    start = _order_start(sql)
    own = [_squeezed(item) for item in _order_items(sql, start, _order_end(sql, start))] if start is not None else []
    is_by_key = own == [_squeezed(part) for part in key.parts] or (len(own) == 1 and _names_alone(sql, key.parts, own))
    return bool(own) and not is_by_key
