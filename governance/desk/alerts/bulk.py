"""`/governance/integrity/bulk`: the same for many alerts, in two steps: a summary, then what it announced.

Each alert changes at the version that was seen and leaves its own entry; what cannot change is told by name.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.bulk import (
    LIMIT,
    BulkOutcome,
    Seen,
    alerts_acknowledge,
    alerts_assign,
    alerts_resolve,
)
from alerts.decisions import is_proposal
from alerts.kinds import kinds_now, reader_language
from alerts.models import ACTIVE, Alert, Decision, Severity, Status
from alerts.presentation import (
    alert_row,
    busy_sentence,
    conflict_sentence,
    may_resolve,
    people,
    same_right_sentence,
)
from alerts.queries import ORDER
from alerts.related import common_candidates
from alerts.services import NotAssignable
from governance.core.identity.roles import Permission
from governance.core.web.errors import posted
from governance.core.web.http import ConsoleRequest, requires
from governance.core.web.templatetags.ui import number
from governance.desk.alerts.filters import ALERTS, AlertReader, alerts_selected
from governance.desk.forms import (
    BulkAckForm,
    BulkResolveForm,
    CareForm,
    SelectionForm,
    dispute_sentence,
)

ACK, RESOLVE, ASSIGN = SelectionForm.ACK, SelectionForm.RESOLVE, SelectionForm.ASSIGN
OTHERS = "others"  # confirmed for all but the critical ones


@posted
@requires(Permission.ACT)
def bulk(request: ConsoleRequest) -> HttpResponse:
    """POST: the summary of what is asked; with `confirmed`, do it, and tell what could not be."""
    asked = SelectionForm(request.POST)
    if not asked.is_valid():
        errors = [text for texts in asked.errors.values() for text in texts]
        refused = {"errors": errors, "list_url": _list_url(request)}
        return render(request, "integrity/bulk.html", refused, status=422)
    action, seen = asked.cleaned_data["action"], asked.cleaned_data["selected"]
    if asked.cleaned_data["every"]:
        alerts = _every(request, action)
        seen = [Seen(one.pk, one.version) for one in alerts]
    else:
        alerts = list(ORDER.ordered(Alert.objects.filter(pk__in=[one.alert_id for one in seen])))
    confirmed = request.POST.get("confirmed", "")
    form = _form(action, request, alerts, bound=bool(confirmed))
    if not confirmed:
        return _summary(request, action, seen, alerts, form)
    if not form.is_valid():
        return _summary(request, action, seen, alerts, form, status=422)
    if confirmed == OTHERS:
        critical = {one.pk for one in alerts if one.severity == Severity.CRITICAL}
        seen = [one for one in seen if one.alert_id not in critical]
    try:
        outcome = _done(action, seen, form)
    except NotAssignable:
        form.add_error("assignee", _("Cette personne ne peut plus prendre ces alertes en charge."))
        return _summary(request, action, seen, alerts, form, status=422)
    return _answer(request, action, outcome, form)


def _every(request: ConsoleRequest, action: str) -> list[Alert]:
    """Every alert that the address selects and for which the action means something, LIMIT at most."""
    reader = AlertReader(request.access.sources[Permission.VIEW], request.user.pk)
    selected = alerts_selected(ALERTS.read(request.GET, reader))
    wanted = {Status.OPEN} if action == ACK else set(ACTIVE)
    asked = tuple(one for one in selected.status or ACTIVE if one in wanted)
    may = Q(source__in=request.access.sources[Permission.ACT]) & ~Q(severity=Severity.INFO)
    chosen = replace(selected, status=asked).apply().filter(may) if asked else Alert.objects.none()
    return list(ORDER.ordered(chosen)[:LIMIT])


def _form(
    action: str, request: ConsoleRequest, alerts: Iterable[Alert], *, bound: bool
) -> forms.Form:
    data = request.POST if bound else None
    if action == ACK:
        return BulkAckForm(data)
    if action == RESOLVE:
        return BulkResolveForm(data)
    ids = common_candidates((one.source, one.concerns) for one in alerts)
    named = sorted(people([], also=ids).items(), key=lambda pair: pair[1].casefold())
    return CareForm(data, people=named, initial={"assignee": str(request.user.pk)})


def _done(action: str, seen: Sequence[Seen], form: Any) -> BulkOutcome:
    if action == ACK:
        return alerts_acknowledge(seen=seen, note=form.cleaned_data["note"])
    if action == RESOLVE:
        return alerts_resolve(seen=seen, resolution=form.resolution())
    return alerts_assign(seen=seen, assignee=form.person())


def _summary(
    request: ConsoleRequest,
    action: str,
    seen: Sequence[Seen],
    alerts: Sequence[Alert],
    form: forms.Form,
    *,
    status: int = 200,
) -> HttpResponse:
    """How many of which severity and rule; what was ticked comes back in one field."""
    critical = sum(one.severity == Severity.CRITICAL for one in alerts)
    context = {
        "action": action,
        "url": request.get_full_path(),
        "form": form,
        "selected": " ".join(f"{one.alert_id}:{one.version}" for one in seen),
        "title": _title(action, len(seen)),
        "total": len(seen),
        "critical": critical,
        "others": len(alerts) - critical,
        "already": sum(one.status != Status.OPEN for one in alerts) if action == ACK else 0,
        "is_cut": bool(request.POST.get("every")) and len(seen) == LIMIT,
        "limit": LIMIT,
        "rules": _by_rule(alerts),
        "list_url": _list_url(request),
    }
    return render(request, "integrity/bulk_summary.html", context, status=status)


def _title(action: str, total: int) -> str:
    text = {
        ACK: ngettext("Acquitter %(n)s alerte ?", "Acquitter %(n)s alertes ?", total),
        RESOLVE: ngettext("Résoudre %(n)s alerte ?", "Résoudre %(n)s alertes ?", total),
        ASSIGN: ngettext("Attribuer %(n)s alerte ?", "Attribuer %(n)s alertes ?", total),
    }[action]
    return text % {"n": number(total)}


def _by_rule(alerts: Iterable[Alert]) -> list[dict[str, Any]]:
    """The rules among them, in the order of the list, with their counts."""
    kinds, language = kinds_now(), reader_language()
    total: Counter[str] = Counter()
    critical: Counter[str] = Counter()
    for one in alerts:
        kind = kinds(one.check_code, one.source)
        name = kind.title.in_(language) if kind else one.check_code
        total[name] += 1
        critical[name] += one.severity == Severity.CRITICAL
    return [
        {"name": name, "total": count, "critical": critical[name]} for name, count in total.items()
    ]


def _answer(
    request: ConsoleRequest, action: str, outcome: BulkOutcome, form: forms.Form
) -> HttpResponse:
    sentences = _said(action, outcome)
    if not outcome.skipped:
        for sentence in sentences:
            messages.success(request, sentence)
        return _back(request)
    context = {
        "done": sentences,
        "skipped": _skipped(request, outcome, form.cleaned_data.get("decision")),
        "gone": outcome.gone,
        "list_url": _list_url(request),
    }
    return render(request, "integrity/bulk.html", context, status=_status(outcome))


def _list_url(request: ConsoleRequest) -> str:
    query = request.GET.urlencode()
    return reverse("integrity") + (f"?{query}" if query else "")


def _back(request: ConsoleRequest) -> HttpResponse:
    response = HttpResponseRedirect(_list_url(request))
    response.status_code = 303
    return response


def _status(outcome: BulkOutcome) -> int:
    """Never a plain success where nothing was done: 409 somebody was faster, 403 this person may not."""
    if outcome.changed or outcome.mine:
        return 200
    return 409 if outcome.stale or outcome.busy else 403 if outcome.refused else 404


def _said(action: str, outcome: BulkOutcome) -> list[str]:
    done, awaiting = len(outcome.done), len(outcome.awaiting)
    sentences = []
    if done:
        text = {
            ACK: ngettext("%(n)s alerte acquittée.", "%(n)s alertes acquittées.", done),
            RESOLVE: ngettext("%(n)s alerte résolue.", "%(n)s alertes résolues.", done),
            ASSIGN: ngettext("%(n)s alerte attribuée.", "%(n)s alertes attribuées.", done),
        }[action]
        sentences.append(text % {"n": number(done)})
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
    request: ConsoleRequest, outcome: BulkOutcome, decision: str | None
) -> list[dict[str, object]]:
    left = [*outcome.stale, *outcome.busy, *outcome.refused]
    names = people(left)
    stale = {alert.pk for alert in outcome.stale}
    busy = {alert.pk for alert in outcome.busy}

    def why(alert: Alert) -> str:
        if alert.pk in busy:
            return busy_sentence()
        if alert.pk in stale:
            return conflict_sentence(alert, names)
        acts = may_resolve(alert, request.access)
        if acts and alert.severity == Severity.CRITICAL and decision == Decision.LITIGE:
            return dispute_sentence()
        return _why(alert, acts=acts)

    kinds = kinds_now()
    return [alert_row(alert, request.access, names, kinds) | {"why": why(alert)} for alert in left]


def _why(alert: Alert, *, acts: bool) -> str:
    if alert.severity == Severity.INFO:
        return _("Une information ne demande à personne d’agir.")
    if is_proposal(alert) and acts:
        return same_right_sentence()
    return _("Votre rôle ne permet pas d’agir sur cette source.")
