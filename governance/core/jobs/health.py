"""Says whether anybody works: workers that give a sign of life."""

from collections.abc import Iterator

from django.db import connection

from governance.core.capability import Check
from governance.core.jobs.timetable import DEAD_AFTER_S, QUEUES


def workers_alive() -> int:
    """How many workers gave a sign of life within DEAD_AFTER_S seconds; each has a row per queue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [DEAD_AFTER_S],
        )
        (count,) = cursor.fetchone()
    return -(-int(count) // len(QUEUES))


def preflight() -> Iterator[Check]:
    """Without a worker nothing is scanned."""
    alive = workers_alive()
    if alive:
        yield Check("worker", "ok", f"{alive} at work")
    else:
        yield Check("worker", "fail", "none gives a sign of life; start `manage.py worker`")
