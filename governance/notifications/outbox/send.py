"""One worker takes one message with a lease, tries it once and notes what came of it; then the next."""

import logging
import smtplib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from governance.core.identity.acting import acting_as_system
from governance.notifications.channels import apprise, mail, webhook
from governance.notifications.channels.address import PrivateAddress
from governance.notifications.channels.answer import Answer, without_secrets
from governance.notifications.channels.secrets import NoKey, secret_read
from governance.notifications.models import (
    Attempt,
    Channel,
    Delivery,
    DeliveryState,
    Family,
    Outcome,
)
from governance.notifications.outbox import clock
from governance.notifications.outbox.clock import IDENTITY

LEASE = timedelta(seconds=60)  # longer than any channel tries
FIRST_WAIT_S, LONGEST_WAIT_S = 30, 3_600
ATTEMPTS = 7
logger = logging.getLogger(__name__)

# The channel first, and by a conditional UPDATE: of workers that ask at once one gets it. Through one channel
# goes one message at a time, in their order, and a receiver that hangs holds up its own channel and no other.
TAKE_CHANNEL = """
UPDATE channel SET busy_until = %(until)s
WHERE id = (
  SELECT c.id FROM channel AS c
  WHERE c.is_on AND (c.busy_until IS NULL OR c.busy_until <= %(now)s)
    AND EXISTS (SELECT FROM delivery AS d WHERE d.channel_id = c.id AND (
      d.state = 'WAITING' AND d.due_at <= %(now)s OR d.state = 'SENDING' AND d.lease_until <= %(now)s))
  ORDER BY (SELECT min(d.due_at) FROM delivery AS d
            WHERE d.channel_id = c.id AND d.state IN ('WAITING', 'SENDING'))
  LIMIT 1 FOR UPDATE SKIP LOCKED)
AND (busy_until IS NULL OR busy_until <= %(now)s)
RETURNING id
"""
NEXT_AT = """
SELECT min(greatest(CASE d.state WHEN 'SENDING' THEN d.lease_until ELSE d.due_at END, c.busy_until))
FROM delivery AS d JOIN channel AS c ON c.id = d.channel_id
WHERE c.is_on AND d.state IN ('WAITING', 'SENDING')
"""


@dataclass(frozen=True)
class Claimed:
    delivery: Delivery
    channel: Channel
    lease: uuid.UUID
    attempt: Attempt


def send_next(at: datetime | None = None) -> bool:
    """Try the next message that is due in a channel that nobody uses; False when there is none."""
    claimed = _claim(at)
    if claimed is None:
        return False
    _mark(claimed, _try(claimed), at)
    return True


def next_at() -> datetime | None:
    """When a message is due, or the lease of a worker that may be gone ends."""
    with acting_as_system(IDENTITY), connection.cursor() as cursor:
        cursor.execute(NEXT_AT)
        (found,) = cursor.fetchone()
    at: datetime | None = found
    return at


def wait_after(attempts: int) -> timedelta:
    """30 s after the first attempt, twice as long after each, an hour at most."""
    return timedelta(seconds=min(FIRST_WAIT_S * 2 ** (attempts - 1), LONGEST_WAIT_S))


def _claim(at: datetime | None) -> Claimed | None:
    with acting_as_system(IDENTITY):
        now = at or clock.now()
        with connection.cursor() as cursor:
            cursor.execute(TAKE_CHANNEL, {"now": now, "until": now + LEASE})
            row = cursor.fetchone()
        if row is None:
            return None
        channel = Channel.objects.get(pk=row[0])
        due = Q(state=DeliveryState.WAITING, due_at__lte=now) | Q(
            state=DeliveryState.SENDING, lease_until__lte=now
        )
        for delivery in Delivery.objects.filter(due, channel=channel).order_by(
            "due_at", "created_at", "pk"
        ):
            if delivery.state == DeliveryState.SENDING:
                # Its worker is gone. Whether it went out nobody knows, so it goes again under its key.
                delivery.tries.filter(ended_at=None).update(ended_at=now, outcome=Outcome.CUT)
                if delivery.attempts >= ATTEMPTS:
                    _end(delivery, DeliveryState.DEAD, now)
                    continue
            lease = uuid.uuid4()
            Delivery.objects.filter(pk=delivery.pk).update(
                state=DeliveryState.SENDING,
                lease=lease,
                lease_until=now + LEASE,
                attempts=F("attempts") + 1,
            )
            delivery.refresh_from_db()
            attempt = Attempt.objects.create(
                delivery=delivery, round=delivery.rounds, number=delivery.attempts, began_at=now
            )
            return Claimed(delivery, channel, lease, attempt)
        Channel.objects.filter(pk=channel.pk).update(busy_until=None)
        return None


def _try(claimed: Claimed) -> Answer:
    """Outside of any transaction. Whatever goes wrong is an answer."""
    delivery, channel = claimed.delivery, claimed.channel
    secret: dict[str, str] = {}
    try:
        if channel.family == Family.MAIL:
            answer = mail.send(delivery)
        else:
            secret = secret_read(channel.secret)
            speak = webhook if channel.family == Family.WEBHOOK else apprise
            answer = speak.send(delivery, secret, may_be_private=channel.may_be_private)
    except (PrivateAddress, NoKey) as error:
        answer = Answer(Outcome.REFUSED, str(error))
    except (OSError, smtplib.SMTPException) as error:
        answer = Answer(Outcome.LATER, f"{type(error).__name__}: {error}")
    except Exception as error:
        # A message must not stop those behind it; its words could hold anything, so only their sort is told.
        logger.exception("delivery %s", delivery.pk)
        answer = Answer(Outcome.LATER, type(error).__name__)
    text = without_secrets(answer.text, _hidden(secret))
    return Answer(answer.outcome, text, answer.retry_after_s)


def _hidden(secret: dict[str, str]) -> list[str]:
    """Everything of an address that could be a password: its user, its path's parts, its query."""
    from urllib.parse import unquote, urlsplit  # noqa: PLC0415

    found = list(secret.values())
    parts = urlsplit(secret.get("url", ""))
    for part in (parts.username, parts.password, *parts.path.split("/"), parts.query):
        if part:
            found += [part, unquote(part)]
    return found


def _mark(claimed: Claimed, answer: Answer, at: datetime | None) -> None:
    with acting_as_system(IDENTITY):
        now = at or clock.now()
        delivery = claimed.delivery
        Attempt.objects.filter(pk=claimed.attempt.pk).update(
            ended_at=now, outcome=answer.outcome, answer=answer.text
        )
        # Whoever lost the lease says nothing more, but that it is delivered is true whoever says it.
        mine = Q(lease=claimed.lease)
        if answer.outcome == Outcome.DELIVERED:
            mine |= ~Q(state=DeliveryState.DELIVERED)
        held = Delivery.objects.filter(mine, pk=delivery.pk)
        last = {"answer": answer.text, "lease": None, "lease_until": None}
        if answer.outcome == Outcome.DELIVERED:
            held.update(state=DeliveryState.DELIVERED, ended_at=now, **last)
        elif answer.outcome == Outcome.REFUSED or delivery.attempts >= ATTEMPTS:
            held.update(state=DeliveryState.DEAD, ended_at=now, **last)
        else:
            wait = wait_after(delivery.attempts)
            if answer.retry_after_s is not None:
                wait = max(wait, timedelta(seconds=answer.retry_after_s))
            held.update(state=DeliveryState.WAITING, due_at=now + wait, **last)
        _free(claimed.channel, answer, now)
    level = logging.INFO if answer.outcome == Outcome.DELIVERED else logging.WARNING
    logger.log(
        level,
        "delivery %s through %s: %s",
        delivery.pk,
        claimed.channel.family,
        answer.outcome,
        extra={"delivery": str(delivery.pk), "attempt": delivery.attempts},
    )


def _free(channel: Channel, answer: Answer, now: datetime) -> None:
    held = Channel.objects.filter(pk=channel.pk)
    if answer.outcome == Outcome.DELIVERED:
        held.update(busy_until=None, failing_since=None)
    elif answer.outcome == Outcome.LATER or channel.family != Family.MAIL:
        held.update(busy_until=None, failing_since=Coalesce("failing_since", now))
    else:  # one address of many that mail could not reach
        held.update(busy_until=None)


def _end(delivery: Delivery, state: DeliveryState, now: datetime) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(
        state=state, ended_at=now, lease=None, lease_until=None
    )
