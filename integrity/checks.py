"""System checks of the timetable, so that a setting it cannot keep stops the start."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from governance.core.jobs.timetable import interval_cron


@register
def scan_interval_fits_a_clock(**kwargs: Any) -> list[CheckMessage]:
    """SCAN_INTERVAL_S becomes a cron expression, which knows only divisors of a minute, an hour, a day."""
    try:
        interval_cron(settings.SCAN_INTERVAL_S)
    except ValueError as error:
        return [Error(f"SCAN_INTERVAL_S: {error}; try 30, 60 or 300.", id="integrity.E001")]
    return []
