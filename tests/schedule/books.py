"""What must hold of a console after its workers, or more, were killed."""

from collections.abc import Sequence
from typing import Any

from tests.schedule.process import environment, manage, rows


def nothing_is_half_done(
    pg: Any,
    console: str,
    shop: Any,
    *,
    statuses: Sequence[str] = ("OPEN",),
    database_too: bool = False,
) -> None:
    """A last scan finds the console consistent, and brings it to what the source says."""
    address = pg.dsn(shop.info.dbname, "depot_reader")
    values = environment(pg, console, SOURCE_MAGASIN_DATABASE_URL=address)
    last = manage(values, "sync_alerts")
    if last.returncode == 2:  # many debts were paid since: the next one confirms it
        last = manage(values, "sync_alerts")
    assert (last.returncode, last.stderr) == (0, "")
    verified = manage(values, "ledger_verify")
    assert verified.returncode == 0, verified.stderr
    # A job whose database died ended as failed, and its next run came; none is held by a dead worker.
    held = "SELECT id, status FROM procrastinate_jobs WHERE status NOT IN ('todo', %s)"
    assert rows(pg, console, held, "failed" if database_too else "todo") == []
    active = rows(
        pg,
        console,
        "SELECT entity_id, payload ->> 'montant' FROM system_alerts"
        " WHERE source = 'magasin' AND status = ANY (%s) ORDER BY 1",
        list(statuses),
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
