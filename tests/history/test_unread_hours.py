"""Hours without a complete scan, by the ledger's own instants."""

from datetime import timedelta

from django.utils import timezone

from governance.core.identity.acting import acting_as_system
from governance.devtools.past.clock import past_clock, set_now
from governance.history.notable.queries import rows_of, span_of
from tests.schedule.make import scanned


def test_the_longest_hours_come_first_and_those_that_last_are_told(fresh_console):

    now = timezone.now()
    with past_clock("owner"):
        for hours in (9, 8, 4, 3):
            set_now(now - timedelta(hours=hours))
            scanned(ago=timedelta(hours=hours))

    with acting_as_system("test"):
        span = span_of(now - timedelta(days=1), now, ["depot"])
        found = [(source, end and end - start) for source, start, end in rows_of("unread", span)]
    assert [source for source, _long in found] == ["depot", "depot"]
    assert found[0][1] == timedelta(hours=4)
    assert found[1][1] is None  # it lasts
