"""Instants that an address names, in the zone of display; knows no model."""

from datetime import date, datetime, time

from django.utils import timezone

YEARS = range(1900, 9000)


def instant_read(text: str, *, last: bool) -> datetime | None:
    """`2026-10-31` or `2026-10-31T23:59[:59][+02:00]` as an instant; None when it is neither.

    A day means its first instant, or with `last` its last one (to the microsecond, as PostgreSQL counts).
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            return None
    else:
        found = datetime.combine(day, time.max if last else time.min)
    if found.year not in YEARS:
        return None
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def instant_words(instant: datetime, *, last: bool) -> str:
    """The shortest text that `instant_read` would read as this instant: a day, where it is one's edge."""
    local = timezone.localtime(instant)
    edge = time.max if last else time.min
    if local.time() == edge:
        return local.date().isoformat()
    return local.replace(tzinfo=None).isoformat(
        timespec="auto" if local.second or local.microsecond else "minutes"
    )
