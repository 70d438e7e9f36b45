"""BUILTIN.CONSOLIDATE: an amount of a row's subsidiary in the currency of another one (Oracle article_1029114527).

CONSOLIDATE(amount, 'LEDGER' | 'INCOME', rates, rate, target, period, book) is, row by row,

    amount x r

where r is 1 if the row's subsidiary is the target, else the rate of that one row of `consolidatedexchangerate` with
fromsubsidiary = the row's subsidiary, tosubsidiary = target, postingperiod = period and accountingbook = book. `rates`
is 'STANDARD' or 'DEFAULT', or 'BUDGET' for `budgetexchangerate`, whose period column is `period` (section_1551947973).

`rate` is 'AVERAGE', 'CURRENT', 'HISTORICAL' or an expression that gives one of these words, in any case; 'DEFAULT' is
the `generalrate` of the account: what its type is translated with. The row's subsidiary is `subsidiary` of the one
`transactionline` in scope or, without any, of the one `budgets`; its account is the one `account` in scope; without
them the query is refused. 'DEFAULT' is also the subsidiary above all others as target, `postingperiod` of the one
`transaction` in scope as period, and the primary book as book.

If amount, subsidiary, target, period, book or the rate's word is NULL, so is the result. Where there is no such rate,
or the word is another one, the query is refused as soon as it needs the row. Nothing is rounded: an amount of 2 places
times a rate of 10 has 12. LEDGER and INCOME are the same here: Oracle names both and tells no difference.

No row of the books holds the translation adjustment. A balance sheet has it as what is left of all accounts, once
those with the current rate are taken at the period of the sheet and the others at the period they were posted in.

BUILTIN.CURRENCY (article_1029114544) tells the currency of a consolidated amount: the target's own.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from connector.sandbox.suiteql.builtin_call import Arguments, builtin_call, constant_word
from connector.sandbox.suiteql.conversion import as_number, as_text
from connector.sandbox.suiteql.expression import product
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.statement import Translator
from connector.sandbox.suiteql.value import TEXT, Family, Type, Value

_RATE_TYPE = Type(Family.NUMBER, scale=10, computed=True)
_WORDS = ("AVERAGE", "CURRENT", "HISTORICAL")
_TABLES = {
    "DEFAULT": ("consolidatedexchangerate", "postingperiod"),
    "STANDARD": ("consolidatedexchangerate", "postingperiod"),
    "BUDGET": ("budgetexchangerate", "period"),
}
_AMOUNT, _VIEW, _RATES, _RATE, _TARGET, _PERIOD, _BOOK = range(7)
_TOP = 'SELECT "id" FROM "subsidiary" WHERE "parent" IS NULL'
_PRIMARY = 'SELECT "id" FROM "accountingbook" WHERE "isprimary" = \'T\''
_ONLY_BOOK = "1"  # of an account that has no others, and so no table of them


def consolidated(translator: Translator, arguments: Arguments) -> Value:
    if constant_word(translator, arguments[_VIEW]) not in {"LEDGER", "INCOME"}:
        raise unsupported("LEDGER or INCOME")
    table, period = _TABLES.get(constant_word(translator, arguments[_RATES]), ("", ""))
    if table not in translator.statement.dataset.tables:
        raise unsupported("such consolidated exchange rates")
    for key in arguments[_RATE:]:
        if any(builtin_call(inner)[0] == "CONSOLIDATE" for inner in key.find_all(exp.Dot)):
            raise unsupported("a consolidated amount for a key")
    keys = {
        "fromsubsidiary": _Key(_id(_row_subsidiary(translator))),
        "tosubsidiary": _target(translator, arguments[_TARGET]),
        period: _period(translator, arguments[_PERIOD]),
        "accountingbook": _book(translator, arguments[_BOOK]),
    }
    rate = _rate(table, keys, _word(translator, arguments[_RATE]))
    return product(translator.value(arguments[_AMOUNT]), Value(f"CAST({rate} AS DECIMAL(28,10))", _RATE_TYPE))


@dataclass(frozen=True, slots=True)
class _Key:
    """What a column of the rates must be. `among` is the query that gives it, where no part of the row does."""

    sql: str
    among: str = ""

    def matches(self, column: str) -> str:
        return f'"rate"."{column}" IN ({self.among})' if self.among else f'"rate"."{column}" = {self.sql}'


def _rate(table: str, keys: dict[str, _Key], word: str) -> str:
    """The rate by its key, or an error of DuckDB's for a row that has none: never before such a row is needed."""
    rates = ", ".join(f"""'{word}': "rate"."{word.lower()}rate\"""" for word in _WORDS)
    matches = " AND ".join(key.matches(column) for column, key in keys.items())
    found = f'(SELECT {{{rates}}} FROM "{table}" AS "rate" WHERE {matches})'  # noqa: S608 - made of our own names
    parts = {f"k{place}": key.sql for place, key in enumerate(keys.values())}
    given = ", ".join(f"'{name}': {sql}" for name, sql in {"rates": found, "word": word, **parts}.items())
    any_null = " OR ".join(f"v['{name}'] IS NULL" for name in ("word", *parts))
    chosen = " ".join(f"WHEN '{word}' THEN v['rates']['{word}']" for word in _WORDS)
    listed = ", ".join(f"'{word}'" for word in _WORDS)
    one = f"CASE WHEN v['k0'] = v['k1'] AND v['word'] IN ({listed}) THEN 1 END"
    body = f"COALESCE({one}, CASE v['word'] {chosen} END, error('no consolidated exchange rate'))"
    return f"list_transform([{{{given}}}], lambda v: CASE WHEN NOT ({any_null}) THEN {body} END)[1]"


def _word(translator: Translator, argument: exp.Expression) -> str:
    value = translator.value(argument)
    if value.type.family not in {Family.TEXT, Family.NULL}:
        raise unsupported("rate")
    if _is_default(value):
        value = _of_row(translator, "account", "generalrate")
    elif isinstance(value.constant, str) and value.constant.upper() not in _WORDS:
        raise unsupported("rate")
    return f"upper({as_text(value, translator.statement).sql})"


def _row_subsidiary(translator: Translator) -> Value:
    record = "transactionline" if translator.scope.tables("transactionline") else "budgets"
    return _of_row(translator, record, "subsidiary")


def _of_row(translator: Translator, record: str, field: str) -> Value:
    sources = translator.scope.tables(record)
    value = translator.scope.field_of(sources[0], field) if len(sources) == 1 else None
    if value is None:
        raise unsupported(f"CONSOLIDATE without {field} of one {record} in scope")
    return value


def _target(translator: Translator, argument: exp.Expression) -> _Key:
    value = translator.value(argument)
    if not _is_default(value):
        return _Key(_id(value))
    if "subsidiary" not in translator.statement.dataset.tables:
        raise unsupported("no subsidiary above all others")
    return _Key(f"COALESCE(({_TOP}), error('no subsidiary above all others'))", _TOP)


def _period(translator: Translator, argument: exp.Expression) -> _Key:
    value = translator.value(argument)
    return _Key(_id(_of_row(translator, "transaction", "postingperiod") if _is_default(value) else value))


def _book(translator: Translator, argument: exp.Expression) -> _Key:
    value = translator.value(argument)
    if not _is_default(value):
        return _Key(_id(value))
    if "accountingbook" not in translator.statement.dataset.tables:
        return _Key(_ONLY_BOOK)
    return _Key("0", _PRIMARY)


def _is_default(value: Value) -> bool:
    return isinstance(value.constant, str) and value.constant.upper() == "DEFAULT"


def _id(value: Value) -> str:
    """A number as ids are compared with. One with a fraction equals none of them."""
    number = as_number(value)
    return f"CAST({number.sql} AS {'BIGINT' if number.type.scale == 0 else 'DECIMAL(38,18)'})"


def currency(translator: Translator, arguments: Arguments) -> Value:
    """CURRENCY(CONSOLIDATE(…)) or CURRENCY(SUM(CONSOLIDATE(…))), in the primary book, to a constant target.

    What currency a plain amount is in is not documented, nor what that of another book is.
    """
    amount = arguments[0]
    translator.value(amount)
    call = amount
    if isinstance(call, exp.Anonymous) and str(call.this).upper() == "SUM" and len(call.expressions) == 1:
        call = call.expressions[0]
    name, parts = builtin_call(call) if isinstance(call, exp.Dot) else ("", [])
    tables = translator.statement.dataset.tables
    if name != "CONSOLIDATE" or not {"subsidiary", "currency"} <= set(tables):
        raise unsupported("the currency of such an amount")
    target, book = translator.value(parts[_TARGET]), translator.value(parts[_BOOK])
    if target.constant is None or not _is_default(book):
        raise unsupported("the currency of such a subsidiary or book")
    key = _target(translator, parts[_TARGET]).among or _id(target)
    return Value(
        '(SELECT "currency"."symbol" FROM "currency" JOIN "subsidiary" ON "currency"."id" = "subsidiary"."currency" '  # noqa: S608 - made of our own names
        f'WHERE "subsidiary"."id" IN ({key}))',
        TEXT,
    )
