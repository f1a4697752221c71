"""What keeps a source from being called free of anomalies though nothing is open there.

Decisions of people that no complete scan has confirmed, anomalies accepted or disputed until a day, and
information that stands. Reads alerts only, of today or of the past.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from alerts.models import ACTIVE, DATED, Alert, Severity, Status
from governance.core.cache.per_state import once_per_state
from governance.core.web.templatetags.ui import number
from integrity.scans.freshness import Freshness

INFORMATION = 2  # severity_rank


@dataclass
class Pending:
    """How many of each; `said` is the end of a sentence, empty where there is nothing."""

    unconfirmed: int = 0
    dated: int = 0
    informed: int = 0

    def __bool__(self) -> bool:
        return bool(self.unconfirmed or self.dated or self.informed)

    @property
    def said(self) -> str:
        parts = []
        if self.unconfirmed:
            parts.append(
                ngettext(
                    "%(n)s décision pas encore confirmée par un contrôle",
                    "%(n)s décisions pas encore confirmées par un contrôle",
                    self.unconfirmed,
                )
                % {"n": number(self.unconfirmed)}
            )
        if self.dated:
            parts.append(
                ngettext(
                    "%(n)s anomalie acceptée ou en litige",
                    "%(n)s anomalies acceptées ou en litige",
                    self.dated,
                )
                % {"n": number(self.dated)}
            )
        if self.informed:
            parts.append(
                ngettext("%(n)s information en cours", "%(n)s informations en cours", self.informed)
                % {"n": number(self.informed)}
            )
        return ", ".join(parts)

    @property
    def sentence(self) -> str:
        return f"{self.said[:1].upper()}{self.said[1:]}."


def pending_now(freshness: Iterable[Freshness]) -> dict[str, Pending]:
    """By source, of today."""
    return _now(_looked(freshness))


def pending_then(
    decided: QuerySet[Alert], active: QuerySet[Alert], freshness: Iterable[Freshness]
) -> dict[str, Pending]:
    """By source, of an instant of the past: what people had decided, and what stood."""
    return _pending(decided, active, _looked(freshness))


def pending_summed(parts: Iterable[Pending]) -> Pending:
    """All of them as one."""
    whole = Pending()
    for part in parts:
        whole.unconfirmed += part.unconfirmed
        whole.dated += part.dated
        whole.informed += part.informed
    return whole


def _looked(freshness: Iterable[Freshness]) -> frozenset[tuple[str, datetime]]:
    return frozenset((one.slug, one.last_complete_at) for one in freshness if one.last_complete_at)


@once_per_state
def _now(looked: frozenset[tuple[str, datetime]]) -> dict[str, Pending]:
    return _pending(Alert.objects.all(), Alert.objects.all(), looked)


def _pending(
    decided: QuerySet[Alert], active: QuerySet[Alert], looked: frozenset[tuple[str, datetime]]
) -> dict[str, Pending]:
    """Two queries. A decision that a later complete scan did not contradict no longer counts as unconfirmed:
    its rule, or what the view is read through, may have changed since, and then no scan ever confirms it.
    """
    found = {slug: Pending() for slug, _at in looked}
    dated, unconfirmed = Q(pk__in=[]), Q(pk__in=[])
    for slug, at in looked:
        unconfirmed |= Q(concerns=slug, resolved_at__gte=at)
        dated |= Q(
            concerns=slug, resolution_decision__in=DATED, accepted_until__gte=timezone.localdate(at)
        )
    decided = decided.filter(status=Status.RESOLVED, resolved_by__isnull=False, absent_at=None)
    rows = (
        decided.filter(dated | unconfirmed)
        .values_list("concerns")
        .annotate(n=Count("pk"), dated=Count("pk", filter=dated))
        .order_by()
    )
    for slug, count, until in rows:
        found[slug].dated = until
        found[slug].unconfirmed = count - until
    informed = active.filter(
        status__in=ACTIVE, severity_rank=INFORMATION, severity=Severity.INFO, concerns__in=found
    )
    for slug, count in informed.values_list("concerns").annotate(n=Count("pk")).order_by():
        found[slug].informed = count
    return found
