"""Scans that a console has already are numbered by the migration in the order of the ledger."""

from datetime import timedelta

import psycopg
import pytest
from django.core.management import call_command

from governance.core.identity.acting import acting_as_system
from integrity.scans.models import Scan
from tests.schedule.make import scanned

pytestmark = pytest.mark.usefixtures("fresh_console")


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker):
    with django_db_blocker.unblock():
        yield


def test_scans_of_before_are_numbered_as_the_ledger_entered_them(fresh_console, pg, settings):
    """The migration on a console that has scans, one of them dated in the future."""
    with pg.superuser(fresh_console) as owner:
        for ago in ("2 hours", "-2 days", "1 hour"):
            owner.execute("BEGIN")
            owner.execute("SELECT set_config('governance.system', 'scan', true)")
            owner.execute(
                "INSERT INTO integrity_scan (id, source, started_at, finished_at, outcome, error, view_hash,"
                " rules, rows, per_code, quarantined, faults, opened, reopened, lapsed, changed, closed)"
                " VALUES (gen_random_uuid(), 'depot', now() - %s::interval, now(), 'COMPLETE', %s, '', '{}',"
                " 0, '{}', 0, '[]', 0, 0, 0, 0, 0)",
                [ago, ago],
            )
            owner.execute("COMMIT")
    settings.DROP_THE_RECORD = True  # the columns of scans that came since
    call_command("migrate", "scans", "0001_initial", database="owner", verbosity=0)
    call_command("migrate", database="owner", verbosity=0)
    with acting_as_system("test"):
        made = list(
            Scan.objects.exclude(source="console").order_by("number").values_list("error", "number")
        )
    assert made == [("2 hours", 1), ("-2 days", 2), ("1 hour", 3)]
    assert scanned(ago=timedelta(minutes=1)).number == 4
    with psycopg.connect(pg.dsn(fresh_console), autocommit=True) as owner:
        enabled = owner.execute(
            "SELECT bool_and(tgenabled <> 'D') FROM pg_trigger WHERE tgrelid = 'integrity_scan'::regclass"
        ).fetchone()
    assert enabled == (True,)


def test_no_statement_chooses_its_number(fresh_console, pg):
    """The greatest number would be the latest scan for ever, and the heartbeat blind behind it."""
    with psycopg.connect(pg.dsn(fresh_console, "console_app")) as app:
        app.execute("SELECT set_config('governance.system', 'scan', true)")
        number = app.execute(
            "INSERT INTO integrity_scan (id, source, number, started_at, finished_at, outcome,"
            " error, view_hash, rules, rows, per_code, quarantined, faults, opened, reopened, lapsed,"
            " changed, closed, compiled)"
            " OVERRIDING SYSTEM VALUE VALUES (gen_random_uuid(), 'depot',"
            " 9223372036854775807, now(),"
            " now(), 'COMPLETE', '', '', '{}', 0, '{}', 0, '[]', 0, 0, 0, 0, 0, true) RETURNING number"
        ).fetchone()
        for statement in (
            "SELECT setval('integrity_scan_number_seq', 9223372036854775807)",
            "SELECT nextval('integrity_scan_number_seq')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
                app.execute(statement)
    assert number == (1,)
    assert scanned(ago=timedelta(minutes=1)).number == 2
