"""The type of a transaction, for those who hand one on and ask nothing of it themselves."""

from __future__ import annotations

from sqlalchemy import Connection as Transaction

__all__ = ["Transaction"]
