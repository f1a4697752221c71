"""By when an alert asks somebody to act: the hours of its rule's manifest, counted from when it began.

All of them, or those in which the source works, as the manifest says. Rule and calendar are those in force: a
change of either moves what is not due yet, and what is.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.utils.translation import gettext as _

from alerts.calendars.working_time import WorkingCalendar
from alerts.kinds import Kind, KindOf, kinds_now
from alerts.models import Severity, Status
from alerts.queries import AlertFilter, Limit, counters_today


class Dated(Protocol):
    """What of an alert decides its due time."""

    @property
    def severity(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def first_detected_at(self) -> datetime: ...


@dataclass(frozen=True)
class Due:
    """`step`: what is asked for, in words (“à acquitter”); `at`: by when."""

    step: str
    at: datetime


def due_at(
    alert: Dated, kind: Kind | None, calendar: WorkingCalendar | None = None
) -> datetime | None:
    """By when; None when nobody is asked, or when no rule of ours (`kind`, see kinds.py) says by when.

    `calendar`: what the kind's deadlines run by (`KindOf.calendar`).

    Both deadlines run from `first_detected_at`, as the manifest's words do: an alert that was acknowledged in
    time still has to be resolved within the hours that began with it.
    """
    if kind is None or alert.severity == Severity.INFO:
        return None
    if alert.status not in (Status.OPEN, Status.ACK):
        return None
    within = kind.acknowledge_within if alert.status == Status.OPEN else kind.resolve_within
    if calendar is None:
        return alert.first_detected_at + within
    return calendar.after(alert.first_detected_at, within)


def due_of(alert: Dated, kind: Kind | None, calendar: WorkingCalendar | None = None) -> Due | None:
    """What the alert asks for next, and by when; None as above."""
    at = due_at(alert, kind, calendar)
    if at is None:
        return None
    return Due(_("à acquitter") if alert.status == Status.OPEN else _("à résoudre"), at)


@dataclass(frozen=True)
class Deadline:
    """Alerts of these rules on these sources in this status are due that long after they began.

    `calendar`: where only the time counts in which these sources work.
    """

    status: str
    within: timedelta
    check_codes: tuple[str, ...]
    sources: tuple[str, ...]
    calendar: WorkingCalendar | None = None

    def limit(self, now: datetime) -> datetime:
        """What began before is late."""
        return self.calendar.limit(now, self.within) if self.calendar else now - self.within


def deadlines(sources: Iterable[str], kind_of: KindOf | None = None) -> list[Deadline]:
    """`due_at` as conditions on columns, on these sources."""
    kind_of = kind_of or kinds_now()
    held: dict[tuple[str, timedelta, WorkingCalendar | None, str], list[str]] = defaultdict(list)
    for source in sorted(sources):
        for kind in kind_of.on(source).values():
            calendar = kind_of.calendar(kind, source)
            held[Status.OPEN, kind.acknowledge_within, calendar, kind.code].append(source)
            held[Status.ACK, kind.resolve_within, calendar, kind.code].append(source)
    # Most sources have the same kinds, and then share their conditions.
    codes: dict[tuple[str, timedelta, WorkingCalendar | None, tuple[str, ...]], list[str]]
    codes = defaultdict(list)
    for (status, hours, calendar, code), on in held.items():
        codes[status, hours, calendar, tuple(on)].append(code)
    return [
        Deadline(status, hours, tuple(sorted(found)), on, calendar)
        for (status, hours, calendar, on), found in sorted(
            codes.items(), key=lambda one: (one[0][:2], one[0][3], one[1])
        )
    ]


def late_limits(
    now: datetime, sources: Iterable[str], kind_of: KindOf | None = None
) -> tuple[Limit, ...]:
    """What was due before `now` on these sources, to the minute."""
    minute = now.replace(second=0, microsecond=0)
    return tuple(
        Limit(one.check_codes, one.status, one.limit(minute), one.sources)
        for one in deadlines(sources, kind_of)
    )


def late_count(sources: frozenset[str], now: datetime) -> int:
    """How many alerts that a reader of `sources` sees are late."""
    return counters_today(AlertFilter(late=late_limits(now, sources)), sources).total
