"""Chains the committed entries that wait for their hash, a few at a time, so that no writer waits long."""

import logging
import time
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from governance.core.identity.acting import acting_as_system

IDENTITY = "chain"
logger = logging.getLogger(__name__)

# What one piece may hold the head for; and how many entries it may have: the first, the fewest, the most.
AIM_S = 0.08
FIRST, FEWEST, MOST = 200, 50, 5_000
# One statement that is a transaction: the head is held while the server works, and not while we are thinking.
PIECE = """
WITH acting AS MATERIALIZED (SELECT pg_catalog.set_config('governance.system', %s, true) AS name)
SELECT piece.* FROM acting, LATERAL public.ledger_chain_next(CASE WHEN name <> '' THEN %s END) AS piece
"""


def entries_waiting() -> int:
    """How many entries wait, for whoever acts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_waiting()")
        (waiting,) = cursor.fetchone()
    return int(waiting or 0)


@dataclass(frozen=True)
class Waiting:
    """Committed entries without a hash; `since`: when the oldest of them was committed."""

    entries: int
    since: datetime | None


def ledger_waiting() -> Waiting:
    """What waits now, for the machine."""
    entries = entries_waiting()
    if not entries:
        return Waiting(0, None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(b.at) FROM ledger_batch AS b, ledger_head AS h"
            " WHERE b.number IS NOT NULL AND b.first_seq + b.entries > h.seq + 1"
        )
        (since,) = cursor.fetchone()
    return Waiting(entries, since)


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
        waiting, took = _piece(piece)
        piece = max(FEWEST, min(MOST, piece * 2, int(piece * AIM_S / max(took, 0.001))))
        if time.monotonic() - told > 5:
            told = time.monotonic()
            logger.info("%d entries wait to be chained", waiting)
    if first > MOST:
        took = time.monotonic() - began
        logger.info("%d entries chained in %.1f s", first - waiting, took)
    return int(waiting)


def _piece(most: int) -> tuple[int, float]:
    # Inside a transaction of somebody else's the identity has to be put back.
    acting = acting_as_system(IDENTITY) if connection.in_atomic_block else nullcontext()
    with acting, connection.cursor() as cursor:
        cursor.execute(PIECE, [IDENTITY, most])
        waiting, took = cursor.fetchone()
    return int(waiting), float(took)
