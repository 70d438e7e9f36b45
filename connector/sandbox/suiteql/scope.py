"""What names mean inside one SELECT: its tables and subselects, and those of the SELECT around it."""

from __future__ import annotations

from dataclasses import dataclass, field

from connector.sandbox.suiteql.refusal import unknown_field, unknown_identifier, unsupported
from connector.sandbox.suiteql.value import OF_KIND, Type, Value
from connector.sandbox.table import Table

# Fields that come with a feature. Without it the account does not know the name at all, wherever it stands: what is on
# record for transaction.subsidiary outside OneWorld.
_OF_FEATURES = {"subsidiary"}


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """`physical` is the column's name in DuckDB; `beside` that of the column which `shows` names behind `by`.

    `is_expression` marks a column of a subselect that is no column there.
    """

    name: str
    physical: str
    type: Type
    shows: str | None = None
    beside: str | None = None
    is_expression: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A table or a subselect of FROM. `physical` is its alias in DuckDB, unique in the whole statement."""

    alias: str
    record: str
    physical: str
    columns: tuple[SourceColumn, ...]
    is_table: bool = False


def table_columns(table: Table) -> tuple[SourceColumn, ...]:
    return tuple(
        SourceColumn(c.name.lower(), c.name, OF_KIND[c.kind], c.shows, (c.shows or "").partition(" by ")[2] or None)
        for c in table.columns
    )


@dataclass(slots=True)
class Stage:
    """The rows behind WHERE as a subselect of its own, which numbers them: what ROWNUM needs.

    `taken` collects the columns that the rest of the SELECT reads, with their names in the subselect.
    """

    physical: str
    taken: dict[str, str] = field(default_factory=dict)

    def column(self, sql: str) -> str:
        name = self.taken.setdefault(sql, f"k{len(self.taken) + 1}")
        return f'"{self.physical}"."{name}"'

    @property
    def rownum(self) -> str:
        return f'"{self.physical}"."rownum"'


@dataclass(slots=True)
class Scope:
    """One SELECT's sources. `stage` is set once WHERE is translated, where the SELECT uses ROWNUM."""

    parent: Scope | None = None
    sources: list[Source] = field(default_factory=list)
    stage: Stage | None = None

    def add(self, source: Source) -> None:
        if source.alias and any(known.alias == source.alias for known in self.sources):
            raise unsupported(f"two sources of the name {source.alias}")
        self.sources.append(source)

    def column(self, name: str, qualifier: str | None) -> Value:
        """The value of a column here or in a SELECT around. Raises SuiteQLRefused with NetSuite's sentence."""
        scope: Scope | None = self
        while scope is not None:
            found = scope._own(name, qualifier)  # noqa: SLF001 - the same class
            if found is not None:
                return found
            scope = scope.parent
        raise unknown_identifier(qualifier or name, self._identifiers())

    def _identifiers(self) -> dict[str, str]:
        return {source.alias: source.record for source in self.sources if source.alias}

    def _own(self, name: str, qualifier: str | None) -> Value | None:
        sources = [s for s in self.sources if qualifier is None or s.alias == qualifier]
        found = [(s, c) for s in sources for c in s.columns if c.name == name]
        if len(found) > 1:
            raise unsupported(f"column {name} is ambiguous")
        if found:
            return self.value(*found[0])
        if qualifier is not None and sources and name in _OF_FEATURES:
            raise unknown_identifier(name, self._identifiers())
        if qualifier is not None and sources:
            raise unknown_field(name, sources[0].record)
        return None

    def has(self, name: str, qualifier: str | None) -> bool:
        """Whether a name means a column of this SELECT, not of one around it."""
        return self._own(name, qualifier) is not None

    def value(self, source: Source, column: SourceColumn) -> Value:
        beside = None if column.beside is None else self._physical(source, column.beside)
        return Value(
            self._physical(source, column.physical),
            column.type,
            is_column=True,
            shows=column.shows,
            beside=beside,
            is_expression=column.is_expression,
        )

    def _physical(self, source: Source, name: str) -> str:
        sql = f'"{source.physical}"."{name}"'
        return sql if self.stage is None else self.stage.column(sql)

    def owner(self, name: str, qualifier: str | None) -> Source | None:
        """The source here that a column belongs to, if any."""
        found = [s for s in self.sources if qualifier in {None, s.alias} and any(c.name == name for c in s.columns)]
        return found[0] if len(found) == 1 else None

    def tables(self, record: str) -> list[Source]:
        """The tables of that record in scope, the nearest SELECT that has any."""
        scope: Scope | None = self
        while scope is not None:
            found = [s for s in scope.sources if s.is_table and s.record == record]
            if found:
                return found
            scope = scope.parent
        return []

    def field_of(self, source: Source, name: str) -> Value | None:
        """A column of a source of this scope or of one around it."""
        scope: Scope | None = self
        while scope is not None and source not in scope.sources:
            scope = scope.parent
        column = next((c for c in source.columns if c.name == name), None)
        return scope.value(source, column) if scope is not None and column is not None else None
