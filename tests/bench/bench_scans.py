"""What a scan costs that opens N alerts, changes nothing, or closes N; run by `make bench`.

Twice: the whole scan as the timetable runs it, reading a source whose view gives N rows, and the
intake of the same rows alone.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections

from alerts.intake import Snapshot
from governance.core.identity.acting import acting_as_system
from integrity.scans.scan import scan_run
from tests.alerts.make import NOW
from tests.bench.report import Figure, Report
from tests.bench.sizes import SIZE
from tests.bench.world import database, lines
from tests.conftest import Postgres

ROUNDS = 3
# A source of which every row is a finding, so that reading it costs as little as it can.
SOURCE = """
CREATE TABLE findings (check_code text, severity text, entity_type text, entity_id text, message text,
                       payload jsonb, detected_at timestamptz);
CREATE VIEW v_integrity_checks AS SELECT * FROM findings;
GRANT SELECT ON v_integrity_checks TO depot_reader;
"""
ROOM = "SELECT pg_relation_size('system_alerts') + pg_indexes_size('system_alerts')"
# What a scan does -> (share of N that the source shows, how much every payload moved).
STEPS = {
    "opens": (1, 0),
    "changes nothing": (1, 0),
    "changes nothing again": (1, 0),
    "changes every payload": (1, 1),
    "closes": (0, 0),
}
AIMED = {"opens": "opens", "changes nothing": "same", "changes nothing again": "same"}
Scan = Callable[[int, int, int], float]  # alerts shown, how much they moved, minute -> seconds
Spent = dict[tuple[str, int, str], list[tuple[float, int, int]]]


def take_in(count: int, moved: int, minute: int) -> float:
    """Seconds of one intake: landing, comparing, writing alerts and ledger, commit."""
    data = lines(range(count), moved=moved)
    start = time.perf_counter()
    with acting_as_system("scan"), connection.cursor() as cursor:
        snapshot = Snapshot(source="depot", taken_at=NOW + timedelta(minutes=minute))
        with snapshot.copy(cursor) as copy:
            copy.write(data)
        snapshot.compare()
        snapshot.apply(closes=True)
    return time.perf_counter() - start


def scan_whole(source: "psycopg.Connection[Any]", count: int, moved: int, minute: int) -> float:
    """Seconds of one whole scan; what the source shows is put there before."""
    source.execute("TRUNCATE findings")
    with source.cursor().copy("COPY findings FROM STDIN") as copy:
        copy.write(lines(range(count), moved=moved))
    source.execute("ANALYZE findings")
    if count == 0:
        assert scan_run(source="depot").outcome == "SUSPECT"  # all gone: believed the second time
    start = time.perf_counter()
    scan = scan_run(source="depot")
    seconds = time.perf_counter() - start
    assert scan.outcome == "COMPLETE"
    assert scan.rows == count
    return seconds


def measure(pg: Postgres, spent: Spent, count: int, ways: Mapping[str, Scan]) -> None:
    """Each step in turn by each way, every way in a fresh console of its own."""
    names = {way: pg.create("console", template="console_template") for way in ways}
    for minute, (step, (share, moved)) in enumerate(STEPS.items()):
        for way, run in ways.items():
            before = room(pg, names[way])
            with database(names[way]):
                connection.ensure_connection()
                seconds = run(share * count, moved, minute)
            after = room(pg, names[way])
            spent.setdefault((way, count, step), []).append((seconds, before, after))
    connections["owner"].close()
    for name in names.values():
        pg.drop(name)


def room(pg: Postgres, name: str) -> int:
    """Bytes of the table of alerts and its indexes."""
    with pg.superuser(name) as owner:
        (found,) = owner.execute(ROOM).fetchone() or (0,)
    return int(found)


@pytest.fixture
def source(pg: Postgres, monkeypatch: Any) -> Iterator["psycopg.Connection[Any]"]:
    name = pg.create("depot")
    monkeypatch.setattr(settings, "SOURCES", {"depot": pg.dsn(name, "depot_reader")})
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as owner:
        owner.execute("GRANT USAGE ON SCHEMA public TO depot_reader")
        owner.execute(SOURCE)
        yield owner
    pg.drop(name)


def test_scans(
    django_db_setup: None,
    django_db_blocker: Any,
    pg: Postgres,
    source: "psycopg.Connection[Any]",
    report: Report,
) -> None:
    spent: Spent = {}
    with django_db_blocker.unblock():
        for _ in range(ROUNDS):
            for count in SIZE.scanned:
                ways: dict[str, Scan] = {
                    "scan": partial(scan_whole, source),
                    "intake alone": take_in,
                }
                measure(pg, spent, count, ways)
    for (way, count, step), found in spent.items():
        seconds = statistics.median(one[0] for one in found)
        _, before, after = found[-1]
        made = Figure(
            f"{way} that {step}",
            seconds,
            "s",
            stored=f"{count:,}".replace(",", " "),
            per_second=count / seconds,
        )
        if step in AIMED and count == 100_000:
            made.aims[AIMED[step]] = count / seconds
        if AIMED.get(step) == "same":
            made.aims["room"] = max(after / before for _, before, after in found)
        report.add("Scans", made)
        if AIMED.get(step) == "same":
            report.remark(
                f"Table with its indexes: {before / 1e6:.1f} MB before, {after / 1e6:.1f} MB after."
            )
