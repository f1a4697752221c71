"""Says how many messages wait, since when the oldest should have gone, and how many were given up."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import connection

from governance.core.capability import Gauge
from governance.core.web.http import Access

# Due: what nobody was chosen for yet, what waits for an attempt, what a worker that is gone was sending. A
# channel that is off keeps its messages on purpose.
OUTBOX = """
SELECT
  (SELECT count(*) FROM notification WHERE planned_at IS NULL),
  coalesce(sum(waits), 0), coalesce(sum(goes), 0),
  (SELECT count(*) FROM delivery WHERE state = 'DEAD'),
  greatest(0, extract(epoch FROM now() - least(min(due_at),
    (SELECT min(at) FROM notification WHERE planned_at IS NULL))))
FROM (
  SELECT (d.state = 'WAITING')::int AS waits, (d.state = 'SENDING')::int AS goes,
         CASE WHEN c.is_on THEN CASE d.state WHEN 'WAITING' THEN d.due_at ELSE d.lease_until END END AS due_at
  FROM delivery AS d JOIN channel AS c ON c.id = d.channel_id WHERE d.state IN ('WAITING', 'SENDING')
) AS pending
"""


class Outbox(NamedTuple):
    undecided: int
    waiting: int
    sending: int
    dead: int
    oldest_s: float  # how long the most overdue should have gone


def outbox_now() -> Outbox:
    """Inside `acting_as_system`."""
    with connection.cursor() as cursor:
        cursor.execute(OUTBOX)
        undecided, waiting, sending, dead, oldest = cursor.fetchone()
    return Outbox(undecided, int(waiting), int(sending), dead, float(oldest or 0))


def outbox(reader: Access | None) -> str | dict[str, Any]:
    """A stranger: whether messages go out. Somebody signed in: how many wait, how late, and given up."""
    found = outbox_now()
    if reader is None:
        return "late" if found.oldest_s > LATE_S else "ok"
    return {
        "undecided": found.undecided,
        "waiting": found.waiting + found.sending,
        "oldest_s": round(found.oldest_s),
        "dead": found.dead,
    }


LATE_S = 600  # as the rule MESSAGES_LATE and the alert of Prometheus say


def metrics() -> Iterator[Gauge]:
    """The outbox: messages by state, and how late the oldest is."""
    found = outbox_now()
    yield Gauge(
        "governance_outbox_messages",
        "Changes of which nobody was chosen yet, messages that wait, are being sent, were given up.",
        {(state,): getattr(found, state) for state in ("undecided", "waiting", "sending", "dead")},
        ("state",),
    )
    yield Gauge(
        "governance_outbox_oldest_seconds",
        "How long the most overdue message should have gone.",
        {(): found.oldest_s},
    )
