"""Counts requests by route, with how long each took; the processes of one web server count together.

Each process writes its own mapped file in PROMETHEUS_MULTIPROC_DIR (governance/serving.py sets it) and
whichever is asked adds them up: docs/decisions/0111. Without that variable there is one process.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)  # seconds

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, which says when it began
REGISTRY = CollectorRegistry()
COUNT = Counter(
    "governance_http_requests",
    "Requests answered.",
    ("method", "route", "status"),
    registry=REGISTRY,
)
SECONDS = Histogram(
    "governance_http_request_seconds",
    "From the whole request to its answer, by route.",
    ("route",),
    registry=REGISTRY,
    buckets=BUCKETS,
)


def requests_counted(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, the outermost: whatever is answered is counted."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = get_response(request)
        route = route_of(request)
        method = request.method if request.method in METHODS else "other"
        COUNT.labels(method, route, response.status_code).inc()
        SECONDS.labels(route).observe(time.perf_counter() - began)
        return response

    return middleware


def route_of(request: HttpRequest) -> str:
    """The pattern of the address, so that there are as many as the program has, whatever is asked for."""
    match = request.resolver_match
    if match is not None:
        return match.route
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"
