"""The demonstration's past: entered by the real triggers, whole, and gone from the code once it is told."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, connections
from django.utils import timezone

from governance.core.database import sql_files
from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import User
from governance.core.ledger.models import LedgerEntry
from governance.devtools.past import play
from governance.devtools.past.clock import past_clock, set_now


def test_a_console_that_remembers_anything_gets_no_past(fresh_console):
    assert play.is_wanted()
    with past_clock("owner"):
        set_now(timezone.now() - timedelta(days=2))
        with acting_as_system("demo"):
            User.objects.create_user(username="somebody", password=None)
    assert not play.is_wanted()
    with acting_as_system("demo"):
        entry = LedgerEntry.objects.get()
    assert timedelta(days=1) < timezone.now() - entry.at < timedelta(days=3)


def test_a_past_that_is_cut_short_leaves_nothing_that_writes(fresh_console):
    with pytest.raises(KeyError), past_clock("owner"):
        raise KeyError
    assert not sql_files.is_installed("owner")  # so `migrate` puts the files' definitions back
    with (
        pytest.raises(ProgrammingError, match="past_instant"),
        acting_as_system("demo"),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT ledger_lock()")
    sql_files.install("owner")
    connections["owner"].close()
