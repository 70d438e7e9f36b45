"""The auditor's walk of docs/sandbox.md: from one number of the consolidated income statement to a bank line.

Each step is a query, run by `connector query`; what it answers chooses the next step's parameters. Run as a program it
writes the walk into the page.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from connector.sandbox.server import running
from connector.settings import child_environment

PAGE = Path(__file__).parents[2] / "docs" / "sandbox.md"
BEGIN, END = "<!-- walk: made by `make docs` -->\n", "<!-- end of walk -->\n"
ROWS = 10_000
PERIOD = "155"  # Oct 2026

_JOINS = """FROM transactionaccountingline tal
JOIN transactionline tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline
JOIN transaction t ON t.id = tal.transaction
JOIN account a ON a.id = tal.account
WHERE tal.posting = 'T' AND tal.accountingbook = 1 AND t.postingperiod = :period:number"""
_GROUP = "BUILTIN.CONSOLIDATE(tal.amount, 'INCOME', 'DEFAULT', 'DEFAULT', 1, t.postingperiod, 1)"

Row = dict[str, str]
Parameters = dict[str, str]


@dataclass(frozen=True)
class Step:
    """`takes` are the parameters it needs, `gives` what the next steps take from its rows."""

    says: str
    sql: str
    takes: tuple[str, ...]
    gives: Callable[[list[Row]], Parameters]


def _largest(rows: list[Row], name: str) -> Row:
    return max(rows, key=lambda row: Decimal(row[name]))


SETTLED = Step(
    "What settled it.",
    "SELECT l.nextdoc AS payment, l.nexttype, l.nextdate, l.foreignamount FROM nexttransactionlinelink l\n"
    "WHERE l.linktype = 'Payment' AND l.previousdoc = :invoice:number ORDER BY l.nextdoc",
    ("invoice",),
    lambda rows: {"payment": next(row["payment"] for row in rows if row["nexttype"] == "CustPymt")},
)
STEPS = (
    Step(
        "The number: the group's income of one month, in the parent's currency.",
        f"SELECT a.accttype, ROUND(-SUM({_GROUP}), 2) AS amount\n{_JOINS} AND a.accttype = 'Income'\nGROUP BY a.accttype",
        ("period",),
        lambda _: {},
    ),
    Step(
        "Its accounts. They sum to it but for the rounding of each; what the subsidiaries charge each other is "
        "eliminated to nothing.",
        f"SELECT a.id AS account, a.acctnumber, a.accountsearchdisplaynamecopy AS name, ROUND(-SUM({_GROUP}), 2) AS amount\n"
        f"{_JOINS} AND a.accttype = 'Income'\n"
        "GROUP BY a.id, a.acctnumber, a.accountsearchdisplaynamecopy ORDER BY a.acctnumber",
        ("period",),
        lambda rows: {"account": _largest(rows, "amount")["account"]},
    ),
    Step(
        "The largest of them by subsidiary, in its own currency and translated.",
        f"SELECT tl.subsidiary, BUILTIN.DF(tl.subsidiary) AS name, -SUM(tal.amount) AS own, ROUND(-SUM({_GROUP}), 2) AS amount\n"
        f"{_JOINS} AND tal.account = :account:number\n"
        "GROUP BY tl.subsidiary, BUILTIN.DF(tl.subsidiary) ORDER BY tl.subsidiary",
        ("period", "account"),
        lambda rows: {"subsidiary": next(row for row in rows if row["subsidiary"] != "1")["subsidiary"]},
    ),
    Step(
        "The transactions of the first foreign one.",
        "SELECT t.id, t.tranid, t.type, t.trandate, BUILTIN.DF(t.entity) AS entity, -SUM(tal.amount) AS own\n"
        f"{_JOINS} AND tal.account = :account:number AND tl.subsidiary = :subsidiary:number\n"
        "GROUP BY t.id, t.tranid, t.type, t.trandate, BUILTIN.DF(t.entity) ORDER BY t.id",
        ("period", "account", "subsidiary"),
        lambda rows: {"invoices": ",".join(row["id"] for row in rows if row["type"] == "CustInvc")},
    ),
    Step(
        "One invoice among them that was paid, line by line: what the customer owes, what was sold, taxes.",
        "SELECT tal.transactionline AS line, a.acctnumber, BUILTIN.DF(tl.item) AS item, tl.foreignamount, tal.amount\n"
        "FROM transactionaccountingline tal\n"
        "JOIN transactionline tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline\n"
        "JOIN account a ON a.id = tal.account\n"
        "WHERE tal.accountingbook = 1 AND tal.transaction = :invoice:number ORDER BY tal.transactionline",
        ("invoice",),
        lambda _: {},
    ),
    SETTLED,
    Step(
        "The payment itself: its money, what it takes off the receivable (of this and of other invoices), and what the "
        "rates gained or lost.",
        "SELECT tal.transactionline AS line, a.acctnumber, a.accttype, tl.foreignamount, tal.amount\n"
        "FROM transactionaccountingline tal\n"
        "JOIN transactionline tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline\n"
        "JOIN account a ON a.id = tal.account\n"
        "WHERE tal.accountingbook = 1 AND tal.transaction = :payment:number ORDER BY tal.transactionline",
        ("payment",),
        lambda _: {},
    ),
    Step(
        "The bank's line: of the payment itself, or of the deposit that took it to the bank with others.",
        "SELECT t.id, t.type, t.tranid, t.trandate, a.acctnumber, a.accountsearchdisplaynamecopy AS bank, tal.amount,\n"
        "  NVL(l.foreignamount, tal.amount) AS of_this_payment\n"
        "FROM transactionaccountingline tal JOIN transaction t ON t.id = tal.transaction\n"
        "JOIN account a ON a.id = tal.account\n"
        "LEFT JOIN nexttransactionlinelink l\n"
        "  ON l.nextdoc = t.id AND l.linktype = 'DepPymt' AND l.previousdoc = :payment:number\n"
        "WHERE a.accttype = 'Bank' AND tal.accountingbook = 1 AND (t.id = :payment:number OR l.nextdoc IS NOT NULL)",
        ("payment",),
        lambda _: {},
    ),
)


class Shell:
    """`connector` with one connection to the sandbox."""

    def __init__(self, data: Path, announcement: Mapping[str, object]) -> None:
        settings = {"CONNECTOR_DATA": str(data), "CONNECTOR_NETSUITE_URL": str(announcement["url"])}
        self._environment = child_environment(settings)
        account = ["--account", str(announcement["account"]), "--method", "tba"]
        self.run("connection", "add", "--name", "sandbox", *account, stdin=json.dumps(announcement["tba"]))

    def run(self, *arguments: str, stdin: str | None = None) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "connector", *arguments],
            env=self._environment, input=stdin, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def query(self, sql: str, parameters: Parameters) -> str:
        given = [part for name, value in parameters.items() for part in ("--param", f"{name}={value}")]
        return self.run("query", sql, *given, "--format", "csv")


def rows_of(text: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def walk(shell: Shell) -> Iterator[tuple[Step, Parameters, str]]:
    """Each step with its parameters and what it answered."""
    known: Parameters = {"period": PERIOD}
    for step in STEPS:
        if "invoice" in step.takes and "invoice" not in known:
            known["invoice"] = _paid(shell, known.pop("invoices").split(","))
        parameters = {name: known[name] for name in step.takes}
        answer = shell.query(step.sql, parameters)
        known |= step.gives(rows_of(answer))
        yield step, parameters, answer


def _paid(shell: Shell, invoices: list[str]) -> str:
    """The first invoice that a customer paid."""
    for invoice in invoices:
        if any(row["nexttype"] == "CustPymt" for row in rows_of(shell.query(SETTLED.sql, {"invoice": invoice}))):
            return invoice
    raise AssertionError("no invoice of the month was paid")


def section(shell: Shell) -> str:
    """The walk as it stands in the page."""
    parts = []
    for number, (step, parameters, answer) in enumerate(walk(shell), 1):
        given = " ".join(f"--param {name}={value}" for name, value in parameters.items())
        text = answer.replace("\r\n", "\n")
        parts.append(f"{number}. {step.says} (`{given}`)\n\n```sql\n{step.sql}\n```\n\n```csv\n{text}```\n")
    return "\n".join(parts)


def main() -> None:
    with running(rows=ROWS) as sandbox, tempfile.TemporaryDirectory() as data:
        made = section(Shell(Path(data), sandbox.announcement))
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{made}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
