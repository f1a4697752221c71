"""The process that runs due jobs until told to stop; any number of them may run at once.

Knows signals, deadlines and connections; not what the jobs do.
"""

import asyncio
import logging
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import Any

import procrastinate
from django.conf import settings
from django.db import DatabaseError, connections
from procrastinate.contrib.django import app as django_app
from procrastinate.contrib.django.utils import connector_params

from governance.core.capability import registry
from governance.core.jobs.queue import jobs_register, jobs_take_over
from governance.core.jobs.runs import jobs_remember
from governance.core.jobs.timetable import DEAD_AFTER_S, ERRANDS, HEARTBEAT_S, READS, WATCHES
from governance.core.logs import one_line
from governance.env import env

GRACE_S = 25  # for running jobs, after the signal; then they are left to other workers
END_S = 28  # after the signal the process is gone, whatever hangs
POLL_S = 1.0
PAUSE_S = 5.0  # before trying again, when the console's database is gone
MAXIMUM_THREADS = 8  # that read sources
ERRAND_THREADS = 4
logger = logging.getLogger("governance.core.jobs")


@cache
def limits() -> dict[str, float]:
    """Seconds that each task may run, beyond what a source may take: that has a deadline of its own, which
    ends one connection and no process.
    """
    scheduled = {
        f"schedule.{schedule.key}": schedule.limit_s + settings.SOURCE_STATEMENT_TIMEOUT_MS / 1000
        for schedule in registry().schedules
    }
    return scheduled | {errand.name: float(errand.limit_s) for errand in registry().errands}


class Worker:
    """One worker of this process, from start to stop."""

    def __init__(self) -> None:
        self.asked_to_stop = False
        # job id -> (task, seconds on the monotonic clock when it began)
        self.running: dict[int, tuple[str, float]] = {}
        self.mains: list[asyncio.Task[None]] = []

    async def serve(self, app: Any) -> None:
        """Work until asked to stop; raises whatever else ends it."""
        loop = asyncio.get_running_loop()
        # One thread per job and a few for name resolution.
        slots = {
            READS: min(MAXIMUM_THREADS, max(1, len(settings.SOURCES))),
            WATCHES: len(registry().schedules),
            ERRANDS: ERRAND_THREADS,
        }
        loop.set_default_executor(ThreadPoolExecutor(sum(slots.values()) + 4))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.stop)
        async with app.open_async():
            logger.info("working", extra={"jobs": len(app.periodic_registry.periodic_tasks)})
            self.mains = [
                asyncio.create_task(self._work(app, queue, count)) for queue, count in slots.items()
            ]
            side = [asyncio.create_task(_take_over(app)), asyncio.create_task(self._end_overdue())]
            await asyncio.wait([*self.mains, *side], return_when=asyncio.FIRST_COMPLETED)
            if not self.asked_to_stop:
                self._cancel_mains()
            await asyncio.wait(self.mains)  # to their end, whatever it is
            for task in side:
                task.cancel()
            for how in await asyncio.gather(*self.mains, *side, return_exceptions=True):
                if isinstance(how, Exception):  # which a cancellation is not
                    raise how

    def stop(self) -> None:
        """Ask; a second time changes nothing. After END_S the process is gone."""
        if self.asked_to_stop:
            return
        self.asked_to_stop = True
        logger.info("stopping", extra={"running": [name for name, _ in self.running.values()]})
        last = threading.Timer(END_S, _end_by_force, ["a job did not end in time"])
        last.daemon = True
        last.start()
        self._cancel_mains()

    def _cancel_mains(self) -> None:
        for main in self.mains:
            main.cancel()

    async def _work(self, app: Any, queue: str, slots: int) -> None:
        # Polling, not LISTEN: PgBouncer in transaction mode is supported, and a second is soon enough.
        await app.run_worker_async(
            queues=[queue],
            concurrency=slots,
            listen_notify=False,
            fetch_job_polling_interval=POLL_S,
            abort_job_polling_interval=3600.0,  # nobody here asks for that
            update_heartbeat_interval=HEARTBEAT_S,
            stalled_worker_timeout=DEAD_AFTER_S,
            shutdown_graceful_timeout=GRACE_S,
            delete_jobs="successful",
            install_signal_handlers=False,
            worker_middleware=[self._watched],
        )

    async def _watched(self, call_next: Any, context: Any, worker: Any) -> Any:
        self.running[context.job.id] = (context.job.task_name, time.monotonic())
        try:
            return await call_next()
        finally:
            del self.running[context.job.id]

    async def _end_overdue(self) -> None:
        """A thread that hangs cannot be ended, so its process is; the job is then taken over."""
        while True:
            await asyncio.sleep(1)
            for name, began in self.running.values():
                limit = limits().get(name)
                if limit is not None and time.monotonic() - began > limit:
                    _end_by_force(f"{name} has run for more than {limit:g} s")


def worker_run() -> None:
    """Run jobs until SIGINT, SIGTERM or SIGHUP; waits for the console's database when it is away.

    A job that is still running 25 s after the signal is abandoned: its transaction is rolled back,
    and another worker, or this one's successor, does it again.
    """
    if env.bool("SERVED_BY_LAUNCHER", default=False):
        threading.Thread(target=_follow_launcher, daemon=True).start()
    jobs_register(django_app)
    while not _served():
        time.sleep(PAUSE_S)


def _served() -> bool:
    """True after a stop that was asked for; False when the database went away."""
    worker = Worker()
    try:
        jobs_remember()
        connector = procrastinate.PsycopgConnector(
            kwargs=connector_params("default"), min_size=1, max_size=4
        )
        with django_app.replace_connector(connector) as app:
            asyncio.run(worker.serve(app))
    except (DatabaseError, procrastinate.exceptions.ConnectorException) as error:
        logger.warning("the console's database: %s", one_line(error))
    finally:
        connections.close_all()
    if not worker.asked_to_stop:
        logger.warning("starting again in %.0f s", PAUSE_S)
    return worker.asked_to_stop


async def _take_over(app: Any) -> None:
    while True:
        # A successor may begin to wait between our look and our step: then the next look sees it.
        with suppress(procrastinate.exceptions.UniqueViolation):
            for job in await jobs_take_over(app):
                logger.warning(
                    "taken over from a dead worker",
                    extra={"job": job["task_name"], "arguments": job["args"]},
                )
        await asyncio.sleep(HEARTBEAT_S)


def _follow_launcher() -> None:
    """End with the launcher, however that ends: its end of our standard input closes with it."""
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _end_by_force(why: str) -> None:
    logger.error("ended by force: %s", why)
    os._exit(1)
