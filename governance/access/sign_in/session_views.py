"""One's own sessions and devices: how to end one, and the answer about a device never seen."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from governance.access.sign_in.agents import agent_words
from governance.access.sign_in.devices import (
    devices_forgotten,
    devices_known,
    notice_answered,
    notice_over,
)
from governance.access.sign_in.sessions import name_of_this, sessions_end, sessions_going_on
from governance.core.identity.acting import acting_as_user
from governance.core.identity.models import User
from governance.core.web.errors import posted


@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    here = name_of_this(request)
    with acting_as_user(user.pk):
        going_on, devices = sessions_going_on(), devices_known()
    context = {
        "sessions": [
            {"row": one, "agent": agent_words(one.agent), "is_this": one.name == here}
            for one in going_on
        ],
        "others": sum(one.name != here for one in going_on),
        "devices": [{"row": one, "agent": agent_words(one.agent)} for one in devices],
    }
    return render(request, "sign_in/sessions.html", context)


@posted
def session_end(request: HttpRequest) -> HttpResponse:
    """End one of one's sessions, or all but this one."""
    user = cast(User, request.user)
    with acting_as_user(user.pk):
        ended = sessions_end(
            person_id=user.pk,
            reason="elsewhere",
            only=request.POST.get("name", "")[:64].replace("\x00", ""),
            all_but=name_of_this(request),
        )
    said = ngettext("%d session terminée.", "%d sessions terminées.", ended) % ended
    messages.success(request, said if ended else _("Cette session était déjà terminée."))
    return _to("sessions")


@posted
def device_answer(request: HttpRequest) -> HttpResponse:
    """About a device never seen: it was me, or it was not, which ends all sessions, this one too."""
    user = cast(User, request.user)
    is_theirs = request.POST.get("answer") != "not-me"
    with acting_as_user(user.pk):
        if is_theirs:
            notice_answered(request, user)
        else:
            notice_over(user)
            devices_forgotten()
            sessions_end(person_id=user.pk, reason="disowned")
    if is_theirs:
        messages.success(request, _("C’est noté : cet appareil est le vôtre."))
    return _to("sessions")


def _to(name: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse(name))
    response.status_code = 303
    return response
