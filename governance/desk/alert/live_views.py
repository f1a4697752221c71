"""Looking now: one alert again or a whole source ("Vérifier maintenant")."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from governance.core.identity.roles import Permission
from governance.core.identity.sources import source_slugs
from governance.core.web.errors import posted
from governance.core.web.http import ConsoleRequest, requires
from governance.desk.alert.live_check import alert_verdict, look_context
from governance.desk.alert.views import alert_or_404, alert_page
from integrity.scans.live import (
    LOOKS,
    SHOWN,
    Look,
    LookRefused,
    alert_look,
    look_count,
    look_place,
    source_look,
)
from integrity.sources.connections import SourceError

T = TypeVar("T")


@posted
@requires(Permission.VIEW)
def alert_verify(request: ConsoleRequest, alert_id: UUID) -> HttpResponse:
    """Read the view again for one identity and show it beside what is stored; changes no alert."""
    alert = alert_or_404(alert_id)
    if alert.source not in source_slugs():
        raise Http404  # the console's own findings, and a source that is configured no more
    said, status, look = _looked(lambda: alert_look(alert))
    if look is not None:
        said = alert_verdict(alert, look)
    return _answer(alert_page(request, alert, status=status, look=said), said)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW)
def live(request: ConsoleRequest) -> HttpResponse:
    """GET: choose a source. POST: read its view and show it beside what is stored."""
    held = sorted(request.access.sources[Permission.VIEW] & set(source_slugs()))
    source = request.POST.get("source", held[0] if len(held) == 1 else "")
    context: dict[str, Any] = {
        "sources": held,
        "source": source if source in held else "",
        "looks": LOOKS,
        "list_url": reverse("integrity"),
    }
    if request.method != "POST" or not source:
        return render(request, "integrity/live.html", context)
    if source not in held:
        raise Http404
    said, status, look = _looked(lambda: source_look(source))
    context |= {"said": said, "look": look_context(look, source) if look else None, "shown": SHOWN}
    return _answer(render(request, "integrity/live.html", context, status=status), said)


def _looked(look: Callable[[], Look]) -> tuple[dict[str, Any], int, Look | None]:
    """The look, or what to say where there is none, with the status of the answer."""
    try:
        with look_place():
            look_count()
            return {}, 200, look()
    except LookRefused as refused:
        if refused.crowded:
            title = _("D’autres personnes regardent en ce moment : rien n’a été lu.")
            text = ngettext(
                "Recommencez dans %(n)d seconde ; la console garde de quoi répondre à tous.",
                "Recommencez dans %(n)d secondes ; la console garde de quoi répondre à tous.",
                refused.wait_s,
            )
        else:
            title = _("Vous avez regardé très souvent : rien n’a été lu.")
            text = ngettext(
                "Recommencez dans %(n)d seconde ; la console ménage la base de la source.",
                "Recommencez dans %(n)d secondes ; la console ménage la base de la source.",
                refused.wait_s,
            )
        text %= {"n": refused.wait_s}
        said = {"tone": "warning", "title": title, "text": text, "wait_s": refused.wait_s}
        return said, 429, None
    except SourceError as error:
        title = _("La source n’a pas pu être lue : l’état de cette seconde est INCONNU.")
        return {"tone": "error", "title": title, "text": f"{error}."}, 200, None


def _answer(response: HttpResponse, said: dict[str, Any]) -> HttpResponse:
    if "wait_s" in said:
        response["Retry-After"] = str(said["wait_s"])
    return response
