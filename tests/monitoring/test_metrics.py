"""What /metrics says is what the database holds, whichever process is asked; it says it to watchers alone."""

from datetime import timedelta
from math import inf

import pytest
from django.db import connection, connections
from django.test import Client

from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from tests.alerts.make import alert, finding, take_in
from tests.conftest import make_user
from tests.ledger.conftest import run_verify
from tests.monitoring.read import scrape
from tests.schedule.make import job_ran, scanned

TOKEN = "kJ8xq2Lw9Zt4Rb7Vn1Mc6Hd3Fs5Gp0Ya"


def test_figures_are_those_of_the_database(fresh_console, depot_db, settings, tmp_path):
    settings.LEDGER_MEMORY_DIR = str(tmp_path)
    take_in([finding("bac-1"), finding("bac-2"), finding("bac-3", severity="WARN")])
    scanned(ago=timedelta(seconds=90), rows=3, quarantined=1)
    scanned(ago=timedelta(seconds=30), outcome="FAILED")
    job_ran("scan", "depot", failures=2)
    person = Client()
    person.force_login(make_user("direction", {"depot": Role.DIRECTEUR}))
    person.post(f"/governance/alerts/{alert(entity_id='bac-1').pk}/ack", {"version": 1})
    run_verify()
    seen = scrape()
    assert seen.of("governance_alerts", source="depot", severity="CRITICAL", status="OPEN") == 1
    assert seen.of("governance_alerts", source="depot", severity="CRITICAL", status="ACK") == 1
    assert seen.of("governance_alerts", source="depot", severity="WARN", status="OPEN") == 1
    assert seen.of("governance_alerts", source="depot", severity="INFO", status="OPEN") == 0
    age = seen.of(
        "governance_alert_oldest_unacknowledged_seconds", source="depot", severity="CRITICAL"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM now() - %s)", [alert(entity_id="bac-2").first_detected_at]
        )
        assert age == pytest.approx(float(cursor.fetchone()[0]), abs=60)
    assert seen.of("governance_scan_complete_age_seconds", source="depot") == pytest.approx(
        90, abs=30
    )
    assert seen.of("governance_scan_duration_seconds", source="depot") == pytest.approx(1.5)
    assert seen.of("governance_scan_outcome", source="depot", outcome="FAILED") == 1
    assert seen.of("governance_scan_outcome", source="depot", outcome="COMPLETE") == 0
    assert seen.of("governance_scans_last_hour", source="depot", outcome="COMPLETE") == 1
    assert seen.of("governance_job_failures", task="scan", source="depot") == 2
    assert seen.of("governance_job_age_seconds", task="ledger", source="") == inf
    assert seen.of("governance_ledger_state", state="whole") == 1
    assert seen.of("governance_ledger_verification_age_seconds") < 30
    assert seen.of("governance_ledger_checkpoint_age_seconds") == inf
    with acting_as_system("test"):
        assert seen.of("governance_ledger_entries") == LedgerEntry.objects.count()
    assert seen.of("governance_workers") == 0
    assert seen.of("governance_build_info", env="local", release="test") == 1


def test_a_queue_that_waits_is_seen(fresh_console, pg):
    with pg.superuser(fresh_console) as hand:
        hand.execute("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('watch', 't')")
        hand.execute("UPDATE procrastinate_events SET at = now() - interval '10 min'")
    seen = scrape()
    assert seen.of("governance_queue_jobs", state="waiting") == 1
    assert seen.of("governance_queue_oldest_seconds") == pytest.approx(600, abs=60)


@pytest.mark.django_db
def test_a_room_that_cannot_tell_hides_no_other(depot_db, monkeypatch, caplog):
    def broken():
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM secret_table")

    from governance.core.capability import registry

    monkeypatch.setitem(registry().metrics, "jobs", broken)
    seen = scrape()
    assert (
        seen.of("governance_figures_known", room="jobs"),
        seen.of("governance_figures_known", room="alerts"),
    ) == (0, 1)


@pytest.mark.django_db
def test_without_a_database_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setitem(connections["default"].settings_dict, "HOST", str(tmp_path))
    seen = scrape()
    assert seen.of("governance_ready", part="database") == 0
    assert "governance_workers" not in seen.names


@pytest.mark.django_db
def test_only_a_watcher_reads_it(settings):
    def status(address: str = "10.1.2.3", **headers: str) -> int:
        return Client().get("/metrics", headers=headers, REMOTE_ADDR=address).status_code

    assert status("127.0.0.1") == status("::1") == 200
    assert status() == status(authorization="Bearer ") == 401
    assert status("127.0.0.1", x_forwarded_for="10.1.2.3") == 401
    settings.MONITORING_TOKEN = TOKEN
    assert status(authorization=f"Bearer {TOKEN}") == 200
    assert status(authorization=f"Bearer {TOKEN}x") == status(authorization=f"Basic {TOKEN}") == 401
