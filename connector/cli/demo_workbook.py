"""The demo's workbook: written by `connector query`, read back by another library, summed and compared."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import openpyxl
from rich.console import Console

from connector.cli.demo_parts import run_connector
from connector.errors import ConnectorError

_TRIAL_BALANCE = (
    "SELECT BUILTIN.DF(tal.accountingbook) AS book, a.acctnumber, a.accttype, SUM(tal.debit) AS debit, "
    "SUM(tal.credit) AS credit FROM transactionaccountingline tal JOIN account a ON a.id = tal.account "
    "WHERE tal.posting = 'T' GROUP BY tal.accountingbook, BUILTIN.DF(tal.accountingbook), a.id, a.acctnumber, a.accttype "
    "ORDER BY tal.accountingbook, a.acctnumber, a.id"
)


def write_and_read_back(
    environment: Mapping[str, str], output: Path, totals: list[tuple[str, Decimal]], console: Console
) -> None:
    """Write the trial balance and compare the sums in its cells. Raises ConnectorError (code WORKBOOK_DIFFERS)."""
    run_connector(["query", _TRIAL_BALANCE, "--connection", "legacy", "--output", str(output)], environment)
    sheet = openpyxl.load_workbook(output, read_only=True, data_only=False)["Data"]
    header, *rows = sheet.iter_rows(values_only=True)
    for name in ("debit", "credit"):
        place = header.index(name)
        total = sum((Decimal(str(row[place])) for row in rows if row[place] is not None), Decimal(0))
        if total != dict(totals)[f"{name}s"]:
            raise ConnectorError(
                f"The {name}s in {output} are {total:,}.", code="WORKBOOK_DIFFERS", remedy="Report this."
            )
    number = header.index("acctnumber")
    if not all(isinstance(row[number], str) for row in rows if row[number] is not None):
        raise ConnectorError(
            f"An account number in {output} is no text.", code="WORKBOOK_DIFFERS", remedy="Report this."
        )
    console.print(
        f"{output} holds the trial balance of both books, {len(rows)} rows; read back, its sums are the same."
    )
