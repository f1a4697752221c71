"""`sync_alerts` killed at any moment leaves the old state or the new one, never one between."""

import os
import random
import signal
import subprocess
import sys
import time

from governance.env import BASE_DIR
from tests.schedule.process import environment, manage, rows

KILLS = int(os.environ.get("SOAK_KILLS", "10"))
# Two states of the shop that differ in everything a scan does: opens, reopens, changes, closes.
ONE = "INSERT INTO debts SELECT 'c' || n, n FROM generate_series(1, 1500) n"
OTHER = "INSERT INTO debts SELECT 'c' || n, n * 2 FROM generate_series(501, 2000) n"
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
    address = pg.dsn(shop.info.dbname, "depot_reader")
    values = environment(pg, fresh_console, SOURCE_MAGASIN_DATABASE_URL=address)
    began = time.monotonic()
    assert manage(values, "sync_alerts").returncode == 0
    whole = time.monotonic() - began  # seconds, start of Python included
    chance = random.Random(7)
    old = new = 0
    states = {True: expected(shop)}
    shop.execute(f"TRUNCATE debts; {OTHER}")
    states[False] = expected(shop)
    stored, in_source = True, False  # which of the two each side shows
    for _ in range(KILLS):
        scans = rows(pg, fresh_console, SCANS)[0][0]
        kill_after(chance.uniform(0.5, 1.3) * whole, values)
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
    assert manage(values, "ledger_verify").returncode == 0
    assert manage(values, "sync_alerts").returncode == 0


def expected(shop):
    found = shop.execute("SELECT id, 'OPEN', amount::text FROM debts").fetchall()
    return sorted(found)


def kill_after(seconds, values):
    scan = subprocess.Popen(
        [sys.executable, "manage.py", "sync_alerts"],
        cwd=BASE_DIR,
        env=values,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        scan.wait(seconds)
    except subprocess.TimeoutExpired:
        scan.send_signal(signal.SIGKILL)
    scan.wait()
