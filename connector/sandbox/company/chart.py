"""The chart of accounts: every account type of NetSuite, headers over detail accounts.

Account types: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_3947502870.html; the code of a
credit card account is `CredCard`.
"""

from __future__ import annotations

from connector.sandbox.company.hostile import external_id, hostile
from connector.sandbox.company.records import Account

ACCOUNT_TYPES = {
    "Bank": "Bank",
    "AcctRec": "Accounts Receivable",
    "UnbilledRec": "Unbilled Receivable",
    "OthCurrAsset": "Other Current Asset",
    "FixedAsset": "Fixed Asset",
    "OthAsset": "Other Asset",
    "DeferExpense": "Deferred Expense",
    "AcctPay": "Accounts Payable",
    "CredCard": "Credit Card",
    "OthCurrLiab": "Other Current Liability",
    "LongTermLiab": "Long Term Liability",
    "DeferRevenue": "Deferred Revenue",
    "Equity": "Equity",
    "RetainedEarnings": "Retained Earnings",
    "Income": "Income",
    "OthIncome": "Other Income",
    "COGS": "Cost of Goods Sold",
    "Expense": "Expense",
    "OthExpense": "Other Expense",
    "NonPosting": "Non Posting",
    "Stat": "Statistical",
}
HISTORICAL_TYPES = frozenset({"Equity", "RetainedEarnings"})
AVERAGE_TYPES = frozenset({"Income", "OthIncome", "COGS", "Expense", "OthExpense"})

# id, number, name, type, number of the parent, subsidiaries that may use it, special account
_CHART: tuple[tuple[int, str | None, str, str, str | None, str, str | None], ...] = (
    (1, "1000", "Operating Checking", "Bank", None, "1", None),
    (2, "00123", "Petty Cash", "Bank", None, "1", None),
    (6, "1010", "Savings", "Bank", None, "1", None),
    (7, "1020", "Euro Checking", "Bank", None, "2", None),
    (8, "1E5", "Security Deposits", "OthAsset", None, "1, 2", None),
    (9, "10-20", "Deposits with Suppliers", "OthCurrAsset", None, "1, 2", None),
    (116, "1090", "Undeposited Funds", "OthCurrAsset", None, "1, 2", "UndepFunds"),
    (119, "1100", "Accounts Receivable", "AcctRec", None, "1", None),
    (120, "1110", "Accounts Receivable Euro", "AcctRec", None, "2", None),
    (121, "1150", "Unbilled Receivable", "UnbilledRec", None, "1, 2", "UnbilledRec"),
    (122, "1200", "Inventory", "OthCurrAsset", None, "1, 2", None),
    (123, "1210", "Finished Goods", "OthCurrAsset", "1200", "1, 2", None),
    (124, "1220", "Raw Materials", "OthCurrAsset", "1200", "1, 2", None),
    (127, "1400", "Prepaid Expenses", "DeferExpense", None, "1, 2", None),
    (130, "1500", "Property and Equipment", "FixedAsset", None, "1, 2", None),
    (131, "1510", "Computers", "FixedAsset", "1500", "1, 2", None),
    (132, "1590", "Accumulated Depreciation", "FixedAsset", "1500", "1, 2", None),
    (140, "2000", "Accounts Payable", "AcctPay", None, "1", None),
    (141, "2010", "Accounts Payable Euro", "AcctPay", None, "2", None),
    (144, "2050", "Corporate Card", "CredCard", None, "1, 2", None),
    (150, "2100", "Accrued Purchases", "OthCurrLiab", None, "1, 2", None),
    (151, "2200", "Sales Tax Payable", "OthCurrLiab", None, "1, 2", "SalesTaxPay"),
    (152, "2300", "Accrued Payroll", "OthCurrLiab", None, "1, 2", None),
    (153, "2310", "Employee Expenses Payable", "OthCurrLiab", None, "1, 2", None),
    (155, "2400", "Deferred Revenue", "DeferRevenue", None, "1, 2", None),
    (158, "2700", "Bank Loan", "LongTermLiab", None, "1, 2", None),
    (160, "3000", "Common Stock", "Equity", None, "1, 2", None),
    (161, "3100", "Opening Balance", "Equity", None, "1, 2", "OpeningBalEquity"),
    (162, "3200", "Retained Earnings", "RetainedEarnings", None, "1, 2", "RetEarnings"),
    (170, "4000", "Revenue", "Income", None, "1, 2", None),
    (171, "4010", "Product Revenue", "Income", "4000", "1, 2", None),
    (172, "4020", "Service Revenue", "Income", "4000", "1, 2", None),
    (173, "4030", "Subscription Revenue", "Income", "4000", "1, 2", None),
    (180, "5000", "Cost of Sales", "COGS", None, "1, 2", None),
    (181, "5010", "Material", "COGS", "5000", "1, 2", None),
    (182, "5020", "Shrinkage", "COGS", "5000", "1, 2", None),
    (200, "6000", "Operating Expenses", "Expense", None, "1, 2", None),
    (201, "6100", "Salaries", "Expense", "6000", "1, 2", None),
    (202, "6200", "Rent", "Expense", "6000", "1, 2", None),
    (203, "6300", "Travel", "Expense", "6000", "1, 2", None),
    (204, "6310", "Airfare", "Expense", "6300", "1, 2", None),
    (205, "6400", "Software", "Expense", "6000", "1, 2", None),
    (206, "6500", "Marketing", "Expense", "6000", "1, 2", None),
    (207, "6600", "Depreciation", "Expense", "6000", "1, 2", None),
    (208, "6700", "Office Supplies", "Expense", "6000", "1, 2", None),
    (209, None, "Unnumbered Suspense", "Expense", None, "1, 2", None),
    (230, "7000", "Interest Income", "OthIncome", None, "1, 2", None),
    (231, "7100", "Unrealized Matching Gain", "OthIncome", None, "1, 2", "MatchingUnERV"),
    (240, "8000", "Interest Expense", "OthExpense", None, "1, 2", None),
    (260, "9000", "Sales Orders", "NonPosting", None, "1, 2", "SalesOrd"),
    (261, "9010", "Purchase Orders", "NonPosting", None, "1, 2", "PurchOrd"),
    (270, "9900", "Headcount", "Stat", None, "1, 2", None),
    (271, "123456789012345678", "=SUM(A1:A9) square metres", "Stat", None, "1, 2", None),
)


def chart_of_accounts() -> tuple[Account, ...]:
    """Every account, headers before their details."""
    headers = {parent for *_, parent, _, _ in _CHART if parent}
    ids = {number: account for account, number, *_ in _CHART}
    full_names: dict[str | None, str] = {}
    accounts = []
    for place, (account, number, name, accttype, parent, subsidiaries, special) in enumerate(_CHART):
        full_name = f"{full_names[parent]} : {name}" if parent else name
        full_names[number] = full_name
        accounts.append(
            Account(
                id=account,
                number=number,
                name=name,
                full_name=full_name,
                type=accttype,
                rate=general_rate(accttype),
                parent=ids[parent] if parent else None,
                summary=number in headers,
                subsidiaries=subsidiaries,
                special=special,
                currency=None if accttype != "Bank" else 4 if subsidiaries == "2" else 1,
                description=hostile(place) if place % 4 else None,
                external=external_id(place),
            )
        )
    return tuple(accounts)


def general_rate(accttype: str) -> str:
    """The rate a type is consolidated with: results at the average, equity at the historical, the rest at the current.

    https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_N1405625.html
    """
    if accttype in AVERAGE_TYPES:
        return "Average"
    return "Historical" if accttype in HISTORICAL_TYPES else "Current"
