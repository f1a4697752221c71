"""How much a run of the bench stores: BENCH_SIZE is empty, `full` (hours) or `quick` (to try the bench)."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """`stored`, `scanned`: alerts; `entries`: of the ledger; `movements`: of the depot; `turn_s`: seconds."""

    stored: tuple[int, ...]
    entries: int
    scanned: tuple[int, ...]
    movements: int
    peers: tuple[int, ...]
    turns: int = 5  # of each measurement, in alternation; one more warms and is not counted
    turn_s: float = 0.5


SIZES = {
    "": Size((1_000, 100_000), 1_000_000, (1_000, 10_000, 100_000), 500_000, (10_000, 50_000)),
    "full": Size(
        (1_000, 100_000, 1_000_000),
        5_000_000,
        (1_000, 10_000, 100_000),
        10_000_000,
        (10_000, 50_000),
    ),
    "quick": Size((1_000, 2_000), 20_000, (1_000,), 20_000, (1_000, 2_000), turns=1, turn_s=0.1),
}
SIZE = SIZES[os.environ.get("BENCH_SIZE", "")]
