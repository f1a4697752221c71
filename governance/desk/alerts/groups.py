"""The integrity screen's groups as its template takes them: names for people and the way into each."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from alerts.groups import By, Group, alert_groups, groups_today
from alerts.kinds import KindOf, reader_language
from alerts.models import Alert
from alerts.queries import RANKS
from governance.desk.alerts.filters import ENTITY, RULE, ScreenFilter, filter_address

SEVERITIES = {rank: severity for severity, rank in RANKS.items()}


def groups_context(
    current: ScreenFilter,
    *,
    sources: frozenset[str],
    then: "QuerySet[Alert] | None",
    cursor: str,
    kind_of: KindOf,
) -> dict[str, Any]:
    """What `_groups.html` needs. `cursor`: how many groups came before, as the address has it.

    `then`: what the filter selects of a past instant; None for today.
    """
    by: By = "rule" if current.group == RULE else "entity"
    skip = int(cursor) if cursor.isascii() and cursor.isdigit() and len(cursor) < 8 else 0
    groups = (
        groups_today(current.alerts, sources, by, skip)
        if then is None
        else alert_groups(then, by, skip=skip)
    )
    return {
        "by": by,
        "found": [_shown(one, current, by, kind_of) for one in groups.found],
        "is_past": then is not None,
        "first_url": filter_address(current) if skip else "",
        "next_url": (
            filter_address(current, cursor=str(skip + len(groups.found))) if groups.more else ""
        ),
    }


def group_links(current: ScreenFilter) -> list[dict[str, Any]]:
    """The same alerts ungathered, by rule, by what they are about."""
    return [
        {
            "label": label,
            "url": filter_address(current, groupe=value),
            "current": value == current.group,
        }
        for value, label in (("", _("Liste")), (RULE, _("Par règle")), (ENTITY, _("Par entité")))
    ]


def _shown(group: Group, current: ScreenFilter, by: By, kind_of: KindOf) -> dict[str, Any]:
    source, *rest = group.key
    narrowed = {"source": source, "groupe": ""}
    if by == "rule":
        kind = kind_of(rest[0], source)
        code, name = rest[0], kind.title.in_(reader_language()) if kind else rest[0]
        narrowed["check_code"] = code
    else:
        code, name = rest
        narrowed |= {"entity_type": code, "entity_id": name}
    return {
        "source": source,
        "code": code,
        "name": name,
        "severity": SEVERITIES[group.rank],
        "says": group.says,
        "total": group.total,
        "critical": group.critical,
        "warn": group.warn,
        "open": group.open,
        "oldest": group.oldest,
        "url": filter_address(current, without=None, **narrowed),
    }
