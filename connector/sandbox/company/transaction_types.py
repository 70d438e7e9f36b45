"""The transaction types the company uses: NetSuite's codes, record names, statuses and how often each is entered.

Status letters and names: NetSuite's transactionstatus list, as published at
https://blog.prolecto.com/2013/08/30/netsuite-searchfilter-transaction-internal-status-list/.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TransactionType:
    """`weight` is how often it is entered, `lines` the fewest and the most lines it has, main line included.

    `statuses` are (letter, name, weight); `held` are the letters in which it does not post.
    """

    code: str
    record: str
    title: str
    abbreviation: str
    prefix: str
    party: str | None
    weight: int
    lines: tuple[int, int]
    statuses: tuple[tuple[str, str, int], ...]
    posts: bool = True
    held: str = ""


TYPES = (
    TransactionType(
        "CustInvc", "invoice", "Invoice", "INV", "INV", "customer", 16, (2, 7),
        (("A", "Open", 4), ("B", "Paid In Full", 6)),
    ),
    TransactionType(
        "CustPymt", "customerpayment", "Payment", "PYMT", "PYMT", "customer", 10, (2, 2),
        (("B", "Not Deposited", 2), ("C", "Deposited", 8)),
    ),
    TransactionType(
        "CustCred", "creditmemo", "Credit Memo", "CREDMEM", "CM", "customer", 2, (2, 4),
        (("A", "Open", 2), ("B", "Fully Applied", 8)),
    ),
    TransactionType(
        "SalesOrd", "salesorder", "Sales Order", "SALESORD", "SO", "customer", 9, (2, 7),
        (("B", "Pending Fulfillment", 3), ("F", "Pending Billing", 2), ("G", "Billed", 5)), posts=False,
    ),
    TransactionType(
        "CashSale", "cashsale", "Cash Sale", "CASHSALE", "CS", "customer", 5, (2, 5),
        (("B", "Not Deposited", 2), ("C", "Deposited", 8)),
    ),
    TransactionType(
        "ItemShip", "itemfulfillment", "Item Fulfillment", "ITEMSHIP", "IF", "customer", 8, (3, 7),
        (("C", "Shipped", 1),),
    ),
    TransactionType(
        "VendBill", "vendorbill", "Bill", "BILL", "", "vendor", 12, (2, 6),
        (("A", "Open", 4), ("B", "Paid In Full", 6)),
    ),
    TransactionType(
        "VendPymt", "vendorpayment", "Bill Payment", "BILLPMT", "CHK", "vendor", 8, (2, 2), (("F", "Approved", 1),),
    ),
    TransactionType(
        "VendCred", "vendorcredit", "Bill Credit", "BILLCRED", "VC", "vendor", 2, (2, 4),
        (("A", "Open", 3), ("B", "Fully Applied", 7)),
    ),
    TransactionType(
        "PurchOrd", "purchaseorder", "Purchase Order", "PURCHORD", "PO", "vendor", 5, (2, 7),
        (("B", "Pending Receipt", 3), ("F", "Pending Bill", 2), ("G", "Fully Billed", 5)), posts=False,
    ),
    TransactionType(
        "ItemRcpt", "itemreceipt", "Item Receipt", "ITEMRCPT", "IR", "vendor", 4, (3, 7), (("Y", "Undefined", 1),),
    ),
    TransactionType(
        "InvAdjst", "inventoryadjustment", "Inventory Adjustment", "INVADJST", "IA", None, 2, (2, 5),
        (("Y", "Undefined", 1),),
    ),
    TransactionType(
        "Check", "check", "Check", "CHK", "", "vendor", 4, (2, 4), (("Y", "Undefined", 1),),
    ),
    TransactionType(
        "CardChrg", "creditcardcharge", "Credit Card", "CCARD", "CC", "vendor", 5, (2, 3), (("Y", "Undefined", 1),),
    ),
    TransactionType(
        "ExpRept", "expensereport", "Expense Report", "EXPRPT", "ER", "employee", 3, (2, 6),
        (("F", "Approved by Accounting", 3), ("I", "Paid In Full", 7)),
    ),
    TransactionType(
        "Deposit", "deposit", "Deposit", "DEP", "DEP", None, 4, (2, 5), (("Y", "Undefined", 1),),
    ),
    TransactionType(
        "Journal", "journalentry", "Journal", "GENJRNL", "JE", None, 7, (2, 9),
        (("A", "Pending Approval", 1), ("B", "Approved for Posting", 14)), held="A",
    ),
)  # fmt: skip

BY_CODE = {entry.code: entry for entry in TYPES}
