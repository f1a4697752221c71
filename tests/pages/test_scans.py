"""`/governance/scans`, one scan, and `/governance/schedule`: what they show, and to whom."""

import re
import uuid
from datetime import timedelta

import psycopg
import pytest
from django.utils import timezone

from governance.core.jobs.timetable import jobs
from integrity.depot import scenario_load
from integrity.scans.scan import scan_run
from tests.pages.dom import elements
from tests.schedule.make import job_ran, scanned

pytestmark = pytest.mark.django_db
URL = "/governance/scans"


def seconds(number):
    return timedelta(seconds=number)


def shown(response):
    return [row["data-scan-id"] for row in elements(response, "data-scan-id")]


def text(response):
    return re.sub(r"[ \n]+", " ", response.content.decode())


def test_the_newest_first(as_):
    first, second, third = (scanned(ago=seconds(n)) for n in (300, 10, 60))  # the clock went back
    assert shown(as_("directeur").get(URL)) == [str(one.pk) for one in (third, second, first)]


def test_a_row_says_how_it_went(as_):
    scanned(ago=seconds(9), rows=1234, opened=3, reopened=2, closed=7, quarantined=1)
    scanned(ago=seconds(5), outcome="FAILED", error="elle ne répond pas")
    page = as_("directeur").get(URL)
    assert [row["data-outcome"] for row in elements(page, "data-outcome")] == ["FAILED", "COMPLETE"]
    said = text(page)
    for words in (
        "elle ne répond pas",
        "1\u202f234",
        ">5<",
        ">7<",
        "1 ligne à l’écart",
        "1,5\xa0s",
    ):
        assert words.replace("\xa0", " ") in said.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["c", "f", "s"]),
        ({"outcome": "FAILED"}, ["f"]),
        ({"source": "depot", "outcome": "SUSPECT"}, ["s"]),
        ({"source": "depot"}, ["c", "f", "s"]),
    ],
)
def test_filters(as_, query, expected):
    made = {
        "s": scanned(ago=seconds(3), outcome="SUSPECT"),
        "f": scanned(ago=seconds(2), outcome="FAILED"),
        "c": scanned(ago=seconds(1)),
    }
    assert shown(as_("directeur").get(URL, query)) == [str(made[name].pk) for name in expected]


@pytest.mark.parametrize("query", [{"outcome": "DONE"}, {"source": "autre"}, {"source": "a\x00"}])
def test_a_filter_value_that_means_nothing_is_ignored_with_a_note(as_, query):
    one = scanned(ago=seconds(1))
    scanned("autre", ago=seconds(1))
    page = as_("directeur").get(URL, query)
    assert shown(page) == [str(one.pk)]
    assert "a été ignorée" in text(page)


def test_paging_shows_each_scan_once_and_keeps_the_filter(as_):
    at = timezone.now()
    made = [
        # Ties: the id decides.
        scanned(ago=seconds(0), started_at=at - seconds(n // 2), finished_at=at).pk
        for n in range(120)
    ]
    scanned(ago=seconds(0), outcome="FAILED")
    client = as_("directeur")
    address, seen = f"{URL}?outcome=COMPLETE", []
    for expected in (50, 50, 20):
        page = client.get(address)
        assert len(shown(page)) == expected
        seen += shown(page)
        address = next((a["href"] for a in elements(page, "href") if "cursor=" in a["href"]), "")
    assert address == ""
    assert len(set(seen)) == len(seen)
    assert set(seen) == {str(one) for one in made}


@pytest.mark.parametrize("cursor", ["x", "e30", "\x00", "WzFd", "WyIyMDI2LTAxLTAxIiwieCJd"])
def test_a_cursor_that_we_never_wrote_is_page_one(as_, cursor):
    scanned(ago=seconds(1))
    assert len(shown(as_("directeur").get(URL, {"cursor": cursor}))) == 1


def test_nothing_of_another_source(as_):
    scanned(ago=seconds(1), error="secret")
    page = as_("ailleurs").get(URL)
    assert shown(page) == []
    assert "Aucun contrôle n’a encore eu lieu" in text(page)
    assert "secret" not in text(page)


@pytest.mark.usefixtures("cold")
def test_queries_do_not_grow_with_history(as_, django_assert_num_queries):
    client = as_("directeur")
    scanned(ago=seconds(1))
    with django_assert_num_queries(19) as one:
        client.get(URL)
    for number in range(60):
        scanned(ago=seconds(number))
    with django_assert_num_queries(len(one.captured_queries)):
        client.get(URL)


# --- One scan --------------------------------------------------------------------------------------


@pytest.fixture
def real_scan(pg, depot_db):
    """A scan of the reference depot's incident."""
    with psycopg.connect(pg.dsn(depot_db, "depot_owner"), autocommit=True) as connection:
        scenario_load(connection, "incident", now=timezone.now())
    return scan_run(source="depot")


def test_one_scan_shows_its_evidence(as_, real_scan):
    page = as_("auditeur").get(f"{URL}/{real_scan.pk}")
    said = text(page)
    assert real_scan.view_hash in said
    codes = [row["data-check-code"] for row in elements(page, "data-check-code")]
    assert codes == sorted(real_scan.rules)
    assert "Complet" in said
    assert f"{real_scan.opened} sur {real_scan.opened}" in said
    alerts = [a["href"] for a in elements(page, "href") if "/governance/alerts/" in a["href"]]
    assert len(alerts) == real_scan.opened


def test_who_may_not_read_the_history_sees_the_figures_only(as_, real_scan):
    page = as_("gerant").get(f"{URL}/{real_scan.pk}")
    assert page.status_code == 200
    assert "réservé à qui peut consulter l’historique" in text(page)
    assert not [a for a in elements(page, "href") if "/governance/alerts/" in a["href"]]


def test_a_failed_scan_says_why_and_what_it_left_alone(as_):
    one = scanned(ago=seconds(5), outcome="FAILED", error="elle ne répond pas : <refus>")
    said = text(as_("directeur").get(f"{URL}/{one.pk}"))
    assert "elle ne répond pas : &lt;refus&gt;" in said
    assert "aucune alerte n’a changé d’état" in said


def test_rows_set_aside_are_shown(as_):
    fault = {
        "fault": "severity is unknown",
        "check_code": "X",
        "severity": "FATAL",
        "entity_type": None,
        "entity_id": "7",
        "message": "<b>",
    }
    one = scanned(ago=seconds(5), quarantined=25, faults=[fault])
    said = text(as_("directeur").get(f"{URL}/{one.pk}"))
    for words in ("severity is unknown", "FATAL", "1 sur 25", "&lt;b&gt;"):
        assert words in said


@pytest.mark.parametrize("name", [str(uuid.UUID(int=0)), "nonsense"])
def test_a_scan_that_does_not_exist_is_404(as_, name):
    assert as_("directeur").get(f"{URL}/{name}").status_code == 404


@pytest.mark.usefixtures("cold")
def test_queries_do_not_grow_with_what_a_scan_did(as_, real_scan, django_assert_num_queries):
    client = as_("auditeur")
    assert real_scan.opened > 3
    with django_assert_num_queries(22):
        client.get(f"{URL}/{real_scan.pk}")


# --- The timetable ---------------------------------------------------------------------------------


@pytest.fixture
def sources(settings):
    settings.SOURCES = {"autre": "", "depot": ""}


def states(response):
    return {
        f"{row['data-job']} {row['data-source']}".strip(): row["data-state"]
        for row in elements(response, "data-job")
    }


def test_the_timetable_shows_the_jobs_of_the_reader(as_, sources):
    page = as_("directeur").get("/governance/schedule")
    theirs = [job.name for job in jobs() if job.source in ("", "depot")]
    assert states(page) == dict.fromkeys(theirs, "never")
    assert {"scan depot", "heartbeat"} <= states(page).keys()
    assert "Aucun exécutant en marche" in text(page)
    assert "manage.py sync_alerts --source depot" in text(page)


@pytest.mark.parametrize(
    ("run", "state"),
    [
        ({"started_at": 30, "finished_at": 29, "went_well": True}, "ok"),
        ({"started_at": 30, "finished_at": 29, "went_well": False, "said": "rompu"}, "failed"),
        ({"running_since": 5}, "running"),
        ({"running_since": 4000}, "broken_off"),
        ({"started_at": 3 * 86400, "finished_at": 3 * 86400, "went_well": True}, "late"),
        ({}, "never"),
    ],
)
def test_a_job_stands_where_its_evidence_says(as_, sources, run, state):
    now = timezone.now()
    values = {
        name: now - seconds(value)
        if isinstance(value, int) and name.endswith(("_at", "_since"))
        else value
        for name, value in run.items()
    }
    job_ran("ledger", **values)
    page = as_("gerant").get("/governance/schedule")
    assert states(page)["ledger"] == state
    assert run.get("said", "") in text(page)
    assert ("INCONNU" in text(page)) is True  # of the others nothing is known


def test_the_result_of_another_source_is_not_shown(as_, sources):
    job_ran("scan", "depot", said="secret du dépôt", started_at=timezone.now())
    page = as_("ailleurs").get("/governance/schedule")
    assert "secret" not in text(page)
    assert "scan depot" not in states(page)


@pytest.mark.usefixtures("cold")
def test_queries_do_not_grow_with_jobs(as_, settings, django_assert_num_queries):
    client = as_("directeur")
    settings.SOURCES = {"depot": ""}
    job_ran("scan", "depot")
    with django_assert_num_queries(19) as one:
        client.get("/governance/schedule")
    for key in ("heartbeat", "proofs", "ledger"):
        job_ran(key)
    with django_assert_num_queries(len(one.captured_queries)):
        client.get("/governance/schedule")
