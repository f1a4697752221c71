"""A scan that the console itself cannot finish is a failed scan, told in one sentence."""

import logging

import psycopg
import pytest
from django.core.management import call_command

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from integrity.scans.models import Scan
from integrity.scans.scan import scan_run
from tests.schedule.process import environment, manage, rows

SAID = "la base de la console a refusé d’enregistrer ce qui a été lu (code %s)"
# What the console's database may come to: SQL as its superuser, and the code of the refusal.
HARM = {
    "a constraint": (
        "ALTER TABLE system_alerts ADD CONSTRAINT harm CHECK (source <> 'biblio') NOT VALID",
        "23514",
    ),
    "a trigger": (
        "CREATE FUNCTION harm() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN IF NEW.source = 'biblio' THEN RAISE 'secret words: %', NEW.message; END IF;"
        " RETURN NEW; END $$;"
        " CREATE TRIGGER harm BEFORE INSERT ON system_alerts FOR EACH ROW EXECUTE FUNCTION harm()",
        "P0001",
    ),
    "no temporary tables": ("REVOKE TEMPORARY ON DATABASE {name} FROM console_app", "42501"),
}


@pytest.fixture
def biblio(library, pg, settings):
    settings.SOURCES = {"biblio": pg.dsn(library, "depot_reader")}


@pytest.mark.usefixtures("biblio")
@pytest.mark.parametrize("harm", ["a constraint", "a trigger"])
def test_what_the_console_refuses_is_a_failed_scan(fresh_console, pg, harm, capsys, caplog):
    statement, code = HARM[harm]
    with pg.superuser(fresh_console) as owner:
        owner.execute(statement)
    with caplog.at_level(logging.WARNING), pytest.raises(SystemExit) as left:
        call_command("sync_alerts")
    assert left.value.code == 1
    assert capsys.readouterr().err.strip() == f"biblio : échoué : {SAID % code}"
    (line,) = [record for record in caplog.records if record.name == "integrity.scans.scan"]
    assert line.exc_info is None
    assert line.getMessage() == f"biblio: {SAID % code}"
    with acting_as_system("test"):
        (scan,) = Scan.objects.exclude(source="console")
        (alert,) = Alert.objects.all()
    assert (scan.outcome, scan.error) == ("FAILED", SAID % code)
    assert (alert.check_code, alert.status) == ("SCAN_FAILED", "OPEN")
    assert alert.message == (
        "Le contrôle de la source « biblio » a échoué : son état n’est plus connu."
        " Prévenez son administrateur."
    )
    assert alert.payload["error"] == SAID % code


@pytest.mark.usefixtures("biblio", "db")
def test_rows_that_the_console_cannot_land_are_not_the_sources_fault(monkeypatch):
    from alerts.intake import snapshot, statements

    real = statements.statement_of
    monkeypatch.setattr(
        snapshot,
        "statement_of",
        lambda name: real(name).replace(
            "message text", "message text CHECK (message NOT LIKE 'Prêt p%')"
        ),
    )
    scan = scan_run(source="biblio")
    assert (scan.outcome, scan.error) == ("FAILED", SAID % "23514")


@pytest.mark.usefixtures("biblio")
def test_a_console_that_cannot_even_keep_the_failure(fresh_console, pg, capsys):
    statement, code = HARM["no temporary tables"]
    with pg.superuser(fresh_console) as owner:
        owner.execute(statement.format(name=fresh_console))
    with pytest.raises(SystemExit) as left:
        call_command("sync_alerts")
    assert left.value.code == 1
    assert capsys.readouterr().err.strip() == f"biblio : échoué : {SAID % code}"


def test_a_console_that_is_down_is_one_line(library, pg):
    values = environment(pg, "gone", SOURCE_BIBLIO_DATABASE_URL=pg.dsn(library, "depot_reader"))
    done = manage(values, "sync_alerts")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.strip().splitlines()[-1] == (
        "biblio : échoué : la base de la console n’a pas répondu"
    )


@pytest.mark.usefixtures("db")
def test_a_source_that_fails_is_told_without_its_sql(library, pg, settings):
    settings.SOURCES = {"biblio": pg.dsn(library, "depot_reader")}
    with psycopg.connect(pg.dsn(library, "depot_owner"), autocommit=True) as owner:
        owner.execute(
            "CREATE OR REPLACE VIEW v_integrity_checks AS SELECT 'RETARD'::text AS check_code,"
            " 'WARN'::text AS severity, 'PRET'::text AS entity_type, id AS entity_id,"
            " (1 / (days - 1))::text AS message, '{}'::jsonb AS payload, now() AS detected_at FROM loans"
        )
    scan = scan_run(source="biblio")
    assert (scan.outcome, scan.error) == ("FAILED", "division by zero")


def test_a_source_that_closes_in_mid_reading_is_told_as_such(fresh_console, library, pg, settings):
    settings.SOURCES = {"biblio": pg.dsn(library, "depot_reader")}
    with psycopg.connect(pg.dsn(library, "depot_owner"), autocommit=True) as owner:
        owner.execute(
            "CREATE FUNCTION cut() RETURNS text LANGUAGE sql AS"
            " $$ SELECT pg_terminate_backend(pg_backend_pid())::text $$;"
            "CREATE OR REPLACE VIEW v_integrity_checks AS SELECT 'RETARD'::text AS check_code,"
            " 'WARN'::text AS severity, 'PRET'::text AS entity_type, id AS entity_id,"
            " cut() AS message, '{}'::jsonb AS payload, now() AS detected_at FROM loans"
        )
    scan = scan_run(source="biblio")
    assert scan.outcome == "FAILED"
    assert "terminat" in scan.error
    kept = "SELECT count(*) FROM integrity_scan WHERE source = 'biblio'"
    assert rows(pg, fresh_console, kept) == [(1,)]
