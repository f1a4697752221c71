"""`/governance/sources/<slug>`: how a source is reached, what its rules are worth, what was said of it."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.core.identity.roles import CONSOLE_SOURCE, Permission
from governance.core.web.errors import posted
from governance.core.web.http import ConsoleRequest, RoleNotAllowed, requires
from integrity.adoption.forms import RetireForm
from integrity.adoption.queries import source_is_known, source_page
from integrity.adoption.services import StillConfigured, source_retire


@require_safe
@requires(Permission.VIEW)
def source(request: ConsoleRequest, slug: str) -> HttpResponse:
    return _page(request, slug, RetireForm())


@posted
@requires(Permission.ADMINISTER)
def source_retirement(request: ConsoleRequest, slug: str) -> HttpResponse:
    """Say that a source is no more; its alerts then close as such."""
    _known(request, slug)
    if not request.access.may(Permission.ADMINISTER, slug):
        raise RoleNotAllowed(Permission.ADMINISTER)
    form = RetireForm(request.POST)
    if not form.is_valid():
        return _page(request, slug, form, status=422)
    try:
        source_retire(source=slug, note=form.cleaned_data["note"])
    except StillConfigured:
        messages.error(
            request, _("Cette source est encore configurée : retirer d’abord sa variable.")
        )
    else:
        messages.success(request, _("Source retirée ; ses alertes se closent."))
    answer = HttpResponseRedirect(reverse("source", args=[slug]))
    answer.status_code = 303
    return answer


def _page(
    request: ConsoleRequest, slug: str, form: RetireForm, *, status: int = 200
) -> HttpResponse:
    _known(request, slug)
    administers = request.access.may(Permission.ADMINISTER, slug)
    page = source_page(slug, sees_address=administers)
    context = {
        "page": page,
        "form": form if administers and not page.is_configured else None,
        "administers": administers,
    }
    return render(request, "adoption/source.html", context, status=status)


def _known(request: ConsoleRequest, slug: str) -> None:
    """A source of somebody else's does not exist; nor does one that never was."""
    if slug == CONSOLE_SOURCE or not request.access.may(Permission.VIEW, slug):
        raise Http404
    if not source_is_known(slug):
        raise Http404
