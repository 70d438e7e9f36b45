"""Tables of the register: transaction, transactionline, transactionaccountingline and the links between lines.

Signs as NetSuite stores them, debit positive: an invoice's main line is positive and its items negative, a bill's the
other way round. `transaction.total` is the main line's amount in base currency and `foreigntotal` in its own; for a
journal both are the sum of its debits.

`status` is the letter NetSuite hands out, whose meaning depends on `type`: `A` is an open invoice or a journal waiting
for approval. It therefore shows `list:transactionstatus by type`: the list is looked up under `<type>:<status>`.

What is paid and open follows https://meir.prolecto.com/blog/ (A/R fields): an invoice, a bill or an expense report is
paid or unpaid, a payment, a credit, a deposit or a prepayment is used or unused.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connector.sandbox.company.hostile import HOSTILE
from connector.sandbox.company.organisation import PRIMARY_BOOK, SECONDARY_BOOK
from connector.sandbox.company.register import BOTH_BOOKS, COST, EPOCH, MOST_LINES, PAYMENT, STOCK, TAX, Register
from connector.sandbox.company.tables.columnar import (
    Columns,
    Mask,
    Whole,
    choose,
    dates,
    flags,
    given,
    hundredths,
    in_base,
    moments,
    money,
    rates,
    where,
    whole,
)
from connector.sandbox.company.transaction_types import TYPES
from connector.sandbox.table import Kind, Table

OWED = ("CustInvc", "CustChrg", "FinChrg", "VendBill", "ExpRept")
USABLE = ("CustCred", "VendCred", "CustDep", "VPrep", "CustPymt", "VendPymt", "DepAppl", "VPrepApp", "CustRfnd")


def transaction_tables(register: Register, *, oneworld: bool) -> Iterator[Table]:
    """The tables, in the order of entry; there is one accounting line for each line and book it is entered in."""
    heads = _Heads(register.headers)
    yield _transaction(heads, register.links, oneworld=oneworld)
    lines = _Lines(register.lines, heads)
    yield _line(lines, oneworld=oneworld)
    yield _accounting_line(lines)
    for name in ("nexttransactionlinelink", "previoustransactionlinelink"):
        yield _link(name, register.links, heads)


class _Heads:
    """Headers as columns of numbers, and what every table needs of them."""

    def __init__(self, rows: pa.Table) -> None:
        self.rows = rows
        self.id = whole(rows.column("id"))
        codes = [kind.code for kind in TYPES]
        self.kind = whole(pc.index_in(rows.column("type"), pa.array(codes)))
        self.rate, self.status = whole(rows.column("rate")), rows.column("status")
        self.posting: Mask = rows.column("posting").to_numpy().astype(np.bool_)
        self.open = whole(rows.column("foreign_open"))
        self.open_base = in_base(self.open, self.rate)
        self.total, self.foreign_total = whole(rows.column("total")), whole(rows.column("foreign_total"))
        self.owed = np.isin(self.kind, [codes.index(code) for code in OWED])
        self.usable = np.isin(self.kind, [codes.index(code) for code in USABLE])

    def place(self, ids: Whole) -> Whole:
        """Where the transactions of these ids stand."""
        return np.searchsorted(self.id, ids)

    def settled_on(self, links: pa.Table) -> Whole:
        """The day of each one's last payment, 0 without any."""
        paying = links.filter(pc.equal(links.column("kind"), PAYMENT))
        found = np.zeros(len(self.id), np.int64)
        np.maximum.at(found, self.place(whole(paying.column("previous"))), whole(paying.column("day")))
        return found

    def text(self, attribute: str) -> list[str]:
        return [str(getattr(kind, attribute)) for kind in TYPES]


def _transaction(heads: _Heads, links: pa.Table, *, oneworld: bool) -> Table:
    rows = heads.rows
    made = Columns("transaction", rows.num_rows)
    titles = choose(heads.kind, heads.text("title"))
    made.add("id", Kind.ID, rows.column("id"))
    made.add("tranid", Kind.TEXT, rows.column("tranid"))
    made.add("transactionnumber", Kind.TEXT, rows.column("number"))
    shown = pc.binary_join_element_wise(titles, rows.column("tranid").combine_chunks(), " #")
    made.add("trandisplayname", Kind.TEXT, shown)
    made.add("type", Kind.TEXT, rows.column("type"), "list:transactiontype")
    made.add("recordtype", Kind.TEXT, choose(heads.kind, heads.text("record")))
    made.add("abbrevtype", Kind.TEXT, choose(heads.kind, heads.text("abbreviation")))
    made.add("trandate", Kind.DATE, dates(rows.column("day")))
    made.add("postingperiod", Kind.ID, rows.column("period"), "accountingperiod.periodname")
    made.add("posting", Kind.BOOLEAN, flags(heads.posting))
    made.add("status", Kind.TEXT, heads.status, "list:transactionstatus by type")
    made.add("entity", Kind.ID, rows.column("entity"), "entity.entitytitle")
    if oneworld:
        made.add("subsidiary", Kind.ID, rows.column("subsidiary"), "subsidiary.fullname")
    made.add("currency", Kind.ID, rows.column("currency"), "currency.name")
    made.add("exchangerate", Kind.RATE, rates(heads.rate))
    made.add("total", Kind.MONEY, money(heads.total))
    made.add("foreigntotal", Kind.MONEY, money(heads.foreign_total))
    settled = np.abs(heads.foreign_total) - heads.open
    made.add("foreignamountpaid", Kind.MONEY, money(where(heads.owed, settled)))
    made.add("foreignamountunpaid", Kind.MONEY, money(where(heads.owed, heads.open)))
    made.add("foreignpaymentamountused", Kind.MONEY, money(where(heads.usable, settled)))
    made.add("foreignpaymentamountunused", Kind.MONEY, money(where(heads.usable, heads.open)))
    made.add("memo", Kind.TEXT, rows.column("memo"))
    made.add("otherrefnum", Kind.TEXT, rows.column("reference"))
    made.add("externalid", Kind.TEXT, rows.column("external"))
    made.add("duedate", Kind.DATE, dates(rows.column("due")))
    settled_on = heads.settled_on(links)
    closed = where(heads.owed & (heads.open == 0) & (settled_on > 0), settled_on)
    made.add("closedate", Kind.DATE, dates(closed))
    made.add("terms", Kind.ID, rows.column("terms"), "term.name")
    made.add("employee", Kind.ID, rows.column("employee"), "employee.entitytitle")
    _journal_fields(made, heads, oneworld=oneworld)
    _custom_fields(made, heads)
    made.add("createddate", Kind.DATETIME, moments(rows.column("created")))
    made.add("lastmodifieddate", Kind.DATETIME, moments(rows.column("modified")))
    made.constant("voided", Kind.BOOLEAN, "F")
    return made.table()


def _journal_fields(made: Columns, heads: _Heads, *, oneworld: bool) -> None:
    rows = heads.rows
    reverses = whole(rows.column("reverses"))
    reversing = heads.place(reverses[reverses != 0])
    reversal, reversed_on = np.zeros(len(heads.id), np.int64), np.zeros(len(heads.id), np.int64)
    reversal[reversing] = heads.id[reverses != 0]
    reversed_on[reversing] = whole(rows.column("day"))[reverses != 0]
    made.add("isreversal", Kind.BOOLEAN, flags(reverses != 0))
    made.add("reversal", Kind.ID, given(np.where(reverses != 0, reverses, reversal)), "transaction.trandisplayname")
    made.add("reversaldate", Kind.DATE, dates(given(reversed_on)))
    if oneworld:
        made.add("intercotransaction", Kind.ID, rows.column("twin"), "transaction.trandisplayname")
    book = whole(rows.column("book"))
    made.add("isbookspecific", Kind.BOOLEAN, flags(book != BOTH_BOOKS))
    made.add("accountingbook", Kind.ID, given(book), "accountingbook.name")


def _custom_fields(made: Columns, heads: _Heads) -> None:
    """What an account adds: text that looks like a number, text that bites, a date, a number, a box."""
    place = heads.id * 2_654_435_761 % 1_000_003
    codes = [f"{number:05d}" for number in range(0, 500, 7)]
    made.add("custbody_region_code", Kind.TEXT, where(place % 3 != 0, choose(place % len(codes), codes)))
    made.add("custbody_customer_note", Kind.TEXT, where(place % 11 == 0, choose(place % len(HOSTILE), HOSTILE)))
    approved = where(heads.posting & (place % 2 == 0), whole(heads.rows.column("day")) + place % 5)
    made.add("custbody_approved_on", Kind.DATE, dates(approved))
    made.add("custbody_margin", Kind.RATE, hundredths(where(place % 4 == 0, place % 10_000 - 2_000)))
    made.add("custbody_is_rush", Kind.BOOLEAN, flags(place % 9 == 0))


class _Lines:
    """Lines as columns of numbers, and the place of each one's header."""

    def __init__(self, rows: pa.Table, heads: _Heads) -> None:
        self.rows, self.heads = rows, heads
        self.transaction, self.number = whole(rows.column("transaction")), whole(rows.column("number"))
        self.head = heads.place(self.transaction)
        self.amount, self.foreign = whole(rows.column("amount")), whole(rows.column("foreign"))
        self.account = whole(rows.column("account"))
        self.marks = whole(rows.column("marks"))
        self.main = self.number == 0

    def of_head(self, column: str) -> pa.Array:
        return self.heads.rows.column(column).combine_chunks().take(pa.array(self.head))


def _line(lines: _Lines, *, oneworld: bool) -> Table:
    rows = lines.rows
    made = Columns("transactionline", rows.num_rows)
    made.add("transaction", Kind.ID, rows.column("transaction"))
    made.add("id", Kind.ID, rows.column("number"))
    made.add("linesequencenumber", Kind.INTEGER, rows.column("number"))
    made.add("uniquekey", Kind.ID, pa.array(lines.transaction * MOST_LINES + lines.number))
    made.add("mainline", Kind.BOOLEAN, flags(lines.main))
    made.add("taxline", Kind.BOOLEAN, flags(lines.marks & TAX != 0))
    made.add("iscogs", Kind.BOOLEAN, flags(lines.marks & COST != 0))
    made.add("isinventoryaffecting", Kind.BOOLEAN, flags(lines.marks & STOCK != 0))
    if oneworld:
        made.add("subsidiary", Kind.ID, lines.of_head("subsidiary"), "subsidiary.fullname")
        made.add("duetofromsubsidiary", Kind.ID, rows.column("partner"), "subsidiary.fullname")
    made.add("entity", Kind.ID, lines.of_head("entity"), "entity.entitytitle")
    made.add("department", Kind.ID, rows.column("department"), "department.fullname")
    made.add("class", Kind.ID, rows.column("classification"), "classification.fullname")
    made.add("location", Kind.ID, rows.column("location"), "location.fullname")
    made.add("item", Kind.ID, rows.column("item"), "item.fullname")
    made.add("expenseaccount", Kind.ID, rows.column("account"), "account.accountsearchdisplayname")
    made.add("quantity", Kind.RATE, hundredths(rows.column("quantity")))
    _ordered(made, lines)
    made.add("rate", Kind.RATE, hundredths(rows.column("price")))
    _amounts(made, lines)
    made.add("memo", Kind.TEXT, rows.column("memo"))
    made.add("requestnote", Kind.TEXT, rows.column("note"))
    made.add("createdfrom", Kind.ID, rows.column("source"), "transaction.trandisplayname")
    closed = pc.equal(lines.of_head("status"), "H").to_numpy(zero_copy_only=False)
    made.add("isclosed", Kind.BOOLEAN, flags(closed & np.isin(lines.heads.kind[lines.head], _orders())))
    made.constant("isbillable", Kind.BOOLEAN, "F")
    if oneworld:
        made.add("eliminate", Kind.BOOLEAN, flags(whole(rows.column("partner")) != 0))
    deposits = [kind.code for kind in TYPES].index("Deposit")
    made.add("cleared", Kind.BOOLEAN, flags(lines.heads.kind[lines.head] == deposits))
    _custom_columns(made, lines)
    made.add("linelastmodifieddate", Kind.DATETIME, moments(lines.of_head("modified")))
    made.add("billingschedule", Kind.ID, None)
    made.add("documentnumber", Kind.TEXT, None)
    return made.table()


def _custom_columns(made: Columns, lines: _Lines) -> None:
    """What an account adds: text that looks like a number, and text that bites."""
    place = lines.transaction * 31 + lines.number
    codes = [f"{number:06d}" for number in range(1, 100_000, 997)]
    made.add("custcol_serial_number", Kind.TEXT, where(place % 5 == 0, choose(place % len(codes), codes)))
    made.add("custcol_line_note", Kind.TEXT, where(place % 23 == 0, choose(place % len(HOSTILE), HOSTILE)))


def _ordered(made: Columns, lines: _Lines) -> None:
    rows = lines.rows
    ordered = np.isin(lines.heads.kind[lines.head], _orders()) & (lines.number > 0)
    made.add("quantityshiprecv", Kind.RATE, hundredths(where(ordered, whole(rows.column("shipped")))))
    made.add("quantitybilled", Kind.RATE, hundredths(where(ordered, whole(rows.column("billed")))))


def _amounts(made: Columns, lines: _Lines) -> None:
    has_amount = lines.account != 0
    made.add("netamount", Kind.MONEY, money(where(has_amount, lines.amount)))
    made.add("foreignamount", Kind.MONEY, money(where(has_amount, lines.foreign)))
    made.add("debitforeignamount", Kind.MONEY, money(where(has_amount & (lines.foreign > 0), lines.foreign)))
    made.add("creditforeignamount", Kind.MONEY, money(where(has_amount & (lines.foreign < 0), -lines.foreign)))
    owed, open_now = lines.main & lines.heads.owed[lines.head], lines.heads.open[lines.head]
    made.add("foreignamountpaid", Kind.MONEY, money(where(owed, np.abs(lines.foreign) - open_now)))
    made.add("foreignamountunpaid", Kind.MONEY, money(where(owed, open_now)))


def _orders() -> list[int]:
    codes = [kind.code for kind in TYPES]
    return [codes.index(code) for code in ("SalesOrd", "PurchOrd", "Estimate", "RtnAuth", "VendAuth", "WorkOrd")]


def _accounting_line(lines: _Lines) -> Table:
    """A line of both books stands twice, one after the other."""
    heads = lines.heads
    book = whole(heads.rows.column("book"))[lines.head]
    first = np.flatnonzero((book == BOTH_BOOKS) | (book == PRIMARY_BOOK))
    second = np.flatnonzero((book == BOTH_BOOKS) | (book == SECONDARY_BOOK))
    order = np.argsort(np.concatenate([first * 2, second * 2 + 1]), kind="stable")
    place = np.concatenate([first, second])[order]
    is_second = np.concatenate([np.zeros(len(first), np.bool_), np.ones(len(second), np.bool_)])[order]
    account = np.where(is_second, whole(lines.rows.column("account2"))[place], lines.account[place])
    amount, head = lines.amount[place], lines.head[place]
    has_amount, main = account != 0, lines.main[place]
    made = Columns("transactionaccountingline", len(place))
    made.add("transaction", Kind.ID, pa.array(lines.transaction[place]), "transaction.trandisplayname")
    made.add("transactionline", Kind.ID, pa.array(lines.number[place]))
    books = np.where(is_second, SECONDARY_BOOK, PRIMARY_BOOK)
    made.add("accountingbook", Kind.ID, pa.array(books), "accountingbook.name")
    made.add("account", Kind.ID, given(account), "account.accountsearchdisplayname")
    made.add("amount", Kind.MONEY, money(where(has_amount, amount)))
    made.add("debit", Kind.MONEY, money(where(has_amount & (amount > 0), amount)))
    made.add("credit", Kind.MONEY, money(where(has_amount & (amount < 0), -amount)))
    made.add("netamount", Kind.MONEY, money(where(has_amount, amount)))
    settled = np.abs(amount) - heads.open_base[head]
    owed, usable = main & heads.owed[head], main & heads.usable[head]
    made.add("amountpaid", Kind.MONEY, money(where(owed, settled)))
    made.add("amountunpaid", Kind.MONEY, money(where(owed, heads.open_base[head])))
    made.add("paymentamountused", Kind.MONEY, money(where(usable, settled)))
    made.add("paymentamountunused", Kind.MONEY, money(where(usable, heads.open_base[head])))
    made.add("exchangerate", Kind.RATE, rates(heads.rate[head]))
    made.add("posting", Kind.BOOLEAN, flags(heads.posting[head]))
    made.add("lastmodifieddate", Kind.DATETIME, moments(whole(heads.rows.column("modified"))[head]))
    return made.table()


def _link(name: str, rows: pa.Table, heads: _Heads) -> Table:
    made = Columns(name, rows.num_rows)
    for end, side in (("previous", "previous"), ("next", "next")):
        ids = whole(rows.column(end))
        place = heads.place(ids)
        made.add(f"{side}doc", Kind.ID, pa.array(ids), "transaction.trandisplayname")
        made.add(f"{side}line", Kind.ID, rows.column(f"{end}_line"))
        made.add(f"{side}type", Kind.TEXT, choose(heads.kind[place], heads.text("code")), "list:transactiontype")
        made.add(f"{side}date", Kind.DATE, dates(whole(heads.rows.column("day"))[place]))
    made.add("linktype", Kind.TEXT, rows.column("kind"))
    amount = whole(rows.column("foreign"))
    made.add("foreignamount", Kind.MONEY, money(where(amount != 0, amount)))
    made.add("quantity", Kind.RATE, hundredths(given(whole(rows.column("quantity")))))
    made.add("lastmodifieddate", Kind.DATETIME, moments((whole(rows.column("day")) - EPOCH) * 86_400 + 64_800))
    return made.table()
