"""Carries critical alerts that nobody acknowledged on: at the deadline to the director, one later to the PCA.

Each step of an episode is taken once, recorded in the ledger and told through the outbox; what was
acknowledged meanwhile takes none.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from alerts.calendars.working_time import WorkingCalendar
from alerts.kinds import Kind, kinds_now
from alerts.kinds.due import due_at
from alerts.models import Alert, Severity, Status
from governance.core.identity.acting import acting_as_system
from governance.core.ledger.notes import ledger_note
from governance.notifications.models import Kind as Told
from governance.notifications.models import Notification
from governance.notifications.routing.services import STEPS

IDENTITY = "escalation"
ACTIONS = {1: "escalation.director", 2: "escalation.pca"}

# Once, whoever else runs; and only while it is open: an acknowledgement that was committed before wins.
STEP = """
INSERT INTO notification (at, kind, alert_id, episode, version, source, check_code, severity, step, said)
SELECT %(at)s, %(kind)s, a.id, a.episode, a.version, a.concerns, a.check_code, a.severity, %(step)s,
       jsonb_build_object('message', a.message, 'status', a.status)
FROM system_alerts AS a WHERE a.id = %(alert)s AND a.episode = %(episode)s AND a.status = %(open)s
ON CONFLICT DO NOTHING RETURNING id
"""


def escalate(at: datetime | None = None) -> int:
    """Take the steps that are due; how many those were."""
    at = at or timezone.now()
    taken = 0
    with acting_as_system(IDENTITY):
        steps = list(steps_due(at))
        for alert, step, due in steps:
            if _is_taken(alert, step, at):
                taken += 1
                ledger_note(
                    action=ACTIONS[step],
                    source=alert.concerns,
                    subject_id=str(alert.pk),
                    check_code=alert.check_code,
                    details={
                        "episode": alert.episode,
                        "message": alert.message,
                        "due": due.isoformat(),
                    },
                )
        if taken:
            with connection.cursor() as cursor:
                cursor.execute("SELECT notification_wake(now())")
    return taken


def steps_due(at: datetime) -> Iterator[tuple[Alert, int, datetime]]:
    """The steps whose time has come and that nobody took: alert, step and since when."""
    waiting = Alert.objects.filter(severity=Severity.CRITICAL, status=Status.OPEN)
    waiting = waiting.order_by("first_detected_at", "pk")
    done = _done([one.pk for one in waiting])
    kinds = kinds_now()
    for alert in waiting:
        kind = kinds(alert.check_code, alert.source)
        for step in STEPS:
            due = step_at(alert, step, kind, kinds.calendar(kind, alert.source))
            if due and due <= at and (alert.pk, alert.episode, step) not in done:
                yield alert, step, due


def step_at(
    alert: Alert, step: int, kind: Kind | None, calendar: WorkingCalendar | None
) -> datetime | None:
    """As many deadlines to acknowledge after it began; None where no rule says by when."""
    if kind is None:
        return None
    within = replace(kind, acknowledge_within=kind.acknowledge_within * step)
    return due_at(alert, within, calendar)


def _done(alerts: list[UUID]) -> set[tuple[UUID, int, int]]:
    taken = Notification.objects.filter(kind=Told.LATE, alert_id__in=alerts)
    return set(taken.values_list("alert_id", "episode", "step"))


def _is_taken(alert: Alert, step: int, at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            STEP,
            {
                "at": at,
                "kind": Told.LATE.value,
                "alert": alert.pk,
                "episode": alert.episode,
                "step": step,
                "open": Status.OPEN.value,
            },
        )
        return cursor.fetchone() is not None
