"""Says whether anybody works, what waits, and how each job went."""

from collections.abc import Iterator
from math import inf
from typing import Any

from django.db import connection
from django.utils import timezone

from governance.core.capability import Check, Gauge
from governance.core.jobs.models import JobRun
from governance.core.jobs.timetable import DEAD_AFTER_S, QUEUES, jobs
from governance.core.web.http import Access

# Jobs that are due or running, and since when the oldest of those that are due waits.
QUEUE = """
SELECT count(*) FILTER (WHERE job.status = 'todo'),
       count(*) FILTER (WHERE job.status = 'doing'),
       coalesce(extract(epoch FROM now() - min(greatest(job.scheduled_at, event.at))
                        FILTER (WHERE job.status = 'todo')), 0)
FROM procrastinate_jobs AS job
LEFT JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'deferred'
WHERE job.status IN ('todo', 'doing')
  AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())
"""


def workers_alive() -> int:
    """How many workers gave a sign of life within DEAD_AFTER_S seconds; each has a row per queue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [DEAD_AFTER_S],
        )
        (count,) = cursor.fetchone()
    return -(-int(count) // len(QUEUES))


def worker(reader: Access | None) -> str | dict[str, Any]:
    """A stranger: whether anybody works. Somebody signed in: how many, and when the last gave a sign."""
    alive = workers_alive()
    if reader is None:
        return "alive" if alive else "none"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM now() - max(last_heartbeat))::int FROM procrastinate_workers"
        )
        (age,) = cursor.fetchone()
    return {"alive": alive, "last_sign_age_s": age}


def preflight() -> Iterator[Check]:
    """Without a worker nothing is scanned."""
    alive = workers_alive()
    if alive:
        yield Check("worker", "ok", f"{alive} at work")
    else:
        yield Check("worker", "fail", "none gives a sign of life; start `manage.py worker`")


def metrics() -> Iterator[Gauge]:
    """Workers, the queue, and what every configured job did last."""
    yield Gauge(
        "governance_workers",
        "Workers that gave a sign of life a moment ago.",
        {(): workers_alive()},
    )
    with connection.cursor() as cursor:
        cursor.execute(QUEUE)
        waiting, running, oldest = cursor.fetchone()
    yield Gauge(
        "governance_queue_jobs",
        "Jobs that wait or run.",
        {("waiting",): waiting, ("running",): running},
        ("state",),
    )
    yield Gauge(
        "governance_queue_oldest_seconds", "How long the oldest due job waits.", {(): float(oldest)}
    )
    runs = {(run.key, run.source): run for run in JobRun.objects.all()}
    now = timezone.now()
    failures, ages, durations = {}, {}, {}
    for job in jobs():
        name = (job.schedule.key, job.source)
        run = runs.get(name)
        failures[name] = run.failures if run else 0
        ages[name] = inf
        if run and run.finished_at and run.started_at:
            ages[name] = max(0.0, (now - run.finished_at).total_seconds())
            durations[name] = (run.finished_at - run.started_at).total_seconds()
    labels = ("task", "source")  # Prometheus has a `job` of its own
    yield Gauge("governance_job_failures", "Failed runs in a row.", failures, labels)
    yield Gauge(
        "governance_job_age_seconds", "Since the last run ended; +Inf: never.", ages, labels
    )
    yield Gauge("governance_job_duration_seconds", "How long the last run took.", durations, labels)
