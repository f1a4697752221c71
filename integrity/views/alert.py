"""One alert: its page, and the two things that people do with it."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts import services
from alerts.models import Alert, Status
from alerts.queries import alert_find
from governance.errors import method_not_allowed
from governance.http import ConsoleRequest, RoleNotAllowed, requires
from governance.roles import Permission
from integrity.forms import ResolveForm, VersionForm
from integrity.present import (
    alert_context,
    alert_row,
    conflict_sentence,
    payload_facts,
    payload_json,
    people,
)
from integrity.views.screen import counters_of


@require_safe
@requires(Permission.VIEW)
def alert_detail(request: ConsoleRequest, alert_id: UUID) -> HttpResponse:
    return _page(request, _found(alert_id))


@requires(Permission.ACT)
def _ack(request: ConsoleRequest, alert_id: UUID) -> HttpResponse:
    alert = _found(alert_id)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _answer(
            request, alert, status=422, failure=_("Rechargez la page, puis recommencez.")
        )
    try:
        changed = services.alert_acknowledge(
            alert_id=alert_id, version=form.cleaned_data["version"]
        )
    except services.Conflict as conflict:
        return _conflict(request, conflict.current)
    except services.AlertGone as gone:
        raise Http404 from gone
    except services.NotAllowed as refused:
        raise RoleNotAllowed(Permission.ACT) from refused
    return _answer(request, changed, done=_("Alerte acquittée."))


@requires(Permission.ACT)
def _resolve(request: ConsoleRequest, alert_id: UUID) -> HttpResponse:
    alert = _found(alert_id)
    form = ResolveForm(request.POST)
    if not form.is_valid():
        if "version" in form.errors:
            form.add_error(None, _("Rechargez la page, puis recommencez."))
        return _answer(request, alert, status=422, form=form)
    try:
        changed = services.alert_resolve(
            alert_id=alert_id, version=form.cleaned_data["version"], resolution=form.resolution()
        )
    except services.Conflict as conflict:
        return _conflict(request, conflict.current, form=form)
    except services.AlertGone as gone:
        raise Http404 from gone
    except services.NotAllowed as refused:
        raise RoleNotAllowed(Permission.ACT) from refused
    if changed.status != Status.RESOLVED:
        done = _("Acceptation proposée : une deuxième personne doit la confirmer.")
    else:
        done = _("Alerte résolue.")
    return _answer(request, changed, done=done)


def alert_ack(request: HttpRequest, alert_id: UUID) -> HttpResponseBase:
    """POST: OPEN → ACK."""
    if request.method != "POST":
        return method_not_allowed(request, allowed="POST")
    return _ack(request, alert_id)


def alert_resolve(request: HttpRequest, alert_id: UUID) -> HttpResponseBase:
    """POST: OPEN or ACK → RESOLVED."""
    if request.method != "POST":
        return method_not_allowed(request, allowed="POST")
    return _resolve(request, alert_id)


def _found(alert_id: UUID) -> Alert:
    alert = alert_find(alert_id)
    if alert is None:
        raise Http404
    return alert


def _conflict(
    request: ConsoleRequest, current: Alert, form: ResolveForm | None = None
) -> HttpResponse:
    return _answer(request, current, status=409, conflict=conflict_sentence(current), form=form)


def _answer(
    request: ConsoleRequest,
    alert: Alert,
    *,
    status: int = 200,
    done: str = "",
    conflict: str = "",
    failure: str = "",
    form: ResolveForm | None = None,
) -> HttpResponse:
    """The row and the counters for htmx; otherwise a redirect after success, or the alert's page."""
    if request.htmx:
        row = alert_row(alert, request.access, people([alert]))
        row |= {"done": done, "conflict": conflict, "failure": failure}
        row["form"] = form  # what was typed stays, also when somebody else was faster
        counters = counters_of(request, request.htmx.current_url or "")
        context = {"row": row, "counters": counters}
        return render(request, "integrity/_action.html", context, status=status)
    if done:
        messages.success(request, done)
        response = HttpResponseRedirect(_way_back(request, alert))
        response.status_code = 303
        return response
    if failure:
        messages.error(request, failure)
    return _page(request, alert, status=status, conflict=conflict, form=form)


def _page(
    request: ConsoleRequest,
    alert: Alert,
    *,
    status: int = 200,
    conflict: str = "",
    form: ResolveForm | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "alert": alert_context(alert, request.access),
        "facts_by_occurrence": payload_facts(alert),
        "payload_json": payload_json(alert),
        "form": form or ResolveForm(initial={"version": alert.version}),
        "conflict": conflict or None,
        "list_url": reverse("integrity"),
    }
    return render(request, "integrity/alert.html", context, status=status)


def _way_back(request: ConsoleRequest, alert: Alert) -> str:
    """To the list as it was filtered, when the action came from there; else to the alert."""
    came_from = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(
        came_from, {request.get_host()}, require_https=request.is_secure()
    )
    parts = urlsplit(came_from)
    if ours and parts.path == reverse("integrity"):
        return f"{parts.path}{'?' + parts.query if parts.query else ''}#a-{alert.pk}"
    return reverse("alert", args=[alert.pk])
