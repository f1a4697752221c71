"""What must hold of a console after its workers, or more, were killed."""

from collections.abc import Sequence
from typing import Any

from django.db import connections

from tests.schedule.process import here, rows


def nothing_is_half_done(
    pg: Any,
    console: str,
    shop: Any,
    *,
    statuses: Sequence[str] = ("OPEN",),
    database_too: bool = False,
) -> None:
    """A last scan finds the console consistent, and brings it to what the source says."""
    connections.close_all()  # of the test; its server may have been killed since
    code, _said, wrong = here("sync_alerts")
    if code == 2:  # many debts were paid since: the next one confirms it
        code, _said, wrong = here("sync_alerts")
    assert (code, wrong) == (0, "")
    code, _said, wrong = here("ledger_verify")
    assert code == 0, wrong
    if not database_too:  # a job whose database died ended as failed, and its next run came
        assert rows(pg, console, "SELECT id FROM procrastinate_jobs WHERE status <> 'todo'") == []
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
