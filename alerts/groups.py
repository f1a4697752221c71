"""Alerts counted together, by rule or by what they are about, the gravest group first. Knows no page."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from django.db.models import Aggregate, Count, Min, Q, QuerySet, TextField
from django.db.models.functions import Cast

from alerts.models import Alert, Severity, Status
from alerts.queries import AlertFilter
from governance.core.cache.per_state import once_per_state

GROUPS_SIZE = 100

By = Literal["rule", "entity"]
COLUMNS: dict[By, tuple[str, ...]] = {
    "rule": ("source", "check_code"),
    "entity": ("source", "entity_type", "entity_id"),
}


class Group(NamedTuple):
    """`key`: values of COLUMNS[by], in order; `says`: the message of its gravest, longest open alert."""

    key: tuple[str, ...]
    rank: int  # severity_rank of the gravest
    oldest: datetime  # since when its longest open alert is
    critical: int
    warn: int
    total: int
    open: int  # how many ask to be acknowledged
    says: str
    first: str  # the id of that alert


class _OfTheGravest(Aggregate):
    """What a column says in the first alert of a group, in the order of the list."""

    template = "(array_agg(%(expressions)s ORDER BY severity_rank, first_detected_at, id))[1]"
    output_field = TextField()


@dataclass(frozen=True)
class Groups:
    """One page of groups; `more` says whether others follow."""

    found: list[Group] = field(default_factory=list)
    more: bool = False


def alert_groups(chosen: "QuerySet[Alert]", by: By, *, skip: int = 0) -> Groups:
    """GROUPS_SIZE groups of what a filter selects, in one query that reads what it selects and no more."""
    columns = COLUMNS[by]
    rows = (
        chosen.values(*columns)
        .annotate(
            rank=Min("severity_rank"),
            oldest=Min("first_detected_at"),
            critical=Count("pk", filter=Q(severity=Severity.CRITICAL)),
            warn=Count("pk", filter=Q(severity=Severity.WARN)),
            total=Count("pk"),
            open=Count("pk", filter=Q(status=Status.OPEN) & ~Q(severity=Severity.INFO)),
            says=_OfTheGravest("message"),
            first=_OfTheGravest(Cast("id", TextField())),
        )
        .order_by("rank", "oldest", *columns)
    )
    names = [*columns, *Group._fields[1:]]
    read = list(rows.values_list(*names)[skip : skip + GROUPS_SIZE + 1])
    width = len(columns)
    found = [Group(row[:width], *row[width:]) for row in read[:GROUPS_SIZE]]
    return Groups(found, len(read) > GROUPS_SIZE)


@once_per_state
def groups_today(asked: AlertFilter, sources: frozenset[str], by: By, skip: int) -> Groups:
    """The same for the alerts of today that a reader of `sources` sees."""
    return alert_groups(asked.apply().filter(concerns__in=sources), by, skip=skip)
