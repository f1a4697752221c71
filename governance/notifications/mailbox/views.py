"""`/governance/mailbox…`, while APP_ENV is local: messages to everybody, each as a mail client shows it."""

from typing import Any
from uuid import UUID

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from governance.core.identity.people import names_of
from governance.core.identity.roles import Permission
from governance.core.web.http import ConsoleRequest, requires
from governance.notifications.models import Delivery

SHOWN = 50


def _local_only() -> None:
    if settings.APP_ENV != "local":
        raise Http404


@require_safe
@requires(Permission.VIEW)
def mailbox(request: ConsoleRequest) -> HttpResponse:
    """The newest messages that the reader may see, whoever they are for."""
    _local_only()
    found = list(Delivery.objects.select_related("channel").order_by("-created_at")[:SHOWN])
    names = names_of(one.person_id for one in found if one.person_id)
    rows: list[dict[str, Any]] = [
        {
            "one": one,
            "state": one.get_state_display(),
            "to": names.get(one.person_id, one.address) if one.person_id else one.channel.name,
        }
        for one in found
    ]
    context = {"rows": rows, "sends_mail": settings.SENDS_MAIL}
    return render(request, "notifications/mailbox.html", context)


@require_safe
@xframe_options_sameorigin
@csp_replace(  # type: ignore[untyped-decorator]
    {"style-src": ["'unsafe-inline'"], "img-src": ["'none'"], "script-src": ["'none'"]}
)
@requires(Permission.VIEW)
def mailbox_message(request: ConsoleRequest, delivery_id: UUID) -> HttpResponse:
    """The HTML of one message, with its own styles and nothing else; its text where it has none."""
    _local_only()
    one = Delivery.objects.filter(pk=delivery_id).first()
    if one is None:
        raise Http404
    if one.html:
        return HttpResponse(one.html)
    return HttpResponse(one.text, content_type="text/plain; charset=utf-8")
