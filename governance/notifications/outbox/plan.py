"""Decides who is told of what is to be said: a notice for each recipient. Sends nothing, groups nothing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from alerts.models import Alert, Severity
from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import User
from governance.notifications.channels import mail
from governance.notifications.models import (
    BEGINS,
    Channel,
    DeliveryState,
    Family,
    Kind,
    Notice,
    NoticeState,
    Notification,
    Obstacle,
)
from governance.notifications.outbox import clock
from governance.notifications.outbox.clock import IDENTITY
from governance.notifications.outbox.late_ends import late_ends
from governance.notifications.routing.services import Recipient, recipients

BATCH = 5_000
TOLD_BEFORE = "told"  # the reason of a recovery: who was told that it began


def plan(at: datetime | None = None) -> int:
    """Decide about the oldest notifications that nobody decided about; how many those were."""
    with acting_as_system(IDENTITY):
        clock.one_at_a_time()
        at = at or clock.now()
        batch = list(Notification.objects.filter(planned_at=None).order_by("id")[:BATCH])
        if batch:
            _begun([one for one in batch if one.kind != Kind.RESOLVED], at)
            _ended([one for one in batch if one.kind == Kind.RESOLVED], at)
            Notification.objects.filter(pk__in=[one.pk for one in batch]).update(planned_at=at)
        late_ends(at)
        return len(batch)


def mail_channel() -> Channel:
    """The one that `migrate` made."""
    return Channel.objects.get(family=Family.MAIL)


def obstacle(person: User | None, by_mail: Channel) -> str:
    """Why no mail reaches somebody now; empty: nothing that is known beforehand."""
    if person is None or not person.is_active:
        return Obstacle.CLOSED
    if not mail.is_possible():
        return Obstacle.NO_MAIL
    if not by_mail.is_on:
        return Obstacle.CHANNEL_OFF
    return "" if mail.address_of(person) else Obstacle.NO_ADDRESS


def _begun(batch: Sequence[Notification], at: datetime) -> None:
    """Whoever the routing names. It is asked once for all alerts that it cannot tell apart."""
    alerts = _alerts(one.alert_id for one in batch)
    unstable = _unstable(batch)
    told_unstable = _told_unstable(unstable.values(), at)
    known: dict[tuple[str, str, str, str, UUID | None, int], list[Recipient]] = {}
    by_mail = mail_channel()
    accounts = User.objects.in_bulk()
    found = []
    for one in batch:
        alert = alerts.get(one.alert_id)
        if alert is None:
            continue
        key = (alert.source, one.source, one.check_code, alert.severity, alert.assignee, one.step)
        if key not in known:
            known[key] = recipients(alert, at=at, step=one.step)
        flaps = one.pk in unstable
        for recipient in known[key]:
            state, why = NoticeState.WAITING, ""
            if recipient.channel_id is None:
                why = obstacle(accounts.get(recipient.person_id), by_mail)
            if why:
                state = NoticeState.UNREACHABLE
            elif flaps and (one.alert_id, recipient.person_id) in told_unstable:
                state = NoticeState.MOOT  # said already that it comes and goes
            elif recipient.person_id and _is_for_the_brief(one):
                state = NoticeState.BRIEF
            found.append(
                Notice(
                    notification=one,
                    kind=Kind.FLAPPING if flaps else one.kind,
                    source=one.source,
                    alert_id=one.alert_id,
                    episode=one.episode,
                    person_id=recipient.person_id,
                    channel_id=recipient.channel_id or by_mail.pk,
                    reason=recipient.reason,
                    state=state,
                    obstacle=why,
                    not_before=recipient.not_before,
                    decided_at=at,
                )
            )
    Notice.objects.bulk_create(found, ignore_conflicts=True, batch_size=2_000)


def _is_for_the_brief(one: Notification) -> bool:
    """What is no emergency waits for the morning; a step of the escalation does not."""
    return one.severity != Severity.CRITICAL and one.step == 0


def _ended(batch: Sequence[Notification], at: datetime) -> None:
    """Whoever was told, or will be, that it began; nobody else, and once."""
    if not batch:
        return
    ended = {(one.alert_id, one.episode): one for one in batch}
    earlier = Notice.objects.filter(
        alert_id__in={one.alert_id for one in batch},
        kind__in=[*BEGINS, Kind.WORSENED, Kind.LATE, Kind.FLAPPING],
    ).exclude(delivery__state=DeliveryState.DEAD)
    unstable = {
        one.alert_id
        for one in earlier
        if one.kind == Kind.FLAPPING and one.decided_at > at - clock.FLAPPING_WITHIN
    }
    found: dict[tuple[int, UUID | None, UUID], Notice] = {}
    for notice in earlier.order_by("id"):
        flaps = notice.alert_id in unstable and notice.kind == Kind.FLAPPING
        for (alert_id, episode), one in ended.items():
            if notice.alert_id != alert_id or notice.notification_id > one.pk:
                continue
            if notice.episode != episode and not flaps:
                continue
            if notice.state not in (NoticeState.TOLD, NoticeState.WAITING, NoticeState.BRIEF):
                continue
            found.setdefault(
                (one.pk, notice.person_id, notice.channel_id),
                Notice(
                    notification=one,
                    kind=Kind.RESOLVED,
                    source=one.source,
                    alert_id=alert_id,
                    episode=episode,
                    person_id=notice.person_id,
                    channel_id=notice.channel_id,
                    reason=TOLD_BEFORE,
                    state=NoticeState.BRIEF
                    if notice.state == NoticeState.BRIEF
                    else NoticeState.WAITING,
                    # Whether it stays away is only known then.
                    not_before=one.at + clock.FLAPPING_WITHIN if alert_id in unstable else None,
                    decided_at=at,
                ),
            )
    Notice.objects.bulk_create(found.values(), ignore_conflicts=True, batch_size=2_000)


def _alerts(ids: Iterable[UUID]) -> dict[UUID, Alert]:
    columns = ("source", "concerns", "check_code", "severity", "status", "assignee", "episode")
    found = Alert.objects.filter(pk__in=set(ids)).only(*columns)
    return {one.pk: one for one in found}


def _unstable(batch: Sequence[Notification]) -> dict[int, UUID]:
    """Notifications that are at least the third beginning of their alert within an hour."""
    asked = [
        one
        for one in batch
        if one.kind in (Kind.OPENED, Kind.REOPENED) and one.episode >= clock.FLAPPING_EPISODES
    ]
    found = {}
    for one in asked:
        begun = Notification.objects.filter(
            alert_id=one.alert_id,
            kind__in=[Kind.OPENED, Kind.REOPENED],
            at__gt=one.at - clock.FLAPPING_WITHIN,
            pk__lte=one.pk,
        )
        # By episode: one that nobody could be told of has its beginning said twice (outbox/untold.py).
        if begun.values("episode").distinct().count() >= clock.FLAPPING_EPISODES:
            found[one.pk] = one.alert_id
    return found


def _told_unstable(alerts: Iterable[UUID], at: datetime) -> set[tuple[UUID, UUID | None]]:
    told = Notice.objects.filter(
        alert_id__in=list(alerts),
        kind=Kind.FLAPPING,
        state__in=[NoticeState.WAITING, NoticeState.TOLD],
        decided_at__gt=at - clock.FLAPPING_WITHIN,
    )
    return set(told.values_list("alert_id", "person_id"))
