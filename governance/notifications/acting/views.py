"""`/governance/messages/<link>`: the alert of a message with its button; opening it does nothing."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alerts import services as alerts
from alerts.kinds import kinds_now
from alerts.models import Alert, Status
from alerts.presentation import alert_row, people
from governance.core.identity.roles import Permission
from governance.core.web.http import ConsoleRequest, RoleNotAllowed, requires
from governance.notifications.acting.links import LinkVoid, Offer, offer_read
from governance.notifications.acting.services import AlreadyUsed, acknowledge_by_link, link_is_used

NOTE_LIMIT = 2000


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW)
def act(request: ConsoleRequest, link: str) -> HttpResponse:
    """GET: what the message told of, and a button if it still holds. POST: acknowledge."""
    try:
        offer = offer_read(link)
    except LinkVoid:
        text = _("Ce lien n’est plus valable, ou il est incomplet. Rien n’a été enregistré.")
        return _page(request, None, text, status=410)
    if offer.person != request.user.pk:
        text = _("Ce lien a été envoyé à quelqu’un d’autre. Rien n’a été enregistré.")
        return _page(request, None, text, status=403)
    alert = Alert.objects.filter(pk=offer.alert).first()
    if alert is None:
        raise Http404
    if request.method == "POST":
        return _acknowledged(request, alert, offer)
    return _page(request, alert, _why_not(request, alert, offer))


def _acknowledged(request: ConsoleRequest, alert: Alert, offer: Offer) -> HttpResponse:
    try:
        acknowledge_by_link(offer, note=request.POST.get("note", "")[:NOTE_LIMIT])
    except AlreadyUsed:
        return _page(request, alert, _used(), status=409)
    except alerts.AlreadyMine:
        messages.success(request, _("Vous aviez déjà acquitté cette alerte."))
        return _to(alert)
    except alerts.Conflict as conflict:
        why_not = _why_not(request, conflict.current, offer)
        return _page(request, conflict.current, why_not, status=409)
    except alerts.AlertGone as gone:
        raise Http404 from gone
    except alerts.NotAllowed as refused:
        raise RoleNotAllowed(Permission.ACT) from refused
    messages.success(request, _("Alerte acquittée."))
    return _to(alert)


def _why_not(request: ConsoleRequest, alert: Alert, offer: Offer) -> str:
    """Why the button is not offered; empty where it is."""
    if link_is_used(offer):
        return _used()
    if alert.status == Status.ACK:
        return _("Cette alerte est déjà acquittée.")
    if alert.status == Status.RESOLVED:
        return _("Cette alerte est terminée.")
    if alert.version != offer.version:
        return _("Cette alerte a changé depuis le message : relisez-la avant d’agir.")
    if not request.access.may(Permission.ACT, alert.source):
        return _("Vous ne pouvez plus agir sur cette source.")
    return ""


def _used() -> str:
    return _("Ce lien a déjà servi : il ne sert qu’une fois.")


def _page(
    request: ConsoleRequest, alert: Alert | None, why_not: str, *, status: int = 200
) -> HttpResponse:
    row = alert_row(alert, request.access, people([alert]), kinds_now()) if alert else None
    context = {"alert": row, "why_not": why_not}
    return render(request, "notifications/act.html", context, status=status)


def _to(alert: Alert) -> HttpResponse:
    answer = HttpResponseRedirect(reverse("alert", args=[alert.pk]))
    answer.status_code = 303
    return answer
