"""Answers that are kept: for whom, how long, how much, and that the database alone does not tell them."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta

import pytest

from connector.accounts import grant
from connector.core.query import Query
from connector.db.utc_time import utc_now
from connector.errors import NotAllowedError, SettingError
from connector.housekeeping.tidying import Tidying
from connector.vault.cached_answers import AnswerKey, CachedAnswers
from connector.vault.envelope import Envelope
from connector.vault.key_ring import open_key_ring
from tests.integration.service import service
from tests.unit.core.frames import frame_of
from tests.unit.netsuite.scripted_netsuite import page_of
from tests.unit.netsuite.scripted_netsuite import running as scripted_netsuite

SECRET_MEMO = "a memo that is nobody's business"
TEXT = "SELECT tranid, memo FROM transaction WHERE memo = ?"
FIVE_MINUTES = timedelta(minutes=5)
ASKS = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from connector.accounts import grant
from connector.core.query import Query
from connector.settings import load_settings
from connector.wiring import build

services = build(load_settings(json.loads(sys.argv[1])))
permitted = grant(services.vault, "ada", Query(sys.argv[2], ("x",), "f"), None)

def ask(_):
    return len(services.queries.run(permitted, max_age=timedelta(minutes=5)))

print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(8) as pool:
    print(json.dumps(list(pool.map(ask, range(8)))))
services.close()
"""


class Account:
    """Counts how often it was asked for rows; the answer names the count."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, request):
        if "2003-02-01" in json.loads(request.body)["q"]:
            return page_of([{"d": "2/1/2003"}], request)
        self.asked += 1
        return page_of([{"tranid": f"INV{self.asked}", "memo": SECRET_MEMO}], request)


@pytest.fixture
def account():
    return Account()


@pytest.fixture
def netsuite(account):
    with scripted_netsuite(account) as server:
        yield server


@pytest.fixture
def place(tmp_path, netsuite):
    with service(tmp_path / "data", netsuite.url) as place:
        place.connect(owner="ada")
        yield place


def asked(place, *, value="x", max_age=FIVE_MINUTES, user="ada", connection=None) -> str:
    permitted = grant(place.services.vault, user, Query(TEXT, (value,), "f"), connection)
    return place.services.queries.run(permitted, max_age=max_age).values("tranid")[0]


def test_an_answer_serves_whoever_is_content_with_its_age(place):
    assert [asked(place) for _ in range(3)] == ["INV1"] * 3


def test_without_an_age_each_question_is_asked_and_leaves_the_kept_answer_alone(place):
    assert asked(place) == "INV1"
    assert asked(place, max_age=None) == "INV2"
    assert asked(place) == "INV1"


def test_an_answer_too_old_is_read_anew_and_then_serves(place):
    asked(place)
    assert asked(place, max_age=timedelta(0)) == "INV2"
    assert asked(place) == "INV2"


def test_another_value_is_another_question(place):
    assert [asked(place, value=value) for value in ("x", "y", None, "x")] == ["INV1", "INV2", "INV3", "INV1"]


def test_it_survives_a_restart_with_its_time_and_proof(place, tmp_path, netsuite):
    permitted = grant(place.services.vault, "ada", Query(TEXT, ("x",), "f"), None)
    first = place.services.queries.run(permitted, max_age=FIVE_MINUTES)
    with service(tmp_path / "data", netsuite.url) as again:
        permitted = grant(again.services.vault, "ada", Query(TEXT, ("x",), "f"), None)
        second = again.services.queries.run(permitted, max_age=FIVE_MINUTES)
    assert (second.as_of, second.proof, second.columns) == (first.as_of, first.proof, first.columns)
    assert second.table.equals(first.table)


def test_a_connection_that_was_revoked_or_given_other_credentials_answers_nothing_kept(place):
    vault = place.services.vault
    asked(place)
    vault.revoke_connection(vault.connections("ada")[0])
    with pytest.raises((NotAllowedError, SettingError)):
        asked(place)
    assert kept_rows(place) == 0


def test_what_somebody_may_not_use_is_not_answered_from_what_was_kept_for_others(place):
    asked(place)
    with pytest.raises(SettingError):
        asked(place, user="eve")


def kept_rows(place) -> int:
    with place.services.database.read() as transaction:
        return transaction.exec_driver_sql("SELECT COUNT(*) FROM cached_answer").scalar()


def test_the_database_alone_does_not_tell_what_was_answered(place, tmp_path):
    asked(place, value="a value of the question")
    place.services.close()
    stored = b"".join(file.read_bytes() for file in (tmp_path / "data").glob("nsquery.db*"))
    assert SECRET_MEMO.encode() not in stored
    assert b"a value of the question" not in stored


def test_a_ciphertext_that_was_moved_or_altered_is_read_anew(place):
    asked(place, value="x")
    asked(place, value="y")
    with place.services.database.write() as transaction:
        rows = transaction.exec_driver_sql("SELECT question, ciphertext FROM cached_answer ORDER BY question").all()
        for (question, _), (_, other) in zip(rows, reversed(rows), strict=True):
            transaction.exec_driver_sql("UPDATE cached_answer SET ciphertext = ? WHERE question = ?", (other, question))
    assert [asked(place, value="x"), asked(place, value="y")] == ["INV3", "INV4"]


def test_the_least_used_goes_where_there_is_no_room(place):
    envelope = Envelope(open_key_ring(place.services.settings, place.services.database))
    kept = CachedAnswers(place.services.database, envelope, room=4_000)
    connection = place.services.vault.connections("ada")[0]
    keys = [AnswerKey(connection.id, connection.version, f"{number:064d}") for number in range(6)]
    frame = frame_of("SELECT memo FROM t", [{"memo": "x"}])
    for key in keys:
        kept.put(key, b"x" * 900, frame.as_of.replace(year=2100))
        kept.get(keys[0], FIVE_MINUTES)
    held = [kept.get(key, FIVE_MINUTES) is not None for key in keys]
    assert held[0]
    assert held[-1]
    assert sum(held) == 4
    kept.put(keys[0], b"x" * 1_001, frame.as_of.replace(year=2100))
    assert kept.get(keys[0], FIVE_MINUTES) == b"x" * 900


def test_threads_of_two_processes_ask_once(place, account):
    environment = {
        f"CONNECTOR_{name.upper()}": str(value)
        for name in ("data", "netsuite_url")
        if (value := getattr(place.services.settings, name))
    }
    command = [sys.executable, "-c", ASKS, json.dumps(environment), TEXT]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    answers = [process.communicate("go\n", timeout=60)[0] for process in processes]
    assert [json.loads(answer) for answer in answers] == [[1] * 8] * 2
    assert account.asked == 1


def test_an_answer_is_kept_for_so_many_days_and_then_removed(place):
    asked(place)
    for days, left in ((6, 1), (8, 0)):
        tidying = Tidying(
            place.services.database,
            place.services.audit,
            audit_days=None,
            clock=lambda days=days: utc_now() + timedelta(days=days),
        )
        tidying.forget_what_is_over()
        assert kept_rows(place) == left
