"""The transaction types the company uses: NetSuite's codes, record names and statuses.

Status letters and names: NetSuite's transactionstatus list, as published at
https://blog.prolecto.com/2013/08/30/netsuite-searchfilter-transaction-internal-status-list/.
"""

from __future__ import annotations

from dataclasses import dataclass

UNDEFINED = (("Y", "Undefined"),)


@dataclass(frozen=True, slots=True)
class TransactionType:
    """`statuses` are (letter, name), the first that of a new one; `held` are the letters in which it does not post."""

    code: str
    record: str
    title: str
    abbreviation: str
    prefix: str
    party: str | None
    statuses: tuple[tuple[str, str], ...] = UNDEFINED
    posts: bool = True
    held: str = ""


_OPEN_PAID = (("A", "Open"), ("B", "Paid In Full"))
_OPEN_APPLIED = (("A", "Open"), ("B", "Fully Applied"))
_DEPOSITED = (("B", "Not Deposited"), ("C", "Deposited"))

TYPES = (
    TransactionType("CustInvc", "invoice", "Invoice", "INV", "INV", "customer", _OPEN_PAID),
    TransactionType("CustChrg", "customercharge", "Statement Charge", "CUSTCHRG", "SC", "customer", _OPEN_PAID),
    TransactionType("FinChrg", "financecharge", "Finance Charge", "FINCHRG", "FC", "customer", _OPEN_PAID),
    TransactionType("CustPymt", "customerpayment", "Payment", "PYMT", "PYMT", "customer", _DEPOSITED),
    TransactionType("CustCred", "creditmemo", "Credit Memo", "CREDMEM", "CM", "customer", _OPEN_APPLIED),
    TransactionType("CustDep", "customerdeposit", "Customer Deposit", "CUSTDEP", "CD", "customer",
                    (("A", "Not Deposited"), ("B", "Deposited"), ("C", "Fully Applied"))),
    TransactionType("DepAppl", "depositapplication", "Deposit Application", "DEPAPPL", "DA", "customer"),
    TransactionType("CustRfnd", "customerrefund", "Customer Refund", "CUSTRFND", "CR", "customer"),
    TransactionType("SalesOrd", "salesorder", "Sales Order", "SALESORD", "SO", "customer",
                    (("B", "Pending Fulfillment"), ("D", "Partially Fulfilled"),
                     ("E", "Pending Billing/Partially Fulfilled"), ("F", "Pending Billing"), ("G", "Billed"),
                     ("H", "Closed")), posts=False),
    TransactionType("Estimate", "estimate", "Estimate", "ESTIMATE", "EST", "customer",
                    (("A", "Open"), ("B", "Processed"), ("X", "Expired")), posts=False),
    TransactionType("RtnAuth", "returnauthorization", "Return Authorization", "RTNAUTH", "RMA", "customer",
                    (("B", "Pending Receipt"), ("F", "Pending Refund"), ("G", "Refunded")), posts=False),
    TransactionType("CashSale", "cashsale", "Cash Sale", "CASHSALE", "CS", "customer", _DEPOSITED),
    TransactionType("CashRfnd", "cashrefund", "Cash Refund", "CASHRFND", "CSR", "customer"),
    TransactionType("ItemShip", "itemfulfillment", "Item Fulfillment", "ITEMSHIP", "IF", "customer",
                    (("C", "Shipped"),)),
    TransactionType("VendBill", "vendorbill", "Bill", "BILL", "", "vendor", _OPEN_PAID),
    TransactionType("VendPymt", "vendorpayment", "Bill Payment", "BILLPMT", "CHK", "vendor", (("F", "Approved"),)),
    TransactionType("VendCred", "vendorcredit", "Bill Credit", "BILLCRED", "VC", "vendor", _OPEN_APPLIED),
    TransactionType("VPrep", "vendorprepayment", "Vendor Prepayment", "VPREP", "VP", "vendor",
                    (("C", "Paid"), ("E", "Fully Applied"))),
    TransactionType("VPrepApp", "vendorprepaymentapplication", "Vendor Prepayment Application", "VPREPAPP", "VPA",
                    "vendor"),
    TransactionType("PurchOrd", "purchaseorder", "Purchase Order", "PURCHORD", "PO", "vendor",
                    (("B", "Pending Receipt"), ("D", "Partially Received"), ("E", "Pending Billing/Partially Received"),
                     ("F", "Pending Bill"), ("G", "Fully Billed"), ("H", "Closed")), posts=False),
    TransactionType("VendAuth", "vendorreturnauthorization", "Vendor Return Authorization", "VENDAUTH", "VRA", "vendor",
                    (("B", "Pending Return"), ("F", "Pending Credit"), ("G", "Credited")), posts=False),
    TransactionType("ItemRcpt", "itemreceipt", "Item Receipt", "ITEMRCPT", "IR", "vendor"),
    TransactionType("InvAdjst", "inventoryadjustment", "Inventory Adjustment", "INVADJST", "IA", None),
    TransactionType("InvWksht", "inventoryworksheet", "Inventory Worksheet", "INVWKSHT", "IW", None),
    TransactionType("InvDistr", "inventorydistribution", "Inventory Distribution", "INVDISTR", "ID", None),
    TransactionType("InvTrnfr", "inventorytransfer", "Inventory Transfer", "INVTRNFR", "IT", None),
    TransactionType("InvReval", "inventorycostrevaluation", "Inventory Cost Revaluation", "INVREVAL", "ICR", None),
    TransactionType("WorkOrd", "workorder", "Work Order", "WORKORD", "WO", None,
                    (("B", "Released"), ("D", "In Process"), ("G", "Built"), ("H", "Closed")), posts=False),
    TransactionType("WOIssue", "workorderissue", "Work Order Issue", "WOISSUE", "WOI", None),
    TransactionType("WOCompl", "workordercompletion", "Work Order Completion", "WOCOMPL", "WOC", None),
    TransactionType("WOClose", "workorderclose", "Work Order Close", "WOCLOSE", "WOX", None),
    TransactionType("Build", "assemblybuild", "Assembly Build", "BUILD", "AB", None),
    TransactionType("Unbuild", "assemblyunbuild", "Assembly Unbuild", "UNBUILD", "AU", None),
    TransactionType("Check", "check", "Check", "CHK", "", "vendor"),
    TransactionType("CardChrg", "creditcardcharge", "Credit Card", "CCARD", "CC", "vendor"),
    TransactionType("CardRfnd", "creditcardrefund", "Credit Card Refund", "CCREFUND", "CCR", "vendor"),
    TransactionType("ExpRept", "expensereport", "Expense Report", "EXPRPT", "ER", "employee",
                    (("F", "Approved by Accounting"), ("I", "Paid In Full"))),
    TransactionType("Deposit", "deposit", "Deposit", "DEP", "DEP", None),
    TransactionType("Transfer", "transfer", "Transfer", "TRANSFER", "TR", None),
    TransactionType("Paycheck", "paycheck", "Paycheck", "PAYCHECK", "PC", None),
    TransactionType("Commissn", "commission", "Commission", "COMMISSN", "COM", "employee"),
    TransactionType("LiabPymt", "payrollliabilitycheck", "Payroll Liability Check", "LIABPYMT", "PL", None),
    TransactionType("TaxPymt", "salestaxpayment", "Sales Tax Payment", "TAXPYMT", "TP", None),
    TransactionType("Journal", "journalentry", "Journal", "GENJRNL", "JE", None,
                    (("B", "Approved for Posting"), ("A", "Pending Approval")), held="A"),
    TransactionType("FxReval", "fxreval", "Currency Revaluation", "FXREVAL", "FX", None),
)  # fmt: skip

BY_CODE = {entry.code: entry for entry in TYPES}
