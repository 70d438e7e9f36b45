"""What tells the rows of a query apart: the columns a paged reading is ordered by, and can go on from.

Without a unique order NetSuite's pages may repeat rows and leave others out (Oracle section_158394344595).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot.tokens import TokenType

from connector.core.joined_tables import adding_rows, read_sources
from connector.core.select_shape import Select, Written, branches, is_star, read_select
from connector.core.sql_text import OPEN, SqlText

_BY_ID = """
    account accountingbook accountingperiod budgetcategory budgets calendarevent charge classification
    consolidatedexchangerate contact currency currencyrate customer customercategory department employee entity file
    inventorynumber item itemgroup job lead location message opportunity partner phonecall pricelevel projecttask prospect
    salesrole subsidiary systemnote task term timebill transaction unitstype vendor vendorcategory
"""
KEYS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_BY_ID.split(), ("id",)),
    "transactionline": ("uniquekey",),
    "transactionaccountingline": ("transaction", "transactionline", "accountingbook"),
    "aggregateitemlocation": ("item", "location"),
    "inventoryitemlocations": ("item", "location"),
    "budgetsmachine": ("budget", "period"),
}
"""Table in lower case → the columns that name one of its rows, numbers all of them."""

_ALSO_KEYS = {"transactionline": ("transaction", "id")}
MODIFIED = {"transactionline": "linelastmodifieddate"} | dict.fromkeys(
    ("account", "customer", "employee", "entity", "item", "transaction", "transactionaccountingline", "vendor"),
    "lastmodifieddate",
)
"""Table in lower case → the column that says when a row of it was last changed."""

_AGGREGATES = {"COUNT", "SUM", "AVG", "MIN", "MAX", "MEDIAN", "STDDEV", "VARIANCE", "STDDEV_POP", "STDDEV_SAMP", "VAR_POP",
               "VAR_SAMP"}  # fmt: skip
_GROUPS_END = {"HAVING", "ORDER BY", "ORDER", "FETCH", "OFFSET", ";"}
_ROLLED_UP = {"ROLLUP", "CUBE", "GROUPING", "GROUPING SETS"}


@dataclass(frozen=True, slots=True)
class RowKey:
    """How the rows are told apart.

    `parts` are SQL expressions that together are unique; empty where none are known, and `reason` says why. `numeric`
    says whether they are numbers and never null, so that a reading can go on behind one. `modified` are the columns
    that say when a row was changed, `is_one_row` whether there is at most one.
    """

    parts: tuple[str, ...] = ()
    numeric: bool = False
    modified: tuple[str, ...] = ()
    is_one_row: bool = False
    reason: str = ""


def read_row_key(sql: SqlText) -> RowKey:
    """The key of a query. Raises FormulaError (code BAD_QUERY) where the text is no query."""
    starts = branches(sql, 0, len(sql) - 1)
    if len(starts) > 1:
        return RowKey(reason="it joins several SELECTs")
    if sql.depth[starts[0]]:
        return RowKey(reason="it stands in brackets")
    select = read_select(sql, starts[0])
    if any(sql.word(i) in ("DISTINCT", "UNIQUE") for i in range(starts[0] + 1, select.items[0].first)):
        return RowKey(reason="it is DISTINCT")
    groups = _groups(sql, select)
    if groups is not None:
        return groups
    if any(_aggregates(sql, item) for item in select.items):
        return RowKey(is_one_row=True, reason="it is one row")
    return _key_of_tables(sql, select)


def _groups(sql: SqlText, select: Select) -> RowKey | None:
    """What GROUP BY names is unique; None where nothing is grouped."""
    start = next((i for i in sql.top_level(select.stop, len(sql) - 1) if sql.word(i) == "GROUP BY"), None)
    if start is None:
        return None
    parts, first = [], start + 1
    for i in [*sql.top_level(start + 1, len(sql) - 1), len(sql)]:
        if sql.word(i) in _ROLLED_UP:
            return RowKey(reason="it is grouped on several levels")
        ends = i == len(sql) or sql.word(i) in _GROUPS_END
        if (ends or sql.kind(i) is TokenType.COMMA) and i > first:
            parts.append(sql.written(first, i - 1))
            first = i + 1
        if ends:
            break
    if any(sql.kind(i) is TokenType.PLACEHOLDER for i in range(start, first)):
        return RowKey(reason="it is grouped by a parameter")
    return RowKey(tuple(parts), reason="it is grouped")


def _aggregates(sql: SqlText, item: Written) -> bool:
    """Whether an item sums up all rows: an aggregate that is neither a window's nor a subquery's."""
    i = item.first
    while i <= item.last:
        if sql.kind(i) is OPEN and sql.word(i + 1) in ("SELECT", "WITH"):
            i = sql.closes.get(i, i)
        elif sql.word(i) in _AGGREGATES and sql.kind(i + 1) is OPEN:
            end = sql.closes.get(i + 1, i + 1)
            if sql.word(end + 1) not in ("OVER", "KEEP"):
                return True
            i = end
        i += 1
    return False


def _key_of_tables(sql: SqlText, select: Select) -> RowKey:
    words = {sql.word(i) for i in sql.top_level(select.stop, len(sql) - 1)} if select.stop < len(sql) else set[str]()
    if "CONNECT BY" in words:
        return RowKey(reason="it is a tree")
    sources = read_sources(sql, select)
    if len(sources) == 1 and sources[0].table == "dual":
        return RowKey(is_one_row=True, reason="it is one row")
    found = adding_rows(sql, select, sources, {one.table: _alternatives(one.table) for one in sources if one.table})
    if sources and not found:
        return RowKey(is_one_row=True, reason="it is one row")
    unknown = [source for source in found if _columns(source.table) is None]
    modified = tuple(f"{one.alias}.{MODIFIED[one.table]}" for one in sources if one.table and one.table in MODIFIED)
    if unknown or not found:
        named = next((one.table or "a subquery" for one in unknown), "what it reads")
        return RowKey(modified=modified, reason=f"no unique column of {named} is known")
    parts = tuple(f"{one.alias}.{name}" for one in found for name in _columns(one.table) or ())
    absent = any(one.may_be_absent for one in found) or any(one.words & {"RIGHT", "FULL"} for one in sources)
    marked = len(found) > 1 and any(sql.kind(i) is TokenType.JOIN_MARKER for i in range(len(sql)))
    reason = "a joined table may have no row" if absent or marked else ""
    return RowKey(parts, numeric=not reason, modified=modified, reason=reason)


def _alternatives(table: str) -> list[tuple[str, ...]]:
    return [key for key in (_columns(table), _ALSO_KEYS.get(table)) if key]


def _columns(table: str | None) -> tuple[str, ...] | None:
    if table is not None and table.startswith(("customrecord", "customlist")):
        return ("id",)
    return KEYS.get(table or "")


def has_bare_star(sql: SqlText, select: Select) -> bool:
    """Whether the list is `*`, to which Oracle lets no column be added."""
    return any(is_star(sql, item) and item.first == item.last for item in select.items)
