"""A scan reads a source completely or changes nothing; what it did is evidence."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.core.management import call_command

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from integrity.depot import scenario_load
from integrity.scans.models import Scan
from integrity.scans.scan import scan_run
from tests.alerts.make import alert_rows

pytestmark = pytest.mark.django_db

# A business that is no depot: text ids, codes of its own.
LIBRARY = """
CREATE TABLE loans (id text PRIMARY KEY, severity text, late_days int, note jsonb DEFAULT '{}');
CREATE VIEW v_integrity_checks AS
SELECT 'PRET_EN_RETARD'::text AS check_code, severity, 'PRET'::text AS entity_type, id AS entity_id,
       'Prêt ' || id || ' en retard' AS message, note || jsonb_build_object('jours', late_days) AS payload,
       timestamptz '2026-01-01' AS detected_at
FROM loans WHERE late_days > 0;
"""


@pytest.fixture
def library(fresh_source, pg, settings):
    name = fresh_source(LIBRARY)
    settings.SOURCES = {"biblio": pg.dsn(name, "depot_reader")}
    settings.SOURCE_STATEMENT_TIMEOUT_MS = 1500
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as connection:
        yield connection


def fill(library, count, severity="WARN"):
    library.execute(
        "INSERT INTO loans SELECT 'p' || n, %s, n FROM generate_series(1, %s) n", [severity, count]
    )


def statuses():
    with acting_as_system("test"):
        return dict(Alert.objects.values_list("entity_id", "status"))


def own_alerts():
    with acting_as_system("test"):
        return list(
            Alert.objects.filter(source="console")
            .order_by("check_code")
            .values_list("check_code", "entity_id", "status")
        )


def load(pg, name, scenario):
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as connection:
        scenario_load(connection, scenario, now=datetime.now(UTC))


def test_incident_gives_every_rule_at_least_one_alert(pg, depot_db):
    load(pg, depot_db, "incident")
    scan = scan_run(source="depot")
    assert scan.outcome == "COMPLETE", scan.error
    with acting_as_system("test"):
        codes = set(Alert.objects.values_list("check_code", flat=True))
        negative = Alert.objects.get(check_code="STOCK_NEGATIF")
        over = Alert.objects.get(check_code="STOCK_OVER_CAPACITY")
    assert codes >= {
        "STOCK_NEGATIF",
        "STOCK_OVER_CAPACITY",
        "CDR_ARRIVE_STALE",
        "RECEPTION_ECART_15C",
        "SORTIE_ECART_15C",
    }
    with pg.superuser(depot_db) as depot:
        shown = depot.execute(
            "SELECT min(stock_ambiant) FROM v_stock_actuel WHERE citerne_id = %s",
            [negative.entity_id],
        ).fetchone()
        owners = depot.execute(
            """SELECT count(*), max(v.stock_ambiant), sum(v.stock_ambiant),
                      max(c.capacite_totale - c.capacite_securite)
               FROM v_stock_actuel v JOIN citernes c ON c.id = v.citerne_id WHERE c.id = %s""",
            [over.entity_id],
        ).fetchone()
    assert shown == (0,)  # the clamp hides it, the rule sees it
    count, largest, total, limit = owners
    assert count == 2
    assert largest < limit < total


def test_production_on_its_first_day_gives_five_stale_trucks_and_nothing_else(pg, depot_db):
    load(pg, depot_db, "prod-2026-02-19")
    scan_run(source="depot")
    with acting_as_system("test"):
        found = list(Alert.objects.values_list("check_code", "severity"))
    assert found == [("CDR_ARRIVE_STALE", "WARN")] * 5


def test_a_scan_is_kept_with_its_evidence_and_entered_in_the_ledger(pg, depot_db):
    load(pg, depot_db, "incident")
    scan = scan_run(source="depot")
    assert scan.rules["STOCK_NEGATIF"]
    assert len(scan.view_hash) == 64
    assert sum(scan.per_code.values()) == scan.rows > 0
    with acting_as_system("test"):
        from governance.core.ledger.models import LedgerEntry

        entry = LedgerEntry.objects.get(subject_type="scan")
    assert (entry.action, entry.actor, entry.source) == ("scan.complete", "system:scan", "depot")
    assert entry.after is not None
    assert entry.after["view_hash"] == scan.view_hash


def test_twice_changes_only_last_detected_at(pg, depot_db):
    load(pg, depot_db, "incident")
    scan_run(source="depot")
    before = alert_rows()
    scan_run(source="depot")
    after = alert_rows()
    assert len(before) == len(after) > 0
    for was, now in zip(before, after, strict=True):
        assert {key for key in now if now[key] != was[key]} == {"last_detected_at"}


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        ("DROP VIEW v_integrity_checks", "v_integrity_checks"),
        (
            "DROP VIEW v_integrity_checks; CREATE VIEW v_integrity_checks AS SELECT 'X' AS check_code",
            "severity",
        ),
        ("REVOKE SELECT ON v_integrity_checks FROM depot_reader", "v_integrity_checks"),
        (
            "CREATE OR REPLACE VIEW v_integrity_checks AS SELECT 'C' AS check_code, 'WARN' AS severity,"
            " 'T' AS entity_type, id AS entity_id, (1 / (late_days - 2))::text AS message,"
            " '{}'::jsonb AS payload, now() AS detected_at FROM loans",
            "division",
        ),
    ],
    ids=["no view", "view without a column", "no right to read", "a row that raises"],
)
def test_a_source_that_cannot_be_read_leaves_every_alert_as_it_is(library, harm, named):
    fill(library, 3)
    assert scan_run(source="biblio").outcome == "COMPLETE"
    before = statuses()
    library.execute(harm)
    scan = scan_run(source="biblio")
    assert (scan.outcome, named in scan.error) == ("FAILED", True), scan.error
    assert "\n" not in scan.error
    assert {key: value for key, value in statuses().items() if key in before} == before
    assert own_alerts() == [("SCAN_FAILED", "biblio", "OPEN")]


def test_a_source_back_to_health_closes_the_alert_about_it(library):
    fill(library, 1)
    library.execute("ALTER VIEW v_integrity_checks RENAME TO away")
    assert scan_run(source="biblio").outcome == "FAILED"
    library.execute("ALTER VIEW away RENAME TO v_integrity_checks")
    assert scan_run(source="biblio").outcome == "COMPLETE"
    assert own_alerts() == [("SCAN_FAILED", "biblio", "RESOLVED")]


def test_a_lock_held_for_longer_than_the_timeout_is_a_failed_scan(library):
    fill(library, 1)
    with library.transaction():
        library.execute("LOCK TABLE loans IN ACCESS EXCLUSIVE MODE")
        scan = scan_run(source="biblio")
    assert scan.outcome == "FAILED"
    assert "verrou" in scan.error


def test_a_source_that_is_down_is_a_failed_scan_without_its_password(library, settings):
    settings.SOURCES = {"biblio": "postgresql://reader:hush-hush@127.0.0.1:1/nothing"}
    scan = scan_run(source="biblio")
    assert scan.outcome == "FAILED"
    assert "hush-hush" not in scan.error


def test_mass_disappearance_is_suspect_until_the_next_scan_agrees(library):
    fill(library, 40)
    scan_run(source="biblio")
    library.execute("DELETE FROM loans")
    first = scan_run(source="biblio")
    assert (first.outcome, first.closed) == ("SUSPECT", 0)
    assert set(statuses().values()) == {"OPEN"}
    assert own_alerts() == [("SCAN_SUSPECT", "biblio", "OPEN")]
    second = scan_run(source="biblio")
    assert (second.outcome, second.closed) == ("COMPLETE", 40)
    assert own_alerts() == [("SCAN_SUSPECT", "biblio", "RESOLVED")]


def test_a_row_that_breaks_the_contract_is_reported_by_the_console_itself(library):
    fill(library, 2)
    library.execute("INSERT INTO loans VALUES ('bad', 'FATAL', 1)")
    scan = scan_run(source="biblio")
    assert (scan.outcome, scan.rows, scan.quarantined) == ("COMPLETE", 3, 1)
    assert scan.faults[0]["entity_id"] == "bad"
    assert own_alerts() == [("ROW_QUARANTINED", "biblio", "OPEN")]


def test_a_source_connection_can_neither_write_nor_create(library, pg, settings):
    from integrity.sources.connections import SourceError, source_transaction

    # as the owner, so that nothing but the connection itself stands in the way
    settings.SOURCES = {"biblio": pg.dsn(library.info.dbname, "depot_owner")}
    for statement in ("INSERT INTO loans VALUES ('x', 'WARN', 1)", "CREATE TABLE more ()"):
        with (
            pytest.raises(SourceError, match="read-only"),
            source_transaction("biblio") as source,
        ):
            source.execute(statement)
    with source_transaction("biblio") as source:
        assert source.execute("SHOW statement_timeout").fetchone() == ("1500ms",)
        source.commit()  # and the next transaction of the same connection
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            source.execute("INSERT INTO loans VALUES ('x', 'WARN', 1)")


@pytest.mark.parametrize(("harm", "code"), [("", 0), ("DROP VIEW v_integrity_checks", 1)])
def test_the_command_says_how_it_went(library, harm, code, capsys):
    fill(library, 2)
    if harm:
        library.execute(harm)
    if code:
        with pytest.raises(SystemExit) as left:
            call_command("sync_alerts")
        assert left.value.code == code
        lines = capsys.readouterr().err.strip().splitlines()
        assert len(lines) == 1
        assert lines[0].startswith("biblio : échoué : ")
        assert "v_integrity_checks" in lines[0]
    else:
        call_command("sync_alerts", source="biblio")
        assert capsys.readouterr().out.startswith("biblio : complet : 2 lignes, 2 ouvertes")


def test_the_command_exits_2_when_suspect(library):
    fill(library, 40)
    call_command("sync_alerts")
    library.execute("DELETE FROM loans")
    with pytest.raises(SystemExit) as left:
        call_command("sync_alerts")
    assert left.value.code == 2


def test_a_second_source_shows_up_beside_the_first(library, pg, depot_db, settings):
    load(pg, depot_db, "prod-2026-02-19")
    fill(library, 1)
    settings.SOURCES = {
        "biblio": pg.dsn(library.info.dbname, "depot_reader"),
        "depot": pg.dsn(depot_db, "depot_reader"),
    }
    call_command("sync_alerts")
    with acting_as_system("test"):
        assert Alert.objects.filter(source="biblio").count() == 1
        assert Alert.objects.filter(source="depot").count() == 5
        assert Scan.objects.values_list("source", flat=True).count() == 2
