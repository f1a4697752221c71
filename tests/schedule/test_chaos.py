"""Two workers, each killed at random: nothing runs twice at once, nothing is missed, nothing is half done.

`SOAK_SECONDS=600` makes it the ten minutes of the acceptance, each worker killed about every 20 s.
"""

import os
from datetime import timedelta

from tests.schedule.chaos import unleash
from tests.schedule.process import environment, manage, rows

INTERVAL_S = 10
SOAK = float(os.environ.get("SOAK_SECONDS", "0"))


def test_two_workers_that_are_killed_at_random(worker, pg, fresh_console, shop):
    shop.execute("UPDATE pause SET seconds = 1")
    seen = unleash(
        lambda: worker(SCAN_INTERVAL_S=str(INTERVAL_S)),
        pg=pg,
        console=fresh_console,
        shop=shop,
        seconds=SOAK or 24,
        between_kills=(10, 30) if SOAK else (2, 6),
        seed=20,
    )
    print(seen)
    assert seen.kills >= 4
    assert (seen.overlaps, seen.most_waiting) == (0, 0), seen
    assert seen.most_doing == 1
    if SOAK:
        # A scan is due every interval; two in a row may be missed, a third may not. Only in the long run,
        # alone on its machine: a busy one starts a process too slowly for a statement about time.
        assert seen.longest_gap < timedelta(seconds=3 * INTERVAL_S), seen
    _nothing_is_half_done(pg, fresh_console, shop)


def _nothing_is_half_done(pg, console, shop):
    """A last scan finds the console consistent, and brings it to what the source says."""
    address = pg.dsn(shop.info.dbname, "depot_reader")
    values = environment(pg, console, SOURCE_MAGASIN_DATABASE_URL=address)
    last = manage(values, "sync_alerts")
    if last.returncode == 2:  # many debts were paid since: the next one confirms it
        last = manage(values, "sync_alerts")
    assert (last.returncode, last.stderr) == (0, "")
    verified = manage(values, "ledger_verify")
    assert verified.returncode == 0, verified.stderr
    assert rows(pg, console, "SELECT id FROM procrastinate_jobs WHERE status <> 'todo'") == []
    active = rows(
        pg,
        console,
        "SELECT entity_id, payload ->> 'montant' FROM system_alerts"
        " WHERE source = 'magasin' AND status = 'OPEN' ORDER BY 1",
    )
    owed = shop.execute('SELECT id, amount::text FROM debts ORDER BY id COLLATE "C"').fetchall()
    assert sorted(active) == sorted(owed)
    own = rows(
        pg,
        console,
        "SELECT check_code FROM system_alerts WHERE source = 'console' AND status = 'OPEN'",
    )
    assert own == []
    # Each scan in the ledger once, and no entry of a scan that is not there.
    assert rows(
        pg,
        console,
        "SELECT (SELECT array_agg(id::text ORDER BY id::text) FROM integrity_scan)"
        " = (SELECT array_agg(subject_id ORDER BY subject_id) FROM ledger_entry"
        "    WHERE subject_type = 'scan')",
    ) == [(True,)]
