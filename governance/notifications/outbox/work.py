"""One run over the outbox: decide, put together, send until nothing is due; then say when to look again."""

import logging
import time
from datetime import datetime

from django.db import connection

from governance.core.identity.acting import acting_as_system
from governance.notifications.outbox.clock import IDENTITY
from governance.notifications.outbox.group import group
from governance.notifications.outbox.plan import plan
from governance.notifications.outbox.send import next_at, send_next
from governance.notifications.outbox.untold import untold_tell

TASK = "notifications.work"
LONGEST_S = 40.0  # then another job goes on
SENDS = 20  # before looking whether something new is to be said
logger = logging.getLogger(__name__)

# Unless a job is there already that looks no later.
WAKE = """
SELECT notification_wake(%(at)s) WHERE NOT EXISTS (
  SELECT FROM procrastinate_jobs AS j
  WHERE j.task_name = %(task)s AND j.status = 'todo' AND j.scheduled_at BETWEEN now() AND %(at)s)
"""


def work() -> int:
    """How many messages were tried."""
    began, tried = time.monotonic(), 0
    while time.monotonic() - began < LONGEST_S:
        while plan():
            pass
        if not tried:
            untold_tell()
        again_at = group().again_at
        sent = 0
        while sent < SENDS and time.monotonic() - began < LONGEST_S and send_next():
            sent += 1
        tried += sent
        if not sent:
            break
    else:
        again_at = None
    due = [at for at in (again_at, next_at()) if at]
    if due:
        wake(min(due))
    return tried


def wake(at: datetime) -> None:
    """Have a worker look again then."""
    with acting_as_system(IDENTITY), connection.cursor() as cursor:
        cursor.execute(WAKE, {"at": at, "task": TASK})
