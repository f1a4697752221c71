"""Runs one scheduled job and keeps what came of it; knows no queue, so cron and a worker run the same."""

import logging
import time
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.core.management import CommandError, call_command, get_commands
from django.db import Error, connection
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.core.capability import registry
from governance.core.database.outages import outage_kind
from governance.core.identity.acting import acting_as_system
from governance.core.jobs.models import JobRun
from governance.core.jobs.timetable import Job, jobs
from governance.core.logs import fresh_id, one_line, request_id, working_for

IDENTITY = "schedule"
# A server that is started again after a crash, or a standby in its place, serves by then. Each is shorter
# than a worker that is told to stop waits for its jobs.
AGAIN_AFTER_S = (5.0, 20.0)
logger = logging.getLogger("governance.core.jobs")


@dataclass(frozen=True)
class Run:
    """What one run of a job came to. `code` is the command's exit code; None when it broke down."""

    job: Job
    code: int | None
    said: str
    seconds: float

    @property
    def failed(self) -> bool:
        """By the convention of commands; other codes say what was found."""
        return self.code in (None, 1)

    @property
    def went_well(self) -> bool:
        return self.code == 0

    @property
    def answered(self) -> bool:
        """The command did its work, whatever it found."""
        return self.code in self.job.schedule.answers


def jobs_remember() -> None:
    """Enter the configured jobs that the console did not know yet: their clock starts now."""
    now = timezone.now()
    rows = [JobRun(key=job.schedule.key, source=job.source, known_since=now) for job in jobs()]
    with acting_as_system(IDENTITY):
        JobRun.objects.bulk_create(rows, ignore_conflicts=True)


def job_run(job: Job) -> Run:
    """Run the job's command to its end and keep its result, for whoever draws conclusions (`after_job`).

    Whatever the command does is a result. Raises only when the console's own database fails. All that is
    logged meanwhile carries one id.
    """
    with working_for(request_id() or fresh_id()):
        return _run(job)


def _run(job: Job) -> Run:
    started_at = timezone.now()
    _keep(job, running_since=started_at)
    before = time.monotonic()
    code, said = _result_after_outages(job)
    run = Run(job, code, said, time.monotonic() - before)
    _keep(
        job,
        running_since=None,
        started_at=started_at,
        finished_at=timezone.now(),
        went_well=run.went_well,
        exit_code=run.code,
        answered=run.answered,
        failures=F("failures") + 1 if run.failed else 0,
        said=run.said,
    )
    for tell in registry().after_job:
        tell(job, started_at)
    logger.log(
        logging.INFO if run.went_well else logging.WARNING,
        "%s: %s",
        job.name,
        run.said,
        extra={"job": job.name, "exit_code": run.code, "seconds": round(run.seconds, 3)},
    )
    return run


def _result_after_outages(job: Job) -> tuple[int | None, str]:
    """Exit code and last line of the command.

    What a job was doing when the console's database went away says nothing of the job, and the next night
    may be far: it begins again once that is back, as if its worker had died.
    """
    for pause in AGAIN_AFTER_S:
        try:
            return _result(job)
        except Error as error:
            logger.warning(
                "%s was cut short (%s), again in %.0f s", job.name, one_line(error), pause
            )
            connection.close()
            time.sleep(pause)
    try:
        return _result(job)
    except Error as error:
        return None, f"{type(error).__name__}: {one_line(error)}"


def _result(job: Job) -> tuple[int | None, str]:
    """Exit code and last line of the command. Raises only when the console's database is away."""
    name, *arguments = job.command
    if name not in get_commands():
        return None, _("la commande « %s » n’existe pas") % name
    out = StringIO()
    try:
        call_command(name, *arguments, stdout=out, stderr=out, no_color=True)
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
        return code, _last_line(out.getvalue())
    except CommandError as error:
        return error.returncode, one_line(error)
    except Exception as error:
        if outage_kind(error) == "away":
            raise
        # Of a database that refuses or is down the words are enough; a traceback would quote SQL.
        logger.exception("%s broke down", job.name, exc_info=not isinstance(error, Error))
        return None, f"{type(error).__name__}: {one_line(error)}"
    return 0, _last_line(out.getvalue())


def _last_line(text: str) -> str:
    lines = text.split("\n")
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")


def _keep(job: Job, **values: Any) -> None:
    with acting_as_system(IDENTITY):
        JobRun.objects.update_or_create(
            key=job.schedule.key,
            source=job.source,
            defaults=values,
            create_defaults={"known_since": timezone.now(), **values},
        )
