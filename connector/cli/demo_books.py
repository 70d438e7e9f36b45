"""Totals that SuiteQL gives, beside those that the sandbox's generator keeps of its own entries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from connector.cli.demo_parts import Service, ask
from connector.egress import Egress, Origin
from connector.errors import ConnectorError

_LINES = "SELECT COUNT(*) AS n FROM transactionline"
_TRANSACTIONS = "SELECT COUNT(*) AS n FROM transaction"
_LEDGER = (
    "SELECT TO_CHAR(SUM(tal.debit)) AS debit, TO_CHAR(SUM(tal.credit)) AS credit FROM transactionaccountingline tal "
    "WHERE tal.posting = 'T'"
)
_BY_TYPE = "SELECT type, COUNT(*) AS n FROM transaction GROUP BY type ORDER BY type"


def check_totals(service: Service, account: Mapping[str, Any], console: Console) -> list[tuple[str, Decimal]]:
    """Compare, print and answer the totals. Raises ConnectorError (code TOTALS_DIFFER)."""
    books = _books(str(account["books"]))
    ledger = ask(service, _LEDGER, connection="legacy")["values"][1]
    asked = [
        ("transaction lines", _single(service, _LINES), Decimal(books["lines"])),
        ("transactions", _single(service, _TRANSACTIONS), Decimal(books["transactions"])),
        ("debits", Decimal(ledger[0]), Decimal(books["gl"]["total_debit"])),
        ("credits", Decimal(ledger[1]), Decimal(books["gl"]["total_credit"])),
    ]
    counts = {row[0]: row[1] for row in ask(service, _BY_TYPE, connection="machine")["values"][1:]}
    asked += [
        (f"transactions of type {entry['type']}", Decimal(counts.get(entry["type"], 0)), Decimal(entry["count"]))
        for entry in books["by_type"]
    ]
    table = Table("total", "by SuiteQL", "by the books", show_edge=False)
    for name, ours, theirs in asked[:4]:
        table.add_row(name, f"{ours:,}", f"{theirs:,}")
    console.print(table)
    wrong = [name for name, ours, theirs in asked if ours != theirs]
    if wrong:
        raise ConnectorError(
            f"These totals differ from the books: {', '.join(wrong)}.", code="TOTALS_DIFFER", remedy="Report this."
        )
    console.print(f"All {len(asked)} totals are equal.")
    return [(name, ours) for name, ours, _ in asked]


def _single(service: Service, sql: str) -> Decimal:
    return Decimal(ask(service, sql, connection="machine")["values"][1][0])


def _books(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    page = Egress("the sandbox's books", Origin.parse(f"{parts.scheme}://{parts.netloc}", configured=True))
    reply = page.request("GET", parts.path)
    page.close()
    return dict(json.loads(reply.body))
