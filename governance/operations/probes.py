"""Answers the probes before a session, a person or a language is looked for: those are in the database."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from governance.operations import views


def probes_first(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: a probe brings no session, and whoever sends a cookie with it gets the same answer."""
    probes = {reverse("health-live"): views.live, reverse("health-ready"): views.ready}

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return probes.get(request.path_info, get_response)(request)

    return middleware
