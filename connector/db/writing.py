"""How a transaction says that it writes, for whoever begins it."""

from __future__ import annotations

WRITES = "nsquery_writes"
"""The execution option of a writing transaction."""
