"""What people wait for while N alerts open, change and close, and what the scan needs of memory.

Eight clients acknowledge, alternately an alert of another source and one that the scan is changing, and take
back what they acknowledged; LARGE_ROWS says another N. Run by `make bench`.
"""

import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from alerts.models import Alert
from alerts.services import Busy, Conflict, alert_acknowledge, alert_reopen
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.ledger.verification.verify import ledger_verify
from governance.core.ledger.waiting import entries_chain
from governance.env import BASE_DIR
from tests.alerts.make import assert_tally, finding, take_in
from tests.bench.bench_scans import SOURCE
from tests.bench.report import Figure, Report
from tests.bench.sizes import SIZE
from tests.bench.world import database, lines
from tests.conftest import Postgres, make_user
from tests.schedule.process import environment

CLIENTS = 8
KILLS = int(os.environ.get("LARGE_KILLS", "0"))
ROWS = int(os.environ.get("LARGE_ROWS", SIZE.stored[-1]))
OWN = 200  # alerts of the other source
THINKS_S = 0.2
# Of those who act, not of the scan.
WAITS = """
SELECT l.pid, l.waitstart, date_part('epoch', clock_timestamp() - l.waitstart)
FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE NOT l.granted AND l.waitstart IS NOT NULL AND a.datname = current_database()
  AND a.query ~ 'alert_free|UPDATE "system_alerts"'
"""
# Held by a scan's own backend.
BACKEND = """
SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def own_memory(pid: int) -> int:
    """Bytes of a process that are its own; 0 when it has ended. Shared buffers are the server's."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return 0
    return (
        sum(int(one.split()[1]) for one in status.splitlines() if one.startswith("RssAnon")) * 1024
    )


class Clients:
    """People who act until they are told to stop; seconds of each act, by what came of it."""

    def __init__(self, pg: Postgres, person: UUID, alerts: dict[str, list[UUID]]) -> None:
        self.pg, self.person, self.alerts = pg, person, alerts
        self.spent: dict[str, list[float]] = defaultdict(list)
        self.over = threading.Event()
        self.waits: dict[tuple[int, object], float] = {}
        self.threads = [threading.Thread(target=self.act, args=(n,)) for n in range(CLIENTS)]
        self.threads.append(threading.Thread(target=self.watch))
        for one in self.threads:
            one.start()

    def act(self, seed: int) -> None:
        chance = random.Random(seed)
        try:
            while not self.over.is_set():
                kind = chance.choice(list(self.alerts))
                self.once(kind, chance.choice(self.alerts[kind]))
        finally:
            connection.close()

    def watch(self) -> None:
        """How long each wait for a lock of the database lasts, whatever else the machine does."""
        name = connection.settings_dict["NAME"]
        with self.pg.superuser(name) as eye:
            while not self.over.is_set():
                for pid, since, lasted in eye.execute(WAITS).fetchall():
                    self.waits[pid, since] = lasted
                time.sleep(0.01)

    def once(self, kind: str, alert_id: UUID) -> None:
        with acting_as_user(self.person):
            alert = Alert.objects.get(pk=alert_id)
        started = time.perf_counter()
        came = kind
        try:
            with acting_as_user(self.person):
                if alert.status == "OPEN":
                    alert_acknowledge(alert_id=alert_id, version=alert.version)
                else:
                    alert_reopen(alert_id=alert_id, version=alert.version, note="repris")
        except Busy:
            came = f"{kind}, told to wait"
        except Conflict:
            came = f"{kind}, somebody was faster"
        self.spent[came].append(time.perf_counter() - started)
        self.over.wait(THINKS_S)

    def stop(self) -> dict[str, list[float]]:
        self.over.set()
        for one in self.threads:
            one.join()
        self.spent["any wait for a lock"] = list(self.waits.values())
        return self.spent


def scan(
    values: dict[str, str], name: str, pg: Postgres, kill_after: float | None = None
) -> dict[str, Any]:
    """One `sync_alerts`: its seconds, the most memory of it and of its backend."""
    started, most, code = time.perf_counter(), [0, 0], None
    process = subprocess.Popen(
        [sys.executable, "manage.py", "sync_alerts"],
        cwd=BASE_DIR,
        env=values,
        stdout=subprocess.DEVNULL,
    )
    with pg.superuser(name) as eye:
        while (code := process.poll()) is None:
            most[0] = max(most[0], own_memory(process.pid))
            for (pid,) in eye.execute(BACKEND).fetchall():
                most[1] = max(most[1], own_memory(pid))
            if kill_after is not None and time.perf_counter() - started > kill_after:
                process.kill()
            time.sleep(0.05)
        while eye.execute(BACKEND).fetchall():
            time.sleep(0.05)
    return {"code": code, "s": time.perf_counter() - started, "worker": most[0], "backend": most[1]}


def show(source: "psycopg.Connection[Any]", count: int, moved: int) -> None:
    source.execute("TRUNCATE findings")
    with source.cursor().copy("COPY findings FROM STDIN") as copy:
        for first in range(0, count, 50_000):
            copy.write(lines(range(first, min(count, first + 50_000)), moved=moved))
    source.execute("ANALYZE findings")


@pytest.fixture
def source(pg: Postgres) -> Any:
    name = pg.create("depot")
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as owner:
        owner.execute("GRANT USAGE ON SCHEMA public TO depot_reader")
        owner.execute(SOURCE)
        yield owner
    pg.drop(name)


def test_people_during_large_scans(
    django_db_setup: None, django_db_blocker: Any, pg: Postgres, source: Any, report: Report
) -> None:
    name = pg.create("console", template="console_template")
    address = pg.dsn(source.info.dbname, "depot_reader")
    limits = {"SCAN_ROWS_LIMIT": str(2 * ROWS), "SCAN_BYTES_LIMIT": str(4_000 * ROWS)}
    values = environment(
        pg, name, SOURCE_DEPOT_DATABASE_URL=address, SOURCE_STATEMENT_TIMEOUT_MS="600000", **limits
    )
    with django_db_blocker.unblock(), database(name):
        person = make_user("claire", {"depot": "directeur", "autre": "directeur"})
        take_in([finding(f"own-{n}") for n in range(OWN)], source="autre")
        others = {"another source": ids("autre")}
        idle = Clients(pg, person.pk, others)
        time.sleep(3)
        told(report, "idle", idle.stop())
        steps = {
            "opens": (ROWS, 0),
            "changes nothing": (ROWS, 0),
            "changes every payload": (ROWS, 1),
            "is not believed": (0, 0),
            "closes": (0, 0),
        }
        for step, (count, moved) in steps.items():
            show(source, count, moved)
            stored = ids("depot")
            clients = Clients(
                pg, person.pk, others | ({"the scan's own": stored} if stored else {})
            )
            found = scan(values, name, pg)
            told(report, step, clients.stop())
            assert found["code"] == (2 if step == "is not believed" else 0)
            report.add(
                "Large scans", Figure(f"scan that {step}", found["s"], "s", stored=str(ROWS))
            )
            memory = (found["worker"] + found["backend"]) / 1e6
            report.add("Large scans", Figure(f"  memory, {step}", memory, "MB", stored=str(ROWS)))
            whole()
        kills(pg, name, source, values, report)


def kills(pg: Postgres, name: str, source: Any, values: dict[str, str], report: Report) -> None:
    """Killed at random: the old state or the new one, and a whole ledger, each time."""
    chance, seen, rows = random.Random(3), {"old": 0, "new": 0}, ROWS // 10
    states = [(rows, 0), (rows // 2 * 2 - rows // 4, 1)]
    show(source, *states[0])
    scan(values, name, pg)
    show(source, *states[1])
    taken = scan(values, name, pg)["s"] if KILLS else 0.0
    shown = 1
    for _ in range(KILLS):
        show(source, *states[1 - shown])
        scan(values, name, pg, kill_after=chance.uniform(0.1, 1.1) * taken)
        count, moved = states[shown]
        other_count, other_moved = states[1 - shown]
        with acting_as_system("test"), connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), min(payload ->> 'stock_ambiant'), max(payload ->> 'stock_ambiant')"
                " FROM system_alerts WHERE source = 'depot' AND status <> 'RESOLVED'"
            )
            state = cursor.fetchone()
        old = (count, *[str(-12.5 - moved)] * 2)
        new = (other_count, *[str(-12.5 - other_moved)] * 2)
        assert state in (old, new), (state, old, new)
        seen["old" if state == old else "new"] += 1
        shown = shown if state == old else 1 - shown
        whole()
    report.remark(f"Killed {KILLS} times: {seen}")


def ids(source: str) -> list[UUID]:
    with acting_as_system("test"):
        found = Alert.objects.filter(source=source, severity="CRITICAL", status__in=("OPEN", "ACK"))
        return list(found.values_list("pk", flat=True)[:5_000])


def told(report: Report, step: str, spent: dict[str, list[float]]) -> None:
    for kind, seconds in sorted(spent.items()):
        if len(seconds) < 5:
            continue
        ordered = sorted(seconds)
        p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
        for what, value in (
            ("median", statistics.median(ordered)),
            ("p99", p99),
            ("longest", ordered[-1]),
        ):
            figure = Figure(
                f"{step}: {kind}, {what} of {len(ordered)}", value * 1000, "ms", CLIENTS
            )
            report.add("Acts during large scans", figure)


def whole() -> None:
    assert entries_chain() == 0
    found = ledger_verify()
    assert (found.first_bad, found.waiting) == (None, 0)
    assert_tally()
