"""`/governance`: per source one sentence that a director can read aloud, five answers, and the trends."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from alerts.kinds.due import late_count
from governance.core.capability import panels
from governance.core.identity.roles import CONSOLE_SOURCE, Permission
from governance.core.identity.sources import source_name
from governance.core.ledger.queries import is_known_broken, verification_for_all
from governance.core.web.http import ConsoleRequest, requires
from governance.desk.alerts.filters import OVERDUE
from governance.desk.home.mine import mine_context
from governance.desk.home.news import news_context
from governance.desk.home.overview import (
    AlertSummary,
    alert_summaries,
    answers,
    first_alerts,
    names_in,
    summed,
    whose_turn,
)
from governance.desk.home.rule_results import rule_watch
from governance.desk.home.trend_charts import trends_context
from integrity.proofs.current import SourceProof, source_proofs
from integrity.scans.freshness import source_freshness
from integrity.scans.pending import pending_now, pending_summed


@require_safe
@requires(Permission.VIEW)
def home(request: ConsoleRequest) -> HttpResponse:
    found = alert_summaries(request.access.sources[Permission.VIEW])
    names = names_in(found.values())
    first = first_alerts(found)
    freshness = source_freshness(request.access.sources[Permission.VIEW] - {CONSOLE_SOURCE})
    proofs = source_proofs(standing.slug for standing in freshness)
    pending = pending_now(freshness)
    sources = [
        {
            "slug": standing.slug,
            "label": standing.label,
            "state": standing.state,
            "last_complete_at": standing.last_complete_at,
            "last_attempt_at": standing.last_attempt_at,
            "rules_count": standing.rules_count,
            "cause": standing.cause,
            "url": f"{reverse('integrity')}?source={standing.slug}",
            "alerts": (alerts := found.get(standing.slug, AlertSummary())),
            "turn": whose_turn(alerts, names),
            "first_alert": first.get(standing.slug),
            "proof": proofs[standing.slug],
            "pending": pending.get(standing.slug),
        }
        for standing in freshness
    ]
    late = late_count(request.access.sources[Permission.VIEW], timezone.now())
    context: dict[str, Any] = {
        "sources": sources,
        "list_url": reverse("integrity"),
        "answers": answers(summed(found.values()), freshness, names),
        "pending": pending_summed(pending.values()),
        "oldest_complete_at": min(
            (one.last_complete_at for one in freshness if one.last_complete_at), default=None
        ),
        "has_clock": any(one.state == "clock" for one in freshness),
        "proofs_total": sum(one.total for one in proofs.values()),
        "proofs_good": sum(one.good for one in proofs.values()),
        **_unproved_views(proofs.values()),
        "is_proved": all(one.is_whole for one in proofs.values()),
        "late": late,
        "late_url": f"{reverse('integrity')}?due={OVERDUE}",
        "mine": mine_context(request),
        "news": news_context(request),
        "panels": panels("home", request),
        "tour": None
        if request.user.tour_dismissed_at
        else {
            "may_act": request.access.may(Permission.ACT),
            "may_comment": request.access.may(Permission.COMMENT),
        },
    }
    held = request.access.sources[Permission.HISTORY]
    context["is_broken"] = is_known_broken(reads_history=bool(held))
    if held:
        trends = trends_context(held)
        context |= {
            "trends": trends,
            "rules": rule_watch(freshness, proofs, trends["episodes"]),
            "verified": verification_for_all(reads_history=True),
            "ledger_url": reverse("ledger"),
        }
    return render(request, "governance/home.html", context)


def _unproved_views(proofs: Iterable[SourceProof]) -> dict[str, list[str]]:
    """Names of the sources whose view somebody else wrote, and of those whose view was ours."""
    unproved = [one for one in proofs if one.is_foreign]
    return {
        "foreign": [source_name(one.source) for one in unproved if not one.view.is_edited],
        "edited": [source_name(one.source) for one in unproved if one.view.is_edited],
    }
