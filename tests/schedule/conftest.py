"""A console and a source of its own for each test, and workers that end with it."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from croniter import croniter

from governance.core.jobs.timetable import jobs
from tests.schedule.process import WorkerProcess, environment

# A business whose view is as slow as `pause` says, as empty as `shown` says, and fails on a divisor of 0.
SHOP = """
CREATE TABLE debts (id text PRIMARY KEY, amount int NOT NULL, divisor int NOT NULL DEFAULT 1);
CREATE TABLE shown (yes bool NOT NULL);
INSERT INTO shown VALUES (true);
CREATE TABLE pause (seconds float NOT NULL);
INSERT INTO pause VALUES (0);
INSERT INTO debts VALUES ('a', 10), ('b', 20), ('c', 30);
CREATE VIEW v_integrity_checks AS
SELECT 'DETTE'::text AS check_code, 'WARN'::text AS severity, 'CLIENT'::text AS entity_type,
       id AS entity_id, 'Le client ' || id || ' doit' AS message,
       jsonb_build_object('montant', amount / divisor) AS payload, timestamptz '2026-01-01' AS detected_at
FROM debts, shown WHERE yes AND (SELECT pg_sleep(seconds) FROM pause) IS NOT NULL;
"""


@pytest.fixture
def shop(fresh_source: Callable[..., str], pg: Any, settings: Any) -> Iterator[Any]:
    """The shop's owner's connection; the shop is the source `magasin`."""
    name = fresh_source(SHOP)
    settings.SOURCES = {"magasin": pg.dsn(name, "depot_reader")}
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as connection:
        yield connection


NIGHTLY = (
    "INSERT INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)"
    " VALUES (%s, %s, %s)"
)


@pytest.fixture
def night(fresh_console: str, shop: Any, pg: Any) -> None:
    """Last night's jobs were given out: a worker that starts makes up for none, which takes seconds."""
    with pg.superuser(fresh_console) as superuser:
        for job in jobs():
            if re.fullmatch(r"\d+ \d+ \* \* \*", job.when):
                last = round(croniter(job.when, time.time()).get_prev())
                superuser.execute(NIGHTLY, [f"schedule.{job.schedule.key}", job.source, last])


@pytest.fixture
def worker(
    fresh_console: str, shop: Any, pg: Any, night: None, tmp_path: Any
) -> Iterator[Callable[..., WorkerProcess]]:
    """`worker(SCAN_INTERVAL_S="2")` starts one on the shop; by day, unless the test forgets `night`."""
    started: list[WorkerProcess] = []

    def start(*arguments: str, **values: str) -> WorkerProcess:
        address = pg.dsn(shop.info.dbname, "depot_reader")
        base = {"SOURCE_MAGASIN_DATABASE_URL": address, "SCAN_INTERVAL_S": "2"}
        one = WorkerProcess(
            environment(pg, fresh_console, **(base | values)), *arguments, folder=tmp_path
        )
        started.append(one)
        return one

    yield start
    for one in started:
        one.kill()
