"""How many ledger entries a second a verification reads, hashes and compares; run by `make bench`."""

import statistics
import time
from typing import Any

from governance.core.ledger.verification.verify import ledger_verify
from tests.bench.report import Figure, Report
from tests.bench.world import World, database

TIMES = 3


def verified(world: World) -> tuple[float, int]:
    """Seconds and entries of one verification."""
    with database(world.name):
        start = time.perf_counter()
        result = ledger_verify(by=None)
        seconds = time.perf_counter() - start
    assert result.is_whole
    return seconds, result.entries


def test_verification(filled: list[World], report: Report, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        taken = [[verified(world) for world in filled] for _ in range(TIMES)]
    for place, world in enumerate(filled):
        seconds, entries = statistics.median_low(turn[place] for turn in taken)
        made = Figure(
            f"verification of {entries:,} entries".replace(",", " "),
            seconds,
            "s",
            stored=world.label,
            per_second=entries / seconds,
        )
        if entries >= 100_000:  # a small one is start-up more than verification
            made.aims["verification"] = entries / seconds
        report.add("Ledger", made)
