"""One decision for many alerts: one UPDATE that names each version seen; the rest is told by name.

Callers are inside `acting_as_user`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from alerts.models import Alert, Severity, Status
from alerts.services import (
    NotAssignable,
    Resolution,
    acknowledged_by_me,
    alerts_free,
    dispute_until,
)
from alerts.words import said

SQL = Path(__file__).parent / "sql" / "bulk"
LIMIT = 1000  # alerts in one go


@dataclass(frozen=True)
class Seen:
    """An alert as the person saw it when selecting it."""

    alert_id: UUID
    version: int


class Changed(NamedTuple):
    """An alert that was changed, as far as anybody asks: it is not read back."""

    pk: UUID
    entity_id: str
    status: str
    severity_rank: int
    first_detected_at: datetime


@dataclass
class BulkOutcome:
    """What became of each selected alert; every one of them is in exactly one of these.

    `awaiting`: critical acceptances that wait for a second person. `mine`: acknowledged by this person
    before, whose answer was perhaps lost; no error. `busy`: a scan is changing them. `gone` counts those
    that this person does not see (or that never existed); they have no name to give.
    """

    done: list[Changed] = field(default_factory=list)
    awaiting: list[Changed] = field(default_factory=list)
    mine: list[Alert] = field(default_factory=list)
    stale: list[Alert] = field(default_factory=list)
    refused: list[Alert] = field(default_factory=list)
    busy: list[Alert] = field(default_factory=list)
    gone: int = 0

    @property
    def changed(self) -> int:
        return len(self.done) + len(self.awaiting)

    @property
    def skipped(self) -> int:
        return len(self.stale) + len(self.refused) + len(self.busy) + self.gone


def alerts_acknowledge(*, seen: Sequence[Seen], note: str = "") -> BulkOutcome:
    """OPEN → ACK for each of at most LIMIT alerts; ValueError for more."""
    return _apply("acknowledge", seen, {"note": said(note) or None}, asked=Status.ACK)


def alerts_resolve(*, seen: Sequence[Seen], resolution: Resolution) -> BulkOutcome:
    """OPEN or ACK → RESOLVED for each of at most LIMIT alerts; ValueError for more."""
    values = {
        "note": said(resolution.note),
        "cause": resolution.cause.value,
        "decision": resolution.decision.value,
        "accepted_until": resolution.accepted_until,
        "longest": dispute_until(),
    }
    return _apply("resolve", seen, values, asked=Status.RESOLVED)


def alerts_assign(*, seen: Sequence[Seen], assignee: UUID | None) -> BulkOutcome:
    """Say who takes care of each of at most LIMIT active alerts, None for nobody; ValueError for more.

    Raises NotAssignable when that person may not take care of one of them; then none is changed.
    """
    try:
        with transaction.atomic():
            return _apply("assign", seen, {"assignee": assignee})
    except IntegrityError as error:
        raise NotAssignable from error


def _apply(
    name: str, seen: Sequence[Seen], values: dict[str, Any], *, asked: Status | None = None
) -> BulkOutcome:
    """`asked`: the status that the alerts are to have; None where they keep theirs."""
    if len(seen) > LIMIT:
        raise ValueError(f"{len(seen)} alerts in one go, at most {LIMIT}")
    versions = {one.alert_id: one.version for one in seen}
    free = alerts_free(list(versions)) if versions else set()
    values |= {
        "ids": [pk for pk in versions if pk in free],
        "versions": [version for pk, version in versions.items() if pk in free],
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(name), values)
        became = {row[0]: Changed(*row) for row in cursor.fetchall()}
    outcome = BulkOutcome()
    for one in sorted(became.values(), key=lambda one: (*one[3:], one.pk)):
        (outcome.done if asked in (None, one.status) else outcome.awaiting).append(one)
    left = versions.keys() - became.keys()
    outcome.gone = len(left)
    # Usually none; each is told by name, with its reason.
    others = list(_told(left)) if left else []
    mine = acknowledged_by_me(others) if others and asked == Status.ACK else set()
    for alert in others:
        outcome.gone -= 1
        if alert.pk not in free:
            outcome.busy.append(alert)
        elif alert.pk in mine:
            outcome.mine.append(alert)
        elif alert.version != versions[alert.pk] or not _is_possible(alert, asked):
            outcome.stale.append(alert)
        else:
            outcome.refused.append(alert)
    return outcome


def _told(left: Iterable[UUID]) -> QuerySet[Alert]:
    found = Alert.objects.filter(pk__in=left)
    return found.order_by("severity_rank", "first_detected_at", "id")


def _is_possible(alert: Alert, asked: Status | None) -> bool:
    """Whether somebody who may act could have taken this step; INFO asks nobody to."""
    if alert.severity == Severity.INFO:
        return True  # nothing was outdated: it is refused
    if asked == Status.ACK:
        return alert.status == Status.OPEN
    return alert.status != Status.RESOLVED


@cache
def _statement(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")
