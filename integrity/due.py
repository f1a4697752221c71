"""By when an alert asks somebody to act: the hours of its rule's manifest, counted from when it began."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.utils.translation import gettext as _

from alerts.models import Severity, Status
from alerts.queries import AlertFilter, Limit, counters_today
from integrity.catalog import catalog


class Dated(Protocol):
    """What of an alert decides its due time."""

    @property
    def check_code(self) -> str: ...
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


def due_at(alert: Dated) -> datetime | None:
    """By when; None when nobody is asked, or when no rule of ours says by when.

    Both deadlines run from `first_detected_at`, as the manifest's words do: an alert that was acknowledged in
    time still has to be resolved within the hours that began with it.
    """
    rule = catalog().get(alert.check_code)
    if rule is None or alert.severity == Severity.INFO:
        return None
    if alert.status == Status.OPEN:
        return alert.first_detected_at + rule.acknowledge_within
    if alert.status == Status.ACK:
        return alert.first_detected_at + rule.resolve_within
    return None


def due_of(alert: Dated) -> Due | None:
    """What the alert asks for next, and by when; None as above."""
    at = due_at(alert)
    if at is None:
        return None
    return Due(_("à acquitter") if alert.status == Status.OPEN else _("à résoudre"), at)


def late_limits(now: datetime) -> tuple[Limit, ...]:
    """`due_at` as conditions on columns: what was due before `now`, to the minute."""
    minute = now.replace(second=0, microsecond=0)
    codes: dict[tuple[str, timedelta], list[str]] = defaultdict(list)
    for code, rule in catalog().items():
        codes[Status.OPEN, rule.acknowledge_within].append(code)
        codes[Status.ACK, rule.resolve_within].append(code)
    return tuple(
        Limit(tuple(sorted(found)), status, minute - hours)
        for (status, hours), found in sorted(codes.items())
    )


def late_count(sources: frozenset[str], now: datetime) -> int:
    """How many alerts that a reader of `sources` sees are late."""
    return counters_today(AlertFilter(late=late_limits(now)), sources).total
