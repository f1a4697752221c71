"""`/governance/access/review`: every role of a source, confirmed or withdrawn, and signed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from governance.access.review import services
from governance.access.review.forms import ReviewForm
from governance.access.review.queries import holders, review_states
from governance.core.identity.people import names_of
from governance.core.identity.roles import CONSOLE_SOURCE, Permission, Role
from governance.core.web.http import ConsoleRequest, RoleNotAllowed, requires


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ADMINISTER)
def review(request: ConsoleRequest) -> HttpResponse:
    """GET: the roles of `source`, or the choice of one. POST: sign what was decided."""
    administered = request.access.sources[Permission.ADMINISTER] - {CONSOLE_SOURCE}
    asked = request.POST if request.method == "POST" else request.GET
    source = asked.get("source", next(iter(administered)) if len(administered) == 1 else "")
    if source and source not in administered:
        raise Http404
    if not source:
        return _page(request, sorted(administered))
    shown = holders(source)
    form = ReviewForm(
        request.POST if request.method == "POST" else None, holders=shown, reviewer=request.user.pk
    )
    if request.method != "POST":
        return _page(request, sorted(administered), source, form)
    if not form.is_valid():
        return _page(request, sorted(administered), source, form, status=422)
    try:
        services.review_sign(source=source, shown=shown, decisions=form.decisions)
    except services.NotAllowed as refused:
        raise RoleNotAllowed(Permission.ADMINISTER) from refused
    except services.ReviewOutdated:
        form.add_error(
            None, _("Les rôles ont changé entre-temps : relisez-les et signez à nouveau.")
        )
        return _page(request, sorted(administered), source, form, status=409)
    messages.success(request, _("Revue signée et inscrite au registre."))
    response = HttpResponseRedirect(f"{reverse('access_review')}?{urlencode({'source': source})}")
    response.status_code = 303
    return response


def _page(
    request: ConsoleRequest,
    administered: list[str],
    source: str = "",
    form: ReviewForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    states = review_states(administered)
    names = names_of(one.last.reviewer for one in states if one.last and one.last.reviewer)
    context: dict[str, Any] = {
        "states": [
            {
                "source": one.source,
                "last_at": one.last.at if one.last else None,
                "by": names.get(one.last.reviewer, "") if one.last and one.last.reviewer else "",
                "due_at": one.due_at,
                "is_overdue": one.is_overdue,
                "url": f"{reverse('access_review')}?{urlencode({'source': one.source})}",
            }
            for one in states
        ],
        "source": source,
        "form": form,
        "rows": [row | {"role_label": Role(row["holder"].held.role).label} for row in form.rows()]
        if form
        else [],
    }
    return render(request, "access/review.html", context, status=status)
