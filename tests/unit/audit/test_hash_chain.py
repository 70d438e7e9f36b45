"""The hash chain: whoever changes the table is found out."""

from __future__ import annotations

import pytest

from connector.audit.log import AuditLog

both_databases = pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def tamper(log, database):
    """Run statements on a log of ten events behind its back."""
    for number in range(10):
        log.add(actor="ann", action="query", subject=f"q{number}", detail={"rows": number}, connection_id="c1")

    def tamper(*statements):
        with database.write() as transaction:
            for statement in statements:
                transaction.exec_driver_sql(statement)
        return log.verify()

    return tamper


@both_databases
def test_an_untouched_log_is_whole(log, tamper):
    verdict = tamper()
    assert (verdict.ok, verdict.events, verdict.first_broken, verdict.head) == (True, 10, None, log.anchor())


def test_an_empty_log_is_whole(log):
    verdict = log.verify()
    assert (verdict.ok, verdict.events, verdict.head) == (True, 0, f"0:{'0' * 64}")


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'eve'",
        "action = 'nothing'",
        "subject = 'other'",
        "subject = ''",
        "outcome = 'refused'",
        "connection_id = NULL",
        "connection_id = 'c2'",
        "account_id = ''",
        "at = '2026-01-31T07:04:00.000001Z'",
        "at = 'yesterday'",
        """detail = '{"rows":4}'""",
        """detail = '{"rows": 3}'""",
        """detail = '{"rows":3,"rows":3}'""",
        "detail = '[]'",
        "detail = 'x'",
        "detail = ''",
        "hash = substr(hash, 2)",
    ],
)
def test_an_altered_event_is_found(tamper, change):
    verdict = tamper(f"UPDATE audit_event SET {change} WHERE sequence = 4")
    assert (verdict.ok, verdict.first_broken, verdict.events) == (False, 4, 3)
    assert verdict.head.startswith("3:")


@pytest.mark.parametrize("sequence", [1, 5, 10])
def test_a_deleted_event_is_missed(tamper, sequence):
    verdict = tamper(f"DELETE FROM audit_event WHERE sequence = {sequence}")
    assert (verdict.ok, verdict.first_broken) == (False, sequence)


def test_a_deleted_event_is_missed_where_the_rest_moved_up(tamper):
    verdict = tamper(
        "DELETE FROM audit_event WHERE sequence = 5",
        "UPDATE audit_event SET sequence = -sequence WHERE sequence > 5",
        "UPDATE audit_event SET sequence = -sequence - 1 WHERE sequence < 0",
    )
    assert (verdict.ok, verdict.first_broken) == (False, 5)


def test_all_events_deleted_are_missed(tamper):
    assert tamper("DELETE FROM audit_event").first_broken == 1


def test_an_inserted_event_is_found(tamper):
    verdict = tamper(
        "UPDATE audit_event SET sequence = -sequence WHERE sequence > 5",
        "UPDATE audit_event SET sequence = 1 - sequence WHERE sequence < 0",
        "INSERT INTO audit_event SELECT 6, at, actor, action, subject, connection_id, account_id, outcome, detail, hash "
        "FROM audit_event WHERE sequence = 5",
    )
    assert (verdict.ok, verdict.first_broken) == (False, 6)


def test_an_event_appended_past_the_log_is_found(tamper):
    verdict = tamper(
        "INSERT INTO audit_event SELECT 11, at, actor, action, subject, connection_id, account_id, outcome, detail, hash "
        "FROM audit_event WHERE sequence = 10"
    )
    assert (verdict.ok, verdict.first_broken) == (False, 11)


def test_events_in_another_order_are_found(tamper):
    verdict = tamper(
        "UPDATE audit_event SET sequence = 99 WHERE sequence = 4",
        "UPDATE audit_event SET sequence = 4 WHERE sequence = 5",
        "UPDATE audit_event SET sequence = 5 WHERE sequence = 99",
    )
    assert (verdict.ok, verdict.first_broken) == (False, 4)


def test_the_log_goes_on_after_it_was_tampered_with_and_stays_broken(log, tamper):
    tamper("DELETE FROM audit_event WHERE sequence = 10")
    log.add(actor="ann", action="query")
    assert log.verify().first_broken == 10


def test_a_whole_new_chain_is_found_by_an_anchor_that_was_kept_elsewhere(database, clock, log, tamper):
    early = log.anchor()
    log.add(actor="ann", action="query")
    late = log.anchor()
    with database.write() as transaction:
        transaction.exec_driver_sql("DELETE FROM audit_event")
        transaction.exec_driver_sql("DELETE FROM audit_chain")
    forged = AuditLog(database, clock)
    for _ in range(10):
        forged.add(actor="eve", action="nothing")
    assert forged.verify().ok
    assert forged.verify([early]).first_broken == 10
    assert forged.verify([late]).first_broken == 11


def test_anchors_of_the_true_chain_hold(log, tamper):
    anchors = [log.anchor()]
    log.add(actor="ann", action="query")
    assert log.verify([*anchors, log.anchor(), f" {log.anchor()}\n"]).ok


@pytest.mark.parametrize("text", ["", "x", "1:", f"x:{'0' * 64}", f"1:{'g' * 64}", f"-1:{'0' * 64}"])
def test_what_is_no_anchor_is_refused(log, text):
    with pytest.raises(ValueError):  # noqa: PT011 - any is right here
        log.verify([text])


@both_databases
class TestRetention:
    def test_old_events_go_and_the_rest_stays_whole(self, log, tamper):
        tamper()
        events, anchor = log.list(), log.anchor()
        assert log.cut(events[4].at, actor="server console") == 5
        verdict = log.verify([anchor])
        assert (verdict.ok, verdict.events) == (True, 6)
        assert [event.sequence for event in log.list()] == [11, 10, 9, 8, 7, 6]
        assert log.list()[0].action == "audit_cut"
        assert log.list()[0].detail["through"] == 5

    def test_a_second_cut_may_take_the_first_ones_event(self, log, clock, tamper):
        tamper()
        log.cut(log.list()[4].at, actor="server console")
        log.add(actor="ann", action="query")
        assert log.cut(clock(), actor="server console") == 7
        assert [event.action for event in log.list()] == ["audit_cut"]
        assert log.verify().ok
        log.add(actor="ann", action="query")
        assert log.verify().events == 2

    def test_nothing_old_is_nothing_cut(self, log, tamper):
        tamper()
        assert log.cut(log.list()[-1].at, actor="server console") == 0
        assert len(log.list()) == 10

    def test_an_anchor_of_the_last_event_that_went_still_holds(self, log, tamper):
        tamper()
        anchor = log.anchor()
        log.add(actor="ann", action="query")
        log.cut(log.list()[0].at, actor="server console")
        assert log.verify([anchor]).ok
        assert not log.verify([f"10:{'0' * 64}"]).ok

    def test_a_cut_that_nobody_wrote_down_is_found(self, tamper):
        verdict = tamper(
            "UPDATE audit_chain SET cut_sequence = 3, cut_hash = (SELECT hash FROM audit_event WHERE sequence = 3)",
            "DELETE FROM audit_event WHERE sequence <= 3",
        )
        assert (verdict.ok, verdict.first_broken) == (False, 1)

    def test_more_cut_off_than_was_written_down_is_found(self, log, tamper):
        tamper()
        log.cut(log.list()[7].at, actor="server console")
        assert tamper("DELETE FROM audit_event WHERE sequence = 3").first_broken == 3
