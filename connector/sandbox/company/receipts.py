"""Money from customers: payments, deposits before the invoice, credits and refunds, and what is taken to the bank."""

from __future__ import annotations

from connector.sandbox.company.desk import Desk
from connector.sandbox.company.draft import Draft, Entered
from connector.sandbox.company.exchange_rates import convert
from connector.sandbox.company.office import Office, Undeposited, balanced
from connector.sandbox.company.open_items import Deal, Document
from connector.sandbox.company.register import BILLING, DEPOSITING, PAYMENT, TAX

_MOST_TOGETHER, _ALL = 3, 1_000
_OFTEN, _SLOW, _BAD = 82, 12, 3
_DAYS_TO_BANK, _MOST_DEPOSITED = 4, 8


class Receipts:
    """Everything that settles what customers owe."""

    def __init__(self, office: Office) -> None:
        self._office, self._clerk = office, office.clerk

    def expect(self, document: Document) -> None:
        """Most pay about when it is due, some late, a few in parts, a few never."""
        office, clerk = self._office, self._clerk
        if clerk.chance(_BAD):
            return
        late = office.days(-4, 12) if clerk.chance(_OFTEN) else office.days(15, 75)
        day = max(document.day + 1, document.due + late)
        if clerk.chance(_SLOW) and document.open > 1000:  # noqa: PLR2004 - nobody pays ten dollars in parts
            part = clerk.whole(document.open * office.days(30, 60) // 100, document.currency)
            office.later(day, lambda then: self.pay(document, then, part))
            day += office.days(15, 45)
        office.later(day, lambda then: self.pay(document, then))

    def pay(self, document: Document, day: int, part: int | None = None) -> None:
        """One payment for this invoice, or a part of it, and now and then for others that are due."""
        if not document.open or (part is not None and part >= document.open):
            return
        office, clerk, desk = self._office, self._clerk, document.desk
        settled = [(document, part or document.open)]
        if part is None and clerk.chance(25):
            others = office.receivables.due_beside(document, day, _MOST_TOGETHER)
            settled += [(other, other.open) for other in others]
        if not clerk.has_room:
            return
        held = document.currency == desk.company.currency and clerk.chance(55)
        money = desk.accounts["1090"] if held else desk.bank
        entered = self._settle(document, settled, money, day)
        if held:
            amount = sum(amount for _, amount in settled)
            office.undeposited[desk.company.id].append(Undeposited(entered.id, "CustPymt", amount, day))
        else:
            clerk.became(entered.id, "C")

    def _settle(self, document: Document, settled: list[tuple[Document, int]], money: int, day: int) -> Entered:
        """What the invoices lose at their own rates against money at today's: the rest was gained or lost."""
        clerk, desk = self._clerk, document.desk
        paid = sum(amount for _, amount in settled)
        relief = sum(self._office.receivables.settle(one, amount) for one, amount in settled)
        worth = convert(paid, clerk.rate(document.currency, desk.company.currency, clerk.month(day)))
        drafts = [Draft(money, paid, base=worth), Draft(desk.receivable, -paid, base=-relief)]
        if worth != relief:
            drafts.append(Draft(desk.accounts["8100"], 0, base=relief - worth))
        entered = clerk.enter("CustPymt", desk, day, drafts, entity=document.entity, currency=document.currency)
        if entered is None:
            raise AssertionError("room was left for a payment")
        for one, amount in settled:
            self.applied(one, amount, entered, 1)
        return entered

    def applied(self, document: Document, amount: int, entered: Entered, line: int) -> None:
        """Write down that a part of the invoice was settled."""
        self._clerk.link(PAYMENT, (document.id, 0), entered, line, foreign=amount)
        self._clerk.still_open(document.id, document.open)
        if not document.open:
            self._clerk.became(document.id, "B")

    def bank(self, desk: Desk, day: int) -> None:
        """Take to the bank what has been waiting."""
        waiting = self._office.undeposited[desk.company.id]
        if not waiting or (day - waiting[0].day < _DAYS_TO_BANK and len(waiting) < _MOST_DEPOSITED):
            return
        taken = [waiting.popleft() for _ in range(min(len(waiting), _MOST_DEPOSITED))]
        drafts = balanced(desk.bank, [Draft(desk.accounts["1090"], -one.amount) for one in taken])
        entered = self._clerk.enter("Deposit", desk, day, drafts)
        if entered is None:
            waiting.extendleft(reversed(taken))
            return
        for line, one in enumerate(taken, 1):
            self._clerk.link(DEPOSITING, (one.id, 0), entered, line, foreign=one.amount)
            if one.code != "CustDep":
                self._clerk.became(one.id, "C")
            elif self._clerk.is_now(one.id) is None:
                self._clerk.became(one.id, "B")

    def credit(self, document: Document, drafts: list[Draft], day: int) -> None:
        """A part of an invoice taken back: applied to it while it is open, else kept open or refunded.

        A credit of goods begins with an authorization; the goods themselves are not worth the way back.
        """
        office, clerk, desk = self._office, self._clerk, document.desk
        line = drafts[0]
        if not clerk.has_room or line.account2 is not None or line.foreign >= 0 or line.marks & TAX:
            return
        amount = clerk.whole(-line.foreign * office.days(5, 30) // 100, document.currency)
        if document.open and amount > document.open:
            return
        authorization = self._authorize(document, line, amount, day)
        rate = document.rate
        applied = bool(document.open) and not self._is_kept(document)
        relief = office.receivables.settle(document, amount) if applied else convert(amount, rate)
        lines = [Draft(desk.receivable, -amount, base=-relief), Draft(line.account, amount, line.item)]
        entered = clerk.enter(
            "CustCred", desk, day, lines, entity=document.entity, currency=document.currency, rate=rate,
            source=authorization, open_amount=0 if applied else amount,
        )  # fmt: skip
        if entered is None:
            raise AssertionError("room was left for a credit")
        office.revenue[desk.company.id, clerk.month(day)] -= relief
        if authorization is not None:
            clerk.became(authorization, "G")
            clerk.billed(authorization, 1, 100)
            clerk.link(BILLING, (authorization, 1), entered, 1, foreign=amount)
        if applied:
            self.applied(document, amount, entered, 0)
            clerk.became(entered.id, "B")
        elif document.open or clerk.chance(40):
            self._keep(entered, document, amount)
        else:
            self._refund(document, entered, amount, relief, day)

    def _is_kept(self, document: Document) -> bool:
        """Some credits wait for another invoice: in the subsidiary's own currency, as no rate may lie between."""
        return document.currency == document.desk.company.currency and self._clerk.chance(40)

    def _keep(self, credit: Entered, document: Document, amount: int) -> None:
        """A credit that waits; it settles an invoice without a transaction of its own."""
        if document.currency != document.desk.company.currency:
            return
        waiting = self._office.document(credit, document.deal, amount)
        self._office.later(credit.day + self._office.days(15, 50), lambda then: self._apply(waiting, then))

    def _apply(self, credit: Document, day: int) -> None:
        for invoice in self._office.receivables.due_beside(credit, day + 90, _ALL)[-1:]:
            amount = min(credit.open, invoice.open)
            self._office.receivables.settle(invoice, amount)
            credit.open -= amount
            self.applied(invoice, amount, Entered(credit.id, day, ()), 0)
            self._clerk.still_open(credit.id, credit.open)
            self._clerk.touch(credit.id, day)
            if not credit.open:
                self._clerk.became(credit.id, "B")

    def _authorize(self, document: Document, line: Draft, amount: int, day: int) -> int | None:
        """None where there is no need for one; raises nothing where there is no room: the credit has none either."""
        clerk, desk = self._clerk, document.desk
        if not clerk.fits(7) or not clerk.chance(60):
            return None
        lines = [
            Draft(desk.accounts["9030"], -amount),
            Draft(line.account, amount, line.item, 100, amount, location=line.location),
        ]
        entered = clerk.enter(
            "RtnAuth", desk, day, lines, entity=document.entity, currency=document.currency, rate=document.rate,
            source=document.id,
        )  # fmt: skip
        return entered.id if entered else None

    def _refund(self, document: Document, credit: Entered, amount: int, relief: int, day: int) -> None:
        clerk, desk = self._clerk, document.desk
        worth = convert(amount, clerk.rate(document.currency, desk.company.currency, clerk.month(day)))
        drafts = [Draft(desk.bank, -amount, base=-worth), Draft(desk.receivable, amount, base=relief)]
        if worth != relief:
            drafts.append(Draft(desk.accounts["8100"], 0, base=worth - relief))
        entered = clerk.enter("CustRfnd", desk, day, drafts, entity=document.entity, currency=document.currency)
        if entered is not None:
            clerk.link(PAYMENT, (credit.id, 0), entered, 1, foreign=amount)
            clerk.still_open(credit.id, 0)
            clerk.became(credit.id, "B")

    def deposit(self, desk: Desk, day: int) -> None:
        """Money before the invoice, applied to one that is open later on."""
        office, clerk = self._office, self._clerk
        invoice = office.receivables.latest(desk)
        customer = invoice.entity if invoice else office.party(desk.customers)
        base = desk.company.currency
        amount = office.amount(4, 5.7, base, clerk.month(day))
        drafts = [Draft(desk.accounts["1090"], amount), Draft(desk.accounts["2350"], -amount)]
        entered = clerk.enter("CustDep", desk, day, drafts, entity=customer, currency=base, open_amount=amount)
        if entered is None:
            return
        office.undeposited[desk.company.id].append(Undeposited(entered.id, "CustDep", amount, day))
        document = office.document(entered, Deal(desk, customer, base), amount)
        office.later(day + office.days(2, 12), lambda then: self._apply_deposit(document, then))

    def _apply_deposit(self, deposit: Document, day: int) -> None:
        others = self._office.receivables.due_beside(deposit, day + 90, 1)
        if not others or not self._clerk.has_room:
            return
        invoice = others[0]
        amount = min(deposit.open, invoice.open)
        self._office.receivables.settle(invoice, amount)
        desk = deposit.desk
        drafts = [Draft(desk.accounts["2350"], amount), Draft(desk.receivable, -amount)]
        entered = self._clerk.enter(
            "DepAppl", desk, day, drafts, entity=deposit.entity, currency=deposit.currency, source=deposit.id
        )
        if entered is None:
            raise AssertionError("room was left for an application")
        self.applied(invoice, amount, entered, 1)
        deposit.open -= amount
        self._clerk.link(PAYMENT, (deposit.id, 0), entered, 0, foreign=amount)
        self._clerk.still_open(deposit.id, deposit.open)
        if not deposit.open:
            self._clerk.became(deposit.id, "C")
