"""Scans and jobs of the past, written as the machine writes them."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from governance.sql import acting_as_system
from integrity.models import JobRun, Scan


def scanned(
    source: str = "depot", *, ago: timedelta, outcome: str = "COMPLETE", **values: Any
) -> Scan:
    """A scan that began so long ago and took 1.5 s."""
    at = timezone.now() - ago
    times = {"started_at": at, "finished_at": at + timedelta(seconds=1.5)}
    with acting_as_system("scan"):
        return Scan.objects.create(source=source, outcome=outcome, **(times | values))


def job_ran(key: str, source: str = "", **values: Any) -> JobRun:
    with acting_as_system("schedule"):
        return JobRun.objects.create(
            key=key, source=source, **({"known_since": timezone.now()} | values)
        )
