"""Chains the committed entries that wait for their hash, a few at a time, so that no writer waits long."""

import logging
import time

from django.db import connection

from governance.core.identity.acting import acting_as_system

IDENTITY = "chain"
logger = logging.getLogger(__name__)

# What one piece may hold the head for; and how many entries a piece may have, the first and the largest.
AIM_S = 0.05
FIRST, MOST = 200, 5_000


def entries_waiting() -> int:
    """How many entries wait, for whoever acts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_waiting()")
        (waiting,) = cursor.fetchone()
    return int(waiting or 0)


def entries_chain(*, limit_s: float | None = None) -> int:
    """Chain all that waits, or as much as time allows; gives how many entries still wait.

    Each piece is a transaction of its own, and the next is as large as the last one's time suggests. Any
    number of processes may do this at once, and one that is killed leaves the rest to the next.
    """
    ends = None if limit_s is None else time.monotonic() + limit_s
    with acting_as_system(IDENTITY):
        waiting = entries_waiting()
    if not waiting:
        return 0
    began, first, piece = time.monotonic(), waiting, FIRST
    told = began
    while waiting and (ends is None or time.monotonic() < ends):
        with acting_as_system(IDENTITY), connection.cursor() as cursor:
            # The server's own clock for its own work: without the queue for the head, which is others' time.
            cursor.execute("SELECT ledger_chain_next(%s)", [0])
            started = time.monotonic()
            cursor.execute("SELECT ledger_chain_next(%s)", [piece])
            (waiting,) = cursor.fetchone()
            took = time.monotonic() - started
        piece = max(FIRST // 4, min(MOST, piece * 2, int(piece * AIM_S / max(took, 0.001))))
        if time.monotonic() - told > 5:
            told = time.monotonic()
            logger.info("%d entries wait to be chained", waiting)
    if first > MOST:
        took = time.monotonic() - began
        logger.info("%d entries chained in %.1f s", first - waiting, took)
    return int(waiting)
