"""The schedules, as data: which command runs when. Knows neither how they run nor what they say.

A schedule is a `manage.py` command line, so that the same work can be given to cron as it is. A later
job is one more entry here.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from governance.core.identity.sources import source_slugs

# One worker that does not answer for this long is dead, and others take its jobs (seconds).
HEARTBEAT_S = 1
DEAD_AFTER_S = 6

# What reads a source, and all the rest: a source that never answers takes no slot from the rest.
QUEUES = READS, WATCHES = ("schedule", "watch")


@dataclass(frozen=True)
class Schedule:
    """One line of the timetable.

    `cron` is in UTC; without one the schedule follows SCAN_INTERVAL_S. `answers`: the exit codes by
    which the command says that it did its work; what it found is told elsewhere. Any other exit, and any
    exception, is a failure. A run that takes longer than `limit_s` seconds is ended by force.
    """

    key: str
    label: Any  # a lazy translation
    command: tuple[str, ...]
    limit_s: int
    cron: str = ""
    per_source: bool = False
    answers: frozenset[int] = frozenset({0})

    @property
    def queue(self) -> str:
        return READS if self.per_source else WATCHES

    @property
    def when(self) -> str:
        """The cron expression, a sixth field being seconds."""
        return self.cron or interval_cron(settings.SCAN_INTERVAL_S)


SCHEDULES = (
    Schedule(
        key="scan",
        label=_("Contrôle de la source"),
        command=("sync_alerts", "--source", "{source}"),
        limit_s=300,
        per_source=True,
        answers=frozenset({0, 1, 2}),  # failed and suspect scans have alerts of their own
    ),
    Schedule(
        key="heartbeat",
        label=_("Surveillance des contrôles"),
        command=("heartbeat",),
        limit_s=60,
        cron="* * * * *",
        answers=frozenset({0, 1}),  # a stale source has its alert
    ),
    Schedule(
        key="proofs",
        label=_("Preuve des règles"),
        command=("rules", "prove"),
        limit_s=1800,
        cron="30 0 * * *",
        answers=frozenset({0, 1}),  # a rule that is not proved has its alert
    ),
    Schedule(
        key="ledger",
        label=_("Vérification du registre"),
        command=("ledger_verify",),
        limit_s=3600,
        cron="0 1 * * *",
        answers=frozenset({0, 1}),  # a broken chain has its alert
    ),
    Schedule(
        key="tidy",
        label=_("Ménage des travaux terminés"),
        command=("jobs_tidy",),
        limit_s=600,
        cron="30 1 * * *",
    ),
)


@dataclass(frozen=True)
class Job:
    """One schedule on one source, or on none (empty)."""

    schedule: Schedule
    source: str = ""

    @property
    def name(self) -> str:
        return f"{self.schedule.key} {self.source}".strip()

    @property
    def command(self) -> tuple[str, ...]:
        return tuple(word.format(source=self.source) for word in self.schedule.command)


def jobs() -> list[Job]:
    """Every schedule, on every configured source where it has one."""
    return [
        Job(schedule, source)
        for schedule in SCHEDULES
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
