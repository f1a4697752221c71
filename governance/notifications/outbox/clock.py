"""The one clock of the outbox, the database's, so that all workers agree; and its spans of time."""

from datetime import datetime, timedelta

from django.db import connection

IDENTITY = "notify"  # of the machine, while it decides and sends
WINDOW = timedelta(minutes=5)  # at most one message per recipient and source within it
FLAPPING_WITHIN = timedelta(hours=1)
FLAPPING_EPISODES = 3


def now() -> datetime:
    """The instant, not the transaction's beginning. Inside a transaction that knows who acts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (instant,) = cursor.fetchone()
    found: datetime = instant
    return found


def one_at_a_time() -> None:
    """Whoever plans or groups does so alone, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('notifications', 0))")
