"""The end of an episode, for whom only a replay told of its beginning: the message had been given up."""

from datetime import datetime
from uuid import UUID

from alerts.models import Alert, Status
from governance.notifications.models import DeliveryState, Kind, Notice, NoticeState, Notification


def late_ends(at: datetime) -> int:
    """Have them told, after the message that was replayed; how many. Inside `acting_as_system`."""
    replayed = Notice.objects.filter(state=NoticeState.TOLD, delivery__rounds__gt=1)
    begun = list(replayed.exclude(kind=Kind.RESOLVED).exclude(delivery__state=DeliveryState.DEAD))
    if not begun:
        return 0
    alerts = Alert.objects.in_bulk({one.alert_id for one in begun})
    ends = {
        (end.alert_id, end.episode): end
        for end in Notification.objects.filter(
            alert_id__in=alerts, kind=Kind.RESOLVED, planned_at__isnull=False
        ).order_by("id")
    }
    known: dict[tuple[int, UUID | None, UUID], Notice] = {
        (one.notification_id, one.person_id, one.channel_id): one
        for one in Notice.objects.filter(alert_id__in=alerts, kind=Kind.RESOLVED)
    }
    told = 0
    for one in begun:
        end, alert = ends.get((one.alert_id, one.episode)), alerts.get(one.alert_id)
        if end is None or alert is None or end.pk < one.notification_id:
            continue
        if alert.status != Status.RESOLVED and alert.episode == one.episode:
            continue  # it goes on again
        known_end = known.get((end.pk, one.person_id, one.channel_id))
        if known_end is None:
            known[end.pk, one.person_id, one.channel_id] = Notice.objects.create(
                notification=end,
                kind=Kind.RESOLVED,
                source=one.source,
                alert_id=one.alert_id,
                episode=one.episode,
                person_id=one.person_id,
                channel_id=one.channel_id,
                reason="told",
                decided_at=at,
            )
            told += 1
        elif known_end.state == NoticeState.MOOT:
            known_end.state = NoticeState.WAITING
            known_end.save(update_fields=["state"])
            told += 1
    return told
