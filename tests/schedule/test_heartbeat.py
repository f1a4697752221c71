"""Nobody looks any more: an alert says so, every page says so, and a complete scan ends both."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from integrity.scans import heartbeat
from integrity.scans.heartbeat import heartbeat_check
from integrity.scans.scan import scan_run
from tests.alerts.make import alert, alert_rows, finding, ledger, take_in
from tests.conftest import make_user
from tests.pages.dom import elements
from tests.schedule.make import job_ran, scanned

pytestmark = pytest.mark.django_db

JUST_IN_TIME = timedelta(seconds=170)
TOO_LATE = timedelta(seconds=190)


@pytest.fixture(autouse=True)
def one_source(settings, monkeypatch):
    settings.SOURCES = {"depot": "postgresql://nobody@127.0.0.1:1/nothing"}
    settings.SCAN_INTERVAL_S = 60
    monkeypatch.setattr(heartbeat, "PROCESS_STARTED", timezone.now())


def stale_alerts():
    with acting_as_system("test"):
        return list(
            Alert.objects.filter(check_code="SCAN_STALE")
            .order_by("entity_id")
            .values_list("source", "entity_type", "entity_id", "severity", "status")
        )


OPEN = ("console", "SOURCE", "depot", "CRITICAL", "OPEN")
CLOSED = (*OPEN[:-1], "RESOLVED")


def test_two_missed_scans_are_no_alarm():
    scanned(ago=JUST_IN_TIME)
    assert heartbeat_check() == []
    assert stale_alerts() == []


def test_three_missed_scans_are_one_and_it_stays_the_same():
    last = scanned(ago=TOO_LATE)
    (silence,) = heartbeat_check()
    assert silence.source == "depot"
    assert stale_alerts() == [OPEN]
    raised = alert(check_code="SCAN_STALE")
    assert raised.first_detected_at == last.started_at + timedelta(seconds=180)
    assert raised.payload["missed"] == 3
    heartbeat_check()
    assert ledger(raised.pk) == [("alert.open", "system:scan")]


@pytest.mark.parametrize("outcome", ["FAILED", "SUSPECT"])
def test_only_a_complete_scan_counts(outcome):
    scanned(ago=TOO_LATE)
    scanned(ago=timedelta(seconds=5), outcome=outcome)
    heartbeat_check()
    assert stale_alerts() == [OPEN]


def test_a_complete_scan_closes_it_at_once(depot_db):
    scanned(ago=TOO_LATE)
    heartbeat_check()
    assert stale_alerts() == [OPEN]
    assert scan_run(source="depot").outcome == "COMPLETE"
    assert stale_alerts() == [CLOSED]


def test_a_failed_scan_does_not():
    scanned(ago=TOO_LATE)
    heartbeat_check()
    assert scan_run(source="depot").outcome == "FAILED"
    assert stale_alerts() == [OPEN]


def test_a_suspect_scan_does_not_either(shop, settings):
    shop.execute("INSERT INTO debts SELECT 'c' || n, n FROM generate_series(1, 40) n")
    assert scan_run(source="magasin").outcome == "COMPLETE"
    settings.SCAN_INTERVAL_S = 0  # whatever was scanned is stale at once
    heartbeat_check()
    shop.execute("DELETE FROM debts")
    assert scan_run(source="magasin").outcome == "SUSPECT"
    ((*_, status),) = stale_alerts()
    assert status == "OPEN"


def test_a_source_that_is_no_longer_configured_closes_it(settings):
    scanned(ago=TOO_LATE)
    heartbeat_check()
    settings.SOURCES = {}
    assert heartbeat_check() == []
    assert stale_alerts() == [CLOSED]


def test_a_source_that_was_never_scanned_counts_from_when_it_was_first_known():
    job_ran("scan", "depot", known_since=timezone.now() - JUST_IN_TIME)
    assert heartbeat_check() == []
    with acting_as_system("schedule"):
        from governance.core.jobs.models import JobRun

        JobRun.objects.filter(source="depot").update(known_since=timezone.now() - TOO_LATE)
    assert len(heartbeat_check()) == 1
    assert stale_alerts() == [OPEN]


def test_a_source_of_which_nothing_is_known_counts_from_the_start_of_the_process(monkeypatch):
    with acting_as_system("test"):
        assert heartbeat.silences(["depot"]) == []
        monkeypatch.setattr(heartbeat, "PROCESS_STARTED", timezone.now() - TOO_LATE)
        assert [one.source for one in heartbeat.silences(["depot"])] == ["depot"]


def test_the_check_makes_the_source_known():
    heartbeat_check()
    with acting_as_system("test"):
        from governance.core.jobs.models import JobRun

        assert JobRun.objects.filter(key="scan", source="depot").count() == 1


@pytest.mark.parametrize(("ago", "code"), [(JUST_IN_TIME, 0), (TOO_LATE, 1)])
def test_the_command_says_so(ago, code, capsys):
    scanned(ago=ago)
    if code:
        with pytest.raises(SystemExit) as left:
            call_command("heartbeat")
        assert left.value.code == code
        assert capsys.readouterr().err.startswith("depot : Aucun contrôle complet depuis le ")
    else:
        call_command("heartbeat")


def test_the_interval_is_the_configured_one(settings):
    settings.SCAN_INTERVAL_S = 600
    scanned(ago=TOO_LATE)
    assert heartbeat_check() == []


# --- Pages ---------------------------------------------------------------------------------------


@pytest.fixture
def reader():
    client = Client()
    client.force_login(make_user("lectrice", {"depot": Role.PCA}))
    return client


def alarms(response):
    return [one["aria-label"] for one in elements(response, "data-alarm")]


PAGES = ["", "/integrity", "/scans", "/schedule", "/history", "/scans/{scan}", "/alerts/{alert}"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_so_and_writes_nothing(reader, page):
    take_in([finding()])
    last = scanned(ago=TOO_LATE)
    before = alert_rows(), ledger()
    address = "/governance" + page.format(scan=last.pk, alert=alert().pk)
    answer = reader.get(address)
    assert answer.status_code == 200
    assert alarms(answer) == ["Alarme : depot : l’état est INCONNU."]
    assert (alert_rows(), ledger()) == before


@pytest.mark.parametrize("address", ["/governance/nowhere", "/governance/access"])
def test_an_error_page_says_so_too(reader, address):
    scanned(ago=TOO_LATE)
    answer = reader.get(address)
    assert answer.status_code in (403, 404)
    assert len(alarms(answer)) == 1


def test_a_page_is_quiet_while_somebody_looks(reader):
    scanned(ago=JUST_IN_TIME)
    assert alarms(reader.get("/governance")) == []


def test_a_stranger_learns_nothing():
    scanned(ago=TOO_LATE)
    answer = Client().get("/accounts/login/")
    assert answer.status_code == 200
    assert alarms(answer) == []


def test_somebody_of_another_source_learns_nothing(settings):
    settings.SOURCES |= {"autre": "postgresql://nobody@127.0.0.1:1/nothing"}
    scanned(ago=TOO_LATE)
    scanned("autre", ago=JUST_IN_TIME)
    client = Client()
    client.force_login(make_user("ailleurs", {"autre": Role.DIRECTEUR}))
    assert alarms(client.get("/governance")) == []
