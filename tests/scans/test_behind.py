"""Entries of the ledger that wait for their hash: the heartbeat notes them, a figure and a finding tell."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from alerts.intake import snapshot
from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from governance.core.ledger.health import metrics
from governance.core.ledger.waiting import entries_chain
from integrity.scans import heartbeat
from integrity.scans.console import WAITING
from integrity.scans.heartbeat import heartbeat_check
from integrity.scans.models import WatchedSource
from tests.alerts.make import finding, take_in


def figures():
    with acting_as_system("monitoring"):
        return {one.name: next(iter(one.rows.values())) for one in metrics()}


def noted():
    with acting_as_system("test"):
        row = WatchedSource.objects.get(source="console")
    return row.entries_waiting, row.waiting_since


def test_what_waits_is_noted_until_it_is_chained(fresh_console, settings, monkeypatch):
    settings.SOURCES = {}
    heartbeat_check()
    assert noted() == (None, None)
    monkeypatch.setattr(snapshot, "LATER_FROM", 0)
    monkeypatch.setattr(
        heartbeat, "entries_chain", lambda **_: None
    )  # a worker that never comes to it
    before = timezone.now()
    take_in([finding(f"a-{n}") for n in range(400)])
    heartbeat_check()
    entries, since = noted()
    assert entries >= 400
    assert before <= since <= timezone.now()
    told = figures()
    assert told["governance_ledger_waiting_entries"] >= 400
    assert 0 <= told["governance_ledger_waiting_seconds"] < 60
    entries_chain()
    heartbeat_check()
    assert noted() == (None, None)
    assert figures()["governance_ledger_waiting_entries"] == 0


def test_ten_minutes_later_it_is_an_alert_and_then_no_more(fresh_console, settings, monkeypatch):
    settings.SOURCES = {}
    long_ago = timezone.now() - timedelta(minutes=11)

    def since_long_ago(_waiting):
        with connection.cursor() as cursor:
            cursor.execute(WAITING, ["console", 7, long_ago])

    monkeypatch.setattr(heartbeat, "waiting_note", since_long_ago)
    heartbeat_check()
    with acting_as_system("test"):
        alert = Alert.objects.get(check_code="LEDGER_BEHIND")
    assert (alert.status, alert.severity, alert.first_detected_at) == ("OPEN", "WARN", long_ago)
    monkeypatch.undo()
    heartbeat_check()
    with acting_as_system("test"):
        assert Alert.objects.get(check_code="LEDGER_BEHIND").status == "RESOLVED"
