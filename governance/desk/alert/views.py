"""One alert: its page, and how an action on it is answered."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts.decisions import is_proposal
from alerts.kinds import kind_of, kinds_now
from alerts.models import Alert
from alerts.presentation import (
    alert_context,
    alert_row,
    busy_sentence,
    conflict_sentence,
    conflict_title,
    may_resolve,
    payload_facts,
    payload_json,
    people,
)
from alerts.queries import alert_find
from alerts.services import Busy, Conflict
from alerts.things import Thing
from governance.core.capability import panels
from governance.core.identity.roles import Permission
from governance.core.web.http import ConsoleRequest, requires
from governance.desk.alert.live_check import verify_context
from governance.desk.alert.origin import origin_context
from governance.desk.alert.rehearsal import needs_second, second_sentence, second_signers
from governance.desk.alert.related import loans_context, related_context
from governance.desk.alerts.rows import row_html
from governance.desk.alerts.views import counters_of
from governance.desk.entities import entity_words
from governance.desk.entity.addresses import thing_url
from governance.desk.entity.views import naming_context, thing_name
from governance.desk.forms import CommentForm, ReopenForm, ResolveForm
from governance.desk.models import Density
from governance.desk.pictures import picture_context
from governance.desk.rules.queries import runbook_html
from governance.history.timeline import alert_timeline

CONFIRMS = "confirmer_%s"  # ids of the form that gives a second signature


@require_safe
@requires(Permission.VIEW)
def alert_detail(request: ConsoleRequest, alert_id: UUID) -> HttpResponse:
    """The page; with `?row`, what an action on the list would answer: the row as it is now."""
    alert = alert_or_404(alert_id)
    if request.htmx and "row" in request.GET:
        return alert_answer(request, alert)
    return alert_page(request, alert)


def alert_or_404(alert_id: UUID) -> Alert:
    """The alert, or Http404 when there is none that the person sees."""
    alert = alert_find(alert_id)
    if alert is None:
        raise Http404
    return alert


def alert_conflict(
    request: ConsoleRequest,
    found: Conflict,
    form: ResolveForm | None = None,
    reopen_form: ReopenForm | None = None,
) -> HttpResponse:
    """409: somebody was faster, or a scan is at it; the current state, and what was typed."""
    busy = isinstance(found, Busy)
    return alert_answer(
        request,
        found.current,
        status=409,
        conflict="" if busy else conflict_sentence(found.current),
        failure=busy_sentence() if busy else "",
        form=form,
        reopen_form=reopen_form,
    )


def alert_answer(
    request: ConsoleRequest,
    alert: Alert,
    *,
    status: int = 200,
    done: str = "",
    conflict: str = "",
    failure: str = "",
    form: ResolveForm | None = None,
    confirm_form: ResolveForm | None = None,
    reopen_form: ReopenForm | None = None,
    rehearsal: dict[str, Any] | None = None,
) -> HttpResponse:
    """The row and the counters for htmx; otherwise a redirect after success, or the alert's page."""
    if request.htmx:
        row = alert_row(alert, request.access, people([alert]), kinds_now())
        row |= {"done": done, "conflict": conflict, "failure": failure}
        row["conflict_title"] = conflict_title(alert, request.user.pk) if conflict else ""
        if form:  # what was typed stays, also when somebody else was faster
            context = {"alert": row, "form": form, "rehearsal": rehearsal}
            row["panel"] = render_to_string("integrity/_resolve.html", context, request)
        counters = counters_of(request, request.htmx.current_url or "")
        compact = (
            request.headers.get("X-Rows") == Density.COMPACT
        )  # as the list that asks shows them
        context = {"row": row_html(row, compact=compact), "counters": counters}
        return render(request, "integrity/_action.html", context, status=status)
    if done:
        messages.success(request, done)
        response = HttpResponseRedirect(_way_back(request, alert))
        response.status_code = 303
        return response
    return alert_page(
        request,
        alert,
        status=status,
        conflict=conflict,
        failure=failure,
        form=form,
        confirm_form=confirm_form,
        reopen_form=reopen_form,
        rehearsal=rehearsal,
    )


def alert_page(
    request: ConsoleRequest,
    alert: Alert,
    *,
    status: int = 200,
    conflict: str = "",
    failure: str = "",
    form: ResolveForm | None = None,
    confirm_form: ResolveForm | None = None,
    reopen_form: ReopenForm | None = None,
    rehearsal: dict[str, Any] | None = None,
    comment_form: CommentForm | None = None,
    look: dict[str, Any] | None = None,
) -> HttpResponse:
    """The whole page; forms that were refused come back with what was typed. `look`: see _look.html."""
    if failure:
        messages.error(request, failure)
    related = related_context(alert, request)
    kind = kind_of(alert.check_code, alert.source)
    runbook, language = runbook_html(kind) if kind else ("", "")
    context: dict[str, Any] = {
        "alert": alert_context(alert, request.access) | loans_context(alert),
        "facts_by_occurrence": payload_facts(alert, kind),
        "payload_json": payload_json(alert),
        "form": form or ResolveForm(initial=_proposed(alert)),
        **_signing_forms(
            alert,
            confirm_form or ResolveForm(auto_id=CONFIRMS),
            reopen_form or ReopenForm(auto_id="rouvrir_%s"),
            is_own=alert.acceptance_proposed_by == request.user.pk,
        ),
        "rehearsal": rehearsal,
        "second_signers": _second_signers(alert, request),
        "conflict": conflict or None,
        "conflict_title": conflict_title(alert, request.user.pk) if conflict else "",
        "list_url": reverse("integrity"),
        **related,
        **origin_context(alert, kind),
        **alert_timeline(alert, request.access),
        **verify_context(alert, look),
        **picture_context(alert, kind),
        **_thing_context(alert, request),
        "panels": panels("alert", request, alert),
        "runbook": runbook,
        "runbook_language": language,
        "comment_form": comment_form or CommentForm(),
    }
    return render(request, "integrity/alert.html", context, status=status)


def _signing_forms(
    alert: Alert, confirm: ResolveForm, reopen: ReopenForm, *, is_own: bool
) -> dict[str, Any]:
    """The forms that say yes and no to a proposal stand side by side, and say which is which."""
    if is_proposal(alert):
        confirm["note"].label = _("Votre note, pour confirmer")
        reopen["note"].label = _("Pourquoi la retirer") if is_own else _("Pourquoi refuser")
    return {"confirm_form": confirm, "reopen_form": reopen}


def _second_signers(alert: Alert, request: ConsoleRequest) -> str:
    """From whom the second signature may come; empty where accepting takes one, or this reader none."""
    if not (needs_second(alert) and may_resolve(alert, request.access)):
        return ""
    if not is_proposal(alert):
        return second_sentence(second_signers(alert, request.user.pk))
    if alert.acceptance_proposed_by != request.user.pk:
        return ""
    return second_sentence(second_signers(alert, request.user.pk))


def _thing_context(alert: Alert, request: ConsoleRequest) -> dict[str, Any]:
    """The way to what the alert is about, and the open alerts of other things that name the same."""
    thing, kinds = Thing(alert.source, alert.entity_type, alert.entity_id), kinds_now()
    sort = entity_words(alert.entity_type, alert.source)
    return {
        "thing_url": thing_url(thing),
        "thing_name": f"{sort} {thing_name([alert], kinds.on(alert.source))}",
        **naming_context(thing, [alert], request.access, kinds),
    }


def _proposed(alert: Alert) -> dict[str, Any]:
    """What a second person would confirm: the decision, cause and day that the first one proposed."""
    if alert.acceptance_proposed_by is None:
        return {"version": alert.version}
    return {
        "version": alert.version,
        "decision": alert.resolution_decision,
        "cause": alert.resolution_cause,
        "accepted_until": alert.accepted_until,
    }


def _way_back(request: ConsoleRequest, alert: Alert) -> str:
    """To the list as it was filtered, when the action came from there; else to the alert."""
    came_from = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(
        came_from, {request.get_host()}, require_https=request.is_secure()
    )
    parts = urlsplit(came_from if ours else "")  # what is ours can be read
    if parts.path == reverse("integrity"):
        return f"{parts.path}{'?' + parts.query if parts.query else ''}#a-{alert.pk}"
    return reverse("alert", args=[alert.pk])
