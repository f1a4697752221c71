"""What people do with one alert, each a POST: acknowledge, resolve, reopen, assign, comment."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from alerts import services
from alerts.decisions import is_proposal
from alerts.models import Status
from alerts.presentation import same_right_sentence
from governance.core.identity.roles import Permission
from governance.core.web.errors import posted
from governance.core.web.http import ConsoleRequest, RoleNotAllowed, requires
from governance.desk.alert.rehearsal import rehearsal_of
from governance.desk.alert.related import candidates_named
from governance.desk.alert.views import (
    CONFIRMS,
    alert_answer,
    alert_conflict,
    alert_or_404,
    alert_page,
)
from governance.desk.forms import AckForm, AssignForm, CommentForm, ReopenForm, ResolveForm


@posted
@requires(Permission.ACT)
def alert_ack(request: ConsoleRequest, alert_id: UUID) -> HttpResponse:
    """OPEN → ACK."""
    alert = alert_or_404(alert_id)
    form = AckForm(request.POST)
    if not form.is_valid():
        failure = " ".join(str(text) for texts in form.errors.values() for text in texts)
        return alert_answer(request, alert, status=422, failure=failure)
    try:
        changed = services.alert_acknowledge(alert_id=alert_id, **form.cleaned_data)
    except services.AlreadyMine as already:
        done = _("Vous aviez déjà acquitté cette alerte.")
        return alert_answer(request, already.current, done=done)
    except services.Conflict as conflict:
        return alert_conflict(request, conflict)
    except services.AlertGone as gone:
        raise Http404 from gone
    except services.NotAllowed as refused:
        raise RoleNotAllowed(Permission.ACT) from refused
    return alert_answer(request, changed, done=_("Alerte acquittée."))


@posted
@requires(Permission.ACT)
def alert_resolve(request: ConsoleRequest, alert_id: UUID) -> HttpResponse:
    """OPEN or ACK → RESOLVED; `rehearse`: only what that would do; `confirm`: by the second person."""
    alert = alert_or_404(alert_id)
    confirms = "confirm" in request.POST and is_proposal(alert)
    form = ResolveForm(
        request.POST, severity=alert.severity, auto_id=CONFIRMS if confirms else "id_%s"
    )
    shown: dict[str, Any] = {"confirm_form" if confirms else "form": form}
    if not form.is_valid():
        return alert_answer(request, alert, status=422, **shown)
    if "rehearse" in request.POST:
        if alert.version != form.cleaned_data["version"] or alert.status == Status.RESOLVED:
            return alert_conflict(request, services.Conflict(alert), form=form)
        rehearsal = rehearsal_of(request, alert, form.resolution())
        return alert_answer(request, alert, form=form, rehearsal=rehearsal)
    try:
        changed = services.alert_resolve(
            alert_id=alert_id, version=form.cleaned_data["version"], resolution=form.resolution()
        )
    except services.Conflict as conflict:
        # What was typed under a proposal that is gone belongs to no other form.
        return alert_conflict(request, conflict, form=None if confirms else form)
    except services.SameRight:
        form.add_error(None, same_right_sentence())
        return alert_answer(request, alert, status=403, **shown)
    except services.AlertGone as gone:
        raise Http404 from gone
    except services.NotAllowed as refused:
        raise RoleNotAllowed(Permission.ACT) from refused
    if changed.status != Status.RESOLVED:
        done = _("Acceptation proposée : une deuxième personne doit la confirmer.")
    elif confirms:
        done = _("Acceptation confirmée : l’alerte attend jusqu’à cette date.")
    else:
        done = _("Alerte résolue.")
    return alert_answer(request, changed, done=done)


@posted
@requires(Permission.ACT)
def alert_reopen(request: ConsoleRequest, alert_id: UUID) -> HttpResponse:
    """ACK or RESOLVED → OPEN, with a note."""
    alert = alert_or_404(alert_id)
    form = ReopenForm(request.POST, auto_id="rouvrir_%s")
    if not form.is_valid():
        return alert_page(request, alert, status=422, reopen_form=form)
    try:
        changed = services.alert_reopen(alert_id=alert_id, **form.cleaned_data)
    except services.Conflict as conflict:
        return alert_conflict(request, conflict, reopen_form=form)
    except services.AlertGone as gone:
        raise Http404 from gone
    except services.NotAllowed as refused:
        raise RoleNotAllowed(Permission.ACT) from refused
    done = _("Alerte résolue rouverte.") if alert.resolved_at else _("Acquittement retiré.")
    if is_proposal(alert):
        is_own = alert.acceptance_proposed_by == request.user.pk
        done = (
            _("Proposition retirée.")
            if is_own
            else _("Acceptation refusée : l’alerte est ouverte.")
        )
    return alert_answer(request, changed, done=done)


@posted
@requires(Permission.COMMENT)
def alert_assign(request: ConsoleRequest, alert_id: UUID) -> HttpResponse:
    """Say who takes care of an active alert."""
    alert = alert_or_404(alert_id)
    people = candidates_named(alert)
    form = AssignForm(request.POST, people=people)
    if not form.is_valid():
        failure = " ".join(map(str, form.errors.get("version", ())))
        if "assignee" in form.errors:
            failure = _("Cette personne ne peut pas prendre cette alerte en charge.")
        return alert_answer(request, alert, status=422, failure=failure)
    person = form.person()
    try:
        changed = services.alert_assign(
            alert_id=alert_id, version=form.cleaned_data["version"], assignee=person
        )
    except services.Conflict as conflict:
        return alert_conflict(request, conflict)
    except services.AlertGone as gone:
        raise Http404 from gone
    except services.NotAllowed as refused:
        raise RoleNotAllowed(Permission.COMMENT) from refused
    except services.NotAssignable:
        failure = _("Cette personne ne peut plus prendre cette alerte en charge.")
        return alert_answer(request, alert, status=422, failure=failure)
    if person is None:
        done = _("Plus personne n’a cette alerte à sa charge.")
    else:
        done = _("Alerte à la charge de %(who)s.") % {"who": dict(people)[person]}
    return alert_answer(request, changed, done=done)


@posted
@requires(Permission.COMMENT)
def alert_comment(request: ConsoleRequest, alert_id: UUID) -> HttpResponse:
    """Say something about an alert, resolved ones included."""
    alert = alert_or_404(alert_id)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return alert_page(request, alert, status=422, comment_form=form)
    try:
        services.comment_add(alert_id=alert_id, body=form.cleaned_data["body"])
    except services.AlertGone as gone:
        raise Http404 from gone
    except services.NotAllowed as refused:
        raise RoleNotAllowed(Permission.COMMENT) from refused
    messages.success(request, _("Commentaire enregistré."))
    response = HttpResponseRedirect(reverse("alert", args=[alert_id]) + "#commentaires")
    response.status_code = 303
    return response
