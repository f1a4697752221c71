"""A clock that jumped: scans keep their order, a date in the future proves nothing, no age is negative."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from integrity.scans import heartbeat
from integrity.scans.freshness import source_freshness
from integrity.scans.heartbeat import heartbeat_check
from integrity.scans.queries import ORDER, scan_page
from integrity.scans.scan import scan_run
from tests.conftest import make_user
from tests.schedule.make import scanned

pytestmark = pytest.mark.django_db

TWO_DAYS = timedelta(days=2)
MINUTES = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def one_source(settings, monkeypatch):
    settings.SOURCES = {"depot": "postgresql://nobody@127.0.0.1:1/nothing"}
    settings.SCAN_INTERVAL_S = 60
    monkeypatch.setattr(heartbeat, "PROCESS_STARTED", timezone.now())


def standing():
    with acting_as_system("test"):
        (one,) = source_freshness(["depot"])
    return one


def own(code):
    with acting_as_system("test"):
        found = Alert.objects.filter(source="console", check_code=code, entity_id="depot")
        return list(found.values_list("status", flat=True))


def test_a_scan_dated_in_the_future_is_unknown_and_raises(cold):
    scanned(ago=timedelta(seconds=30))
    scanned(ago=-TWO_DAYS)
    assert (standing().state, standing().last_complete_at) == ("clock", None)
    heartbeat_check()
    heartbeat_check()
    assert own("CLOCK_SKEW") == ["OPEN"]
    assert own("SCAN_STALE") == []


def test_a_dead_source_is_stale_whatever_its_last_scan_is_dated(cold):
    old = scanned(ago=MINUTES)
    scanned(ago=-TWO_DAYS)
    (silence,) = heartbeat_check()
    assert silence.last_complete_at == old.started_at
    assert own("SCAN_STALE") == ["OPEN"]


def test_the_day_that_it_was_dated_proves_nothing_either(cold, monkeypatch):
    scanned(ago=MINUTES)
    ahead = scanned(ago=-TWO_DAYS)
    heartbeat_check()
    there = ahead.started_at + timedelta(seconds=5)
    monkeypatch.setattr(timezone, "now", lambda: there)
    assert len(heartbeat_check()) == 1
    assert standing().state == "clock"
    assert (own("SCAN_STALE"), own("CLOCK_SKEW")) == (["OPEN"], ["OPEN"])


def test_the_next_complete_scan_by_a_right_clock_ends_it(cold, depot_db):
    scanned(ago=-TWO_DAYS)
    heartbeat_check()
    scan = scan_run(source="depot")
    assert scan.outcome == "COMPLETE"
    assert own("CLOCK_SKEW") == ["RESOLVED"]
    assert (standing().state, standing().last_complete_at) == ("ok", scan.started_at)


def test_a_jump_that_no_heartbeat_met_is_said_by_the_next_scan(cold, depot_db):
    scanned(ago=-TWO_DAYS)
    scan_run(source="depot")
    assert own("CLOCK_SKEW") == ["OPEN"]
    scan_run(source="depot")
    assert own("CLOCK_SKEW") == ["RESOLVED"]


def test_clocks_that_disagree_are_said_by_every_scan(cold, depot_db, monkeypatch):
    there = timezone.now() - timedelta(minutes=5)
    with monkeypatch.context() as server:
        server.setattr("integrity.scans.scan.timezone.now", lambda: there)
        assert scan_run(source="depot").outcome == "COMPLETE"
        assert scan_run(source="depot").outcome == "COMPLETE"
        assert own("CLOCK_SKEW") == ["OPEN"]
    scan_run(source="depot")
    assert own("CLOCK_SKEW") == ["RESOLVED"]


def test_clocks_that_differ_a_little_are_nothing(cold):
    scanned(ago=-timedelta(seconds=20))
    assert heartbeat_check() == []
    assert (standing().state, own("CLOCK_SKEW")) == ("ok", [])


def test_a_source_that_is_no_longer_configured_ends_it(settings):
    scanned(ago=-TWO_DAYS)
    heartbeat_check()
    settings.SOURCES = {}
    heartbeat_check()
    assert own("CLOCK_SKEW") == ["RESOLVED"]


def test_scans_are_in_the_order_in_which_they_were_made():
    made = [
        scanned(ago=-TWO_DAYS),
        scanned(ago=MINUTES),
        scanned(ago=-MINUTES),
        scanned(ago=TWO_DAYS),
    ]
    with acting_as_system("test"):
        small = replace(ORDER, size=3)
        first = scan_page(sources=["depot"], order=small)
        second = scan_page(sources=["depot"], order=small, cursor=first.next_cursor)
    assert [one.pk for one in first.rows + second.rows] == [one.pk for one in reversed(made)]


def test_no_page_and_no_probe_shows_a_negative_age(cold):
    scanned(ago=MINUTES)
    future = scanned(ago=-TWO_DAYS)
    client = Client()
    client.force_login(make_user("lectrice", {"depot": Role.ADMIN}))
    for path in ("", "/integrity", "/scans", f"/scans/{future.pk}"):
        text = client.get("/governance" + path).content.decode()
        assert "dans 1\u00a0j" not in text
        assert "dans 2\u00a0j" not in text
        assert "INCONNU" in text
    said = client.get("/health").json()
    ages = [one["age_s"] for one in said["sources"].values()] if "sources" in said else []
    assert all(age is None or age >= 0 for age in ages)
