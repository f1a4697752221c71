"""The console is its own first source: read after what may have changed it, quiet while nothing does."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from alerts.intake import Finding, Scope, own_findings_apply
from alerts.models import Alert, Cause, Decision
from alerts.services import Resolution, alert_acknowledge, alert_resolve
from governance.core.capability import Schedule
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import CONSOLE_SOURCE, Role
from governance.core.jobs.runs import job_run
from governance.core.jobs.timetable import Job
from integrity.proofs.current import source_proofs
from integrity.proofs.runs import proofs_run
from integrity.rules.catalog import catalog
from integrity.scans.console import console_read, sources_watch
from integrity.scans.heartbeat import heartbeat_check
from integrity.scans.models import Scan, WatchedSource
from integrity.scans.scan import scan_run
from tests.alerts.make import alert, ledger
from tests.conftest import make_user
from tests.schedule.make import job_ran, proved, scanned

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
BAD_JOB = Job(Schedule("bad", "Mauvais", ("no_such_command",), 60))


@pytest.fixture
def console(fresh_console: str, settings: Any) -> str:
    settings.SOURCES = {"depot": NOWHERE}
    settings.SCAN_INTERVAL_S = 60
    return fresh_console


def written() -> tuple[int, int]:
    """Entries of the ledger, and scans of the console itself."""
    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_entry")
        return cursor.fetchone()[0], Scan.objects.filter(source=CONSOLE_SOURCE).count()


def own(code: str) -> Alert:
    return alert(source=CONSOLE_SOURCE, check_code=code)


# --- Quiet and cheap -----------------------------------------------------------------------------


@pytest.mark.usefixtures("console")
def test_a_minute_in_which_nothing_happens_leaves_only_its_time():
    scanned(ago=timedelta(minutes=5))
    heartbeat_check()
    assert own("SCAN_STALE").status == "OPEN"
    before = written()
    with acting_as_system("test"):
        was = WatchedSource.objects.get(source=CONSOLE_SOURCE)
    heartbeat_check()
    heartbeat_check()
    assert written() == before
    with acting_as_system("test"):
        now = WatchedSource.objects.get(source=CONSOLE_SOURCE)
    assert was.read_at
    assert now.read_at
    assert now.read_at > was.read_at


@pytest.mark.usefixtures("console")
def test_what_changed_something_is_kept_as_a_scan():
    scan_run(source="depot")
    with acting_as_system("test"):
        (one,) = Scan.objects.filter(source=CONSOLE_SOURCE)
    assert (one.opened, one.per_code, one.compiled) == (1, {"SCAN_FAILED": 1}, True)
    assert one.rules == {code: rule.version for code, rule in catalog(CONSOLE_SOURCE).items()}


@pytest.mark.usefixtures("console")
def test_a_reading_that_finds_nothing_is_a_few_short_statements(django_assert_max_num_queries):
    scanned(ago=timedelta(seconds=1))
    with acting_as_system("scan"):
        sources_watch(["depot"])
        with django_assert_max_num_queries(4) as asked:  # two of them begin and end a savepoint
            console_read(codes=["SCAN_FAILED"], entities=["depot"], taken_at=timezone.now())
        assert sum(float(one["time"]) for one in asked.captured_queries) < 0.1


# --- An upgrade ----------------------------------------------------------------------------------


def raised_as_before(
    code: str, type_: str, entity: str, payload: dict[str, Any], **more: Any
) -> Alert:
    """As a console raised it that had not yet its own view."""
    now = timezone.now()
    found = Finding(code, "CRITICAL", type_, entity, "message d’avant", payload, now)
    with acting_as_system("scan"):
        own_findings_apply(scope=Scope([code], [entity]), findings=[found], taken_at=now, **more)
    return own(code)


@pytest.mark.usefixtures("console")
def test_what_stood_before_the_upgrade_stands_on():
    before = [
        raised_as_before("SCAN_FAILED", "SOURCE", "depot", {"source": "depot", "error": "x"}),
        raised_as_before("SCAN_STALE", "SOURCE", "depot", {"source": "depot", "missed": 3}),
        raised_as_before("JOB_FAILED", "JOB", "console/bad", {"command": "x", "exit_code": None}),
        raised_as_before(
            "RULE_NOT_PROVED", "RULE", "depot/STOCK_NEGATIF", {"rule": "STOCK_NEGATIF"}
        ),
    ]
    scanned(ago=timedelta(minutes=5))
    scan_run(source="depot")
    heartbeat_check()
    job_run(BAD_JOB)
    proved(verdict="INERTE")
    with acting_as_system("scan"):
        console_read(codes=["RULE_NOT_PROVED"], taken_at=timezone.now())
    for was in before:
        now = own(was.check_code)
        assert (now.pk, now.episode, now.status) == (was.pk, 1, "OPEN")
        assert now.first_detected_at == was.first_detected_at
        assert now.rule_version == catalog(CONSOLE_SOURCE)[was.check_code].version
        assert {action for action, _who in ledger(was.pk)} == {"alert.open", "alert.change"}


def test_an_acknowledgement_of_before_still_holds(console, pg, fresh_source, settings):
    view = (
        "SELECT 'PRET' AS check_code, 'GRAVE' AS severity, 'PRET' AS entity_type, 'p' AS entity_id"
    )
    columns = "'m' AS message, '{}'::jsonb AS payload, now() AS detected_at"
    name = fresh_source(f"CREATE VIEW v_integrity_checks AS {view}, {columns}")
    settings.SOURCES = {"depot": pg.dsn(name, "depot_reader")}
    payload = {"source": "depot", "rows": 1, "faults": [], "rows_most": 1, "codes": ["PRET"]}
    material = {"ROW_QUARANTINED": ["rows_most", "codes"]}
    was = raised_as_before("ROW_QUARANTINED", "SOURCE", "depot", payload, material=material)
    admin = make_user("admin", {CONSOLE_SOURCE: Role.ADMIN, "depot": Role.ADMIN})
    with acting_as_user(admin.pk):
        alert_acknowledge(alert_id=was.pk, version=was.version, note="vu")
    assert scan_run(source="depot").outcome == "COMPLETE"
    now = own("ROW_QUARANTINED")
    assert (now.status, now.episode, now.payload["rows"]) == ("ACK", 1, 1)


# --- A decision and the evidence -----------------------------------------------------------------


@pytest.mark.usefixtures("console")
def test_old_evidence_contradicts_nobody():
    scanned(ago=timedelta(seconds=1))
    scan_run(source="depot")
    failed = own("SCAN_FAILED")
    admin = make_user("admin", {CONSOLE_SOURCE: Role.ADMIN, "depot": Role.ADMIN})
    with acting_as_user(admin.pk):
        done = Resolution(decision=Decision.CORRIGE, cause=Cause.AUTRE, note="réparée")
        alert_resolve(alert_id=failed.pk, version=failed.version, resolution=done)
    heartbeat_check()
    job_run(BAD_JOB)
    assert own("SCAN_FAILED").status == "RESOLVED"
    scan_run(source="depot")  # new evidence does
    assert own("SCAN_FAILED").status == "OPEN"
    assert own("SCAN_FAILED").episode == 1


# --- The view itself -----------------------------------------------------------------------------


def test_a_change_of_the_consoles_own_view_is_found_without_asking_it(console, pg):
    scanned(ago=timedelta(seconds=1))
    heartbeat_check()
    with psycopg.connect(pg.dsn(console, "console_owner"), autocommit=True) as owner:
        row = owner.execute("SELECT pg_get_viewdef('v_integrity_checks'::regclass)").fetchone()
        assert row is not None
        blind = f"SELECT * FROM ({row[0].rstrip(';')}) AS v WHERE check_code <> 'SCAN_FAILED'"
        owner.execute(f"CREATE OR REPLACE VIEW v_integrity_checks AS {blind}")
    heartbeat_check()
    drift = own("VIEW_DRIFT")
    assert (drift.entity_id, drift.status, drift.payload["change"]) == ("console", "OPEN", "edited")
    assert "modifiée à la main" in drift.message
    call_command("migrate", verbosity=0)
    heartbeat_check()
    assert own("VIEW_DRIFT").status == "RESOLVED"


def test_without_its_view_the_console_scans_on(console, pg):
    with psycopg.connect(pg.dsn(console, "console_owner"), autocommit=True) as owner:
        owner.execute("DROP VIEW v_integrity_checks")
    assert scan_run(source="depot").outcome == "FAILED"
    heartbeat_check()
    assert own("VIEW_DRIFT").entity_id == "console"
    call_command("migrate", verbosity=0)
    scan_run(source="depot")
    assert own("SCAN_FAILED").status == "OPEN"


def test_the_view_shows_a_person_what_concerns_the_sources_held(console, pg):
    """Row security of the tables holds below the view, for the role that serves and for its owner."""
    scan_run(source="depot")
    here, elsewhere = make_user("ici", {"depot": Role.PCA}), make_user("nord", {"nord": Role.PCA})
    for role in ("console_app", "console_owner"):
        with psycopg.connect(pg.dsn(console, role)) as connected:
            for person, seen in ((here, ["SCAN_FAILED"]), (elsewhere, [])):
                connected.execute(
                    "SELECT set_config('governance.user_id', %s, true)", [str(person.pk)]
                )
                rows = connected.execute("SELECT check_code FROM v_integrity_checks").fetchall()
                assert [code for (code,) in rows] == seen


@pytest.mark.usefixtures("console")
def test_the_consoles_rules_are_proved_where_they_are_read():
    heartbeat_check()
    assert {row.verdict for row in proofs_run(source=CONSOLE_SOURCE)} == {"PROUVEE"}
    with acting_as_system("test"):
        (found,) = source_proofs([CONSOLE_SOURCE]).values()
    assert found.is_whole


@pytest.mark.usefixtures("console")
def test_a_job_that_answers_again_closes_its_alert():
    job_ran("bad", answered=False, said="cassé")
    with acting_as_system("scan"):
        console_read(codes=["JOB_FAILED"], entities=["console/bad"], taken_at=timezone.now())
    assert own("JOB_FAILED").message.replace("\u00a0", " ") == "Le travail « bad » a échoué : cassé"
    job_run(Job(Schedule("bad", "Mauvais", ("jobs_tidy",), 60)))
    assert own("JOB_FAILED").status == "RESOLVED"
