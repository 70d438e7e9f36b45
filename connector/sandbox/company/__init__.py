"""The company whose books the sandbox keeps.

`generate` makes one from a seed. Records and entries come first (`records`, `entries`, `ledger`); the tables SuiteQL
reads (`tables`) and the books it is checked against (`books`) are both made from them and share nothing else.
"""

from connector.sandbox.company.company import Company, generate

__all__ = ["Company", "generate"]
