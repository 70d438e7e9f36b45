"""The company's books, computed from its entries in plain Python: what any query over the tables must agree with.

Only the entries and the records beside them are read here, never a table. Amounts are sums of whole cents and thus
exact. They come out as decimal strings with two places, debit positive, in the base currency of the subsidiary named
in the row; where a figure mixes subsidiaries it says so.

lines, transactions, posting_transactions
    Rows of `transactionline` and of `transaction`; the transactions with `posting` 'T'.
gl
    Sum of `debit` and of `credit` over the accounting lines with `posting` 'T', over all subsidiaries, not translated.
trial_balance
    By subsidiary, posting period and account: the activity of that month. Posting lines with an account, joined
    `tal.transaction = tl.transaction AND tal.transactionline = tl.id`, subsidiary of the line, period of the
    transaction. Ordered by the three; groups without lines are left out.
by_account_type
    The same by subsidiary and accttype, over all periods.
by_type
    By transaction type: how many, posting or not, and the sum of `transaction.total` over all subsidiaries, not
    translated.
income_by_month
    By subsidiary and posting period, shown as a statement shows it (income positive, costs positive):
    `net_income` = income - cogs - expense + othincome - othexpense. Every month, also those without entries.
consolidated
    In USD, by accttype: the sum over posting lines with an account of
    amount x rate(subsidiary of the line to subsidiary 1, posting period of the transaction), where rate is
    averagerate, currentrate or historicalrate as the account's generalrate is Average, Current or Historical.
    `amount` is exact, with as many places as it takes; `rounded` is that amount rounded half up to cents once, at
    the end. With three kinds of rates the types do not sum to zero: `translation_difference` is what is left.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext

from connector.sandbox.company.records import ConsolidatedRate, Records

_GROUP = 1
_STATEMENT = {"Income": -1, "COGS": 1, "Expense": 1, "OthIncome": -1, "OthExpense": 1}

# Subsidiary, posting period, account: debit and credit in cents.
Activity = Mapping[tuple[int, int, int], tuple[int, int]]


def books(records: Records) -> dict[str, object]:
    """Every figure named above, ready for JSON."""
    activity = _activity(records)
    posting = [entry for entry in records.transactions if entry.posting]
    months = [period for period in records.organisation.periods if period.level == "month"]
    return {
        "as_of": max(period.end for period in months).isoformat(),
        "lines": sum(len(entry.lines) for entry in records.transactions),
        "transactions": len(records.transactions),
        "posting_transactions": len(posting),
        "gl": {
            "total_debit": _money(sum(debit for debit, _ in activity.values())),
            "total_credit": _money(sum(credit for _, credit in activity.values())),
        },
        "trial_balance": _trial_balance(records, activity),
        "by_account_type": _by_account_type(records, activity),
        "by_type": _by_type(records),
        "income_by_month": _income_by_month(records, activity),
        "consolidated": _consolidated(records, activity),
    }


def _activity(records: Records) -> Activity:
    debits: Counter[tuple[int, int, int]] = Counter()
    credits_: Counter[tuple[int, int, int]] = Counter()
    for entry in records.transactions:
        if not entry.posting:
            continue
        for line in entry.lines:
            if line.account is not None:
                place = (entry.subsidiary, entry.period, line.account)
                debits[place] += max(line.amount, 0)
                credits_[place] += max(-line.amount, 0)
    return {place: (debits[place], credits_[place]) for place in sorted(debits)}


def _trial_balance(records: Records, activity: Activity) -> list[dict[str, object]]:
    numbers = {account.id: account.number for account in records.organisation.accounts}
    names = {period.id: period.name for period in records.organisation.periods}
    return [
        {
            "subsidiary": subsidiary,
            "period": period,
            "periodname": names[period],
            "account": account,
            "acctnumber": numbers[account],
            **_sides(debit, credit),
        }
        for (subsidiary, period, account), (debit, credit) in activity.items()
    ]


def _by_account_type(records: Records, activity: Activity) -> list[dict[str, object]]:
    types = {account.id: account.type for account in records.organisation.accounts}
    sides: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for (subsidiary, _, account), (debit, credit) in activity.items():
        total = sides[subsidiary, types[account]]
        total[0] += debit
        total[1] += credit
    return [
        {"subsidiary": subsidiary, "accttype": accttype, **_sides(debit, credit)}
        for (subsidiary, accttype), (debit, credit) in sorted(sides.items())
    ]


def _by_type(records: Records) -> list[dict[str, object]]:
    counts: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    for entry in records.transactions:
        counts[entry.type] += 1
        totals[entry.type] += entry.total
    return [{"type": kind, "count": counts[kind], "amount": _money(totals[kind])} for kind in sorted(counts)]


def _income_by_month(records: Records, activity: Activity) -> list[dict[str, object]]:
    types = {account.id: account.type for account in records.organisation.accounts}
    amounts: Counter[tuple[int, int, str]] = Counter()
    for (subsidiary, period, account), (debit, credit) in activity.items():
        amounts[subsidiary, period, types[account]] += debit - credit
    rows: list[dict[str, object]] = []
    months = [period for period in records.organisation.periods if period.level == "month"]
    for company in records.organisation.subsidiaries:
        for month in months:
            figures = {kind: sign * amounts[company.id, month.id, kind] for kind, sign in _STATEMENT.items()}
            net = -sum(amounts[company.id, month.id, kind] for kind in _STATEMENT)
            row: dict[str, object] = {"subsidiary": company.id, "period": month.id, "periodname": month.name}
            row |= {kind.lower(): _money(figure) for kind, figure in figures.items()}
            rows.append(row | {"net_income": _money(net)})
    return rows


def _consolidated(records: Records, activity: Activity) -> dict[str, object]:
    accounts = {account.id: account for account in records.organisation.accounts}
    rates = {
        (rate.from_subsidiary, rate.period): rate
        for rate in records.organisation.consolidated_rates
        if rate.to_subsidiary == _GROUP
    }
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    with localcontext() as context:
        context.prec = 60  # The default of 28 digits may round the product of a large sum and a rate.
        for (subsidiary, period, number), (debit, credit) in activity.items():
            account = accounts[number]
            rate = _rate(rates[subsidiary, period], account.rate)
            totals[account.type] += Decimal(debit - credit).scaleb(-2) * rate
        difference = sum(totals.values(), Decimal())
        return {
            "currency": "USD",
            "subsidiary": _GROUP,
            "by_account_type": [{"accttype": kind, **_exact(totals[kind])} for kind in sorted(totals)],
            "translation_difference": _exact(difference),
        }


def _rate(rate: ConsolidatedRate, kind: str) -> Decimal:
    return {"Average": rate.average, "Current": rate.current, "Historical": rate.historical}[kind]


def _sides(debit: int, credit: int) -> dict[str, object]:
    return {"debit": _money(debit), "credit": _money(credit), "amount": _money(debit - credit)}


def _exact(amount: Decimal) -> dict[str, object]:
    return {"amount": f"{amount:f}", "rounded": f"{amount.quantize(Decimal('0.01'), ROUND_HALF_UP):f}"}


def _money(cents: int) -> str:
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"
