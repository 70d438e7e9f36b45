"""The company whose books the sandbox account keeps: a generator of data, seeded and self-consistent.

`generate` makes it; SuiteQL sees it as tables, and its books are computed beside them, without SQL.
"""

from connector.sandbox.company.company import Company, generate

__all__ = ["Company", "generate"]
