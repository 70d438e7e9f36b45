"""What has to be done in NetSuite itself, step by step, with its menu paths.

Oracle section_162755359851 (features, role, record), section_162790605110 (the mapping of a certificate).
"""

from __future__ import annotations

M2M_SETUP = "Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup"
_FEATURES = (
    "Setup > Company > Enable Features > SuiteCloud: under Manage Authentication tick OAuth 2.0, under SuiteTalk (Web "
    "Services) tick REST Web Services."
)
_ROLE = (
    "Setup > Users/Roles > Manage Roles: choose or make the role that may read what is asked for, and no more. On its "
    "Permissions > Setup it has Log in using OAuth 2.0 Access Tokens and REST Web Services, on Permissions > Reports "
    "SuiteAnalytics Workbook. Give it to the user it reads as (Lists > Employees > Employees, the user, Access)."
)
_RECORD = (
    "Setup > Integration > Manage Integrations > New: give a name, set State to Enabled. On Authentication tick Client "
    "Credentials (Machine to Machine) Grant and REST Web Services, untick the rest, and save. Copy the Client ID: it is shown "
    "once. Where the application has a record already, tick the grant on it and use its Client ID."
)


def upload_steps(account_id: str) -> tuple[str, ...]:
    """What an administrator does with a certificate made here, in the realm's form of the account id."""
    return (
        f"Sign in to NetSuite account {account_id} as an administrator.",
        _FEATURES,
        _ROLE,
        _RECORD,
        f"{M2M_SETUP} > Create New: choose Entity (the user), Role and Application (the record), upload certificate.pem, save.",
        "Copy the Certificate ID from the list, and bring both ids back to this page.",
    )
