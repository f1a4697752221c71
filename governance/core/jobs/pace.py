"""When a tick of the timetable is passed over: a run covered it, or the source keeps failing."""

from datetime import datetime, timedelta

from croniter import croniter
from django.conf import settings
from django.utils import timezone

from governance.core.identity.acting import acting_as_system
from governance.core.jobs.models import JobRun
from governance.core.jobs.runs import IDENTITY
from governance.core.jobs.timetable import Job

# A source that answers again is read again within this, and an interval (seconds).
BACK_OFF_MAX_S = 240


def tick_counts(job: Job, tick: datetime) -> bool:
    """Whether the job is to run for this tick.

    A tick that passed while the job ran is not made up for: a slow source would be read without a pause.
    And a source that failed several times in a row is left alone for twice as long each time, so that those
    which never answer do not hold the slots of those that do.
    """
    with acting_as_system(IDENTITY):
        run = JobRun.objects.filter(key=job.schedule.key, source=job.source).first()
    if not job.schedule.per_source or run is None or run.finished_at is None:
        return True
    if run.finished_at > timezone.now():  # the clock was set back since
        return True
    return run.finished_at < tick and _resumes_at(run) <= tick


def job_next_at(job: Job, run: JobRun | None, now: datetime) -> datetime:
    """The next tick that will count, as far as one can tell."""
    after = now
    if job.schedule.per_source and run is not None and run.started_at is not None:
        after = max(now, _resumes_at(run) - timedelta(microseconds=1))
    found: datetime = croniter(job.when, after).get_next(datetime)
    return found


def _resumes_at(run: JobRun) -> datetime:
    """Half an interval early: a run starts a little after its tick."""
    if run.started_at is None or run.failures < 2:
        return run.known_since
    interval = settings.SCAN_INTERVAL_S
    wait = min(interval * 2 ** min(run.failures - 1, 16), BACK_OFF_MAX_S)
    return run.started_at + timedelta(seconds=max(wait - interval / 2, 0))
