"""By when an alert asks somebody to act: the hours of its rule's manifest, counted from when it began."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.utils.translation import gettext as _

from alerts.kinds import KindOf, kinds_now
from alerts.models import Severity, Status
from alerts.queries import AlertFilter, Limit, counters_today
from integrity.rules.catalog import Rule, catalog


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


def due_at(alert: Dated, kind: Rule | None) -> datetime | None:
    """By when; None when nobody is asked, or when no rule of ours (`kind`, see kinds.py) says by when.

    Both deadlines run from `first_detected_at`, as the manifest's words do: an alert that was acknowledged in
    time still has to be resolved within the hours that began with it.
    """
    if kind is None or alert.severity == Severity.INFO:
        return None
    if alert.status == Status.OPEN:
        return alert.first_detected_at + kind.acknowledge_within
    if alert.status == Status.ACK:
        return alert.first_detected_at + kind.resolve_within
    return None


def due_of(alert: Dated, kind: Rule | None) -> Due | None:
    """What the alert asks for next, and by when; None as above."""
    at = due_at(alert, kind)
    if at is None:
        return None
    return Due(_("à acquitter") if alert.status == Status.OPEN else _("à résoudre"), at)


def late_limits(
    now: datetime, sources: Iterable[str], kind_of: KindOf | None = None
) -> tuple[Limit, ...]:
    """`due_at` as conditions on columns, on these sources: what was due before `now`, to the minute."""
    kind_of = kind_of or kinds_now()
    minute = now.replace(second=0, microsecond=0)
    # Most sources have the same rules, and then share their conditions.
    alike: dict[frozenset[str], list[str]] = defaultdict(list)
    for source in sorted(sources):
        alike[frozenset(code for code in catalog() if kind_of(code, source))].append(source)
    limits: list[Limit] = []
    for known, held in alike.items():
        codes: dict[tuple[str, timedelta], list[str]] = defaultdict(list)
        for rule in (catalog()[code] for code in known):
            codes[Status.OPEN, rule.acknowledge_within].append(rule.code)
            codes[Status.ACK, rule.resolve_within].append(rule.code)
        limits += [
            Limit(tuple(sorted(found)), status, minute - hours, tuple(held))
            for (status, hours), found in sorted(codes.items())
        ]
    return tuple(limits)


def late_count(sources: frozenset[str], now: datetime) -> int:
    """How many alerts that a reader of `sources` sees are late."""
    return counters_today(AlertFilter(late=late_limits(now, sources)), sources).total
