"""Reads of alerts for pages; row security decides what a reader sees, this decides order and filters."""

from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Func, Q, QuerySet, TextField, UUIDField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce

from alerts.models import ACTIVE, Alert, AlertTally, Severity, Status
from governance.core.cache.per_state import once_per_state
from governance.core.web.paging import Order, Page, whole_number

RANKS = {"CRITICAL": 0, "WARN": 1, "INFO": 2}  # Alert.severity_rank
# CRITICAL first, then the longest open.
ORDER = Order(
    {"severity_rank": whole_number, "first_detected_at": datetime.fromisoformat, "id": UUID},
    size=200,
)
TALLIED = ("status", "severity", "entity_type", "check_code", "source")


class Limit(NamedTuple):
    """Alerts of these rules on these sources in this status are late when they began before that instant."""

    check_codes: tuple[str, ...]
    status: str
    before: datetime
    sources: tuple[str, ...]


@dataclass(frozen=True)
class AlertFilter:
    """What a page shows. Empty tuples mean "any"; status empty means the active ones."""

    severity: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    entity_type: tuple[str, ...] = ()
    check_code: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    text: str = ""
    entity_id: str = ""
    assignee: UUID | None = None
    unassigned: bool = False
    signature_of: UUID | None = (
        None  # critical acceptances that this person, who acts, may sign second
    )
    late: tuple[Limit, ...] | None = None  # only what is late by one of these; empty: nothing is

    @property
    def tallied(self) -> dict[str, tuple[str, ...]]:
        """The part that alert_tally knows, as conditions on its columns, which alerts have as well."""
        asked = {name: getattr(self, name) for name in TALLIED if getattr(self, name)}
        return {f"{name}__in": values for name, values in {"status": ACTIVE, **asked}.items()}

    @property
    def is_tallied(self) -> bool:
        """Nothing else is asked for."""
        others = [getattr(self, one.name) for one in fields(self) if one.name not in TALLIED]
        return not any(value or value == () for value in others)

    def apply(self, among: "QuerySet[Alert] | None" = None) -> "QuerySet[Alert]":
        """The selected alerts, unordered; of today, or of the past that `among` reads."""
        alerts = Alert.objects.all() if among is None else among
        chosen = alerts.filter(**self.tallied)
        if self.severity:  # the same once more, as the index of the list's order knows it
            ranks = [rank for name, rank in RANKS.items() if name in self.severity]
            chosen = chosen.filter(severity_rank__in=ranks)
        if self.entity_id:
            chosen = chosen.filter(entity_id=self.entity_id)
        if self.assignee:
            chosen = chosen.filter(assignee=self.assignee)
        if self.unassigned:
            chosen = chosen.filter(assignee=None)
        if self.signature_of:
            chosen = _to_sign(chosen, self.signature_of)
        if self.late is not None:
            chosen = chosen.filter(_late(self.late))
        if self.text:
            chosen = chosen.annotate(
                haystack=Func(
                    "check_code",
                    "entity_type",
                    "entity_id",
                    "message",
                    "payload",
                    function="alert_search_text",
                    output_field=TextField(),
                )
            ).filter(haystack__contains=self.text.lower())
        return chosen


def _to_sign(alerts: "QuerySet[Alert]", person: UUID) -> "QuerySet[Alert]":
    """Proposals that the acting person, `person`, may confirm; so asks system_alerts_changed_by_person.sql.

    Both signatures never rest on one right, so what a delegate may not sign is no work of theirs.
    """
    first = Coalesce("acceptance_proposed_for", "acceptance_proposed_by")
    own = Func(
        "source",
        template="coalesce((SELECT l.lender FROM governance_loans(statement_timestamp()) AS l"
        " WHERE l.source = %(expressions)s), governance_user_id())",
        output_field=UUIDField(),
    )
    acting = RawSQL("SELECT unnest(governance_sources('act'))", [])
    return (
        alerts.filter(
            status=Status.ACK,
            severity=Severity.CRITICAL,
            acceptance_proposed_by__isnull=False,
            source__in=acting,
        )
        .exclude(acceptance_proposed_by=person)
        .annotate(right_of_first=first, right_of_reader=own)
        .exclude(right_of_first=F("right_of_reader"))
    )


def _late(limits: tuple[Limit, ...]) -> Q:
    """Information asks nobody to act, so it is never late."""
    by_any = Q(pk__in=[])
    for limit in limits:
        by_any |= Q(
            source__in=limit.sources,
            check_code__in=limit.check_codes,
            status=limit.status,
            first_detected_at__lt=limit.before,
        )
    return by_any & ~Q(severity=Severity.INFO)


@dataclass(frozen=True)
class Counters:
    total: int
    critical: int
    warn: int


class ListedAlert(NamedTuple):
    """What a list shows of an alert: an alert's own names, without the columns that may be long."""

    id: UUID
    source: str
    check_code: str
    severity: str
    severity_rank: int
    entity_type: str
    entity_id: str
    message: str
    occurrences: int
    status: str
    version: int
    first_detected_at: datetime
    acknowledged_by: UUID | None
    resolved_by: UUID | None
    assignee: UUID | None
    acceptance_proposed_by: UUID | None
    resolved_at: datetime | None
    resolution_decision: str | None
    accepted_until: date | None
    absent_at: datetime | None
    contradicted_at: datetime | None
    contradicted_by: UUID | None
    contradicted_decision: str | None
    contradicted_resolved_at: datetime | None
    contradicted_until: date | None
    rule_version: str | None
    updated_at: datetime
    payload: Any = None  # its text, and only where a row needs it
    sort_key: Any = None  # what the list was sorted by, where that is no column

    @property
    def signers(self) -> tuple[UUID | None, ...]:
        """Who decided about it, or proposed to."""
        return self.resolved_by, self.acceptance_proposed_by, self.contradicted_by

    @property
    def says(self) -> tuple[Any, ...]:
        """All that a row can show of it; the payload and `updated_at` change with the version."""
        return self[:-3]


def alert_counters(chosen: "QuerySet[Alert]") -> Counters:
    """How many alerts a filter selects, in one query."""
    counts = chosen.aggregate(
        total=Count("pk"),
        critical=Count("pk", filter=Q(severity=Severity.CRITICAL)),
        warn=Count("pk", filter=Q(severity=Severity.WARN)),
    )
    return Counters(**counts)


def counters_listed(alerts: Sequence[ListedAlert]) -> Counters:
    """The same of alerts that are at hand."""
    by = Tally(alert.severity for alert in alerts)
    return Counters(len(alerts), by[Severity.CRITICAL], by[Severity.WARN])


@once_per_state
def counters_today(asked: AlertFilter, sources: frozenset[str]) -> Counters:
    """The same for the alerts of today that a reader of `sources` sees.

    From the tally where it knows the answer: every change asks anew, and counting tens of thousands of active
    alerts would be most of what an acknowledgement costs.
    """
    if not asked.is_tallied:
        return alert_counters(asked.apply().filter(concerns__in=sources))
    rows = AlertTally.objects.filter(concerns__in=sources, **asked.tallied).values_list(
        "severity", "n"
    )
    found = dict.fromkeys(Severity.values, 0)
    for severity, count in rows:
        found[severity] += count
    return Counters(sum(found.values()), found[Severity.CRITICAL], found[Severity.WARN])


@dataclass(frozen=True)
class Changes:
    """How many alerts were opened or reopened, closed or resolved, or changed otherwise."""

    opened: int
    closed: int
    changed: int

    @property
    def any(self) -> bool:
        return bool(self.opened or self.closed or self.changed)


def late_since(instant: datetime) -> list[tuple[datetime, datetime]]:
    """Of large scans committed since: the instant that their alerts carry, and the one of the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT began, sealed FROM ledger_late(%s)", [instant])
        return list(cursor.fetchall())


def changes_since(instant: datetime, asked: AlertFilter) -> Changes:
    """What happened after `instant` to the alerts that `asked` would show, were they active.

    An index on updated_at makes it cost what happened, not what is stored. Several steps of one alert count
    as one, by where it stands now; a reopening reads as a change of an alert that was there.
    """
    every = replace(asked, status=tuple(Status.values))
    wanted = asked.status or ACTIVE
    shown = Q(status__in=wanted)
    late = [began for began, _sealed in late_since(instant)]
    created = Q(created_at__gt=instant) | Q(created_at__in=late)
    new = shown & created
    counts = (
        every.apply()
        .filter(Q(updated_at__gt=instant) | Q(updated_at__in=late))
        .aggregate(
            opened=Count("pk", filter=new),
            closed=Count("pk", filter=~shown & ~created),
            changed=Count("pk", filter=shown & ~created),
        )
    )
    return Changes(**counts)


def alert_page(
    chosen: "QuerySet[Alert]", *, cursor: str = "", order: Order = ORDER, payloads: bool = False
) -> Page[ListedAlert]:
    """One page of the alerts that a filter selects."""
    columns = ListedAlert._fields[:-2]
    if payloads:
        chosen = chosen.annotate(payload_text=Cast("payload", TextField()))
    rows = order.ordered(order.after(chosen, cursor))
    more = [*(["payload_text"] if payloads else []), *(["sort_key"] if order.key else [])]
    read = rows.values_list(*columns, *more)[: order.size + 1]
    if order.key and not payloads:
        return order.page([ListedAlert(*row[:-1])._replace(sort_key=row[-1]) for row in read])
    return order.page([ListedAlert(*row) for row in read])


@once_per_state
def alert_choices(
    sources: frozenset[str], statuses: tuple[str, ...] = ACTIVE
) -> dict[str, list[str]]:
    """Values to offer in the filters: those of the alerts in these states that a reader of `sources` sees."""
    rows = AlertTally.objects.filter(status__in=statuses, concerns__in=sources).values_list(
        "source", "entity_type", "check_code"
    )
    columns: list[set[str]] = [set(), set(), set()]
    for row in rows:
        for found, value in zip(columns, row, strict=True):
            found.add(value)
    return {
        name: sorted(found)
        for name, found in zip(("source", "entity_type", "check_code"), columns, strict=True)
    }


def alert_find(alert_id: UUID) -> Alert | None:
    """The alert, if there is one that the reader may see."""
    return Alert.objects.filter(pk=alert_id).first()
