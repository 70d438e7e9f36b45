"""`connector demo`: the whole way, and totals that are those of the books."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.request
from decimal import Decimal
from urllib.error import URLError

import openpyxl
import pytest

from connector.sandbox.company import generate
from connector.sandbox.profile import PROFILES
from connector.settings import child_environment

COMMAND = [sys.executable, "-m", "connector", "demo"]


def environment(tmp_path):
    return child_environment({}) | {"TMPDIR": str(tmp_path), "COLUMNS": "200"}


def totals_of(text):
    """What the demo's table says of each total: by SuiteQL and by the books."""
    rows = re.findall(
        r"^\s*(transaction lines|transactions|debits|credits)\s+│\s+([\d,.]+)\s+│\s+([\d,.]+)", text, re.MULTILINE
    )
    return {name: (Decimal(ours.replace(",", "")), Decimal(theirs.replace(",", ""))) for name, ours, theirs in rows}


@pytest.mark.parametrize("rows", [300, 1_300])
def test_its_totals_are_the_books_of_a_company_of_that_size(tmp_path, rows):
    output = tmp_path / "demo.xlsx"
    done = subprocess.run(
        [*COMMAND, "--rows", str(rows), "--output", str(output)],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    books = generate(lines=rows, profile=PROFILES["default"]).books()
    debit, credit = (Decimal(books["gl"][f"total_{side}"]) for side in ("debit", "credit"))
    assert totals_of(done.stdout) == {
        "transaction lines": (rows, rows),
        "transactions": (books["transactions"], books["transactions"]),
        "debits": (debit, debit),
        "credits": (credit, credit),
    }
    header, *lines = openpyxl.load_workbook(output)["Data"].iter_rows(values_only=True)
    assert header == ("book", "acctnumber", "accttype", "debit", "credit")
    assert sum(Decimal(str(line[3] or 0)) for line in lines) == debit
    assert all(isinstance(line[1], str | None) for line in lines)
    assert not list(tmp_path.glob("nsquery-*")), "something was left behind"


def test_it_stays_up_until_it_is_stopped_and_takes_everything_down_with_it(tmp_path):
    process = subprocess.Popen(
        [*COMMAND, "--rows", "300", "--stay", "--output", str(tmp_path / "demo.xlsx")],
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    )
    shown = []
    for line in process.stdout:
        shown.append(line)
        if "Ctrl-C" in line:
            break
    addresses = set(re.findall(r"http://127\.0\.0\.1:\d+", "".join(shown)))
    assert len(addresses) == 2
    (service,) = re.findall(r"(http://127\.0\.0\.1:\d+)/v1/formulas", "".join(shown))
    with urllib.request.urlopen(f"{service}/healthz", timeout=10) as response:
        assert response.status == 200
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    for address in addresses:
        with pytest.raises(URLError):
            urllib.request.urlopen(address, timeout=5)
    assert not list(tmp_path.glob("nsquery-*")), "something was left behind"
