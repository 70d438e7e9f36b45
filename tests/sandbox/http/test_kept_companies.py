"""A large company is made once and kept; what is kept is whole, and nobody changes it."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest
from wire_client import WireClient

from connector.sandbox.company.kept import kept
from connector.sandbox.profile import PROFILES
from connector.sandbox.server import running

QUESTION = "SELECT COUNT(*) AS n, TO_CHAR(SUM(foreignamount)) AS total FROM transactionline"


def answers(cache: Path) -> tuple[object, object]:
    with running(rows=1_200, cache=cache, kept_from=0) as sandbox, WireClient(sandbox, time.time) as client:
        return client.ask(QUESTION).json(), client.send("GET", "/sandbox/books").json()


def test_the_second_start_makes_nothing_and_answers_the_same(tmp_path):
    first = answers(tmp_path)
    (kept_in,) = tmp_path.iterdir()
    files = {file.name: (file.stat().st_ino, file.stat().st_mtime_ns) for file in kept_in.iterdir()}
    assert {"headers", "lines", "links", "tables.duckdb"} <= set(files)

    assert answers(tmp_path) == first
    assert {file.name: (file.stat().st_ino, file.stat().st_mtime_ns) for file in kept_in.iterdir()} == files


def test_another_size_seed_or_shape_is_another_company(tmp_path):
    shapes = [
        (1_000, 1, "default"),
        (1_001, 1, "default"),
        (1_000, 2, "default"),
        (1_000, 1, "no-oneworld"),
        (1_000, 1, "4-4-5"),
    ]
    places = {kept(tmp_path, lines=n, seed=seed, profile=PROFILES[name])[1] for n, seed, name in shapes}
    assert len(places) == len(shapes)


def test_preferences_share_a_company(tmp_path):
    places = {kept(tmp_path, lines=1_000, seed=1, profile=PROFILES[name])[1] for name in ("default", "european")}
    assert len(places) == 1


def test_what_was_left_half_made_is_not_taken_for_a_company(tmp_path):
    company, store = kept(tmp_path, lines=1_000, seed=1, profile=PROFILES["default"])
    half = tmp_path / ".making-half"
    shutil.copytree(store.parent, half)
    (half / "lines").write_bytes(b"")
    shutil.rmtree(store.parent)
    again, _ = kept(tmp_path, lines=1_000, seed=1, profile=PROFILES["default"])
    assert again.register.lines.equals(company.register.lines)


def test_changes_stay_in_the_process_that_made_them(tmp_path):
    before = answers(tmp_path)
    with running(rows=1_200, cache=tmp_path, kept_from=0) as sandbox, WireClient(sandbox, time.time) as client:
        lines = [{"account": 205, "amount": "1"}, {"account": 206, "amount": "-1"}]
        body = json.dumps({"type": "Journal", "trandate": "2026-12-01", "lines": lines}).encode()
        assert client.send("POST", "/sandbox/transactions", {"Content-Type": "application/json"}, body).status == 201
        assert client.ask(QUESTION).json() != before[0]
    assert answers(tmp_path) == before


@pytest.mark.parametrize("part", ["headers", "lines", "links", "sums"])
def test_a_damaged_company_is_made_anew(tmp_path, part):
    company, store = kept(tmp_path, lines=1_000, seed=1, profile=PROFILES["default"])
    file = store.parent / part
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2] + b"\x5a" + data[len(data) // 2 + 1 :])
    again, _ = kept(tmp_path, lines=1_000, seed=1, profile=PROFILES["default"])
    assert again.register.lines.equals(company.register.lines)
    assert again.books() == company.books()


def test_a_folder_that_cannot_be_used_is_told_and_the_company_made_all_the_same(tmp_path, caplog):
    (tmp_path / "file").write_text("no folder")
    with running(rows=1_000, cache=tmp_path / "file", kept_from=0) as sandbox, WireClient(sandbox, time.time) as client:
        assert client.ask("SELECT COUNT(*) AS n FROM transactionline").json()["items"][0]["n"] == "1000"
    assert str(tmp_path / "file") in caplog.text
