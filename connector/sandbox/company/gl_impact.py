"""The GL impact of each transaction type: which accounts its lines touch, and with which sign.

Every recipe answers drafts that net to zero in the transaction's currency; the first is the main line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from connector.sandbox.company.chance import chance
from connector.sandbox.company.organisation import FOREIGN, PARENT
from connector.sandbox.company.records import Account, Item

RECEIVABLE = {PARENT: "1100", FOREIGN: "1110"}
PAYABLE = {PARENT: "2000", FOREIGN: "2010"}
BANK = {PARENT: "1000", FOREIGN: "1020"}
_TAX_PERCENT = {PARENT: 8, FOREIGN: 19}
_EXPENSES = ("6200", "6310", "6400", "6500", "6700", None)

# Debit and credit of what accountants enter by hand; together they reach every account type that posts.
_JOURNALS: tuple[tuple[str | None, str], ...] = (
    ("6100", "2300"),
    ("6600", "1590"),
    ("6400", "1400"),
    ("2400", "4030"),
    ("1150", "4020"),
    ("8000", "2700"),
    ("1090", "7000"),
    ("1E5", "2700"),
    ("10-20", "2100"),
    ("1510", "2050"),
    ("4010", "2400"),
    ("3200", "3000"),
    ("1400", "2310"),
    (None, "7100"),
)
_TOP_UP_LINES = 4
# Pieces of an item on one line. More is received than billed or shipped, so that neither the accrual for what is not
# billed yet nor the stock turns its sign.
_SHIPPED, _BILLED, _RECEIVED = (1, 40), (1, 40), (20, 100)


@dataclass(frozen=True, slots=True)
class Draft:
    """A line before it is entered: amounts in cents of the transaction's currency, quantity in hundredths."""

    account: int | None
    foreign: int
    item: int | None = None
    quantity: int | None = None
    price: int | None = None
    tax: bool = False
    cogs: bool = False


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a recipe needs to know: whose books, how many lines, and the transaction's currency.

    `per_dollar` is how much of the currency a dollar buys, `unit` the cents amounts in it are a multiple of.
    """

    rng: Random
    accounts: Mapping[str | None, int]
    items: Sequence[Item]
    stocked: Sequence[Item]
    subsidiary: int
    size: int
    per_dollar: Decimal
    unit: int

    def whole(self, cents: int) -> int:
        """Rounded half up to what the currency can pay, never to nothing."""
        return max(self.unit, (cents + self.unit // 2) // self.unit * self.unit)

    def amount(self, low: float, high: float) -> int:
        """Cents worth between 10**low and 10**high cents of a dollar; small amounts are as likely as large ones."""
        return self.whole(int(10 ** self.rng.uniform(low, high) * float(self.per_dollar)))


Recipe = Callable[[Occasion], list[Draft]]


def draft(code: str, occasion: Occasion) -> list[Draft]:
    """The lines of a transaction of this type."""
    return _RECIPES[code](occasion)


def _balanced(main: int, lines: list[Draft]) -> list[Draft]:
    """The main line takes what the other lines leave."""
    return [Draft(main, -sum(line.foreign for line in lines)), *lines]


def _sale(main: Mapping[int, str], sign: int) -> Recipe:
    """Items at their price, sometimes with tax; `sign` is 1 where the customer owes us, -1 where we owe them."""

    def lines(occasion: Occasion) -> list[Draft]:
        rng = occasion.rng
        count = occasion.size - 1
        taxed = count > 1 and chance(rng, 50)
        sold = [_sold(occasion, sign) for _ in range(count - taxed)]
        if taxed:
            net = -sum(line.foreign for line in sold) * sign
            tax = occasion.whole(net * _TAX_PERCENT[occasion.subsidiary] // 100)
            sold.append(Draft(occasion.accounts["2200"], -sign * tax, tax=True))
        return _balanced(occasion.accounts[main[occasion.subsidiary]], sold)

    return lines


def _sold(occasion: Occasion, sign: int) -> Draft:
    rng = occasion.rng
    item = occasion.items[int(rng.random() * len(occasion.items))]
    price = occasion.whole(int(item.price * occasion.per_dollar))
    # Services are sold by the quarter of an hour, goods by the piece.
    quantity = rng.randint(1, 160) * 25 if item.type == "Service" else rng.randint(1, 40) * 100
    value = occasion.whole((price * quantity + 50) // 100)
    return Draft(item.income, -sign * value, item.id, -sign * quantity, price)


def _purchase(main: Mapping[int, str], sign: int, *, goods: bool) -> Recipe:
    """Expenses, and goods where they are bought; `sign` is 1 where we owe the vendor, -1 where they owe us."""

    def lines(occasion: Occasion) -> list[Draft]:
        rng = occasion.rng
        bought = []
        for _ in range(occasion.size - 1):
            if goods and chance(rng, 50):
                bought.append(_bought(occasion, sign))
            else:
                account = _EXPENSES[int(rng.random() * len(_EXPENSES))]
                bought.append(Draft(occasion.accounts[account], sign * occasion.amount(3, 6.3)))
        return _balanced(occasion.accounts[main[occasion.subsidiary]], bought)

    return lines


def _bought(occasion: Occasion, sign: int) -> Draft:
    item = occasion.stocked[int(occasion.rng.random() * len(occasion.stocked))]
    price = occasion.whole(int((item.cost or item.price) * occasion.per_dollar))
    quantity = occasion.rng.randint(*_BILLED)
    return Draft(occasion.accounts["2100"], sign * price * quantity, item.id, sign * quantity * 100, price)


def _settlement(main: Mapping[int, str], other: Mapping[int, str], sign: int) -> Recipe:
    """Money against a receivable or payable; `sign` is 1 where the main account is debited."""

    def lines(occasion: Occasion) -> list[Draft]:
        account = occasion.accounts[other[occasion.subsidiary]]
        settled = [Draft(account, -sign * occasion.amount(4, 6.5)) for _ in range(occasion.size - 1)]
        return _balanced(occasion.accounts[main[occasion.subsidiary]], settled)

    return lines


def _goods_moved(asset_sign: int, counter_account: str, pieces: tuple[int, int], *, cogs: bool) -> Recipe:
    """Two lines an item, stock against cost or accrual, under a main line without account."""

    def lines(occasion: Occasion) -> list[Draft]:
        moved = [Draft(None, 0)]
        for _ in range((occasion.size - 1) // 2):
            item = occasion.stocked[int(occasion.rng.random() * len(occasion.stocked))]
            cost, quantity = item.cost or item.price, occasion.rng.randint(*pieces)
            value = asset_sign * cost * quantity
            units = asset_sign * quantity * 100
            moved.append(Draft(occasion.accounts[counter_account], -value, item.id, -units, cost, cogs=cogs))
            moved.append(Draft(item.asset, value, item.id, units, cost))
        return moved

    return lines


def _stock_count(occasion: Occasion) -> list[Draft]:
    lines = []
    for _ in range(occasion.size - 1):
        item = occasion.stocked[int(occasion.rng.random() * len(occasion.stocked))]
        cost = item.cost or item.price
        found = occasion.rng.choice((-5, -3, -2, -1, 1, 2))
        lines.append(Draft(item.asset, cost * found, item.id, found * 100, cost))
    if sum(line.foreign for line in lines) == 0:
        # A count that cancels out would leave a main line without amount.
        first = lines[0]
        lines[0] = Draft(first.account, first.foreign * 2, first.item, (first.quantity or 0) * 2, first.price)
    return _balanced(occasion.accounts["5020"], lines)


def _journal(occasion: Occasion) -> list[Draft]:
    rng = occasion.rng
    if occasion.subsidiary == PARENT and occasion.size == _TOP_UP_LINES:
        return _petty_cash(occasion)
    debit, credit = _JOURNALS[int(rng.random() * len(_JOURNALS))]
    debits = [Draft(occasion.accounts[debit], occasion.amount(3.5, 6.5))]
    for _ in range(occasion.size - 2):
        debit, _unused = _JOURNALS[int(rng.random() * len(_JOURNALS))]
        debits.append(Draft(occasion.accounts[debit], occasion.amount(2.5, 6)))
    return [*debits, Draft(occasion.accounts[credit], -sum(line.foreign for line in debits))]


def _petty_cash(occasion: Occasion) -> list[Draft]:
    """What was spent from the petty cash, and the bank's money that fills it up again: its balance stays."""
    spent, accounts = occasion.amount(3, 4.9), occasion.accounts
    return [
        Draft(accounts["6700"], spent),
        Draft(accounts["00123"], -spent),
        Draft(accounts["00123"], spent),
        Draft(accounts[BANK[PARENT]], -spent),
    ]


def _same(number: str) -> dict[int, str]:
    return {PARENT: number, FOREIGN: number}


_RECIPES: dict[str, Recipe] = {
    "CustInvc": _sale(RECEIVABLE, 1),
    "CustCred": _sale(RECEIVABLE, -1),
    "CashSale": _sale(_same("1090"), 1),
    "SalesOrd": _sale(_same("9000"), 1),
    "CustPymt": _settlement(_same("1090"), RECEIVABLE, 1),
    "Deposit": _settlement(BANK, _same("1090"), 1),
    "VendBill": _purchase(PAYABLE, 1, goods=True),
    "VendCred": _purchase(PAYABLE, -1, goods=True),
    "PurchOrd": _purchase(_same("9010"), 1, goods=True),
    "VendPymt": _settlement(BANK, PAYABLE, -1),
    "Check": _purchase(BANK, 1, goods=False),
    "CardChrg": _purchase(_same("2050"), 1, goods=False),
    "ExpRept": _purchase(_same("2310"), 1, goods=False),
    "ItemShip": _goods_moved(-1, "5010", _SHIPPED, cogs=True),
    "ItemRcpt": _goods_moved(1, "2100", _RECEIVED, cogs=False),
    "InvAdjst": _stock_count,
    "Journal": _journal,
}


def by_number(accounts: Sequence[Account]) -> dict[str | None, int]:
    """Account ids by account number; one account has none."""
    return {account.number: account.id for account in accounts}
