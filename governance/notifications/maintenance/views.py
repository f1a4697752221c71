"""`/governance/notifications/maintenance`: where nobody is written to, until when, and why."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alerts.kinds import kinds_on, reader_language
from governance.core.identity.people import names_of
from governance.core.identity.roles import Permission
from governance.core.web.http import ConsoleRequest, RoleNotAllowed, requires
from governance.notifications.maintenance import services
from governance.notifications.maintenance.forms import WindowForm
from governance.notifications.maintenance.queries import windows_of
from governance.notifications.models import MaintenanceWindow

PAST_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW)
def maintenance(request: ConsoleRequest) -> HttpResponse:
    """GET: the windows of the reader's sources. POST: open one, for who administers the source."""
    sources = sorted(request.access.sources[Permission.ADMINISTER])
    if request.method != "POST":
        return _page(request, WindowForm(sources=sources, rules=_rules(sources)))
    if not sources:
        raise RoleNotAllowed(Permission.ADMINISTER)
    form = WindowForm(request.POST, sources=sources, rules=_rules(sources))
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        services.window_open(**form.cleaned_data)
    except services.NotAllowed as refused:
        raise RoleNotAllowed(Permission.ADMINISTER) from refused
    messages.success(request, _("Silence ouvert et inscrit au registre."))
    return _seen()


@require_POST
@requires(Permission.ADMINISTER)
def maintenance_end(request: ConsoleRequest, window_id: UUID) -> HttpResponse:
    """End it now; what was kept back and is still so is told."""
    if not MaintenanceWindow.objects.filter(pk=window_id).exists():
        raise Http404
    if services.window_end(window_id=window_id):
        messages.success(request, _("Fin du silence, inscrite au registre."))
    else:
        messages.info(request, _("Ce silence était déjà terminé."))
    return _seen()


def _rules(sources: list[str]) -> list[tuple[str, str]]:
    language = reader_language()
    found = {
        kind.code: kind.title.in_(language) for slug in sources for kind in kinds_on(slug).values()
    }
    return sorted(found.items(), key=lambda pair: pair[1].casefold())


def _page(request: ConsoleRequest, form: WindowForm, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    windows = list(windows_of(request.access.sources[Permission.VIEW])[:PAST_SHOWN])
    names = names_of(one.made_by for one in windows if one.made_by)
    administered = request.access.sources[Permission.ADMINISTER]
    titles = dict(_rules(sorted({one.source for one in windows if one.check_code})))
    rows: list[dict[str, Any]] = [
        {
            "window": one,
            "rule": titles.get(one.check_code, one.check_code),
            "by": names.get(one.made_by, "") if one.made_by else "",
            "is_over": one.ends_at <= now,
            "has_begun": one.starts_at <= now,
            "end_url": reverse("notifications_maintenance_end", args=[one.pk])
            if one.ends_at > now and one.source in administered
            else "",
        }
        for one in windows
    ]
    context = {
        "current": [row for row in rows if not row["is_over"]],
        "past": [row for row in rows if row["is_over"]],
        "form": form if administered else None,
    }
    return render(request, "notifications/maintenance.html", context, status=status)


def _seen() -> HttpResponse:
    response = HttpResponseRedirect(reverse("notifications_maintenance"))
    response.status_code = 303
    return response
