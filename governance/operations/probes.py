"""Answers the probes before a session, a person or a language is looked for: those are in the database."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve, reverse


def probes_first(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: a probe brings no session, and whoever sends a cookie with it gets the same answer."""
    addresses = {reverse(name) for name in ("health-live", "health-ready", "metrics")}
    probes = {address: resolve(address) for address in addresses}

    def middleware(request: HttpRequest) -> HttpResponseBase:
        match = probes.get(request.path_info)
        if match is None:
            return get_response(request)
        request.resolver_match = match  # its route is counted
        answer: HttpResponseBase = match.func(request)
        return answer

    return middleware
