"""Puts notices together into messages: one per recipient, source and five minutes. Sends nothing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from alerts.models import ACTIVE, Alert, Status
from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import User
from governance.notifications.channels import mail
from governance.notifications.maintenance.queries import windows_at
from governance.notifications.messages.compose import compose
from governance.notifications.models import (
    Channel,
    Delivery,
    DeliveryState,
    Family,
    Kind,
    Notice,
    NoticeState,
    Obstacle,
)
from governance.notifications.outbox import clock
from governance.notifications.outbox.clock import IDENTITY
from governance.notifications.outbox.plan import obstacle
from governance.notifications.outbox.untold import UNTOLD


@dataclass(frozen=True)
class Grouped:
    """How many messages were written, and when notices that wait may go; None: none waits."""

    written: int
    again_at: datetime | None


@dataclass(frozen=True)
class _Recipient:
    person_id: UUID | None
    channel_id: UUID
    source: str
    is_urgent: bool  # a step of the escalation does not wait for what was said before


def group(at: datetime | None = None) -> Grouped:
    """Write the messages that may be written now."""
    with acting_as_system(IDENTITY):
        clock.one_at_a_time()
        at = at or clock.now()
        waiting = Notice.objects.filter(state=NoticeState.WAITING).select_related("notification")
        notices = list(waiting.order_by("id"))
        if not notices:
            return Grouped(0, None)
        later = [one.not_before for one in notices if one.not_before and one.not_before > at]
        ready = [one for one in notices if not one.not_before or one.not_before <= at]
        alerts = Alert.objects.in_bulk({one.alert_id for one in ready})
        ready = _still_true(ready, alerts)
        ready, until = _not_silenced(ready, alerts, at)
        later += until
        written = 0
        for recipient, together in _by_recipient(ready).items():
            free_at = _free_at(recipient)
            if free_at and free_at > at:
                later.append(free_at)
            elif _write(recipient, together, alerts, at):
                written += 1
        return Grouped(written, min(later, default=None))


def _still_true(notices: Iterable[Notice], alerts: dict[UUID, Alert]) -> list[Notice]:
    """Without what is over before anybody was told, and without the end of what nobody was told of."""
    told = _told_by(notices)
    kept, moot = [], []
    for one in notices:
        alert = alerts.get(one.alert_id)
        if alert is None:
            moot.append(one.pk)
        elif one.kind == Kind.RESOLVED:
            # Of an alert that comes and goes only an end that lasts is told, to who knows that it does.
            flaps = one.not_before is not None
            is_last = alert.status == Status.RESOLVED and alert.episode == one.episode
            is_over = is_last or (alert.episode > one.episode and not flaps)
            states = told[_recipient(one), 0 if flaps else one.episode]
            if not is_over or not states - {DeliveryState.DEAD}:
                moot.append(one.pk)
            elif DeliveryState.DELIVERED in states:
                kept.append(one)
            # Otherwise the first message is still on its way, and this one waits for it.
        elif _goes_on(one, alert):
            kept.append(one)
        else:
            moot.append(one.pk)
    Notice.objects.filter(pk__in=moot).update(state=NoticeState.MOOT)
    return kept


def _goes_on(notice: Notice, alert: Alert) -> bool:
    if notice.kind == Kind.FLAPPING:
        return True  # that it comes and goes is so, wherever it stands now
    if alert.episode != notice.episode:
        return False
    if notice.kind == Kind.LATE or notice.notification.said.get(UNTOLD):
        return alert.status == Status.OPEN  # somebody knows of it by now
    return alert.status in ACTIVE


def _told_by(
    notices: Iterable[Notice],
) -> dict[tuple[tuple[UUID, UUID | None, UUID], int], set[str]]:
    """How the messages fared that told a recipient of an episode that has ended since; 0: that it flaps."""
    ended = {one.alert_id for one in notices if one.kind == Kind.RESOLVED}
    found: dict[tuple[tuple[UUID, UUID | None, UUID], int], set[str]] = defaultdict(set)
    earlier = Notice.objects.filter(alert_id__in=ended, state=NoticeState.TOLD)
    for one in earlier.exclude(kind=Kind.RESOLVED).select_related("delivery"):
        state = one.delivery.state if one.delivery else DeliveryState.DEAD
        found[_recipient(one), one.episode].add(state)
        if one.kind == Kind.FLAPPING:
            found[_recipient(one), 0].add(state)
    return found


def _recipient(notice: Notice) -> tuple[UUID, UUID | None, UUID]:
    return notice.alert_id, notice.person_id, notice.channel_id


def _not_silenced(
    notices: Iterable[Notice], alerts: dict[UUID, Alert], at: datetime
) -> tuple[list[Notice], list[datetime]]:
    """What no maintenance window keeps back; and when those that do are over."""
    windows = windows_at(at)
    if not windows:
        return list(notices), []
    kept, until = [], []
    for one in notices:
        code = alerts[one.alert_id].check_code
        ends = [w.ends_at for w in windows if w.source == one.source and w.check_code in ("", code)]
        if ends:
            until.append(max(ends))
        else:
            kept.append(one)
    return kept, until


def _by_recipient(notices: Iterable[Notice]) -> dict[_Recipient, list[Notice]]:
    found: dict[_Recipient, list[Notice]] = defaultdict(list)
    for one in notices:
        urgent = one.kind == Kind.LATE
        found[_Recipient(one.person_id, one.channel_id, one.source, urgent)].append(one)
    return found


def _free_at(recipient: _Recipient) -> datetime | None:
    """When the recipient may be written to again."""
    written = Delivery.objects.filter(
        person_id=recipient.person_id,
        channel_id=recipient.channel_id,
        source=recipient.source,
        is_urgent=recipient.is_urgent,
    ).exclude(kind__in=[Kind.BRIEF, Kind.TEST])
    last: datetime | None = written.aggregate(last=Max("created_at"))["last"]
    return last + clock.WINDOW if last else None


def _write(
    recipient: _Recipient, notices: list[Notice], alerts: dict[UUID, Alert], at: datetime
) -> bool:
    """One message for these notices, its words for good."""
    person = User.objects.filter(pk=recipient.person_id).first() if recipient.person_id else None
    channel = Channel.objects.get(pk=recipient.channel_id)
    by_mail = channel.family == Family.MAIL
    address = mail.address_of(person) if person and by_mail else ""
    if by_mail and not address:
        Notice.objects.filter(pk__in=[one.pk for one in notices]).update(
            state=NoticeState.UNREACHABLE,
            obstacle=obstacle(person, channel) or Obstacle.NO_ADDRESS,
        )
        return False
    delivery = Delivery(
        channel=channel,
        source=recipient.source,
        person_id=recipient.person_id,
        address=address,
        language=(person.language if person else "") or "fr",
        is_urgent=recipient.is_urgent,
        created_at=at,
        due_at=at,
    )
    compose(delivery, notices, alerts)
    delivery.save(force_insert=True)
    Notice.objects.filter(pk__in=[one.pk for one in notices]).update(
        state=NoticeState.TOLD, delivery=delivery
    )
    return True
