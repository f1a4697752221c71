"""A scan that changes nothing leaves the table and its indexes as large as they were, minute after minute."""

from datetime import timedelta

import pytest

from governance.core.ledger.waiting import entries_chain
from tests.alerts.make import NOW, finding, ledger, take_in

ALERTS = 3_000
SIZES = "SELECT pg_relation_size('system_alerts'), pg_indexes_size('system_alerts')"


@pytest.mark.parametrize("payload", [{"stock": -5.5}, {"stock": -5.5, "note": "x" * 700}])
def test_rescans_reuse_the_room_of_what_they_replace(fresh_console, pg, payload):
    # No vacuum to help: the pages themselves must have the room.
    found = [finding(f"bac-{n}", payload=payload) for n in range(ALERTS)]
    with pg.superuser(fresh_console) as owner:
        owner.execute("ALTER TABLE system_alerts SET (autovacuum_enabled = off)")
        take_in(found)
        before = owner.execute(SIZES).fetchone()
        for minute in range(1, 6):
            outcome = take_in(found, taken_at=NOW + timedelta(minutes=minute))
            assert outcome.same == ALERTS
        assert owner.execute(SIZES).fetchone() == before
    entries_chain()
    assert [action for action, _ in ledger("depot")] == ["alert.seen"] * 5
