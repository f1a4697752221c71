"""The integrity screen's groups as its template takes them: names for people and the way into each."""

from typing import Any

from django.utils.translation import gettext as _

from alerts.groups import Group, Groups, alert_groups, groups_today
from alerts.models import ACTIVE, Severity
from integrity.asof import AsOf, alerts_as_of
from integrity.catalog import catalog
from integrity.filters import ENTITY, RULE, ScreenFilter, filter_address
from integrity.present import reader_language

RANKS = (Severity.CRITICAL, Severity.WARN, Severity.INFO)  # by severity_rank


def groups_context(
    current: ScreenFilter, *, sources: frozenset[str], past: AsOf | None, cursor: str
) -> dict[str, Any]:
    """What `_groups.html` needs. `cursor`: how many groups came before, as the address has it."""
    by: Any = "rule" if current.group == RULE else "entity"
    skip = int(cursor) if cursor.isascii() and cursor.isdigit() and len(cursor) < 8 else 0
    statuses = current.alerts.status or ACTIVE
    groups: Groups = (
        alert_groups(current.alerts.apply(alerts_as_of(past, statuses)), by, skip=skip)
        if past
        else groups_today(current.alerts, sources, by, skip)
    )
    return {
        "by": by,
        "found": [_shown(one, current, by) for one in groups.found],
        "is_past": bool(past),
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


def _shown(group: Group, current: ScreenFilter, by: str) -> dict[str, Any]:
    source, *rest = group.key
    narrowed = {"source": source, "groupe": ""}
    if by == "rule":
        rule = catalog().get(rest[0])
        code, name = rest[0], rule.title.in_(reader_language()) if rule else rest[0]
        narrowed["check_code"] = code
    else:
        code, name = rest
        narrowed |= {"entity_type": code, "entity_id": name}
    return {
        "source": source,
        "code": code,
        "name": name,
        "severity": RANKS[group.rank],
        "says": group.says,
        "total": group.total,
        "critical": group.critical,
        "warn": group.warn,
        "open": group.open,
        "oldest": group.oldest,
        "url": filter_address(current, without=None, **narrowed),
    }
