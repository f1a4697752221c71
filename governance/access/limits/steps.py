"""Requests counted in the database in steps: this process takes some at a time and uses them up from memory.

What all processes took together never exceeds the limit, so nothing slips past; a step of 25 makes one round
trip of twenty-five requests. Knows no request.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from django.db import connection

KEPT = 20_000  # keys; whose step is forgotten takes another one
SAME_WINDOW = 0.5  # seconds by which two answers about one window may differ


@dataclass
class _Step:
    left: int
    ends: float  # time.monotonic()


class Steps:
    """What this process has taken and not used yet, by key; shared by its threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Step] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str, most: int, *, seconds: int = 60, step: int = 25) -> float:
        """Count one request under `key`: 0 to go on, else after how many seconds there are new ones."""
        now = time.monotonic()
        with self._lock:
            mine = self._kept.get(key)
            if mine is not None and mine.ends > now:
                if mine.left > 0:
                    mine.left -= 1
                    return 0.0
                if mine.left < 0:  # used up by all together: nothing to ask for
                    return mine.ends - now
        granted, ends_in = _taken(key, most, seconds, step)
        ends = time.monotonic() + ends_in
        with self._lock:
            mine = self._kept.get(key)
            if mine is None or mine.ends < ends - SAME_WINDOW:
                mine = self._kept[key] = _Step(0, ends)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            if mine.ends < ends + SAME_WINDOW:  # else another thread has come from a newer window
                if granted:
                    mine.left = max(mine.left, 0) + granted - 1
                elif mine.left <= 0:
                    mine.left = -1
        return 0.0 if granted else max(ends_in, 0.001)


def _taken(key: str, most: int, seconds: int, step: int) -> tuple[int, float]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT granted, ends_in FROM request_take(%s, %s, %s, %s)", [key, most, seconds, step]
        )
        granted, ends_in = cursor.fetchone()
    return int(granted), float(ends_in)
