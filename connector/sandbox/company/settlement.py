"""How open documents are settled, those of customers and those of vendors alike."""

from __future__ import annotations

from collections.abc import Sequence

from connector.sandbox.company.draft import Draft, Entered
from connector.sandbox.company.exchange_rates import convert
from connector.sandbox.company.office import Office
from connector.sandbox.company.open_items import Document, OpenItems
from connector.sandbox.company.register import PAYMENT

_COMING = 90  # days: what will be due within may be settled ahead
_AGAIN = 30  # days until it is looked at again


class Settlement:
    """One side of the ledger: `sign` is 1 for what customers owe, -1 for what is owed to vendors."""

    def __init__(self, office: Office, items: OpenItems, sign: int, payment: str) -> None:
        """`payment` is the type of a transaction that pays."""
        self._office, self._clerk, self._items = office, office.clerk, items
        self._sign, self._payment = sign, payment

    def pay(self, settled: Sequence[tuple[Document, int]], money: int, day: int) -> Entered:
        """One payment of documents of one entity and currency, each so much of it, to or from an account of money.

        The documents lose at their own rates what money is worth at the day's; the rest was gained or lost.
        """
        clerk, document, sign = self._clerk, settled[0][0], self._sign
        paid = sum(amount for _, amount in settled)
        relief = sum(self._items.settle(one, amount) for one, amount in settled)
        worth = convert(paid, clerk.rate(document.currency, document.desk.company.currency, clerk.month(day)))
        drafts = [
            Draft(money, sign * paid, base=sign * worth),
            Draft(self._control(document), -sign * paid, base=-sign * relief),
        ]
        if worth != relief:
            drafts.append(Draft(document.desk.accounts["8100"], 0, base=sign * (relief - worth)))
        entered = clerk.must_enter(
            self._payment, document.desk, day, drafts, entity=document.entity, currency=document.currency
        )
        for one, amount in settled:
            self.applied(one, amount, entered, 1)
        return entered

    def applied(self, document: Document, amount: int, entered: Entered, line: int) -> None:
        """Write down that a line of another transaction settled so much of the document."""
        self._clerk.link(PAYMENT, (document.id, 0), entered, line, foreign=amount)
        self._note(document, "B")

    def apply_credit(self, credit: Document, day: int) -> None:
        """Against the latest document of the same entity, often a later one; it needs no transaction of its own."""
        document = self._items.latest_of(credit, day + _COMING)
        if document is None:
            return
        amount = min(credit.open, document.open)
        self._items.settle(document, amount)
        self.applied(document, amount, Entered(credit.id, day, ()), 0)
        credit.open -= amount
        self._clerk.touch(credit.id, day)
        self._note(credit, "B")

    def apply_ahead(self, ahead: Document, code: str, account: int, spent: str, day: int) -> None:
        """What was paid before becomes a payment of the oldest document; `spent` is its status once used up."""
        others = self._items.due_beside(ahead, day + _COMING, 1)
        if not others or not self._clerk.has_room:
            self._office.later(day + _AGAIN, lambda then: self.apply_ahead(ahead, code, account, spent, then))
            return
        document, sign = others[0], self._sign
        amount = min(ahead.open, document.open)
        self._items.settle(document, amount)
        drafts = [Draft(account, sign * amount), Draft(self._control(document), -sign * amount)]
        entered = self._clerk.must_enter(code, ahead.desk, day, drafts, entity=ahead.entity, source=ahead.id)
        self.applied(document, amount, entered, 1)
        self._clerk.link(PAYMENT, (ahead.id, 0), entered, 0, foreign=amount)
        ahead.open -= amount
        self._note(ahead, spent)

    def _control(self, document: Document) -> int:
        return document.desk.receivable if self._sign > 0 else document.desk.payable

    def _note(self, document: Document, settled: str) -> None:
        """What is still open of a document, and its status once nothing is."""
        self._clerk.still_open(document.id, document.open)
        if not document.open:
            self._clerk.became(document.id, settled)
