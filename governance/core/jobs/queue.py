"""The timetable as procrastinate jobs: one waiting and one running at a time per job, for all workers.

Knows what the queue is; what a job does is `runs.py`, when it is due is `timetable.py`.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import procrastinate

from governance.core.capability import Schedule, registry
from governance.core.jobs.pace import tick_counts
from governance.core.jobs.runs import job_run
from governance.core.jobs.timetable import DEAD_AFTER_S, READS, WATCHES, job_find, jobs

TAKE_OVER = Path(__file__).parent / "sql" / "take_over.sql"


def jobs_register(app: procrastinate.App) -> None:
    """Give the app a task per schedule, and each job its place in the app's timetable."""
    tasks = {}
    for schedule in registry().schedules:
        queue = READS if schedule.per_source else WATCHES
        tasks[schedule.key] = app.task(name=f"schedule.{schedule.key}", queue=queue)(
            _work(schedule)
        )
    for job in jobs():
        app.periodic_registry.register_task(
            task=tasks[job.schedule.key],
            cron=job.when,
            periodic_id=job.source,
            configure_kwargs={
                "lock": job.name,
                "queueing_lock": job.name,
                "task_kwargs": {"source": job.source},
            },
        )


async def jobs_take_over(app: procrastinate.App) -> list[dict[str, Any]]:
    """Give the jobs of dead workers to the living; what was taken: id, task_name, args."""
    taken: list[dict[str, Any]] = await app.connector.execute_query_all_async(
        _take_over_sql(), dead_after_s=DEAD_AFTER_S
    )
    return taken


def _work(schedule: Schedule) -> Callable[..., None]:
    def work(*, timestamp: int, source: str) -> None:
        job = job_find(schedule.key, source)
        if tick_counts(job, datetime.fromtimestamp(timestamp, UTC)):
            job_run(job)

    return work


@cache
def _take_over_sql() -> str:
    return TAKE_OVER.read_text(encoding="utf-8")
