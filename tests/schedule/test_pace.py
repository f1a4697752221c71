"""Which ticks of the timetable count: none that a run covered, few of a source that keeps failing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.core.jobs.models import JobRun
from governance.core.jobs.pace import BACK_OFF_MAX_S, job_next_at, tick_counts
from governance.core.jobs.runs import job_run
from governance.core.jobs.timetable import job_find
from tests.schedule.make import job_ran

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def one_source(settings):
    settings.SOURCES = {"depot": "postgresql://nobody@127.0.0.1:1/nothing"}
    settings.SCAN_INTERVAL_S = 60


def ran(*, ago, took=timedelta(), failures=0, key="scan", source="depot"):
    at = timezone.now() - ago
    times = {"known_since": at - timedelta(days=1), "started_at": at, "finished_at": at + took}
    return job_ran(key, source, failures=failures, went_well=not failures, **times)


def counts(tick, key="scan", source="depot"):
    return tick_counts(job_find(key, source), tick)


def test_the_first_tick_counts():
    assert counts(timezone.now())


def test_a_tick_during_a_run_is_not_made_up_for():
    run = ran(ago=timedelta(seconds=100), took=timedelta(seconds=70))
    assert not counts(run.started_at + 60 * SECOND)
    assert counts(run.started_at + 71 * SECOND)


def test_other_jobs_are_not_passed_over():
    run = ran(ago=timedelta(seconds=100), took=timedelta(seconds=70), key="ledger", source="")
    assert counts(run.started_at + 60 * SECOND, "ledger", "")


@pytest.mark.parametrize(
    ("failures", "wait"), [(0, 60), (1, 60), (2, 120), (3, 240), (4, 240), (1000, 240)]
)
def test_a_source_that_keeps_failing_is_left_alone_twice_as_long_each_time(failures, wait):
    run = ran(ago=timedelta(seconds=300), failures=failures)
    ticks = [seconds for seconds in range(60, 301, 60) if counts(run.started_at + seconds * SECOND)]
    assert ticks[0] == wait <= BACK_OFF_MAX_S
    assert ticks == list(range(wait, 301, 60))


def test_an_interval_longer_than_the_back_off_is_kept(settings):
    settings.SCAN_INTERVAL_S = 3600
    run = ran(ago=timedelta(hours=2), failures=9)
    assert counts(run.started_at + 3600 * SECOND)


def test_a_clock_that_was_set_back_stops_nothing():
    ran(ago=-timedelta(days=2), failures=9)
    assert counts(timezone.now())


def test_failures_are_counted_and_forgotten(settings, depot_db):
    good = settings.SOURCES
    settings.SOURCES = {"depot": "postgresql://nobody@127.0.0.1:1/nothing"}
    seen = []
    for address in [settings.SOURCES, settings.SOURCES, good]:
        settings.SOURCES = address
        job_run(job_find("scan", "depot"))
        seen.append(failures())
    assert seen == [1, 2, 0]


def failures():
    from governance.core.identity.acting import acting_as_system

    with acting_as_system("test"):
        return JobRun.objects.get(key="scan").failures


def test_the_page_names_the_tick_that_counts():
    now = timezone.now().replace(second=10, microsecond=0)
    run = ran(ago=timedelta(), failures=3)
    run.started_at = now - 10 * SECOND
    assert job_next_at(job_find("scan", "depot"), run, now) == run.started_at + 240 * SECOND
    run.failures = 0
    assert job_next_at(job_find("scan", "depot"), run, now) == run.started_at + 60 * SECOND
