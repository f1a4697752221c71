"""What stands now, put together for the home page: per source one sentence, then five answers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.kinds import KindOf, kinds_now, message_in_words, reader_language
from alerts.kinds.owners import TO_ROLE
from alerts.models import ACTIVE, Alert, Severity, Status
from alerts.presentation import people
from alerts.queries import RANKS
from governance.core.cache.per_state import once_per_state
from governance.core.identity.roles import Role
from governance.core.web.templatetags.ui import number
from integrity.scans.freshness import Freshness

NAMED = 2
# An alert of each source, of that rank and since that instant.
_FIRST = """
SELECT first.*
FROM unnest(%(sources)s::text[], %(ranks)s::smallint[], %(since)s::timestamptz[])
  AS wanted (source, rank, since)
CROSS JOIN LATERAL (
  SELECT alert.* FROM system_alerts AS alert
  WHERE alert.status IN ('OPEN', 'ACK') AND alert.concerns = wanted.source
    AND alert.severity_rank = wanted.rank AND alert.first_detected_at = wanted.since
  ORDER BY alert.id LIMIT 1
) AS first
"""


@dataclass
class AlertSummary:
    """Active alerts that ask somebody: how many of each severity, since when, whose, of which rules."""

    critical: int = 0
    warn: int = 0
    unattended: int = 0  # neither acknowledged nor in anybody's care
    oldest_at: datetime | None = None
    oldest_critical_at: datetime | None = None
    by_person: Counter[UUID] = field(default_factory=Counter)
    by_role: Counter[str] = field(default_factory=Counter)  # of those that nobody takes care of
    by_rule: Counter[tuple[str, str]] = field(default_factory=Counter)  # (source, code)
    critical_rules: set[tuple[str, str]] = field(default_factory=set)

    @property
    def total(self) -> int:
        return self.critical + self.warn

    def add(self, row: Mapping[str, Any], kind_of: KindOf) -> None:
        count, at = row["count"], row["oldest_at"]
        rule = row["source"], row["check_code"]
        self.oldest_at = min(self.oldest_at or at, at)
        if row["severity"] == Severity.CRITICAL:
            self.critical += count
            self.critical_rules.add(rule)
            self.oldest_critical_at = min(self.oldest_critical_at or at, at)
        else:
            self.warn += count
        self.by_rule[rule] += count
        if row["assignee"]:
            self.by_person[row["assignee"]] += count
            return
        kind = kind_of(row["check_code"], row["source"])
        self.by_role[kind.owner_role if kind else ""] += count
        if row["status"] == Status.OPEN:
            self.unattended += count


@once_per_state
def alert_summaries(sources: frozenset[str]) -> Mapping[str, AlertSummary]:
    """By the source that the alerts concern, of those in `sources`, which the reader holds.

    One query, as many rows as there are rules and people.
    """
    found: dict[str, AlertSummary] = defaultdict(AlertSummary)
    kind_of = kinds_now()
    rows = (
        Alert.objects.filter(status__in=ACTIVE, concerns__in=sources)
        .exclude(severity=Severity.INFO)
        .values("concerns", "source", "severity", "status", "check_code", "assignee")
        .annotate(count=Count("pk"), oldest_at=Min("first_detected_at"))
        .order_by("severity_rank", "-count", "check_code", "source")
    )
    for row in rows:
        found[row["concerns"]].add(row, kind_of)
    return dict(found)


def summed(parts: Iterable[AlertSummary]) -> AlertSummary:
    """All of them as one."""
    whole = AlertSummary()
    for part in parts:
        whole.critical += part.critical
        whole.warn += part.warn
        whole.unattended += part.unattended
        whole.by_person += part.by_person
        whole.by_role += part.by_role
        whole.by_rule += part.by_rule
        whole.critical_rules |= part.critical_rules
        for name in ("oldest_at", "oldest_critical_at"):
            known = [at for at in (getattr(whole, name), getattr(part, name)) if at]
            setattr(whole, name, min(known, default=None))
    return whole


def whose_turn(alerts: AlertSummary, names: Mapping[UUID, str]) -> str:
    """Whose turn it is, as the end of a sentence; empty when nothing asks anybody."""
    known = [names[person] for person, _count in alerts.by_person.most_common(NAMED)]
    others = len(alerts.by_person) - len(known)
    waiting = sum(alerts.by_role.values())
    charged = ""
    if known:
        who = _(" et de ").join(known)
        if others:
            who = ngettext("%(names)s et %(n)s autre", "%(names)s et %(n)s autres", others) % {
                "names": ", ".join(known),
                "n": number(others),
            }
        charged = _("à la charge de %(who)s") % {"who": who}
    if not waiting:
        return charged
    roles = [str(TO_ROLE[Role(role)]) for role in alerts.by_role if role]
    whom = _(" et ").join(part for part in (", ".join(roles[:-1]), *roles[-1:]) if part)
    alone = ngettext(
        "%(n)s autre attend que quelqu’un la prenne",
        "%(n)s autres attendent que quelqu’un les prenne",
        waiting,
    ) % {"n": number(waiting)}
    if waiting == alerts.total:
        alone = _("à la charge de personne pour l’instant")
    act = _("c’est %(whom)s d’agir") % {"whom": whom} if whom else ""
    return (_("\u00a0;") + " ").join(part for part in (charged, alone, act) if part)


def answers(
    whole: AlertSummary, freshness: Iterable[Freshness], names: Mapping[UUID, str]
) -> dict[str, Any]:
    """What the five questions are answered with; `unknown` sources are no evidence of anything."""
    language, kind_of = reader_language(), kinds_now()
    # One line per meaning: a code that two sources use for different things is two lines.
    lines: dict[tuple[str, str], dict[str, Any]] = {}
    for (source, code), count in whole.by_rule.most_common():
        kind = kind_of(code, source)
        title = kind.title.in_(language) if kind else code
        line = lines.setdefault(
            (code, title),
            {"title": title, "count": 0, "severity": Severity.WARN, "code": code, "sources": []},
        )
        line["count"] += count
        line["sources"].append(source)
        if (source, code) in whole.critical_rules:
            line["severity"] = Severity.CRITICAL
    for line in lines.values():
        asked = {"check_code": line["code"], "source": sorted(line["sources"])}
        line["url"] = f"{reverse('integrity')}?{urlencode(asked, doseq=True)}"
    rules = sorted(
        lines.values(), key=lambda one: (one["severity"] != Severity.CRITICAL, -one["count"])
    )
    return {
        "whole": whole,
        "unknown": [one.label for one in freshness if one.state != "ok"],
        "rules": rules,
        "turn": whose_turn(whole, names),
    }


def first_alerts(found: Mapping[str, AlertSummary]) -> Mapping[str, tuple[UUID, str]]:
    """By source the id and the message of the alert that its list begins with.

    The summaries know how severe it is and since when it stands, so it is an index look-up for each.
    """
    kind_of = kinds_now()
    wanted = [
        (source, RANKS[Severity.CRITICAL], one.oldest_critical_at)
        if one.critical
        else (source, RANKS[Severity.WARN], one.oldest_at)
        for source, one in found.items()
    ]
    sources, ranks, since = zip(*wanted, strict=True) if wanted else ((), (), ())
    bound = {"sources": [*sources], "ranks": [*ranks], "since": [*since]}
    return {
        one.concerns: (
            one.pk,
            message_in_words(
                one.message, one.payload, one.rule_version, kind_of(one.check_code, one.source)
            ),
        )
        for one in Alert.objects.raw(_FIRST, bound)
    }


def names_in(parts: Iterable[AlertSummary]) -> dict[UUID, str]:
    return people([], also={person for part in parts for person in part.by_person})
