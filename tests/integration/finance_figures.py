"""What each file of docs/queries says, beside what the books say: figures by what they are the figure of.

A proof asks a query for everything it can tell and gives both sides as dictionaries. What the books have as zero and a
query has no row for is the same. Expected figures come from the books and from the records that the generator starts
with (which accounts, which periods), never from SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from connector.sandbox.company.chart import chart_of_accounts
from connector.sandbox.company.organisation import subsidiaries
from connector.sandbox.company.periods import posted, posting_periods
from connector.sandbox.profile import PROFILES
from tests.integration.finance_account import Ask, FinanceAccount, Rows

ASSETS = {"Bank", "AcctRec", "UnbilledRec", "OthCurrAsset", "FixedAsset", "OthAsset", "DeferExpense"}
INCOME = {"Income": -1, "COGS": 1, "Expense": 1, "OthIncome": -1, "OthExpense": 1}
EVER = {"from_": "2020-01-01", "to": "2030-12-31"}
AGES = {
    "notdue": "current", "days1to30": "days_1_30", "days31to60": "days_31_60", "days61to90": "days_61_90",
    "daysover90": "days_over_90", "total": "total",
}  # fmt: skip

Key = tuple[Any, ...]
Figures = dict[Key, Decimal]
Proof = Callable[[FinanceAccount, Ask], Iterator[tuple[Figures, Figures]]]
"""Pairs of what a query says and what the books say."""


def difference(said: Mapping[Key, Decimal], booked: Mapping[Key, Decimal]) -> list[tuple[Key, Decimal, Decimal]]:
    """Where the two differ: the key, the query's figure and the books'."""
    zero = Decimal()
    keys = sorted({*said, *booked}, key=repr)
    return [(k, said.get(k, zero), booked.get(k, zero)) for k in keys if said.get(k, zero) != booked.get(k, zero)]


def figures(rows: Iterable[Mapping[str, Any]], by: Iterable[str], names: Mapping[str, str] | Iterable[str]) -> Figures:
    """Sums of the named columns by the values of others; a mapping gives each column another name."""
    found: defaultdict[Key, Decimal] = defaultdict(Decimal)
    names = names if isinstance(names, Mapping) else {name: name for name in names}
    by = list(by)
    for row in rows:
        for column, name in names.items():
            found[*(row.get(part) for part in by), name] += Decimal(str(row[column]))
    return dict(found)


def _account_types() -> dict[int, str]:
    return {account.id: account.type for account in chart_of_accounts(subsidiaries(oneworld=True))}


def _books(account: FinanceAccount) -> list[int]:
    return sorted({row["book"] for row in account.books["trial_balance"]})


def _of_book(rows: Rows, book: int) -> Rows:
    return [row for row in rows if row["book"] == book]


def trial_balance(account: FinanceAccount, ask: Ask) -> Iterator[tuple[Figures, Figures]]:
    """Every account that holds money."""
    types, by = _account_types(), ("subsidiary", "period", "periodname", "account", "acctnumber")
    for book in _books(account):
        said = ask("trial_balance", book=str(book), **EVER)
        money = [
            row
            for row in _of_book(account.books["trial_balance"], book)
            if types[row["account"]] not in {"Stat", "NonPosting"}
        ]
        assert len(said) == len(money)
        names = {"debit": "debit", "credit": "credit"}
        yield figures(said, by, {**names, "net": "amount"}), figures(money, by, [*names, "amount"])


def income_statement(account: FinanceAccount, ask: Ask) -> Iterator[tuple[Figures, Figures]]:
    """By type and by account."""
    types, by = _account_types(), ("subsidiary", "period", "periodname")
    columns = [*(kind.lower() for kind in INCOME), "net_income"]
    for book in _books(account):
        said = ask("income_statement", book=str(book), **EVER)
        of_types = [{**row, row["accttype"].lower(): row["amount"], "net_income": row["effect"]} for row in said]
        shown: Figures = defaultdict(Decimal)
        for row in of_types:
            for column in columns:
                shown[*(row.get(part) for part in by), column] += Decimal(str(row.get(column, 0)))
        yield shown, figures(_of_book(account.books["income_by_month"], book), by, columns)
        results = [
            {**row, "effect": -Decimal(row["amount"])}
            for row in _of_book(account.books["trial_balance"], book)
            if types[row["account"]] in INCOME
        ]
        yield (
            figures(said, [*by, "account", "acctnumber"], ["effect"]),
            figures(results, [*by, "account", "acctnumber"], ["effect"]),
        )


def income_statement_consolidated(account: FinanceAccount, ask: Ask) -> Iterator[tuple[Figures, Figures]]:
    by = ("period", "periodname", "account", "acctnumber", "accttype")
    for book, parent in _groups(account):
        said = ask("income_statement_consolidated", book=str(book), subsidiary=str(parent), **EVER)
        booked = [row for row in _of_book(account.books["consolidated_income"], book) if row["subsidiary"] == parent]
        assert len(said) == len(booked)
        expected = figures(booked, by, {"rounded": "amount"})
        for row in booked:
            effect = Decimal(row["rounded"]) * -INCOME[row["accttype"]]
            expected[*(row[part] for part in by), "effect"] = effect
        yield figures(said, by, ["amount", "effect"]), expected


def balance_sheet(account: FinanceAccount, ask: Ask) -> Iterator[tuple[Figures, Figures]]:
    """By type; assets are positive as debits, all else as credits, and the two sides of each sheet are equal."""
    kinds = {kind.lower(): kind for kind in _account_types().values()} | {"net_income": "NetIncome"}
    by = ("subsidiary", "period", "periodname")
    for book in _books(account):
        said = ask("balance_sheet", book=str(book), **EVER)
        sides: defaultdict[Key, Decimal] = defaultdict(Decimal)
        for row in said:
            sides[row.get("subsidiary"), row["period"]] += row_sign(row) * Decimal(str(row["amount"]))
        yield dict(sides), {}
        expected: Figures = {}
        for row in _of_book(account.books["balance_sheet"], book):
            for column in row.keys() & kinds.keys():
                place = (*(row.get(part) for part in by), kinds[column], "amount")
                expected[place] = Decimal(row[column]) * (1 if kinds[column] in ASSETS else -1)
        yield figures(said, [*by, "accttype"], ["amount"]), expected


def row_sign(row: Mapping[str, Any]) -> int:
    """Assets on one side, liabilities and equity on the other."""
    return {"Assets": 1, "Liabilities": -1, "Equity": -1}[row["section"]]


def balance_sheet_consolidated(account: FinanceAccount, ask: Ask) -> Iterator[tuple[Figures, Figures]]:
    by = ("period", "periodname", "accttype")
    for book, parent in _groups(account):
        said = ask("balance_sheet_consolidated", book=str(book), subsidiary=str(parent), **EVER)
        expected: Figures = {}
        for row in _of_book(account.books["consolidated_balance_sheet"], book):
            if row["subsidiary"] == parent:
                types = {one["accttype"]: one["rounded"] for one in row["by_account_type"]}
                types |= {"NetIncome": row["net_income"]["rounded"]}
                types |= {"TranslationAdjustment": row["translation_adjustment"]["rounded"]}
                for kind, amount in types.items():
                    sign = 1 if kind in ASSETS else -1
                    expected[row["period"], row["periodname"], kind, "amount"] = Decimal(amount) * sign
        yield figures(said, by, ["amount"]), expected


def _groups(account: FinanceAccount) -> list[tuple[int, int]]:
    """Every book with every subsidiary that has others below it."""
    return sorted({(row["book"], row["subsidiary"]) for row in account.books["consolidated_balance_sheet"]})


def ar_aging(account: FinanceAccount, ask: Ask) -> Iterator[tuple[Figures, Figures]]:
    yield from _aging(account, ask, "ar")


def ap_aging(account: FinanceAccount, ask: Ask) -> Iterator[tuple[Figures, Figures]]:
    yield from _aging(account, ask, "ap")


def _aging(account: FinanceAccount, ask: Ask, side: str) -> Iterator[tuple[Figures, Figures]]:
    """By subsidiary at the end of each month, the last one first, and there by entity too."""
    booked = account.books[f"{side}_aging"]
    ends = {p.id: p.end for p in posting_periods(PROFILES[account.profile].calendar)}
    months = list(dict.fromkeys(row["period"] for row in booked))
    for month in reversed(months):
        said = ask(f"{side}_aging", as_of=ends[month].isoformat())
        of_month = [row for row in booked if row["period"] == month]
        yield figures(said, ["subsidiary"], AGES), figures(of_month, ["subsidiary"], AGES.values())
        if month == months[-1]:
            by = ("subsidiary", "entity")
            yield figures(said, by, AGES), figures(account.books[f"{side}_open"], by, AGES.values())


def open_sales_orders(account: FinanceAccount, ask: Ask) -> Iterator[tuple[Figures, Figures]]:
    said, booked = ask("open_sales_orders"), account.books["open_sales_orders"]
    assert {row["transaction"] for row in said} == {row["transaction"] for row in booked}
    by = ("transaction", "tranid", "subsidiary", "entity", "currency")
    yield figures(said, by, {"openamount": "open_amount"}), figures(booked, by, ["open_amount"])


def budget_against_actual(account: FinanceAccount, ask: Ask) -> Iterator[tuple[Figures, Figures]]:
    by, booked = ("subsidiary", "account", "period"), account.books["budgets"]
    for category in sorted({row["category"] for row in booked}):
        said = ask("budget_against_actual", category=str(category), **EVER)
        of_category = [row for row in booked if row["category"] == category]
        assert len(said) == len(of_category)
        both = [{**row, "variance": Decimal(row["actual"]) - Decimal(row["budget"])} for row in of_category]
        names = ("budget", "actual", "variance")
        yield figures(said, by, names), figures(both, by, names)


def inventory_on_hand(account: FinanceAccount, ask: Ask) -> Iterator[tuple[Figures, Figures]]:
    by, names = ("item", "location"), ("quantity", "value")
    yield figures(ask("inventory_on_hand"), by, names), figures(account.books["inventory"], by, names)


def journal_entries_by_period(account: FinanceAccount, ask: Ask) -> Iterator[tuple[Figures, Figures]]:
    by = ("subsidiary", "period")
    for book in _books(account):
        said = [{**row, "count": 1} for row in ask("journal_entries_by_period", book=str(book), **EVER)]
        booked = [{**row, "credit": row["debit"]} for row in _of_book(account.books["journals"], book)]
        names = ("count", "debit", "credit")
        yield figures(said, by, names), figures(booked, by, names)


def vendor_spend(account: FinanceAccount, ask: Ask) -> Iterator[tuple[Figures, Figures]]:
    by = ("subsidiary", "entity", "period")
    yield figures(ask("vendor_spend", **EVER), by, ["amount"]), figures(account.books["vendor_spend"], by, ["amount"])


def intercompany_balances(account: FinanceAccount, ask: Ask) -> Iterator[tuple[Figures, Figures]]:
    """What each period brought, and what had come by its end."""
    by, pair = ("subsidiary", "partner", "account", "period"), ("subsidiary", "partner", "account")
    order = [period.id for period in posted(posting_periods(PROFILES[account.profile].calendar))]
    booked = account.books["intercompany"]
    expected = figures(booked, by, {"amount": "change"})
    for place, period in enumerate(order):
        up_to = [row for row in booked if row["period"] in order[: place + 1]]
        for (*group, _), amount in figures(up_to, pair, ["amount"]).items():
            expected[*group, period, "balance"] = amount
    yield figures(ask("intercompany_balances", **EVER), by, ["change", "balance"]), expected


PROOFS: Mapping[str, Proof] = {
    proof.__name__: proof
    for proof in (
        trial_balance, income_statement, income_statement_consolidated, balance_sheet, balance_sheet_consolidated, ar_aging,
        ap_aging, open_sales_orders, budget_against_actual, inventory_on_hand, journal_entries_by_period, vendor_spend,
        intercompany_balances,
    )
}  # fmt: skip
GROUPS_ONLY = {"income_statement_consolidated", "balance_sheet_consolidated", "intercompany_balances"}
