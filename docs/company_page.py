# ruff: noqa: INP001 - a script beside the page that it makes
"""Makes the page about the sandbox's company, and its picture, from what `connector query` answers.

    python docs/company_page.py [folder]

Without a folder the page goes where it stands. Nothing in it depends on the day or the machine.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from click.testing import CliRunner

from connector.cli import cli
from connector.sandbox.server import running

DOCS = Path(__file__).parent
LINES, SEED, TOP = 10_000, 1, "1"
FROM, TO = "2024-01-01", "2026-12-31"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

SUBSIDIARIES = """
SELECT s.fullname, s.name, c.symbol, BUILTIN.DF(s.country) AS countryname, s.iselimination
FROM subsidiary s JOIN currency c ON c.id = s.currency ORDER BY s.fullname
"""
ACCOUNTS = """
SELECT accttype, BUILTIN.DF(accttype) AS typename, acctnumber, accountsearchdisplaynamecopy AS name
FROM account ORDER BY id
"""
COUNTS = """
SELECT 'Customers' AS what, COUNT(*) AS howmany FROM customer
UNION ALL SELECT 'Vendors', COUNT(*) FROM vendor
UNION ALL SELECT 'Employees', COUNT(*) FROM employee
UNION ALL SELECT 'Items', COUNT(*) FROM item
UNION ALL SELECT 'Departments', COUNT(*) FROM department
UNION ALL SELECT 'Classes', COUNT(*) FROM classification
UNION ALL SELECT 'Locations', COUNT(*) FROM location
UNION ALL SELECT 'Currencies', COUNT(*) FROM currency
UNION ALL SELECT 'Transactions', COUNT(*) FROM transaction
UNION ALL SELECT 'Transaction lines', COUNT(*) FROM transactionline
"""
TYPES = """
SELECT BUILTIN.DF(type) AS typename, posting, COUNT(*) AS howmany
FROM transaction GROUP BY BUILTIN.DF(type), posting ORDER BY COUNT(*) DESC, BUILTIN.DF(type), posting
"""
BOOKS = """
SELECT b.id, b.name, b.isprimary, l.howmany
FROM accountingbook b
JOIN (
    SELECT accountingbook, COUNT(*) AS howmany FROM transactionaccountingline WHERE posting = 'T' GROUP BY accountingbook
) l ON l.accountingbook = b.id
ORDER BY b.id
"""
PERIODS = """
SELECT y.periodname, y.startdate, y.enddate,
    SUM(CASE WHEN p.isadjust = 'F' THEN 1 ELSE 0 END) AS months,
    SUM(CASE WHEN p.isadjust = 'T' THEN 1 ELSE 0 END) AS adjustments,
    SUM(CASE WHEN p.closed = 'T' THEN 1 ELSE 0 END) AS closedones
FROM accountingperiod y
JOIN accountingperiod p ON p.isposting = 'T' AND p.enddate BETWEEN y.startdate AND y.enddate
WHERE y.isyear = 'T'
GROUP BY y.periodname, y.startdate, y.enddate ORDER BY y.startdate
"""

Rows = list[dict[str, Any]]
Ask = Callable[..., Rows]


@contextmanager
def asking() -> Iterator[Ask]:
    """A sandbox, a connection to it, and `connector query` with a text and its parameters."""
    with running(rows=LINES, seed=SEED) as sandbox, TemporaryDirectory() as data:
        told = sandbox.announcement
        runner = CliRunner(env={"CONNECTOR_DATA": data, "CONNECTOR_NETSUITE_URL": sandbox.url}, catch_exceptions=False)
        add = ["connection", "add", "--name", "sandbox", "--account", told["account"], "--method", "tba"]
        runner.invoke(cli, add, input=json.dumps(told["tba"]))

        def ask(text: str, **params: str) -> Rows:
            given = [word for key, value in params.items() for word in ("--param", f"{key.rstrip('_')}={value}")]
            rows: Rows = json.loads(runner.invoke(cli, ["query", text, "--format", "json", *given]).stdout_bytes)
            return rows

        yield ask


def page(ask: Ask, revenue: Mapping[str, Decimal]) -> str:
    """The Markdown."""
    accounts = defaultdict[str, Rows](list)
    for row in ask(ACCOUNTS):
        accounts[row["typename"]].append(row)
    best = max(revenue, key=revenue.__getitem__)
    total = sum(revenue.values())
    parts = [
        "# The company in the sandbox",
        f"""Made by `make docs` from a sandbox of {LINES:,} transaction lines and seed {SEED}: everything here was asked
with `connector query`. [sandbox.md](sandbox.md) says how to start it, [queries](queries/README.md) has what a finance
team asks of it.""",
        "## Revenue by month",
        "![Consolidated revenue by month, in thousands of US dollars](company.svg)",
        f"""Consolidated revenue of the parent company in the primary book, in US dollars:
[income_statement_consolidated.sql](queries/income_statement_consolidated.sql), accounts of the type Income. From
{FROM} to {TO} it is {total:,.2f}; the best month is {best} with {revenue[best]:,.2f}.""",
        "## Subsidiaries",
        table(("subsidiary", "currency", "country", ""), [_subsidiary(row) for row in ask(SUBSIDIARIES)]),
        "## Books and periods",
        table(
            ("book", "name", "primary", "posting lines"),
            [(row["id"], row["name"], _yes(row["isprimary"]), f"{row['howmany']:,}") for row in ask(BOOKS)],
        ),
        "The second book has entries of its own, and other accounts for some of the first one's.",
        table(
            ("year", "from", "to", "months", "adjustment periods", "of these closed"),
            [
                (
                    row["periodname"],
                    row["startdate"],
                    row["enddate"],
                    row["months"],
                    row["adjustments"],
                    row["closedones"],
                )
                for row in ask(PERIODS)
            ],
        ),
        "## How much there is",
        table(("what", "how many"), [(row["what"], f"{row['howmany']:,}") for row in ask(COUNTS)]),
        "## Chart of accounts",
        table(
            ("type", "code", "accounts", "among them"),
            [
                (kind, f"`{rows[0]['accttype']}`", len(rows), ", ".join(_account(row) for row in rows[:3]))
                for kind, rows in accounts.items()
            ],
        ),
        f"""{sum(map(len, accounts.values()))} accounts of {len(accounts)} types. `00123`, `1E5` and `10-20` are account
numbers, and one account has none.""",
        "## Transactions",
        table(
            ("type", "how many", "posted to the general ledger"),
            [(row["typename"], f"{row['howmany']:,}", _yes(row["posting"])) for row in ask(TYPES)],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _subsidiary(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    depth = row["fullname"].count(" : ")
    kind = "elimination" if row["iselimination"] else ""
    return "&emsp;" * depth + row["name"], row["symbol"], row["countryname"], kind


def _account(row: Mapping[str, Any]) -> str:
    return f"{row['acctnumber']} {row['name']}" if row["acctnumber"] else row["name"]


def _yes(value: object) -> str:
    return "yes" if value else "no"


def monthly_revenue(ask: Ask) -> dict[str, Decimal]:
    """Revenue by month, an adjustment period with the month it ends with."""
    text = (DOCS / "queries/income_statement_consolidated.sql").read_text(encoding="utf-8")
    first, last = int(FROM[:4]), int(TO[:4])
    found = {f"{month} {year}": Decimal() for year in range(first, last + 1) for month in MONTHS}
    for row in ask(text, subsidiary=TOP, book="1", from_=FROM, to=TO):
        if row["accttype"] == "Income":
            year, month, _ = row["startdate"].split("-")
            found[f"{MONTHS[int(month) - 1]} {year}"] += Decimal(str(row["amount"]))
    return found


WIDTH, HEIGHT, LEFT, BASE, TOP_EDGE, RIGHT = 860, 340, 64, 280, 44, 844
STYLE = """
    text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #57606a; }
    .title { font-size: 15px; font-weight: 600; fill: #1f2328; }
    .grid { stroke: #d0d7de; stroke-width: 1; }
    .axis { stroke: #57606a; stroke-width: 1; }
    .bar { fill: #2f6fb5; }
    @media (prefers-color-scheme: dark) {
      text { fill: #9198a1; }
      .title { fill: #f0f6fc; }
      .grid { stroke: #3d444d; }
      .axis { stroke: #9198a1; }
      .bar { fill: #6cb0f5; }
    }
"""


def picture(revenue: Mapping[str, Decimal]) -> str:
    """Bars, a month each, over years; amounts in thousands."""
    step = _step(max(revenue.values()))
    top = step * (max(revenue.values()) / step).to_integral_value(ROUND_CEILING)
    width = Decimal(RIGHT - LEFT) / len(revenue)

    def y(amount: Decimal) -> Decimal:
        return BASE - (BASE - TOP_EDGE) * amount / top

    marks = []
    level = Decimal()
    while level <= top:
        kind = "axis" if level == 0 else "grid"
        marks.append(f'<line class="{kind}" x1="{LEFT}" x2="{RIGHT}" y1="{y(level):.1f}" y2="{y(level):.1f}"/>')
        label = f"{level / 1000:,.0f}"
        marks.append(f'<text x="{LEFT - 8}" y="{y(level) + 4:.1f}" text-anchor="end">{label}</text>')
        level += step
    for place, (month, amount) in enumerate(revenue.items()):
        x, height = LEFT + width * place, BASE - y(max(amount, Decimal()))
        marks.append(
            f'<rect class="bar" x="{x + width * Decimal("0.15"):.1f}" y="{BASE - height:.1f}" '
            f'width="{width * Decimal("0.7"):.1f}" height="{height:.1f}"><title>{month}: {amount:,.2f} USD</title></rect>'
        )
        if place % 3 == 0:
            middle = x + width / 2
            marks.append(f'<text x="{middle:.1f}" y="{BASE + 18}" text-anchor="middle">{month[:3]}</text>')
        if place % 12 == 0:
            middle = x + width * 6
            marks.append(f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{BASE}" y2="{BASE + 44}"/>')
            marks.append(f'<text x="{middle:.1f}" y="{BASE + 40}" text-anchor="middle">{month[4:]}</text>')
    title = "Consolidated revenue by month, thousands of US dollars"
    body = "\n  ".join(marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">\n'
        f"  <style>{STYLE}  </style>\n"
        f'  <text class="title" x="{LEFT}" y="24">{title}</text>\n  {body}\n</svg>\n'
    )


def _step(largest: Decimal) -> Decimal:
    """1, 2 or 5 times a power of ten, so that there are at most six steps."""
    power = Decimal(10) ** (largest.adjusted() - 1)
    return next(power * times for times in (1, 2, 5, 10, 20) if largest / (power * times) <= 6)  # noqa: PLR2004


def main(folder: Path = DOCS) -> None:
    """Write company.md and company.svg."""
    with asking() as ask:
        revenue = monthly_revenue(ask)
        (folder / "company.svg").write_text(picture(revenue), encoding="utf-8", newline="\n")
        (folder / "company.md").write_text(page(ask, revenue), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
