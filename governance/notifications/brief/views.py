"""`/governance/brief`: the morning's lines as they read now, and whether they come by mail."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from governance.core.identity.roles import Permission
from governance.core.web.http import ConsoleRequest, requires
from governance.notifications.brief.contents import brief, morning_of
from governance.notifications.brief.models import BriefWish
from governance.notifications.brief.services import brief_wish


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW)
def morning(request: ConsoleRequest) -> HttpResponse:
    """GET: the lines. POST: whether the reader wants them by mail."""
    if request.method == "POST":
        wanted = request.POST.get("wanted") == "yes"
        brief_wish(person=request.user.pk, wanted=wanted)
        messages.success(
            request,
            _("Le point vous sera envoyé à 7 h, les jours où l’une de vos sources travaille.")
            if wanted
            else _("Le point ne vous sera plus envoyé."),
        )
        answer = HttpResponseRedirect(reverse("brief"))
        answer.status_code = 303
        return answer
    now = timezone.now()
    here = morning_of(request.access.sources[Permission.VIEW], now)
    with timezone.override(here.zone):
        lines = brief(request.user.pk, request.access, now)
    context = {
        "lines": lines,
        "day": here.here.date(),
        "is_wanted": BriefWish.objects.filter(person_id=request.user.pk).exists(),
        "has_address": bool(request.user.email),
    }
    return render(request, "notifications/brief.html", context)
