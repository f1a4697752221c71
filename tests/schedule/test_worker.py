"""Workers as they are run: real processes, real signals, one console database."""

import itertools
import signal
import time

from governance.core.capability import registry
from governance.core.jobs.health import workers_alive
from tests.foundation.process import eventually
from tests.postgres import SERVER
from tests.schedule.process import rows
from tests.sources.relay import Relay

COMPLETE = "SELECT count(*) FROM integrity_scan WHERE outcome = 'COMPLETE' AND source <> 'console'"
DOING = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND lock = 'scan magasin'"
JOBS = "SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1"


def count(pg, console, query):
    return rows(pg, console, query)[0][0]


def slow(shop, seconds):
    shop.execute("UPDATE pause SET seconds = %s", [seconds])


# Scans that read the view at this instant, seen by the source.
READING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name = 'governance-console' AND state = 'active'"
    " AND query LIKE 'COPY%' AND query_start < clock_timestamp() - interval '0.2 s'"
)


def in_the_middle(pg, console, shop):
    """Wait for a scan that reads the view at this instant."""
    assert eventually(lambda: count(pg, shop.info.dbname, READING) == 1, within=20)
    assert count(pg, console, DOING) == 1


def test_a_worker_scans_at_each_interval_does_what_the_night_missed_once_and_stops_when_asked(
    worker, pg, fresh_console
):
    """Nightly work that was due while nobody worked is done when somebody does, once."""
    with pg.superuser(fresh_console) as superuser:
        superuser.execute("DELETE FROM procrastinate_periodic_defers")  # last night nobody worked
    before = time.time()
    one = worker(SCAN_INTERVAL_S="1")
    assert eventually(lambda: count(pg, fresh_console, COMPLETE) >= 3, within=20), one.log
    night = "SELECT count(*) FROM job_run WHERE key IN ('ledger', 'proofs') AND went_well"
    assert eventually(lambda: count(pg, fresh_console, night) == 2, within=30), one.log
    assert workers_alive() == 1
    assert one.stop(within=15) == 0
    assert rows(pg, fresh_console, "SELECT count(*) FROM procrastinate_workers") == [(0,)]
    assert rows(pg, fresh_console, JOBS) in ([], [("todo", 1)])
    kept = dict(rows(pg, fresh_console, "SELECT key, went_well FROM job_run"))
    assert kept == dict.fromkeys((one.key for one in registry().schedules), True), one.log
    assert {line["app_release"] for line in one.log} == {"test"}
    assert {line["job"] for line in one.log if "exit_code" in line} >= {"scan magasin", "ledger"}
    ledger = "SELECT started_at FROM job_run WHERE key = 'ledger'"
    ((started,),) = rows(pg, fresh_console, ledger)
    assert started.timestamp() > before
    seen = count(pg, fresh_console, COMPLETE)
    again = worker(SCAN_INTERVAL_S="1")
    assert eventually(lambda: count(pg, fresh_console, COMPLETE) > seen + 1, within=20), again.log
    assert again.stop() == 0
    assert rows(pg, fresh_console, ledger) == [(started,)]


def test_a_worker_survives_the_loss_of_its_connections_and_a_stop_lets_its_scan_end(
    worker, pg, fresh_console, shop
):
    one = worker("PAUSE_S=1", SCAN_INTERVAL_S="1")
    assert eventually(lambda: count(pg, fresh_console, COMPLETE) >= 1, within=20), one.log
    with pg.superuser(fresh_console) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = 'console_app'"
        )
    seen = count(pg, fresh_console, COMPLETE)
    assert eventually(lambda: count(pg, fresh_console, COMPLETE) > seen + 1, within=30), one.log
    assert one.process.poll() is None
    slow(shop, 2)
    in_the_middle(pg, fresh_console, shop)
    seen = count(pg, fresh_console, COMPLETE)
    one.process.send_signal(signal.SIGTERM)
    assert one.stop(within=10) == 0
    assert count(pg, fresh_console, COMPLETE) == seen + 1
    assert count(pg, fresh_console, DOING) == 0


def test_a_source_that_hangs_holds_up_no_other_and_its_job_outlasts_the_stop(
    worker, pg, fresh_console, shop
):
    """The worker then ends all the same, and leaves the job to others."""
    slow(shop, 30)
    quick = pg.dsn("postgres", "console_app")  # no view there: a failed scan, but at once
    one = worker("GRACE_S=1", "END_S=2", SOURCE_RAPIDE_DATABASE_URL=quick, SCAN_INTERVAL_S="1")
    failed = "SELECT count(*) FROM integrity_scan WHERE source = 'rapide' AND outcome = 'FAILED'"
    assert eventually(lambda: count(pg, fresh_console, failed) >= 3, within=20), one.log
    in_the_middle(pg, fresh_console, shop)
    assert one.stop(within=5) == 1
    assert "ended by force" in one.log[-1]["message"]
    assert count(pg, fresh_console, COMPLETE) == 0
    slow(shop, 0)
    other = worker("DEAD_AFTER_S=3")
    assert eventually(lambda: count(pg, fresh_console, COMPLETE) > 0, within=20), other.log


def test_a_job_beyond_its_limit_ends_its_worker(worker, pg, fresh_console, shop):
    slow(shop, 20)
    one = worker("scan=1")
    assert one.process.wait(20) == 1
    assert one.log[-1]["message"] == "ended by force: schedule.scan has run for more than 1 s"


def test_the_job_of_a_killed_worker_is_taken_over(worker, pg, fresh_console, shop):
    slow(shop, 3)
    killed = worker(SCAN_INTERVAL_S="30")
    in_the_middle(pg, fresh_console, shop)
    killed.kill()
    slow(shop, 0)
    assert count(pg, fresh_console, DOING) == 1  # and in nobody's hands
    assert count(pg, fresh_console, COMPLETE) == 0
    other = worker("DEAD_AFTER_S=3", SCAN_INTERVAL_S="30")
    assert eventually(lambda: count(pg, fresh_console, COMPLETE) == 1, within=15), other.log
    assert other.stop() == 0
    assert any(line["message"] == "taken over from a dead worker" for line in other.log)
    assert count(pg, fresh_console, DOING) == 0
    assert rows(pg, fresh_console, "SELECT running_since FROM job_run WHERE key = 'scan'") == [
        (None,)
    ]


def test_a_dead_job_with_a_waiting_successor_is_dropped(worker, pg, fresh_console, shop):
    slow(shop, 5)
    killed = worker(SCAN_INTERVAL_S="1")
    in_the_middle(pg, fresh_console, shop)
    waiting = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"
    assert eventually(lambda: count(pg, fresh_console, waiting) == 1, within=10)
    killed.kill()
    slow(shop, 0)
    other = worker("DEAD_AFTER_S=3", SCAN_INTERVAL_S="1")
    assert eventually(lambda: count(pg, fresh_console, COMPLETE) >= 2, within=20), other.log
    assert other.stop() == 0
    assert dict(rows(pg, fresh_console, JOBS)).keys() <= {"todo"}


def test_two_workers_run_one_scan_at_a_time(worker, pg, fresh_console, shop):
    slow(shop, 1.3)  # more than an interval, so that a tick finds the scan before it at work
    two = [worker(SCAN_INTERVAL_S="1") for _ in range(2)]
    assert eventually(lambda: count(pg, fresh_console, COMPLETE) >= 4, within=30)
    assert [one.stop() for one in two] == [0, 0]
    spans = rows(
        pg,
        fresh_console,
        "SELECT started_at, finished_at FROM integrity_scan WHERE source = 'magasin' ORDER BY started_at",
    )
    gaps = [(b - a[1]).total_seconds() for a, (b, _) in itertools.pairwise(spans)]
    assert min(gaps) > 0
    # Not because the second waited for the first's lock: then it would start as the first ends.
    assert min(gaps) > 0.05, gaps


def test_frozen_sources_hold_up_neither_the_others_nor_the_heartbeat(
    worker, pg, fresh_console, shop
):
    """More of them than there are slots, each frozen as its view is read."""
    relay = Relay(SERVER.folder, freezes_at=b"COPY (SELECT")
    address = relay.dsn(shop.info.dbname, "depot_reader")
    frozen = {f"SOURCE_GELEE{n}_DATABASE_URL": address for n in range(10)}  # before `magasin`
    try:
        one = worker("REST_S=0.5", SOURCE_STATEMENT_TIMEOUT_MS="1000", **frozen)
        beaten = "SELECT count(*) FROM job_run WHERE key = 'heartbeat' AND finished_at IS NOT NULL"
        assert eventually(lambda: count(pg, fresh_console, beaten) == 1, within=10), one.log
        assert eventually(lambda: count(pg, fresh_console, COMPLETE) >= 2, within=25), one.log
        assert one.process.poll() is None
        failed = "SELECT DISTINCT source FROM integrity_scan WHERE outcome = 'FAILED'"
        assert eventually(lambda: len(rows(pg, fresh_console, failed)) >= 8, within=25), one.log
        told = "SELECT count(*) FROM system_alerts WHERE check_code = 'SCAN_FAILED' AND status = 'OPEN'"
        assert count(pg, fresh_console, told) >= 8
    finally:
        relay.close()
