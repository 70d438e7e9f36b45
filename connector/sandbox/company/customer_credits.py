"""What customers are credited: authorized or not, applied to the invoice, kept for another one, or refunded."""

from __future__ import annotations

from connector.sandbox.company.draft import Draft, Entered
from connector.sandbox.company.exchange_rates import convert
from connector.sandbox.company.office import Office
from connector.sandbox.company.open_items import Document
from connector.sandbox.company.register import BILLING, PAYMENT, TAX
from connector.sandbox.company.settlement import Settlement

_AUTHORIZED, _KEPT, _KEPT_AFTER_PAYMENT = 60, 40, 40


class CustomerCredits:
    """Credit memos and refunds."""

    def __init__(self, office: Office, settlement: Settlement) -> None:
        self._office, self._clerk, self._settlement = office, office.clerk, settlement

    def credit(self, document: Document, sold: list[Draft], day: int) -> None:
        """A part of an invoice's first line taken back; the goods themselves are not worth the way.

        It settles the invoice while that is open. Else, and now and then anyway, it waits for another one or is
        refunded.
        """
        office, clerk, desk, line = self._office, self._clerk, document.desk, sold[0]
        if not clerk.has_room or line.account2 is not None or line.foreign >= 0 or line.marks & TAX:
            return
        amount = clerk.whole(-line.foreign * office.days(5, 30) // 100, document.currency)
        if document.open and amount > document.open:
            return
        authorization = self._authorize(document, line, amount, day)
        at_home = document.currency == desk.company.currency  # as no rate may lie between a credit and its invoice
        applied = bool(document.open) and not (at_home and clerk.chance(_KEPT))
        relief = office.receivables.settle(document, amount) if applied else convert(amount, document.rate)
        lines = [Draft(desk.receivable, -amount, base=-relief), Draft(line.account, amount, line.item)]
        entered = clerk.must_enter(
            "CustCred", desk, day, lines, entity=document.entity, currency=document.currency, rate=document.rate,
            source=authorization, open_amount=0 if applied else amount,
        )  # fmt: skip
        office.revenue[desk.company.id, clerk.month(day)] -= relief
        if authorization is not None:
            clerk.became(authorization, "G")
            clerk.billed(authorization, 1, 100)
            clerk.link(BILLING, (authorization, 1), entered, 1, foreign=amount)
        if applied:
            self._settlement.applied(document, amount, entered, 0)
            clerk.became(entered.id, "B")
        elif at_home and (document.open or clerk.chance(_KEPT_AFTER_PAYMENT)):
            waiting = office.document(entered, document.deal, amount)
            office.later(day + office.days(15, 50), lambda then: self._settlement.apply_credit(waiting, then))
        elif not document.open:
            self._refund(document, entered, amount, relief, day)

    def _authorize(self, document: Document, line: Draft, amount: int, day: int) -> int | None:
        """The id of an authorization; None where there is no need for one."""
        clerk, desk = self._clerk, document.desk
        if not clerk.occurs("RtnAuth", _AUTHORIZED):
            return None
        lines = [
            Draft(desk.accounts["9030"], -amount),
            Draft(line.account, amount, line.item, 100, amount, location=line.location),
        ]
        return clerk.must_enter(
            "RtnAuth", desk, day, lines, entity=document.entity, currency=document.currency, rate=document.rate,
            source=document.id,
        ).id  # fmt: skip

    def _refund(self, document: Document, credit: Entered, amount: int, relief: int, day: int) -> None:
        clerk, desk = self._clerk, document.desk
        worth = convert(amount, clerk.rate(document.currency, desk.company.currency, clerk.month(day)))
        drafts = [Draft(desk.bank, -amount, base=-worth), Draft(desk.receivable, amount, base=relief)]
        if worth != relief:
            drafts.append(Draft(desk.accounts["8100"], 0, base=worth - relief))
        entered = clerk.must_enter("CustRfnd", desk, day, drafts, entity=document.entity, currency=document.currency)
        clerk.link(PAYMENT, (credit.id, 0), entered, 1, foreign=amount)
        clerk.still_open(credit.id, 0)
        clerk.became(credit.id, "B")
