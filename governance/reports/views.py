"""`/governance/rapport`: the chair's report on a closed period, kept and verified by its hash."""

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.core.identity.acting import acting_as_user
from governance.core.identity.models import User
from governance.core.identity.roles import Permission
from governance.core.web.errors import posted
from governance.core.web.http import ConsoleRequest, access_of_actor, requires
from governance.reports.contents import report_drawn, report_text
from governance.reports.figures import begins_after, is_closed
from governance.reports.period import Period, period_read
from governance.reports.verification import (
    changed_since,
    code_read,
    code_svg,
    digest_of,
    drawn_again,
    kept_as,
    kept_latest,
    report_keep,
)


@require_safe
@requires(Permission.HISTORY, reads_only=True)
def report(request: ConsoleRequest) -> HttpResponse:
    period, refusal = period_read(request.GET.dict(), today=timezone.localdate())
    text = report_text(period, request.access.sources[Permission.HISTORY])
    digest = digest_of(text)
    closed = is_closed(period)
    context = {
        "period": period,
        "refusal": refusal,
        "report": text,
        "digest": digest,
        "code": code_svg(request.build_absolute_uri(_verify_url(period, digest))),
        "kept": kept_as(digest),
        "series": [
            (one, f"{reverse('report')}?{_days(one.first, one.last)}") for one in kept_latest()
        ],
        "keep_url": f"{reverse('report_keep')}?{_days(period.first, period.last)}"
        if closed
        else "",
        "verify_url": reverse("report_verify"),
        "is_closed": closed,
        "begins_after": begins_after(period),
        "report_url": reverse("report"),
    }
    return render(request, "governance/report.html", context)


@posted
@requires(Permission.HISTORY)
def keep(request: ConsoleRequest) -> HttpResponse:
    """Enter the hash of the report as it reads for this person; one that may still change is not kept."""
    period, refusal = period_read(request.GET.dict(), today=timezone.localdate())
    address = f"{reverse('report')}?{_days(period.first, period.last)}"
    if refusal or not is_closed(period):
        messages.warning(
            request, refusal or _("Ce rapport est encore provisoire : rien n’a été gardé.")
        )
    else:
        digest = digest_of(report_drawn(period, request.access.sources[Permission.HISTORY]))
        if kept_as(digest) is None:
            report_keep(period=period, digest=digest)
        messages.success(request, _("Rapport gardé : son empreinte est au registre."))
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """For everybody who is signed in: paste a code, or come by the QR code that holds this address."""
    pasted = request.GET.get("code", "")
    code = code_read(pasted or request.get_full_path() if "digest" in request.GET or pasted else "")
    context: dict[str, Any] = {
        "asked": bool(pasted or "digest" in request.GET),
        "pasted": pasted,
        "code": code,
    }
    if code is not None:
        with acting_as_user(cast(User, request.user).pk):
            kept = kept_as(code.digest)
            sources = access_of_actor().sources[Permission.HISTORY]
            period = code.period
            if kept and period is None:
                days = {"from": kept.first, "to": kept.last}
                period, _refusal = period_read(days, today=timezone.localdate())
            again = drawn_again(code, sources) if sources else ""
            context |= {
                "kept": kept,
                "again": again,
                "is_whole": bool(kept or again),
                "period": period,
                "may_read": bool(sources),
                "since": changed_since(period, sources) if sources and period else None,
                "report_url": f"{reverse('report')}?{_days(period.first, period.last)}"
                if sources and period
                else "",
            }
    return render(request, "reports/verify.html", context)


def _verify_url(period: Period, digest: str) -> str:
    return f"{reverse('report_verify')}?{_days(period.first, period.last)}&{urlencode({'digest': digest})}"


def _days(first: Any, last: Any) -> str:
    return urlencode({"from": str(first), "to": str(last)})
