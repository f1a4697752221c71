"""Counts every request before anything is done for it: per address, per source, per person who writes.

Files and probes are not counted. Where the database cannot be written to, nobody is turned away: its pages
say so themselves.
"""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from governance.access.journal.suspicion import Kind, suspect
from governance.access.limits.answer import too_many
from governance.access.limits.steps import Steps
from governance.core.database.outages import outage_kind
from governance.core.identity.acting import acting_as_user
from governance.core.identity.roles import CONSOLE_SOURCE, Permission
from governance.core.web.client import client_address

UNCOUNTED = frozenset({"/health", "/health/live", "/health/ready", "/metrics"})
WRITES_STEP = 5
SOURCES_KNOWN_S = 60.0  # for so long a role given or taken makes no difference to what is counted
_steps = Steps()
_sources: dict[UUID, tuple[float, tuple[str, ...]]] = {}


class RequestLimits:
    """Before the session, so that a flood asks the database nothing; and once it is known who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        most = settings.LIMIT_ADDRESS_PER_MINUTE
        if most and request.path_info not in UNCOUNTED:
            wait = _wait(f"address {client_address(request)}", most)
            if wait:
                return _refused(request, wait, "address", most)
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Who asks is known: the members of a source together, and a person who writes."""
        if request.path_info in UNCOUNTED:
            return None
        return self._of_the_person(request)

    def _of_the_person(self, request: HttpRequest) -> HttpResponse | None:
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return None
        most = settings.LIMIT_SOURCE_PER_MINUTE
        for source in _sources_of(user.pk) if most else ():
            if wait := _wait(f"source {source}", most):
                return _refused(request, wait, "source", most)
        most = settings.LIMIT_WRITES_PER_MINUTE
        writes = most and request.method not in ("GET", "HEAD", "OPTIONS")
        if writes and (wait := _wait(f"writes {user.pk}", most, step=WRITES_STEP)):
            return _refused(request, wait, "writes", most)
        return None


def _wait(key: str, most: int, **how: int) -> float:
    try:
        return _steps.take(key, most, **how)
    except DatabaseError as error:
        if outage_kind(error) in ("read_only", "full"):
            return 0.0
        raise


def _refused(request: HttpRequest, wait: float, why: str, most: int) -> HttpResponse:
    suspect(request, Kind.TOO_MANY)
    return too_many(request, wait, why, most=most)


def _sources_of(person: UUID) -> tuple[str, ...]:
    """The sources on which somebody holds a role; asked once a minute."""
    now = time.monotonic()
    until, sources = _sources.get(person, (0.0, ()))
    if until <= now:
        with acting_as_user(person), connection.cursor() as cursor:
            cursor.execute("SELECT governance_own_sources(%s)", [Permission.VIEW.value])
            (held,) = cursor.fetchone()
        sources = tuple(sorted(set(held) - {CONSOLE_SOURCE}))
        if len(_sources) > 10_000:
            _sources.clear()
        _sources[person] = (now + SOURCES_KNOWN_S, sources)
    return sources
