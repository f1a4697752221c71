"""`/governance/notifications/channels…`: the ways out, as an administrator sets them up and tries them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from governance.core.identity.roles import CONSOLE_SOURCE, Permission
from governance.core.web.http import ConsoleRequest, RoleNotAllowed, requires
from governance.notifications.channels import mail, services
from governance.notifications.channels.forms import ChannelChangeForm, ChannelForm
from governance.notifications.channels.secrets import NoKey, has_key, secret_read
from governance.notifications.channels.webhook import public_key
from governance.notifications.deliveries.queries import channels as all_channels
from governance.notifications.models import Channel, Family


def _administers(request: ConsoleRequest) -> None:
    if not request.access.may(Permission.ADMINISTER, CONSOLE_SOURCE):
        raise RoleNotAllowed(Permission.ADMINISTER)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ADMINISTER)
def channels(request: ConsoleRequest) -> HttpResponse:
    """GET: all channels. POST: add one; a webhook's keys are shown once, with the answer."""
    _administers(request)
    if request.method != "POST":
        return _page(request, ChannelForm())
    form = ChannelForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        made = services.channel_create(
            name=form.cleaned_data["name"],
            address=form.address_found,
            may_be_private=form.cleaned_data["may_be_private"],
        )
    except services.NotAllowed as refused:
        raise RoleNotAllowed(Permission.ADMINISTER) from refused
    except services.NameTaken:
        form.add_error("name", _("Un autre canal porte ce nom."))
        return _page(request, form, status=409)
    except NoKey:
        form.add_error(None, _("Sans CHANNEL_KEYS, aucun secret ne peut être gardé."))
        return _page(request, form, status=409)
    if made.family == Family.WEBHOOK:
        return _page(request, ChannelForm(), made=made, key=form.address_found.secret["key"])
    messages.success(request, _("Canal ajouté et inscrit au registre. Envoyez un essai."))
    return _seen(reverse("notifications_channels"))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ADMINISTER)
def channel(request: ConsoleRequest, channel_id: UUID) -> HttpResponse:
    """GET: one channel. POST: switch it, or replace its address."""
    _administers(request)
    one = _found(channel_id)
    family = Family(one.family)
    said = request.POST if request.method == "POST" else None
    initial = {"is_on": one.is_on, "may_be_private": one.may_be_private}
    form = ChannelChangeForm(said, family=family, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.channel_change(
                channel=one,
                is_on=form.cleaned_data["is_on"],
                may_be_private=form.cleaned_data.get("may_be_private", False),
                address=form.address_found,
            )
        except services.NotAllowed as refused:
            raise RoleNotAllowed(Permission.ADMINISTER) from refused
        except NoKey:
            form.add_error("address", _("Sans CHANNEL_KEYS, aucun secret ne peut être gardé."))
        else:
            messages.success(request, _("Canal modifié et inscrit au registre."))
            return _seen(reverse("notifications_channel", args=[one.pk]))
    if form.errors:
        status = 422
    context = {"channel": one, "form": form, "public_key": _public_key(one)}
    return render(request, "notifications/channel.html", context, status=status)


@require_POST
@requires(Permission.ADMINISTER)
def channel_test(request: ConsoleRequest, channel_id: UUID) -> HttpResponse:
    """Send a test; its page says what happens."""
    _administers(request)
    one = _found(channel_id)
    if one.family == Family.MAIL and not mail.address_of(request.user):
        messages.error(request, _("Aucun serveur de courrier, ou votre compte n’a pas d’adresse."))
        return _seen(reverse("notifications_channel", args=[one.pk]))
    try:
        made = services.channel_test(channel=one, person=request.user)
    except services.NotAllowed as refused:
        raise RoleNotAllowed(Permission.ADMINISTER) from refused
    messages.success(request, _("Essai mis en file. Rechargez cette page pour lire la réponse."))
    return _seen(reverse("notifications_delivery", args=[made]))


def _found(channel_id: UUID) -> Channel:
    one = Channel.objects.filter(pk=channel_id).first()
    if one is None:
        raise Http404
    return one


def _public_key(channel: Channel) -> str:
    if channel.family != Family.WEBHOOK:
        return ""
    try:
        return public_key(secret_read(channel.secret)["private"])
    except NoKey:
        return ""


def _page(
    request: ConsoleRequest,
    form: ChannelForm,
    *,
    made: Channel | None = None,
    key: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "channels": all_channels(),
        "form": form,
        "has_key": has_key(),
        "sends_mail": mail.is_possible(),
        "made": made,
        "key": key,
        "public_key": _public_key(made) if made else "",
    }
    return render(request, "notifications/channels.html", context, status=status)


def _seen(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response
