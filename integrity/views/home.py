"""`/governance`: per source one sentence that a director can read aloud."""

from django.db.models import Count, Min, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from alerts.models import ACTIVE, Alert, Severity, Status
from governance.http import ConsoleRequest, requires
from governance.roles import CONSOLE_SOURCE, Permission
from integrity.standing import source_standings


@require_safe
@requires(Permission.VIEW)
def home(request: ConsoleRequest) -> HttpResponse:
    asks_somebody = ~Q(severity=Severity.INFO)
    found = {
        row["concerns"]: row
        for row in Alert.objects.filter(status__in=ACTIVE)
        .values("concerns")
        .annotate(
            critical=Count("pk", filter=Q(severity=Severity.CRITICAL)),
            warn=Count("pk", filter=Q(severity=Severity.WARN)),
            oldest_at=Min("first_detected_at", filter=asks_somebody),
            unattended=Count("pk", filter=asks_somebody & Q(status=Status.OPEN)),
        )
    }
    nothing = {"critical": 0, "warn": 0, "oldest_at": None, "unattended": 0}
    slugs = request.access.sources[Permission.VIEW] - {CONSOLE_SOURCE}
    sources = []
    for standing in source_standings(slugs):
        counts = found.get(standing.slug, nothing)
        sources.append(
            {
                "slug": standing.slug,
                "label": standing.label,
                "state": standing.state,
                "last_complete_at": standing.last_complete_at,
                "last_attempt_at": standing.last_attempt_at,
                "rules_count": standing.rules_count,
                "cause": standing.cause,
                "url": f"{reverse('integrity')}?source={standing.slug}",
                "critical": counts["critical"],
                "warn": counts["warn"],
                "oldest_at": counts["oldest_at"],
                "unattended": counts["unattended"],
            }
        )
    context = {"sources": sources, "list_url": reverse("integrity")}
    return render(request, "governance/home.html", context)
