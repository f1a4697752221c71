"""One decision for all ticked alerts: what was done, and by name what was not and why."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.bulk import BulkOutcome, alerts_acknowledge, alerts_resolve
from alerts.kinds import kind_of
from alerts.models import Alert, Decision, Severity
from alerts.presentation import (
    alert_row,
    conflict_sentence,
    is_proposal,
    may_resolve,
    people,
    same_right_sentence,
)
from governance.core.identity.roles import Permission
from governance.core.web.errors import posted
from governance.core.web.http import ConsoleRequest, requires
from governance.core.web.templatetags.ui import number
from governance.desk.alerts.views import screen_page
from governance.desk.forms import BulkForm, dispute_sentence


@posted
@requires(Permission.ACT)
def bulk(request: ConsoleRequest) -> HttpResponse:
    """POST: acknowledge or resolve up to 200; those that cannot be are skipped and told."""
    form = BulkForm(request.POST)
    if not form.is_valid():
        ticked = {text.partition(":")[0] for text in request.POST.getlist("selected")}
        return screen_page(request, status=422, bulk_form=form, ticked=ticked)
    data = form.cleaned_data
    acknowledges = data["action"] == BulkForm.ACK
    if acknowledges:
        outcome = alerts_acknowledge(seen=data["selected"], note=data["note"])
    else:
        outcome = alerts_resolve(seen=data["selected"], resolution=form.resolution())
    query = request.GET.urlencode()
    back = reverse("integrity") + (f"?{query}" if query else "")
    sentences = _done(outcome, acknowledges=acknowledges)
    if not outcome.skipped:
        for sentence in sentences:
            messages.success(request, sentence)
        response = HttpResponseRedirect(back)
        response.status_code = 303
        return response
    context = {
        "done": sentences,
        "skipped": _skipped(request, outcome, data),
        "gone": outcome.gone,
        "list_url": back,
    }
    return render(request, "integrity/bulk.html", context, status=_status(outcome))


def _status(outcome: BulkOutcome) -> int:
    """Never a plain success where nothing was done: 409 somebody was faster, 403 this person may not."""
    if outcome.changed or outcome.mine:
        return 200
    return 409 if outcome.stale else 403 if outcome.refused else 404


def _done(outcome: BulkOutcome, *, acknowledges: bool) -> list[str]:
    done, awaiting = len(outcome.done), len(outcome.awaiting)
    sentences = []
    if done and acknowledges:
        sentences.append(ngettext("%(n)s alerte acquittée.", "%(n)s alertes acquittées.", done))
    elif done:
        sentences.append(ngettext("%(n)s alerte résolue.", "%(n)s alertes résolues.", done))
    sentences = [text % {"n": number(done)} for text in sentences]
    if awaiting:
        text = ngettext(
            "%(n)s acceptation proposée : une deuxième personne doit la confirmer.",
            "%(n)s acceptations proposées : une deuxième personne doit les confirmer.",
            awaiting,
        )
        sentences.append(text % {"n": number(awaiting)})
    if mine := len(outcome.mine):
        text = ngettext(
            "Vous aviez déjà acquitté %(n)s alerte.",
            "Vous aviez déjà acquitté %(n)s alertes.",
            mine,
        )
        sentences.append(text % {"n": number(mine)})
    return sentences


def _skipped(
    request: ConsoleRequest, outcome: BulkOutcome, data: dict[str, Any]
) -> list[dict[str, object]]:
    left = [*outcome.stale, *outcome.refused]
    names = people(left)
    stale = {alert.pk for alert in outcome.stale}

    def why(alert: Alert) -> str:
        if alert.pk in stale:
            return conflict_sentence(alert, names)
        acts = may_resolve(alert, request.access)
        if acts and alert.severity == Severity.CRITICAL and data["decision"] == Decision.LITIGE:
            return dispute_sentence()
        return _why(alert, acts=acts)

    return [
        alert_row(alert, request.access, names, kind_of(alert.check_code, alert.source))
        | {"why": why(alert)}
        for alert in left
    ]


def _why(alert: Alert, *, acts: bool) -> str:
    if alert.severity == Severity.INFO:
        return _("Une information ne demande à personne d’agir.")
    if is_proposal(alert) and acts:
        return same_right_sentence()
    return _("Votre rôle ne permet pas d’agir sur cette source.")
