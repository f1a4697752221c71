"""Critical alerts that could be told to nobody: told once somebody can be reached. Sends nothing."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import User
from governance.notifications.channels import mail
from governance.notifications.models import (
    Channel,
    DeliveryState,
    Kind,
    Notice,
    Notification,
)
from governance.notifications.outbox import clock
from governance.notifications.outbox.clock import IDENTITY
from governance.notifications.outbox.plan import BATCH, mail_channel, obstacle
from governance.notifications.routing.services import Recipient, recipients

UNTOLD = (
    "untold"  # in what a notification says: written here, so not told to who knows of it by now
)
NOBODY_REACHABLE = "NOBODY_REACHABLE"

# As its query says, which reads the same tables; but that an alert comes and goes is told once an hour.
QUERY = """
SELECT a.id, array_agg(DISTINCT n.step),
  (array_agg(n.kind ORDER BY n.id DESC) FILTER (WHERE n.kind <> 'LATE'))[1]
FROM notification AS n JOIN system_alerts AS a ON a.id = n.alert_id AND a.episode = n.episode
WHERE a.status = 'OPEN' AND a.severity = 'CRITICAL' AND n.kind <> 'RESOLVED' AND NOT EXISTS (
  SELECT FROM notice AS m LEFT JOIN delivery AS d ON d.id = m.delivery_id
  WHERE m.alert_id = n.alert_id AND m.episode = n.episode
    AND (m.state IN ('WAITING', 'TOLD') AND d.state IS DISTINCT FROM 'DEAD'
         OR m.state = 'MOOT' AND m.kind = 'FLAPPING'))
GROUP BY a.id HAVING bool_and(n.planned_at IS NOT NULL)
ORDER BY min(n.id)
"""


class Untold(NamedTuple):
    """`kind`: how it last began or worsened; `ways`: who can be reached now, and was not tried there."""

    alert: Alert
    kind: str
    ways: list[Recipient]


def untold_tell(at: datetime | None = None) -> int:
    """Have them told to whoever would be told of them now and can be; how many alerts those were.

    The story stays: a notification of its own, beside those that led nowhere.
    """
    with acting_as_system(IDENTITY):
        clock.one_at_a_time()
        at = at or clock.now()
        by_mail = mail_channel()
        found = [one for one in _worth_telling(list(_untold(at, by_mail))) if one.ways][:BATCH]
        said = Notification.objects.bulk_create(
            Notification(
                at=at,
                kind=one.kind,
                alert_id=one.alert.pk,
                episode=one.alert.episode,
                version=one.alert.version,
                source=one.alert.concerns,
                check_code=one.alert.check_code,
                severity=one.alert.severity,
                said={UNTOLD: True},
                planned_at=at,
            )
            for one in found
        )
        Notice.objects.bulk_create(
            (
                Notice(
                    notification=notification,
                    kind=notification.kind,
                    source=notification.source,
                    alert_id=notification.alert_id,
                    episode=notification.episode,
                    person_id=way.person_id,
                    channel_id=way.channel_id or by_mail.pk,
                    reason=way.reason,
                    not_before=way.not_before,
                    decided_at=at,
                )
                for one, notification in zip(found, said, strict=True)
                for way in one.ways
            ),
            batch_size=2_000,
        )
        return len(found)


def _untold(at: datetime, by_mail: Channel) -> Iterator[Untold]:
    with connection.cursor() as cursor:
        cursor.execute(QUERY)
        rows = cursor.fetchall()
    if not rows:
        return
    ids = [row[0] for row in rows]
    alerts, accounts, tried = Alert.objects.in_bulk(ids), User.objects.in_bulk(), _tried(ids)
    known: dict[tuple[object, ...], list[Recipient]] = {}
    for pk, steps, kind in rows:
        alert = alerts.get(pk)
        if alert is None:
            continue
        key = (alert.source, alert.concerns, alert.check_code, alert.assignee, *steps)
        if key not in known:
            asked = [one for step in steps for one in recipients(alert, at=at, step=step)]
            known[key] = list(_reachable(asked, accounts, by_mail))
        ways = [
            one
            for one in known[key]
            if (
                pk,
                alert.episode,
                one.person_id,
                one.channel_id or by_mail.pk,
                _address(one, accounts),
            )
            not in tried
        ]
        yield Untold(alert, kind or Kind.OPENED, ways)


def _reachable(
    asked: Iterable[Recipient], accounts: dict[UUID, User], by_mail: Channel
) -> Iterator[Recipient]:
    """Each once, for the first reason."""
    seen = set()
    for one in asked:
        person = accounts.get(one.person_id) if one.person_id else None
        if (one.person_id, one.channel_id) in seen:
            continue
        seen.add((one.person_id, one.channel_id))
        if one.channel_id or not obstacle(person, by_mail):
            yield one


def _address(way: Recipient, accounts: dict[UUID, User]) -> str:
    return mail.address_of(accounts[way.person_id]) if way.person_id else ""


def _tried(alerts: list[UUID]) -> set[tuple[UUID, int, UUID | None, UUID, str]]:
    """Where a message was given up: sending that again is a person's decision, another address is news."""
    dead = Notice.objects.filter(alert_id__in=alerts, delivery__state=DeliveryState.DEAD)
    where = ("alert_id", "episode", "person_id", "channel_id", "delivery__address")
    return set(dead.values_list(*where))


def _worth_telling(found: list[Untold]) -> list[Untold]:
    """Without the finding that nobody can be reached, where this very run reaches somebody for all."""
    silent = {
        f"{one.alert.concerns}/reach"
        for one in found
        if not one.ways and one.alert.check_code != NOBODY_REACHABLE
    }
    return [
        one
        for one in found
        if one.alert.check_code != NOBODY_REACHABLE or one.alert.entity_id in silent
    ]
