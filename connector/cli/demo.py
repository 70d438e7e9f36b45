"""`connector demo`: the whole product against the sandbox, from a key pair to a workbook whose totals are right.

Everything runs as a user would run it: the sandbox and the service are processes of their own, connections and tokens
come from the command line, and the questions go over HTTP as `=NSQUERY()` would ask them.
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from connector.cli.demo_books import check_totals
from connector.cli.demo_parts import Service, ask, make_and_upload_certificate, run_connector, started
from connector.cli.demo_workbook import write_and_read_back
from connector.cli.table import print_matrix
from connector.egress import Egress, Origin
from connector.sandbox.stop_signals import StopSignal
from connector.settings import child_environment
from connector.vault.key_ring import make_demo_key_file

_REVENUE = """
SELECT ap.periodname, ap.startdate,
  ROUND(-SUM(BUILTIN.CONSOLIDATE(tal.amount, 'LEDGER', 'DEFAULT', 'DEFAULT', 1, t.postingperiod, 'DEFAULT')), 2)
    AS revenue
FROM transactionaccountingline tal
  JOIN transactionline tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline
  JOIN transaction t ON t.id = tal.transaction
  JOIN accountingperiod ap ON ap.id = t.postingperiod
  JOIN account a ON a.id = tal.account
WHERE tal.posting = 'T' AND tal.accountingbook = 1 AND a.accttype = 'Income'
GROUP BY ap.periodname, ap.startdate ORDER BY ap.startdate DESC FETCH FIRST 6 ROWS ONLY"""
_INVOICES = """
SELECT tranid, trandate, BUILTIN.DF(entity) AS customer, total FROM transaction
WHERE type = 'CustInvc' AND trandate <= :until:date
ORDER BY trandate DESC, id DESC FETCH FIRST 5 ROWS ONLY"""
_ACCOUNTS = """
SELECT acctnumber, accountsearchdisplayname, accttype FROM account
WHERE acctnumber LIKE '0%' OR acctnumber LIKE '%E%' ORDER BY acctnumber"""

QUERIES: dict[str, tuple[str, object]] = {
    "Revenue by month, consolidated in USD": (_REVENUE, None),
    "The latest invoices up to a date": (_INVOICES, [[":until", {"date": "2026-06-30"}]]),
    "Accounts whose numbers are text": (_ACCOUNTS, None),
}
_EXAMPLE = "SELECT id, name, BUILTIN.DF(currency) AS currency FROM subsidiary"


@dataclass(frozen=True, slots=True)
class Stage:
    """What the demo plays on: the sandbox's announcement, the service, and a token for it."""

    account: dict[str, object]
    environment: dict[str, str]
    service: Service


@click.command()
@click.option(
    "--rows", default=5_000, show_default=True, type=click.IntRange(200, 2_000_000), help="Transaction lines."
)
@click.option("--output", default="demo.xlsx", show_default=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--stay", is_flag=True, help="Leave sandbox and service running and say how to reach them.")
def demo(rows: int, output: Path, stay: bool) -> None:
    """Show the whole way: sandbox, two ways to sign in, formulas, a workbook, totals compared with the books."""
    console = Console()
    # Without a handler SIGTERM would end this process in whichever thread it comes to, and leave the two others behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with ExitStack() as stack:
        stage = _set_up(stack, console, rows)
        for title, (sql, parameters) in QUERIES.items():
            console.rule(f"[bold]{title}", align="left")
            answer = ask(stage.service, sql, parameters, connection="machine")
            print_matrix(console, answer["columns"], answer["values"])
        console.rule("[bold]Totals against the sandbox's own books", align="left")
        totals = check_totals(stage.service, stage.account, console)
        write_and_read_back(stage.environment, output, totals, console)
        stop = StopSignal() if stay else None  # heard before it is said that it ends both
        _say_what_next(console, stage, output, stay=stay)
        if stop is not None:
            stop.wait()  # then the stack cleans up


def _set_up(stack: ExitStack, console: Console, rows: int) -> Stage:
    data = Path(tempfile.mkdtemp(prefix="nsquery-demo-"))
    stack.callback(shutil.rmtree, data, ignore_errors=True)
    make_demo_key_file(data)
    account = stack.enter_context(started(["sandbox", "--rows", str(rows)], child_environment({})))
    console.print(f"A NetSuite account of {rows:,} transaction lines stands at {account['url']}")
    environment = child_environment({"CONNECTOR_DATA": str(data), "CONNECTOR_NETSUITE_URL": account["url"]})
    secrets = make_and_upload_certificate(account)
    for name, method, credentials in (
        ("machine", "oauth2_client_credentials", secrets),
        ("legacy", "tba", account["tba"]),
    ):
        arguments = ["connection", "add", "--name", name, "--account", account["account"], "--method", method]
        run_connector(arguments, environment, stdin=json.dumps(credentials))
        told = run_connector(["connection", "test", "--name", name], environment)
        console.print(f"{method}: {told.strip()}")
    token = run_connector(["token", "create", "--user", "demo"], environment).strip()
    quiet = environment | {"CONNECTOR_LOG_LEVEL": "warning"}
    served = stack.enter_context(started(["serve", "--port", "0"], quiet))
    egress = Egress("the service", Origin.parse(served["url"], configured=True))
    stack.callback(egress.close)
    return Stage(account, environment, Service(egress, served["url"], token))


def _say_what_next(console: Console, stage: Stage, output: Path, *, stay: bool) -> None:
    console.rule("[bold]Next", align="left")
    console.print(f"Open {output}; ask your own question:")
    if not stay:
        console.print("  make serve                       the same, and it stays up")
        console.print("  connector connection add --help  your own account; README.md has the steps in NetSuite")
        console.print("  connector query --help           SuiteQL from the command line")
        return
    for name, value in stage.environment.items():
        if name.startswith("CONNECTOR_"):
            console.print(f"  export {name}={value}", soft_wrap=True)
    console.print(f'  connector query --connection machine "{_EXAMPLE}"', soft_wrap=True)
    console.print(f"  {stage.service.url}/v1/formulas takes POST with the token {stage.service.token}", soft_wrap=True)
    console.print("Ctrl-C ends both.")
