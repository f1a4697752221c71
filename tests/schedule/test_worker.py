"""Workers as they are run: real processes, real signals, one console database."""

import time

import pytest

from tests.foundation.process import eventually
from tests.schedule.process import rows

pytestmark = pytest.mark.django_db(transaction=True) if False else []

SCANS = "SELECT started_at, finished_at, outcome FROM integrity_scan ORDER BY started_at"


def count(pg, console, query, *values):
    return rows(pg, console, query, *values)[0][0]


def test_a_worker_scans_at_each_interval_and_stops_when_asked(worker, pg, fresh_console):
    one = worker()
    scans = "SELECT count(*) FROM integrity_scan WHERE outcome = 'COMPLETE'"
    assert eventually(lambda: count(pg, fresh_console, scans) >= 3, within=20), one.log_path.read_text()
    before = time.monotonic()
    assert one.stop() == 0
    assert time.monotonic() - before < 5
    print(one.log_path.read_text())
    assert rows(pg, fresh_console, "SELECT count(*) FROM procrastinate_workers") == [(0,)]
