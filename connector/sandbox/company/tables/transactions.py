"""Tables of the entries: transaction, transactionline and transactionaccountingline.

Signs as NetSuite stores them, debit positive: an invoice's main line is positive and its items negative, a bill's the
other way round. `transaction.total` is the main line's amount in base currency and `foreigntotal` in its own; for a
journal both are the sum of its debits.

`status` is the letter NetSuite hands out, whose meaning depends on `type`: `A` is an open invoice or a journal waiting
for approval. It therefore shows `list:transactionstatus by type`: the list is looked up under `<type>:<status>`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from connector.sandbox.company.entries import Line, Transaction
from connector.sandbox.company.records import Records
from connector.sandbox.company.tables.build import Field, constant, field, flag, money, never, table
from connector.sandbox.company.tables.lists import PRIMARY_BOOK
from connector.sandbox.company.transaction_types import BY_CODE
from connector.sandbox.table import Kind, Table

_Entered = tuple[Transaction, Line]

# These say on their header and main line how much is still to be paid.
_PAYABLE = frozenset({"CustInvc", "VendBill", "CustCred", "VendCred"})
_OPEN = "A"


def transaction_tables(records: Records) -> Iterator[Table]:
    """The three tables, in the order of entry; there is one accounting line for each line and book."""
    entered = [(entry, line) for entry in records.transactions for line in entry.lines]
    yield table("transaction", records.transactions, _TRANSACTION)
    yield table("transactionline", entered, _LINE)
    yield table("transactionaccountingline", entered, _ACCOUNTING_LINE)


def _unpaid(entry: Transaction, amount: int) -> int | None:
    if entry.type not in _PAYABLE:
        return None
    return abs(amount) if entry.status == _OPEN else 0


def _paid(entry: Transaction, amount: int) -> int | None:
    if entry.type not in _PAYABLE:
        return None
    return 0 if entry.status == _OPEN else abs(amount)


_TRANSACTION: Sequence[Field[Transaction]] = (
    field("id", Kind.ID, lambda t: t.id),
    field("tranid", Kind.TEXT, lambda t: t.tranid),
    field("transactionnumber", Kind.TEXT, lambda t: t.number),
    field("trandisplayname", Kind.TEXT, lambda t: f"{BY_CODE[t.type].title} #{t.tranid}"),
    field("type", Kind.TEXT, lambda t: t.type, "list:transactiontype"),
    field("recordtype", Kind.TEXT, lambda t: BY_CODE[t.type].record),
    field("abbrevtype", Kind.TEXT, lambda t: BY_CODE[t.type].abbreviation),
    field("trandate", Kind.DATE, lambda t: t.day),
    field("postingperiod", Kind.ID, lambda t: t.period, "accountingperiod.periodname"),
    field("posting", Kind.BOOLEAN, lambda t: flag(t.posting)),
    field("status", Kind.TEXT, lambda t: t.status, "list:transactionstatus by type"),
    field("entity", Kind.ID, lambda t: t.entity, "entity.entitytitle"),
    field("subsidiary", Kind.ID, lambda t: t.subsidiary, "subsidiary.fullname"),
    field("currency", Kind.ID, lambda t: t.currency, "currency.name"),
    field("exchangerate", Kind.RATE, lambda t: t.rate),
    field("total", Kind.MONEY, lambda t: money(t.total)),
    field("foreigntotal", Kind.MONEY, lambda t: money(t.foreign_total)),
    field("foreignamountpaid", Kind.MONEY, lambda t: money(_paid(t, t.foreign_total))),
    field("foreignamountunpaid", Kind.MONEY, lambda t: money(_unpaid(t, t.foreign_total))),
    field("memo", Kind.TEXT, lambda t: t.memo),
    field("otherrefnum", Kind.TEXT, lambda t: t.reference),
    field("externalid", Kind.TEXT, lambda t: t.external),
    field("duedate", Kind.DATE, lambda t: t.due),
    field("closedate", Kind.DATE, lambda t: t.due if t.due and t.status != _OPEN else None),
    field("terms", Kind.ID, lambda t: t.terms, "term.name"),
    field("employee", Kind.ID, lambda t: t.employee, "employee.entitytitle"),
    field("createddate", Kind.DATETIME, lambda t: t.created),
    field("lastmodifieddate", Kind.DATETIME, lambda t: t.modified),
    field("voided", Kind.BOOLEAN, constant("F")),
    field("isreversal", Kind.BOOLEAN, constant("F")),
    field("reversal", Kind.ID, never),
    field("reversaldate", Kind.DATE, never),
    field("intercotransaction", Kind.ID, never),
)

_LINE: Sequence[Field[_Entered]] = (
    field("transaction", Kind.ID, lambda e: e[0].id),
    field("id", Kind.ID, lambda e: e[1].number),
    field("linesequencenumber", Kind.INTEGER, lambda e: e[1].number),
    field("uniquekey", Kind.ID, lambda e: e[1].key),
    field("mainline", Kind.BOOLEAN, lambda e: flag(e[1].number == 0)),
    field("taxline", Kind.BOOLEAN, lambda e: flag(e[1].tax)),
    field("iscogs", Kind.BOOLEAN, lambda e: flag(e[1].cogs)),
    field("subsidiary", Kind.ID, lambda e: e[0].subsidiary, "subsidiary.fullname"),
    field("entity", Kind.ID, lambda e: e[0].entity, "entity.entitytitle"),
    field("department", Kind.ID, lambda e: e[1].department, "department.fullname"),
    field("class", Kind.ID, lambda e: e[1].classification, "classification.fullname"),
    field("location", Kind.ID, lambda e: e[1].location, "location.fullname"),
    field("item", Kind.ID, lambda e: e[1].item, "item.fullname"),
    field("expenseaccount", Kind.ID, lambda e: e[1].account, "account.accountsearchdisplayname"),
    field("quantity", Kind.RATE, lambda e: money(e[1].quantity)),
    field("rate", Kind.RATE, lambda e: money(e[1].price)),
    field("netamount", Kind.MONEY, lambda e: _amount(e[1], e[1].amount)),
    field("foreignamount", Kind.MONEY, lambda e: _amount(e[1], e[1].foreign)),
    field("debitforeignamount", Kind.MONEY, lambda e: _debit(e[1], e[1].foreign)),
    field("creditforeignamount", Kind.MONEY, lambda e: _debit(e[1], -e[1].foreign)),
    field("memo", Kind.TEXT, lambda e: e[1].memo),
    field("requestnote", Kind.TEXT, lambda e: e[1].note),
    field("createdfrom", Kind.ID, lambda e: e[0].source_order if e[1].number else None, "transaction.trandisplayname"),
    field("isclosed", Kind.BOOLEAN, lambda e: flag(e[0].status == "G")),
    field("isbillable", Kind.BOOLEAN, constant("F")),
    field("eliminate", Kind.BOOLEAN, constant("F")),
    field("cleared", Kind.BOOLEAN, lambda e: flag(e[0].type == "Deposit")),
    field("linelastmodifieddate", Kind.DATETIME, lambda e: e[0].modified),
    field("billingschedule", Kind.ID, never),
    field("documentnumber", Kind.TEXT, never),
)

_ACCOUNTING_LINE: Sequence[Field[_Entered]] = (
    field("transaction", Kind.ID, lambda e: e[0].id, "transaction.trandisplayname"),
    field("transactionline", Kind.ID, lambda e: e[1].number),
    field("accountingbook", Kind.ID, constant(PRIMARY_BOOK), "accountingbook.name"),
    field("account", Kind.ID, lambda e: e[1].account, "account.accountsearchdisplayname"),
    field("amount", Kind.MONEY, lambda e: _amount(e[1], e[1].amount)),
    field("debit", Kind.MONEY, lambda e: _debit(e[1], e[1].amount)),
    field("credit", Kind.MONEY, lambda e: _debit(e[1], -e[1].amount)),
    field("netamount", Kind.MONEY, lambda e: _amount(e[1], e[1].amount)),
    field("amountpaid", Kind.MONEY, lambda e: None if e[1].number else money(_paid(e[0], e[1].amount))),
    field("amountunpaid", Kind.MONEY, lambda e: None if e[1].number else money(_unpaid(e[0], e[1].amount))),
    field("exchangerate", Kind.RATE, lambda e: e[0].rate),
    field("posting", Kind.BOOLEAN, lambda e: flag(e[0].posting)),
    field("lastmodifieddate", Kind.DATETIME, lambda e: e[0].modified),
)


def _amount(line: Line, cents: int) -> Decimal | None:
    """A line without account has no amount, which is not an amount of zero."""
    return None if line.account is None else money(cents)


def _debit(line: Line, cents: int) -> Decimal | None:
    return _amount(line, cents) if cents > 0 else None
