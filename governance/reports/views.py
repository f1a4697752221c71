"""`/governance/rapport`: the chair's report on a closed period; the same period gives the same bytes."""

from hashlib import sha256

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.core.identity.roles import Permission
from governance.core.web.http import ConsoleRequest, requires
from governance.reports.contents import report_text
from governance.reports.figures import begins_after, is_closed
from governance.reports.period import period_read


@require_safe
@requires(Permission.HISTORY, reads_only=True)
def report(request: ConsoleRequest) -> HttpResponse:
    period, refusal = period_read(request.GET.dict(), today=timezone.localdate())
    text = report_text(period, request.access.sources[Permission.HISTORY])
    context = {
        "period": period,
        "refusal": refusal,
        "report": text,
        "digest": sha256(text.encode()).hexdigest(),
        "is_closed": is_closed(period),
        "begins_after": begins_after(period),
        "report_url": reverse("report"),
        "ledger_url": reverse("ledger"),
    }
    return render(request, "governance/report.html", context)
