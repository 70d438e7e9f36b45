"""The tables a channel reads, and the permission that shows each to a role.

NetSuite answers a role without it as if the table did not exist (`Record 'employee' was not found`), and an account
without the feature likewise.
"""

from __future__ import annotations

from dataclasses import dataclass

from connector.errors import QueryRefusedError
from connector.netsuite.finding import Finding
from connector.netsuite.suiteql import SuiteQL

ROLE_PERMISSIONS = "Setup > Users/Roles > Manage Roles, the role, Permissions"
_HIDDEN = {"UNKNOWN_TABLE"}


@dataclass(frozen=True, slots=True)
class TablePermission:
    """A table, and the permission as the role's page names it: subtab and name."""

    table: str
    permission: str

    @property
    def menu_path(self) -> str:
        """Where an administrator gives it."""
        return f"{ROLE_PERMISSIONS} > {self.permission}"


NEEDED = (
    TablePermission("transaction", "Transactions: Find Transaction, and each type of transaction to be read"),
    TablePermission("transactionline", "Transactions: Find Transaction, and each type of transaction to be read"),
    TablePermission(
        "transactionaccountingline", "Transactions: Find Transaction, and each type of transaction to be read"
    ),
    TablePermission("account", "Lists: Accounts"),
    TablePermission("accountingperiod", "Setup: Manage Accounting Periods"),
    TablePermission("subsidiary", "Lists: Subsidiaries"),
    TablePermission("customer", "Lists: Customers"),
    TablePermission("vendor", "Lists: Vendors"),
    TablePermission("employee", "Lists: Employees"),
    TablePermission("item", "Lists: Items"),
    TablePermission("budgets", "Transactions: Set Up Budgets"),
)


def shows_rows(suiteql: SuiteQL, table: str) -> bool | None:
    """Whether the table shows a row, by one tiny query; None where it is not found. Raises RemoteError."""
    try:
        answer = suiteql.read(f"SELECT COUNT(*) AS n FROM {table} WHERE ROWNUM <= 1")  # noqa: S608 - of the list above
    except QueryRefusedError as error:
        if error.code in _HIDDEN:
            return None
        raise
    return bool(answer.rows) and answer.rows[0].get("n") not in (None, "0")


def has_subsidiaries(suiteql: SuiteQL) -> bool:
    """Whether the account is a OneWorld account: its transaction lines name a subsidiary. Raises RemoteError."""
    try:
        suiteql.read("SELECT MAX(subsidiary) AS s FROM transactionline WHERE ROWNUM <= 1")
    except QueryRefusedError as error:
        if error.code == "UNKNOWN_COLUMN":
            return False
        raise
    return True


def has_one_currency(suiteql: SuiteQL) -> bool:
    """Whether all books are in one currency, as far as this role can tell. Raises RemoteError."""
    try:
        rows = suiteql.read("SELECT COUNT(DISTINCT currency) AS n FROM subsidiary").rows
    except QueryRefusedError as error:
        if error.code in _HIDDEN:
            return not has_subsidiaries(suiteql)
        raise
    return bool(rows) and rows[0].get("n") == "1"


def permission_finding(suiteql: SuiteQL, needed: TablePermission) -> Finding:
    """Whether the role sees a table, tried by reading it. Raises RemoteError for whatever says nothing about that."""
    name, path = f"permission {needed.table}", needed.menu_path
    match shows_rows(suiteql, needed.table):
        case True:
            return Finding(name, "ok", f"{needed.table} shows rows to this role.")
        case False:
            cause = f"{needed.table} answers and shows no row: there is none, or none that this role may see."
            return Finding(name, "not proven", cause, path)
        case None:
            pass
    if needed.table == "subsidiary" and not has_subsidiaries(suiteql):
        return Finding(name, "skipped", "The account has no subsidiaries (no OneWorld).")
    cause = f"NetSuite does not show {needed.table} to this role: a permission is missing, or its feature is off."
    features = "Or the feature is off: Setup > Company > Enable Features."
    return Finding(name, "problem", cause, f"{path}. {features}", "UNKNOWN_TABLE")
