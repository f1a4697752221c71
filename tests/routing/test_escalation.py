"""A critical alert that nobody acknowledges reaches director and PCA, each at its minute and once."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.ledger.models import LedgerEntry
from governance.notifications.models import Kind, Notification
from governance.notifications.routing.escalation import escalate
from integrity.scans.kinds import ViewRead
from tests.alerts.make import NOW, finding, take_in


@pytest.fixture
def alert(people, monkeypatch):
    """A tank below zero, to be acknowledged within four hours."""
    view = ViewRead("h", {"STOCK_NEGATIF": "1.0.0"}, was_read=True)
    monkeypatch.setattr("integrity.scans.kinds.view_read", lambda source: view)
    take_in([finding(), finding("cdr-1", check_code="CDR_ARRIVE_STALE", severity="WARN")])
    with acting_as_system("test"):
        return Alert.objects.get(severity="CRITICAL")


def steps():
    with acting_as_system("test"):
        late = Notification.objects.filter(kind=Kind.LATE).order_by("step")
        return list(late.values_list("step", "at"))


def test_each_step_at_its_minute_once_and_recorded(alert):
    minute = timedelta(minutes=1)
    first, second = NOW + timedelta(hours=4), NOW + timedelta(hours=8)
    assert [escalate(first - minute), escalate(first), escalate(first + minute)] == [0, 1, 0]
    assert [escalate(second - minute), escalate(second), escalate(second + minute)] == [0, 1, 0]
    assert steps() == [(1, first), (2, second)]
    with acting_as_system("test"):
        entries = LedgerEntry.objects.filter(action__startswith="escalation.").order_by("seq")
        assert [(one.action, one.actor, one.subject_id) for one in entries] == [
            ("escalation.director", "system:escalation", str(alert.pk)),
            ("escalation.pca", "system:escalation", str(alert.pk)),
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notifications.work'"
            )
            assert cursor.fetchone()[0] >= 1


def test_what_was_acknowledged_in_between_goes_no_further(alert, people):
    from alerts.services import alert_acknowledge

    assert escalate(NOW + timedelta(hours=4)) == 1
    with acting_as_user(people["directeur"].pk):
        alert_acknowledge(alert_id=alert.pk, version=alert.version)
    assert escalate(NOW + timedelta(hours=9)) == 0
    assert [step for step, _at in steps()] == [1]


def test_a_console_that_was_away_takes_both_steps_once(alert):
    assert escalate(NOW + timedelta(days=2)) == 2
    assert escalate(NOW + timedelta(days=2)) == 0
    assert [step for step, _at in steps()] == [1, 2]


def test_the_command_counts_them(alert, monkeypatch, capsys):
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(hours=5))
    call_command("escalate")
    assert capsys.readouterr().out == "1 alerte portée plus haut\n"
