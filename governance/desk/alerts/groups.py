"""The integrity screen's groups as its template takes them: names for people and the way into each."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from alerts.groups import By, Group, alert_groups, groups_today
from alerts.kinds import KindOf, message_in_words, reader_language
from alerts.models import Alert
from alerts.queries import RANKS, AlertFilter
from alerts.things import Thing
from governance.core.web.listing import Asked
from governance.desk.alerts.filters import ENTITY, RULE
from governance.desk.entities import entity_words
from governance.desk.entity.addresses import thing_url
from governance.desk.entity.views import thing_name

SEVERITIES = {rank: severity for severity, rank in RANKS.items()}


def groups_context(
    asked: Asked,
    selected: AlertFilter,
    *,
    then: "QuerySet[Alert] | None",
    kind_of: KindOf,
) -> dict[str, Any]:
    """What `_groups.html` needs. The address's cursor tells how many groups came before.

    `then`: what the filter selects of a past instant; None for today.
    """
    by: By = "rule" if asked.text("group") == RULE else "entity"
    cursor = asked.cursor
    skip = int(cursor) if cursor.isascii() and cursor.isdigit() and len(cursor) < 8 else 0
    groups = (
        groups_today(selected, asked.reader.sources, by, skip)
        if then is None
        else alert_groups(then, by, skip=skip)
    )
    named = _things(groups.found, kind_of) if by == "entity" and then is None else {}
    return {
        "by": by,
        "found": [_shown(one, asked, by, kind_of, named) for one in groups.found],
        "is_past": then is not None,
        "pager": asked.pager(str(skip + len(groups.found)) if groups.more else "")
        | {"label": _("Pages des groupes"), "next_label": _("Groupes suivants")},
    }


def group_links(asked: Asked) -> list[dict[str, Any]]:
    """The same alerts ungathered, by rule, by what they are about."""
    return [
        {
            "label": label,
            "url": asked.address(group=value),
            "current": value == asked.text("group"),
        }
        for value, label in (("", _("Liste")), (RULE, _("Règles")), (ENTITY, _("Objets")))
    ]


def _things(groups: list[Group], kind_of: KindOf) -> dict[str, tuple[str, str]]:
    """What people call the thing of each group, and what its first alert says, by that alert's id."""
    firsts = Alert.objects.filter(pk__in=[one.first for one in groups])
    return {
        str(one.pk): (
            thing_name([one], kind_of.on(one.source)),
            message_in_words(
                one.message, one.payload, one.rule_version, kind_of(one.check_code, one.source)
            ),
        )
        for one in firsts
    }


def _shown(
    group: Group, asked: Asked, by: By, kind_of: KindOf, named: dict[str, tuple[str, str]]
) -> dict[str, Any]:
    source, *rest = group.key
    narrowed: dict[str, Any] = {"source": source, "group": ""}
    if by == "rule":
        kind = kind_of(rest[0], source)
        code, name = rest[0], kind.title.in_(reader_language()) if kind else rest[0]
        narrowed["check_code"] = code
    else:
        code, name = rest
        narrowed |= {"entity_type": code, "entity_id": name}
    thing, says = named.get(group.first, (name, group.says))
    return {
        "source": source,
        "code": code,
        "name": name,
        "severity": SEVERITIES[group.rank],
        "says": says,
        "total": group.total,
        "critical": group.critical,
        "warn": group.warn,
        "open": group.open,
        "oldest": group.oldest,
        "url": asked.address(**narrowed),
        "thing": f"{entity_words(code, source)} {thing}" if by == "entity" else "",
        "thing_url": thing_url(Thing(source, code, name)) if by == "entity" else "",
    }
