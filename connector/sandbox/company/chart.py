"""The chart of accounts: every account type of NetSuite, headers over detail accounts.

Account types: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_3947502870.html; the code of a
credit card account is `CredCard`.
"""

from __future__ import annotations

from collections.abc import Sequence

from connector.sandbox.company.hostile import external_id, hostile
from connector.sandbox.company.records import Account, Subsidiary

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
# The types of an income statement, with the sign that shows income and costs positive.
STATEMENT = {"Income": -1, "COGS": 1, "Expense": 1, "OthIncome": -1, "OthExpense": 1}
ASIDE = frozenset({"NonPosting", "Stat"})  # neither a result nor a balance

_ALL = "*"  # every subsidiary

# id, number, name, type, number of the parent, subsidiaries that may use it, special account
_CHART: tuple[tuple[int, str | None, str, str, str | None, str, str | None], ...] = (
    (1, "1000", "Operating Checking", "Bank", None, "1", None),
    (2, "00123", "Petty Cash", "Bank", None, "1", None),
    (6, "1010", "Savings", "Bank", None, "1", None),
    (7, "1020", "Euro Checking", "Bank", None, "2", None),
    (10, "1025", "Sterling Checking", "Bank", None, "3", None),
    (11, "1030", "Canadian Checking", "Bank", None, "5", None),
    (12, "1040", "Money Market", "Bank", None, "1", None),
    (8, "1E5", "Security Deposits", "OthAsset", None, _ALL, None),
    (9, "10-20", "Deposits with Suppliers", "OthCurrAsset", None, _ALL, None),
    (116, "1090", "Undeposited Funds", "OthCurrAsset", None, _ALL, "UndepFunds"),
    (119, "1100", "Accounts Receivable", "AcctRec", None, "1, 5", None),
    (120, "1110", "Accounts Receivable Europe", "AcctRec", None, "2, 3", None),
    (121, "1150", "Unbilled Receivable", "UnbilledRec", None, _ALL, "UnbilledRec"),
    (122, "1200", "Inventory", "OthCurrAsset", None, _ALL, None),
    (123, "1210", "Finished Goods", "OthCurrAsset", "1200", _ALL, None),
    (124, "1220", "Raw Materials", "OthCurrAsset", "1200", _ALL, None),
    (125, "1230", "Assemblies", "OthCurrAsset", "1200", _ALL, None),
    (126, "1240", "Work in Process", "OthCurrAsset", "1200", _ALL, None),
    (127, "1400", "Prepaid Expenses", "DeferExpense", None, _ALL, None),
    (128, "1600", "Vendor Prepayments", "OthCurrAsset", None, _ALL, None),
    (130, "1500", "Property and Equipment", "FixedAsset", None, _ALL, None),
    (131, "1510", "Computers", "FixedAsset", "1500", _ALL, None),
    (132, "1590", "Accumulated Depreciation", "FixedAsset", "1500", _ALL, None),
    (136, "1900", "Investment in Subsidiaries", "OthAsset", None, "1, 8", None),
    (135, "1800", "Intercompany Receivable", "OthCurrAsset", None, _ALL, None),
    (140, "2000", "Accounts Payable", "AcctPay", None, "1, 5", None),
    (141, "2010", "Accounts Payable Europe", "AcctPay", None, "2, 3", None),
    (144, "2050", "Corporate Card", "CredCard", None, _ALL, None),
    (150, "2100", "Accrued Purchases", "OthCurrLiab", None, _ALL, None),
    (151, "2200", "Sales Tax Payable", "OthCurrLiab", None, _ALL, "SalesTaxPay"),
    (154, "2250", "Income Tax Payable", "OthCurrLiab", None, _ALL, None),
    (152, "2300", "Accrued Payroll", "OthCurrLiab", None, _ALL, None),
    (153, "2310", "Employee Expenses Payable", "OthCurrLiab", None, _ALL, None),
    (156, "2350", "Customer Deposits", "OthCurrLiab", None, _ALL, "CustDep"),
    (155, "2400", "Deferred Revenue", "DeferRevenue", None, _ALL, None),
    (157, "2750", "Bonds", "LongTermLiab", None, "1", None),
    (158, "2700", "Bank Loan", "LongTermLiab", None, _ALL, None),
    (159, "2800", "Intercompany Payable", "OthCurrLiab", None, _ALL, None),
    (160, "3000", "Common Stock", "Equity", None, _ALL, None),
    (161, "3100", "Opening Balance", "Equity", None, _ALL, "OpeningBalEquity"),
    (162, "3200", "Retained Earnings", "RetainedEarnings", None, _ALL, "RetEarnings"),
    (163, "3400", "Cumulative Translation Adjustment", "Equity", None, _ALL, "CumulTransAdj"),
    (164, "3450", "Cumulative Translation Adjustment-Elimination", "Equity", None, "8", "CumulTransAdjElim"),
    (170, "4000", "Revenue", "Income", None, _ALL, None),
    (171, "4010", "Product Revenue", "Income", "4000", _ALL, None),
    (172, "4020", "Service Revenue", "Income", "4000", _ALL, None),
    (173, "4030", "Subscription Revenue", "Income", "4000", _ALL, None),
    (174, "4090", "Sales Discounts", "Income", "4000", _ALL, None),
    (178, "4900", "Intercompany Revenue", "Income", None, _ALL, None),
    (180, "5000", "Cost of Sales", "COGS", None, _ALL, None),
    (181, "5010", "Material", "COGS", "5000", _ALL, None),
    (182, "5020", "Shrinkage", "COGS", "5000", _ALL, None),
    (183, "5030", "Cost Variances", "COGS", "5000", _ALL, None),
    (200, "6000", "Operating Expenses", "Expense", None, _ALL, None),
    (201, "6100", "Salaries", "Expense", "6000", _ALL, None),
    (210, "6110", "Payroll Taxes", "Expense", "6000", _ALL, None),
    (213, "6120", "Commissions", "Expense", "6000", _ALL, None),
    (202, "6200", "Rent", "Expense", "6000", _ALL, None),
    (203, "6300", "Travel", "Expense", "6000", _ALL, None),
    (204, "6310", "Airfare", "Expense", "6300", _ALL, None),
    (211, "6320", "Hotels", "Expense", "6300", _ALL, None),
    (205, "6400", "Software", "Expense", "6000", _ALL, None),
    (206, "6500", "Marketing", "Expense", "6000", _ALL, None),
    (207, "6600", "Depreciation", "Expense", "6000", _ALL, None),
    (208, "6700", "Office Supplies", "Expense", "6000", _ALL, None),
    (212, "6800", "Insurance", "Expense", "6000", _ALL, None),
    (209, None, "Unnumbered Suspense", "Expense", None, _ALL, None),
    (218, "6900", "Intercompany Expense", "Expense", None, _ALL, None),
    (230, "7000", "Interest Income", "OthIncome", None, _ALL, None),
    (232, "7010", "Finance Charges", "OthIncome", None, _ALL, None),
    (231, "7100", "Unrealized Matching Gain", "OthIncome", None, _ALL, "MatchingUnERV"),
    (240, "8000", "Interest Expense", "OthExpense", None, _ALL, None),
    (241, "8100", "Realized Gains and Losses", "OthExpense", None, _ALL, "RealERV"),
    (242, "8110", "Unrealized Gains and Losses", "OthExpense", None, _ALL, "UnrERV"),
    (244, "8300", "Income Taxes", "OthExpense", None, _ALL, None),
    (260, "9000", "Sales Orders", "NonPosting", None, _ALL, "SalesOrd"),
    (261, "9010", "Purchase Orders", "NonPosting", None, _ALL, "PurchOrd"),
    (262, "9020", "Estimates", "NonPosting", None, _ALL, "Estimate"),
    (263, "9030", "Return Authorizations", "NonPosting", None, _ALL, "RtnAuth"),
    (264, "9040", "Vendor Return Authorizations", "NonPosting", None, _ALL, "VendAuth"),
    (265, "9050", "Work Orders", "NonPosting", None, _ALL, "WorkOrd"),
    (270, "9900", "Headcount", "Stat", None, _ALL, None),
    (272, "9990", "Statistical Clearing", "Stat", None, _ALL, None),
    (271, "123456789012345678", "=SUM(A1:A9) square metres", "Stat", None, _ALL, None),
)
_ELIMINATED = frozenset({"1800", "2800", "4900", "6900"})


def chart_of_accounts(companies: Sequence[Subsidiary]) -> tuple[Account, ...]:
    """Every account that one of these subsidiaries may use, headers before their details."""
    currencies = {str(company.id): company.currency for company in companies}
    everywhere = ", ".join(str(company.id) for company in companies)
    headers = {parent for *_, parent, _, _ in _CHART if parent}
    ids = {number: account for account, number, *_ in _CHART}
    full_names: dict[str | None, str] = {}
    accounts = []
    for place, (account, number, name, accttype, parent, users, special) in enumerate(_CHART):
        known = [one for one in users.split(", ") if one in currencies]
        if users != _ALL and not known:
            continue
        subsidiaries = everywhere if users == _ALL else ", ".join(known)
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
                currency=currencies[subsidiaries] if accttype == "Bank" else None,
                description=hostile(place) if place % 4 else None,
                external=external_id(place),
                eliminate=number in _ELIMINATED,
            )
        )
    return tuple(accounts)


def general_rate(accttype: str) -> str:
    """The rate a type is consolidated with: results at the average, equity at the historical, the rest at the current.

    https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_N1405625.html
    """
    if accttype in STATEMENT:
        return "Average"
    return "Historical" if accttype in HISTORICAL_TYPES else "Current"
