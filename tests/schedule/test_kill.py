"""`sync_alerts` killed at any moment leaves the old state or the new one, never one between."""

import os
import random
import time

from tests.schedule.process import forked, here, rows

KILLS = int(os.environ.get("SOAK_KILLS", "10"))
# Two states of the shop that differ in everything a scan does: opens, reopens, changes, closes.
ONE = "INSERT INTO debts SELECT 'c' || n, n FROM generate_series(1, 600) n"
OTHER = "INSERT INTO debts SELECT 'c' || n, n * 2 FROM generate_series(201, 800) n"
STATE = (
    "SELECT entity_id, status, payload ->> 'montant' FROM system_alerts"
    " WHERE source = 'magasin' AND status = 'OPEN' ORDER BY entity_id COLLATE \"C\""
)
SCANS = "SELECT count(*) FROM integrity_scan"
BUSY = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND usename = 'console_app'"
)
# A scan's row, its alerts and its ledger entries stand or fall together.
TORN = """
SELECT (SELECT count(*) FROM ledger_entry WHERE subject_type = 'scan')
       <> (SELECT count(*) FROM integrity_scan),
       EXISTS (SELECT FROM system_alerts a WHERE a.version <>
               (SELECT count(*) FROM ledger_entry e WHERE e.subject_id = a.id::text)),
       EXISTS (SELECT FROM system_alerts a WHERE a.status = 'OPEN' AND a.last_detected_at <>
               (SELECT max(started_at) FROM integrity_scan))
"""


def test_kills_at_any_moment(pg, fresh_console, shop):
    shop.execute(f"TRUNCATE debts; {ONE}; UPDATE pause SET seconds = 0.2")
    began = time.monotonic()
    first = forked("sync_alerts")
    first.join()
    whole = time.monotonic() - began
    assert first.exitcode == 0
    chance = random.Random(7)
    old = new = 0
    states = {True: expected(shop)}
    shop.execute(f"TRUNCATE debts; {OTHER}")
    states[False] = expected(shop)
    stored, in_source = True, False  # which of the two each side shows
    for n in range(KILLS):
        scans = rows(pg, fresh_console, SCANS)[0][0]
        # At a random moment of each stretch of its life; the last comes too late on any machine.
        moment = 2 * (n + chance.random()) / KILLS if n < KILLS - 1 else 100
        kill_after(moment * whole)
        while rows(pg, fresh_console, BUSY)[0][0]:
            time.sleep(0.02)
        ended = rows(pg, fresh_console, SCANS)[0][0] > scans
        if ended:
            stored, new = in_source, new + 1
        else:
            old += 1
        assert rows(pg, fresh_console, STATE) == states[stored]
        assert rows(pg, fresh_console, TORN) == [(False, False, False)]
        if ended:
            in_source = not in_source
            shop.execute(f"TRUNCATE debts; {ONE if in_source else OTHER}")
    print(f"{old} old, {new} new")
    assert (old > 0, new > 0) == (True, True)
    assert here("ledger_verify")[0] == 0
    assert here("sync_alerts")[0] == 0


def expected(shop):
    found = shop.execute("SELECT id, 'OPEN', amount::text FROM debts").fetchall()
    return sorted(found)


def kill_after(seconds):
    scan = forked("sync_alerts")
    scan.join(seconds)
    scan.kill()
    scan.join()
