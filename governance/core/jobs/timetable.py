"""Which command runs when, on which source, as the rooms schedule it; not how it runs, nor what it says."""

from dataclasses import dataclass

from django.conf import settings

from governance.core.capability import Schedule, registry
from governance.core.identity.sources import source_slugs

# One worker that does not answer for this long is dead, and others take its jobs (seconds).
HEARTBEAT_S = 1
DEAD_AFTER_S = 6

# What reads a source, the rest of the timetable, and what a transaction asked for: a source that never
# answers takes no slot from the others.
QUEUES = READS, WATCHES, ERRANDS = ("schedule", "watch", "messages")


@dataclass(frozen=True)
class Job:
    """One schedule on one source, or on none (empty)."""

    schedule: Schedule
    source: str = ""

    @property
    def name(self) -> str:
        return f"{self.schedule.key} {self.source}".strip()

    @property
    def when(self) -> str:
        """The cron expression, a sixth field being seconds."""
        return self.schedule.cron or interval_cron(settings.SCAN_INTERVAL_S)

    @property
    def command(self) -> tuple[str, ...]:
        return tuple(word.format(source=self.source) for word in self.schedule.command)


def jobs() -> list[Job]:
    """Every schedule, on every configured source where it has one."""
    return [
        Job(schedule, source)
        for schedule in registry().schedules
        for source in (source_slugs() if schedule.per_source else [""])
    ]


def job_find(key: str, source: str = "") -> Job:
    """Raises LookupError with what is known when there is no such job."""
    known = {(job.schedule.key, job.source): job for job in jobs()}
    try:
        return known[key, source]
    except KeyError:
        raise LookupError(", ".join(job.name for job in known.values())) from None


def interval_cron(seconds: int) -> str:
    """The cron expression of "every `seconds`". Raises ValueError for what no clock face divides into."""
    if 0 < seconds < 60 and 60 % seconds == 0:
        return f"* * * * * */{seconds}"
    minutes, rest = divmod(seconds, 60)
    if rest == 0 and 0 < minutes < 60 and 60 % minutes == 0:
        return f"*/{minutes} * * * *"
    hours, rest = divmod(minutes, 60)
    if seconds % 3600 == 0 and 0 < hours <= 24 and 24 % hours == 0:
        return f"0 */{hours} * * *" if hours < 24 else "0 0 * * *"
    raise ValueError(f"{seconds} s does not divide a minute, an hour or a day")
