"""`make bench`: what the console costs at size, as ratios measured in one run; no figure here fails a test.

Not collected by `make test`. BENCH_ENTRIES and BENCH_ALERTS choose the sizes. Pages are asked through
Django's test client (middleware, row security, templates), in alternating pairs, so that a machine whose
speed drifts drifts for both sides. The table is also written to var/bench.json.
"""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client

from alerts.intake import Snapshot
from governance.ledger.verify import ledger_verify
from governance.roles import Role
from governance.sql import acting_as_system
from tests.alerts.make import NOW
from tests.conftest import Postgres, make_user
from tests.history.conftest import BULK, scalar

ENTRIES = int(os.environ.get("BENCH_ENTRIES", "1000000"))
ALERTS = int(os.environ.get("BENCH_ALERTS", "10000"))
PAIRS = 25
HISTORY = "/governance/history"


class Consoles:
    """Two consoles on one server: `small` as it starts, `large` with a past."""

    def __init__(self, pg: Postgres) -> None:
        self.pg = pg
        self.names = {
            kind: pg.create("console", template="console_template") for kind in ("small", "large")
        }

    @contextmanager
    def on(self, kind: str) -> Iterator[None]:
        connection.close()
        connection.settings_dict["NAME"] = self.names[kind]
        yield
        connection.close()
        connection.settings_dict["NAME"] = "console"


@pytest.fixture
def consoles(django_db_setup: None, django_db_blocker: Any, pg: Postgres) -> Iterator[Consoles]:
    with django_db_blocker.unblock():
        made = Consoles(pg)
        yield made
        for alias in ("default", "owner"):
            connections[alias].close()
        for name in made.names.values():
            pg.drop(name)


def elapsed_ms(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def pairs(
    consoles: Consoles, kinds: dict[str, str], ask: Callable[[str, str], Any]
) -> dict[str, float]:
    """Median milliseconds for each label; `kinds`: label -> console. Asked in turn, PAIRS times."""
    spent: dict[str, list[float]] = {label: [] for label in kinds}
    for turn in range(PAIRS + 2):
        for label, kind in kinds.items():
            with consoles.on(kind):
                scalar("SELECT 1")  # the connection is not what is measured
                took = elapsed_ms(partial(ask, label, kind))
            if turn >= 2:
                spent[label].append(took)
    return {label: statistics.median(values) for label, values in spent.items()}


def rows(count: int, *, moved: int = 0) -> bytes:
    payload = {"citerne": "TANK1", "proprietaire": "MONALUXE", "stock_ambiant": -12.5 - moved}
    return "".join(
        f"STOCK_NEGATIF\tWARN\tCITERNE_STOCK\tbac-{n:08d}\tLe stock du bac {n} est négatif.\t"
        f"{json.dumps(payload)}\t2026-01-01 00:00:00+00\n"
        for n in range(count)
    ).encode()


def scanned(data: bytes, minute: int) -> float:
    """Seconds of one snapshot: landing, comparing, writing alerts and ledger, commit."""
    start = time.perf_counter()
    with acting_as_system("scan"), connection.cursor() as cursor:
        snapshot = Snapshot(source="depot", taken_at=NOW + timedelta(minutes=minute))
        with snapshot.copy(cursor) as copy:
            copy.write(data)
        snapshot.compare()
        snapshot.apply(closes=True)
    return time.perf_counter() - start


def bench_history(consoles: Consoles) -> list[tuple[str, str, str]]:
    """A page of the history with a long past, against the same page with none."""
    people = {}
    for kind in ("small", "large"):
        with consoles.on(kind):
            people[kind] = make_user("directrice", {"depot": Role.DIRECTEUR})
    with consoles.pg.superuser(consoles.names["large"]) as owner:
        owner.execute(BULK)
    with consoles.on("large"):
        for first in range(1, ENTRIES + 1, 20_000):
            with acting_as_system("scan"), connection.cursor() as cursor:
                cursor.execute("SELECT test_bulk(%s, %s)", [first, min(first + 19_999, ENTRIES)])
        with consoles.pg.superuser(consoles.names["large"]) as owner:
            owner.execute("ANALYZE ledger_entry")
        deep = scalar(
            "SELECT seq FROM ledger_entry WHERE source = 'depot' AND action NOT IN"
            " ('alert.seen', 'scan.complete') ORDER BY seq DESC OFFSET %s LIMIT 1",
            min(50_000, ENTRIES // 10),
        )
    clients = {}
    for kind, person in people.items():
        with consoles.on(kind):
            clients[kind] = Client()
            clients[kind].force_login(person)
    where = {
        "history, empty": ("small", HISTORY),
        "history, page 1": ("large", HISTORY),
        "history, page 1 000": ("large", f"{HISTORY}?cursor={deep}"),
    }

    def ask(label: str, kind: str) -> None:
        assert clients[kind].get(where[label][1]).status_code == 200

    spent = pairs(consoles, {label: kind for label, (kind, _) in where.items()}, ask)
    empty = spent["history, empty"]
    return [
        (
            f"{label} ({ENTRIES:,} entries)" if "page" in label else label,
            f"{ms:.1f} ms",
            f"{ms / empty:.2f} × empty",
        )
        for label, ms in spent.items()
    ]


def bench_verification(consoles: Consoles) -> list[tuple[str, str, str]]:
    with consoles.on("large"):
        start = time.perf_counter()
        result = ledger_verify(by=None)
        seconds = time.perf_counter() - start
    assert result.is_whole
    return [("ledger verification", f"{seconds:.1f} s", f"{ENTRIES / seconds:,.0f} entries/s")]


def bench_scans(consoles: Consoles) -> list[tuple[str, str, str]]:
    lines = []
    with consoles.on("small"):
        for minute, (what, data) in enumerate(
            [
                ("opens", rows(ALERTS)),
                ("changes nothing", rows(ALERTS)),
                ("changes every payload", rows(ALERTS, moved=1)),
                ("closes", b""),
            ]
        ):
            seconds = scanned(data, minute)
            lines.append(
                (
                    f"scan that {what}, {ALERTS:,} alerts",
                    f"{seconds:.2f} s",
                    f"{ALERTS / seconds:,.0f} alerts/s",
                )
            )
    return lines


def test_bench(consoles: Consoles) -> None:
    table = [*bench_history(consoles), *bench_verification(consoles), *bench_scans(consoles)]
    print(f"\n{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    for name, figure, ratio in table:
        print(f"{name:<44} {figure:>12} {ratio:>24}")
    target = Path(settings.VAR) / "bench.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        json.dumps(
            [dict(zip(("name", "figure", "ratio"), row, strict=True)) for row in table], indent=1
        )
    )
