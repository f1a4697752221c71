"""Two workers that are killed at random, and what must nevertheless hold."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.foundation.process import eventually
from tests.schedule.process import WorkerProcess, rows

SPANS = "SELECT started_at, finished_at FROM integrity_scan WHERE source <> 'console' ORDER BY started_at"
WAITERS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
DOING = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND lock = 'scan magasin'"
RUNNING = "SELECT count(*) FROM procrastinate_jobs WHERE status <> 'todo'"
READING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name = 'governance-console' AND state = 'active' AND query LIKE 'COPY%'"
)


@dataclass
class Observed:
    """What a run of chaos showed."""

    kills: int = 0
    kills_mid_scan: int = 0
    most_waiting: int = 0  # scans that waited for another's lock, at one instant
    most_doing: int = 0
    began: datetime = field(default_factory=datetime.now)
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)

    @property
    def overlaps(self) -> int:
        return sum(later[0] <= earlier[1] for earlier, later in pairwise(self.spans))

    @property
    def longest_gap(self) -> timedelta:
        """Between the starts of two scans that followed each other."""
        gaps = (later[0] - earlier[0] for earlier, later in pairwise(self.spans))
        return max(gaps, default=timedelta())

    def __str__(self) -> str:
        return (
            f"{len(self.spans)} scans, {self.kills} kills ({self.kills_mid_scan} in the middle of a"
            f" scan), {self.overlaps} overlaps, longest gap {self.longest_gap.total_seconds():.1f} s,"
            f" at most {self.most_doing} at once, {self.most_waiting} waiting for a lock"
        )


# Seconds of quiet at the end, in which what was killed last is taken over.
QUIET = 5
# Seconds until a new worker works, on the busiest machine.
START_UP = 60


def unleash(
    start: Callable[[], WorkerProcess],
    *,
    pg: Any,
    console: str,
    shop: Any,
    seconds: float,
    between_kills: tuple[float, float],
    seed: int,
) -> Observed:
    """Keep two workers going for so long, each killed after a random time and started anew."""
    chance = random.Random(seed)
    seen = Observed()
    workers = [start(), start()]
    assert eventually(lambda: all(worker.is_up for worker in workers), within=START_UP)
    due = [time.monotonic() + chance.uniform(*between_kills) for _ in workers]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.1)
        seen.most_waiting = max(seen.most_waiting, rows(pg, console, WAITERS)[0][0])
        seen.most_doing = max(seen.most_doing, rows(pg, console, DOING)[0][0])
        if chance.random() < 0.05:  # the business goes on
            shop.execute("DELETE FROM debts WHERE random() < 0.1")
            shop.execute(
                "INSERT INTO debts SELECT 'c' || n, n FROM generate_series(1, 200) n"
                " WHERE random() < 0.1 ON CONFLICT (id) DO UPDATE SET amount = excluded.amount + 1"
            )
        for number, moment in enumerate(due):
            if time.monotonic() >= moment and moment < end - QUIET:
                reading = rows(pg, shop.info.dbname, READING)[0][0]
                workers[number].kill()
                seen.kills += 1
                seen.kills_mid_scan += reading > 0
                workers[number] = start()
                due[number] = time.monotonic() + chance.uniform(*between_kills)
    assert eventually(lambda: all(worker.is_up for worker in workers), within=START_UP)
    # What was killed last is taken over, once a worker is long enough without a sign of life.
    assert eventually(lambda: rows(pg, console, RUNNING) == [(0,)], within=START_UP)
    assert [worker.stop() for worker in workers] == [0, 0]
    seen.spans = rows(pg, console, SPANS)
    return seen
