"""A trial balance as it was pasted from NetSuite's own report, to hold what this role sees against.

Reports > Financial > Trial Balance > Export - CSV. It has title lines first and a total last, a column for the account
and either one for the amount or two for debit and credit, and numbers in the user's own notation.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from connector.errors import SettingError
from connector.netsuite.control_totals import INCOME_STATEMENT, Balance, Difference

_TITLE_LINES = 30
_MOST_LINES = 100_000
_AMOUNT = ("amount", "balance")


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Amount by account as the report writes it, debits positive."""

    amounts: dict[str, Decimal]


def read_trial_balance(text: str) -> TrialBalance:
    """Read the CSV. Raises SettingError (code BAD_REFERENCE)."""
    lines = _lines(text)
    start, account, amounts = _columns(lines)
    held: dict[str, Decimal] = {}
    for line in lines[start + 1 :]:
        name = line[account].strip() if account < len(line) else ""
        given = [line[place].strip() if place < len(line) else "" for place in amounts]
        if not name or name.lower().startswith("total") or not any(given):
            continue
        if name in held:
            raise _bad(f"the account {name[:60]!a} stands twice")
        values = [_amount(value) if value else Decimal() for value in given]
        held[name] = values[0] if len(values) == 1 else values[0] - values[1]
    if not held:
        raise _bad("no account has an amount")
    return TrialBalance(held)


def differing_accounts(ours: Sequence[Balance], reference: TrialBalance) -> tuple[list[Difference], int]:
    """The balance sheet's accounts whose balance is not the report's, and how many accounts were compared.

    The income statement and retained earnings are left out: a native trial balance begins them anew each fiscal year.
    """
    known = {key: balance for balance in ours for key in (balance.number, _key(balance.name)) if key}
    found: list[Difference] = []
    met: set[Balance] = set()
    for name, amount in reference.amounts.items():
        balance = known.get(_number_of(name)) or known.get(_key(name))
        if balance is None:
            if amount:
                found.append(Difference(name, None, amount))
            continue
        met.add(balance)
        if _is_compared(balance) and balance.amount != amount:
            found.append(Difference(name, balance.amount, amount))
    found += [
        Difference(f"{balance.number} {balance.name}".strip(), balance.amount, None)
        for balance in ours
        if balance not in met and _is_compared(balance) and balance.amount
    ]
    return found, sum(1 for balance in met if _is_compared(balance))


def _is_compared(balance: Balance) -> bool:
    return balance.type not in INCOME_STATEMENT and "retained earnings" not in balance.name.lower()


def _lines(text: str) -> list[list[str]]:
    first = next((line for line in text.splitlines() if "account" in line.lower()), "")
    delimiter = max(",;\t", key=first.count)
    try:
        lines = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True))
    except csv.Error:
        raise _bad("it is no CSV") from None
    if len(lines) > _MOST_LINES:
        raise _bad("it has more lines than any chart of accounts")
    return lines


def _columns(lines: Sequence[Sequence[str]]) -> tuple[int, int, list[int]]:
    """The header's line, the account's column and those of the amounts."""
    for start, line in enumerate(lines[:_TITLE_LINES]):
        names = [cell.strip().lower() for cell in line]
        account = next((place for place, name in enumerate(names) if name.startswith("account")), None)
        if account is None:
            continue
        amount = next((place for place, name in enumerate(names) if name.startswith(_AMOUNT)), None)
        if amount is not None:
            return start, account, [amount]
        if "debit" in names and "credit" in names:
            return start, account, [names.index("debit"), names.index("credit")]
    raise _bad("no line names a column Account and a column Amount, or Debit and Credit")


def _amount(text: str) -> Decimal:
    """`1,234.50`, `1.234,50`, `1 234,50`, `(12.00)`, `-12`, `$12.00`."""
    bare = re.sub(r"[^0-9.,()\-]", "", text)
    negative = bare.startswith(("(", "-")) or bare.endswith("-")
    digits = bare.strip("()-")
    point = max(digits.rfind("."), digits.rfind(","))
    decimals = len(digits) - point - 1
    if point >= 0 and (decimals != 3 or {".", ","} <= set(digits)):  # noqa: PLR2004 - 1,234 is a thousand
        digits = re.sub("[.,]", "", digits[:point]) + "." + digits[point + 1 :]
    else:
        digits = re.sub("[.,]", "", digits)
    if re.fullmatch(r"[0-9]{1,20}(\.[0-9]{0,8})?|\.[0-9]{1,8}", digits) is None:
        raise _bad(f"{text[:40]!a} is no amount")
    return -Decimal(digits) if negative else Decimal(digits)


def _number_of(name: str) -> str:
    """The account number before the name: `1000 - Checking`, `1000 Checking`, `1000`."""
    return re.split(r"\s+-\s+|\s", name.strip(), maxsplit=1)[0]


def _key(name: str) -> str:
    return " ".join(name.lower().split())


def _bad(cause: str) -> SettingError:
    return SettingError(
        f"The reference cannot be used: {cause}.",
        code="BAD_REFERENCE",
        remedy="Give what `connector doctor --save-reference FILE` wrote over a wider role's connection, or a native trial "
        "balance as of today: Reports > Financial > Trial Balance > Export - CSV.",
    )
