"""`/governance/sources/<slug>/calendar`: when a source works, as its administrators say it."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alerts.calendars.forms import CalendarForm, initial_of
from alerts.calendars.queries import calendar_row
from alerts.calendars.reading import CalendarError, shipped_names
from alerts.calendars.services import NotAllowed, calendar_set
from governance.core.identity.people import names_of
from governance.core.identity.roles import CONSOLE_SOURCE, Permission
from governance.core.web.http import ConsoleRequest, RoleNotAllowed, requires


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ADMINISTER)
def calendar(request: ConsoleRequest, slug: str) -> HttpResponse:
    """GET: the calendar in force, or the shipped one that `from` names, in the form. POST: set it."""
    if slug == CONSOLE_SOURCE or not request.access.may(Permission.VIEW, slug):
        raise Http404
    if not request.access.may(Permission.ADMINISTER, slug):
        raise RoleNotAllowed(Permission.ADMINISTER)
    row = calendar_row(slug)
    if request.method != "POST":
        try:
            initial = initial_of(row, request.GET.get("from", ""))
        except CalendarError as error:
            raise Http404 from error
        return _page(request, slug, CalendarForm(initial=initial))
    form = CalendarForm(request.POST)
    if not form.is_valid():
        return _page(request, slug, form, status=422)
    try:
        changed = calendar_set(source=slug, **form.values)
    except NotAllowed as refused:
        raise RoleNotAllowed(Permission.ADMINISTER) from refused
    messages.success(
        request,
        _("Calendrier enregistré et inscrit au registre.") if changed else _("Rien n’a changé."),
    )
    answer = HttpResponseRedirect(reverse("source_calendar", args=[slug]))
    answer.status_code = 303
    return answer


def _page(
    request: ConsoleRequest, slug: str, form: CalendarForm, *, status: int = 200
) -> HttpResponse:
    row = calendar_row(slug)
    names = names_of([row.set_by]) if row and row.set_by else {}
    context = {
        "source": slug,
        "form": form,
        "row": row,
        "by": names.get(row.set_by, "") if row and row.set_by else "",
        "shipped": shipped_names(),
    }
    return render(request, "alerts/calendar.html", context, status=status)
