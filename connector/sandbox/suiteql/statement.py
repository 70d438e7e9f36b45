"""One statement under translation: its parameters, its constants, its clock, and the rules that translate its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlglot import exp

from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.scope import Scope, SourceColumn
from connector.sandbox.suiteql.value import NULL_VALUE, TEXT, Value
from connector.sandbox.table import Dataset

LONGEST_SQL = 512 * 1024  # takes DuckDB up to two seconds and 400 MB to plan
_MOST_WRITTEN = 32 * LONGEST_SQL


@dataclass(frozen=True, slots=True)
class Relation:
    """A translated query: DuckDB text whose columns are named by `columns[i].physical`.

    A column's `name` is what NetSuite calls it: empty where an expression has no alias.
    """

    sql: str
    columns: tuple[SourceColumn, ...]


@dataclass(slots=True)
class Statement:
    """`parameters` are what is bound to `?`, as given, by its offset in the text. `now` is the account's wall clock.

    `hidden` are the records that the role does not see. `named` are the queries that WITH has given names to, as far as
    they are visible where the translation stands. `texts` are the constants: DuckDB's `$t0`, `$t1`, ….
    """

    dataset: Dataset
    date_format: str
    now: datetime
    parameters: Mapping[int, object]
    hidden: frozenset[str] = frozenset()
    reads_clock: bool = False
    named: Mapping[str, Relation] = field(default_factory=dict)
    _common: dict[str, str] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)
    _aliases: int = 0
    _written: int = 0

    @property
    def texts(self) -> list[str]:
        return list(self._places)

    def text(self, text: str, *, is_parameter: bool = False) -> Value:
        """A text constant, bound and never pasted. The empty one is NULL, as Oracle has it."""
        if not text:
            return NULL_VALUE
        sql = f"CAST($t{self._places.setdefault(text, len(self._places))} AS VARCHAR)"
        return Value(sql, TEXT, constant=text, is_literal=not is_parameter, is_parameter=is_parameter)

    def alias(self) -> str:
        """A name that no other source of the statement has."""
        self._aliases += 1
        return f"s{self._aliases}"

    def common(self, name: str, write: Callable[[], str]) -> str:
        """Put a query before the whole statement, once, under a name that any part of it may read from."""
        if name not in self._common:
            self._common[name] = self.wrote(write())
        return name

    def behind_common(self, sql: str) -> str:
        """The statement with what it reads by name before it."""
        if not self._common:
            return sql
        queries = ", ".join(f'"{name}" AS ({query})' for name, query in self._common.items())
        return self.wrote(f"WITH {queries} {sql}")

    def wrote(self, sql: str) -> str:
        """The same text, counted. Raises SuiteQLRefused once a text, or all that was written, is too long to be planned.

        DuckDB plans without a look at its memory limit, and cannot be interrupted meanwhile.
        """
        self._written += len(sql)
        if len(sql) > LONGEST_SQL or self._written > _MOST_WRITTEN:
            raise unsupported("too long once translated")
        return sql

    def clock(self) -> datetime:
        self.reads_clock = True
        return self.now


ValueRule = Callable[["Translator", exp.Expression], Value]
ConditionRule = Callable[["Translator", exp.Expression], str]


@dataclass(frozen=True, slots=True)
class Rules:
    """What each kind of node becomes. A node that is not here is refused: this is the allow-list."""

    values: Mapping[type[exp.Expression], ValueRule]
    conditions: Mapping[type[exp.Expression], ConditionRule]
    relation: Callable[[Statement, exp.Expression, Scope | None], Relation]


@dataclass(frozen=True, slots=True)
class Translator:
    """Translates expressions in one scope."""

    statement: Statement
    scope: Scope
    rules: Rules

    def value(self, node: exp.Expression) -> Value:
        rule = self.rules.values.get(type(node))
        if rule is None:
            raise unsupported(f"expression {type(node).__name__}")
        value = rule(self, node)
        self.statement.wrote(value.sql)
        return value

    def values(self, nodes: Sequence[exp.Expression]) -> list[Value]:
        return [self.value(node) for node in nodes]

    def condition(self, node: exp.Expression) -> str:
        rule = self.rules.conditions.get(type(node))
        if rule is None:
            raise unsupported(f"condition {type(node).__name__}")
        return self.statement.wrote(rule(self, node))

    def subselect(self, node: exp.Expression) -> Relation:
        """A correlated or scalar subselect, which sees this scope."""
        return self.rules.relation(self.statement, node, self.scope)


def only(node: exp.Expression, *allowed: str) -> None:
    """Refuse a node that carries more than the parts named here: what is not translated is not ignored."""
    for name, part in node.args.items():
        if name not in allowed and part not in (None, False, []):
            raise unsupported(f"{type(node).__name__} with {name}")
