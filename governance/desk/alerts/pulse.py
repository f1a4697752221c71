"""`/governance/integrity/pulse`: what happened since a page was read, in one quiet line."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from alerts.queries import changes_since
from governance.core.identity.roles import Permission
from governance.core.web.http import ConsoleRequest, requires
from governance.desk.alerts.filters import ALERTS, AlertReader, alerts_selected

# A page that was left open for longer is read anew rather than counted up.
LONGEST = timedelta(days=1)


@require_safe
@requires(Permission.VIEW)
def pulse(request: ConsoleRequest) -> HttpResponse:
    """The line; 204 when the state is still `state` (hex), or when nothing happened since `since`."""
    state = request.access.state
    if state is not None and request.GET.get("state") == state.hex():
        return HttpResponse(status=204)
    since = instant_asked(request.GET.get("since", ""))
    sources = request.access.sources[Permission.VIEW]
    asked = ALERTS.read(request.GET, AlertReader(sources, request.user.pk))
    if since is None or timezone.now() - since > LONGEST:
        context: dict[str, Any] = {"long_ago": True}
    else:
        found = changes_since(since, alerts_selected(asked))
        if not found.any:
            return HttpResponse(status=204)
        context = {"found": found}
    context["url"] = asked.url
    return render(request, "integrity/_pulse.html", context)


def instant_asked(text: str) -> datetime | None:
    """The instant of a page that comes back with a form or an address; None for what is none."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None
