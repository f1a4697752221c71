"""`/governance/notifications/routing` and `/on-call`: who is told of what, and who has the telephone."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alerts.models import Severity
from governance.core.identity.roles import CONSOLE_SOURCE, Permission
from governance.core.web.errors import posted
from governance.core.web.http import ConsoleRequest, RoleNotAllowed, requires
from governance.notifications.routing.changes import NotAllowed, route_add, route_remove, turn_say
from governance.notifications.routing.forms import PreviewForm, RouteForm, TurnForm
from governance.notifications.routing.queries import (
    people_of,
    routes_shown,
    telephone,
    would_be_told,
)
from governance.notifications.routing.services import zone_of


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ADMINISTER)
def routing(request: ConsoleRequest) -> HttpResponse:
    """GET: the rows, and who would be told of the alert that `of` names. POST: add a row."""
    if request.method != "POST":
        return _routing_page(request, _route_form(request))
    form = _route_form(request)
    if not form.is_valid():
        return _routing_page(request, form, status=422)
    try:
        route_add(**form.values)
    except NotAllowed as refused:
        raise RoleNotAllowed(Permission.ADMINISTER) from refused
    messages.success(request, _("Ligne ajoutée et inscrite au registre."))
    return _to("notification_routing")


@posted
@requires(Permission.ADMINISTER)
def routing_remove(request: ConsoleRequest, route_id: UUID) -> HttpResponse:
    if not route_remove(route=route_id):
        raise Http404
    messages.success(request, _("Ligne retirée ; le registre le dit."))
    return _to("notification_routing")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW)
def on_call(request: ConsoleRequest) -> HttpResponse:
    """GET: who has the telephone of each source. POST: say a turn, or hand over the own one."""
    sources = request.access.sources[Permission.VIEW] - {CONSOLE_SOURCE}
    asked = request.POST if request.method == "POST" else None
    source = request.POST.get("source", "")
    # What people write is by the clock of the source.
    zone = zone_of(source) if source in sources else ZoneInfo(timezone.get_default_timezone_name())
    with timezone.override(zone):
        form = TurnForm(asked, sources=sources, people=people_of(sources))
        is_good = form.is_valid() if asked is not None else False
    if asked is not None and is_good:
        said = form.cleaned_data
        if UUID(said["person"]) not in people_of([said["source"]]):
            form.add_error("person", _("Cette personne ne tient aucun rôle sur cette source."))
            return _on_call_page(request, form, sources, status=422)
        try:
            turn_say(**said | {"person": UUID(said["person"])})
        except NotAllowed as refused:
            raise RoleNotAllowed(Permission.ADMINISTER) from refused
        messages.success(request, _("Tour enregistré et inscrit au registre."))
        return _to("on_call")
    return _on_call_page(request, form, sources, status=200 if asked is None else 422)


def _on_call_page(
    request: ConsoleRequest, form: TurnForm, sources: frozenset[str], *, status: int
) -> HttpResponse:
    shown = telephone(sources)
    may = bool(request.access.sources[Permission.ADMINISTER]) or any(
        one["holder_id"] == request.user.pk for one in shown
    )
    context = {
        "telephone": shown,
        "form": form if may else None,
    }
    return render(request, "notifications/on_call.html", context, status=status)


def _route_form(request: ConsoleRequest) -> RouteForm:
    administered = request.access.sources[Permission.ADMINISTER]
    sources = administered - {CONSOLE_SOURCE}
    return RouteForm(
        request.POST if request.method == "POST" else None,
        sources=sources,
        everywhere=CONSOLE_SOURCE in administered,
        people=people_of(sources),
    )


def _routing_page(request: ConsoleRequest, form: RouteForm, *, status: int = 200) -> HttpResponse:
    sources = request.access.sources[Permission.ADMINISTER] - {CONSOLE_SOURCE}
    asked = request.GET if "of" in request.GET else None
    preview = PreviewForm(asked, sources=sources, initial={"severity": Severity.CRITICAL})
    told = None
    if asked is not None and preview.is_valid():
        source, _colon, code = preview.cleaned_data["of"].partition(":")
        told = would_be_told(source, code, preview.cleaned_data["severity"])
    context = {
        "routes": routes_shown(sources),
        "form": form,
        "preview": preview,
        "told": told,
    }
    return render(request, "notifications/routing.html", context, status=status)


def _to(name: str) -> HttpResponse:
    answer = HttpResponseRedirect(reverse(name))
    answer.status_code = 303
    return answer
