"""What a role may do and what an account has: the names stand in NetSuite's pages as they stand here.

Setup > Users/Roles > Manage Roles > Permissions; Setup > Company > Enable Features > SuiteCloud.
"""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """A permission of a role, by the name on its page."""

    REST_WEB_SERVICES = "REST Web Services"
    WORKBOOK = "SuiteAnalytics Workbook"
    OAUTH2_LOGIN = "Log in using OAuth 2.0 Access Tokens"
    TOKEN_LOGIN = "Log in using Access Tokens"  # noqa: S105 - a permission's name
    USER_TOKENS = "User Access Tokens"
    OWN_CERTIFICATES = "Manage own OAuth 2.0 Client Credentials certificates"
    AUTHORIZED_APPLICATIONS = "OAuth 2.0 Authorized Applications Management"
    FIND_TRANSACTION = "Find Transaction"
    ACCOUNTS = "Accounts"
    CUSTOMERS = "Customers"
    VENDORS = "Vendors"
    ITEMS = "Items"
    SUBSIDIARIES = "Subsidiaries"
    ACCOUNTING_PERIODS = "Manage Accounting Periods"


class Feature(StrEnum):
    """A feature of the account, by the name on Enable Features."""

    TOKEN_BASED = "Token-based Authentication"  # noqa: S105 - a feature's name
    OAUTH2 = "OAuth 2.0"
    REST_WEB_SERVICES = "REST Web Services"


EVERYTHING = frozenset(Permission)
READING = EVERYTHING - {Permission.OWN_CERTIFICATES, Permission.AUTHORIZED_APPLICATIONS}
"""What a role needs that signs in by any method and reads."""
TOKEN_PERMISSIONS = frozenset({Permission.TOKEN_LOGIN, Permission.USER_TOKENS})
"""Either of them lets a role use TBA tokens and get its own."""
