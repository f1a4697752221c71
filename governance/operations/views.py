"""Liveness, readiness and the state of the whole, as JSON, for probes and for people; changes nothing."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from governance.core.cache.per_state import ledger_state, one_state
from governance.core.capability import registry
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import CONSOLE_SOURCE, Permission
from governance.core.web.http import Access, access_of_actor
from governance.operations.metrics import metrics_text
from governance.operations.readiness import STATEMENT_TIMEOUT, readiness, serving
from governance.operations.watchers import is_from_here, is_watcher

IDENTITY = "health"
HealthPart = Callable[[Access | None], Any]
logger = logging.getLogger(__name__)


@login_not_required
@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; looks at nothing else."""
    return JsonResponse({"live": True})


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when somebody can be served, else 503, as soon as this process is told to stop; says which part."""
    parts = {"serving": serving(), **readiness()}
    is_ready = all(part["ok"] for part in parts.values())
    return JsonResponse({"ready": is_ready, **parts}, status=200 if is_ready else 503)


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """What Prometheus reads, for whoever brings the token or asks from this very machine."""
    if not (is_watcher(request) or is_from_here(request)):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(metrics_text(), content_type=CONTENT_TYPE_LATEST)


@login_not_required
@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Readiness, who is running, and what each room adds for whoever asks."""
    parts = {"serving": serving(), **readiness()}
    is_ready = all(part["ok"] for part in parts.values())
    reader = _reader(request) if is_ready else None
    more = _of_the_rooms(reader) if is_ready else dict.fromkeys(registry().health)
    body = {
        "ready": is_ready,
        "env": settings.APP_ENV,
        "release": settings.APP_RELEASE,
        **parts,
        **more,
    }
    return JsonResponse(body, status=200 if is_ready else 503)


def _reader(request: HttpRequest) -> Access | None:
    """What a watcher with the token or a person who is signed in may do.

    None for a stranger, and for who owes a second factor.
    """
    if is_watcher(request):
        return Access({one: _seen_by_watchers(one) for one in Permission})
    try:
        if request.user.is_authenticated and not getattr(request.user, "factor_due", False):
            with acting_as_user(request.user.pk):
                return access_of_actor()
    except DatabaseError:
        logger.exception("health: who asks")
    return None


def _seen_by_watchers(permission: Permission) -> frozenset[str]:
    """Every source, to look at; none to act upon."""
    return frozenset({*settings.SOURCES, CONSOLE_SOURCE} if permission == Permission.VIEW else ())


def _of_the_rooms(reader: Access | None) -> dict[str, Any]:
    """What each room says; null for one that cannot."""
    rooms = registry().health
    try:
        return _ask(rooms, reader)  # one transaction, as long as nobody has trouble
    except DatabaseError:
        return {name: _ask_apart(name, say, reader) for name, say in rooms.items()}


def _ask_apart(name: str, say: HealthPart, reader: Access | None) -> Any:
    """One room's trouble must not hide the others' state."""
    try:
        return _ask({name: say}, reader)[name]
    except DatabaseError:
        logger.exception("health part %s", name)
        return None


def _ask(rooms: Mapping[str, HealthPart], reader: Access | None) -> dict[str, Any]:
    with acting_as_system(IDENTITY), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [STATEMENT_TIMEOUT])
        with one_state(ledger_state()):
            return {name: say(reader) for name, say in rooms.items()}
