"""The timetable as procrastinate jobs: one waiting and one running at a time per job, for all workers.

Knows what the queue is; what a job does is `runs.py`, when it is due is `timetable.py`.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import procrastinate

from governance.core.capability import Errand, Schedule, registry
from governance.core.jobs.pace import tick_counts
from governance.core.jobs.runs import job_run
from governance.core.jobs.timetable import DEAD_AFTER_S, ERRANDS, READS, WATCHES, job_find, jobs
from governance.core.logs import fresh_id, working_for

TAKE_OVER = Path(__file__).parent / "sql" / "take_over.sql"


def jobs_register(app: procrastinate.App) -> None:
    """Give the app a task per schedule and errand, and each job its place in the app's timetable."""
    for errand in registry().errands:
        app.task(name=errand.name, queue=ERRANDS)(_ran(errand))
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


def _ran(errand: Errand) -> Callable[..., None]:
    def run() -> None:
        with working_for(fresh_id()):
            errand.run()

    return run


@cache
def _take_over_sql() -> str:
    return TAKE_OVER.read_text(encoding="utf-8")
