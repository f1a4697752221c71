"""Names, counts and logs every request; the processes of one web server count together.

Each process writes its own mapped file in PROMETHEUS_MULTIPROC_DIR (governance/serving.py sets it) and
whichever is asked adds them up: docs/decisions/0111. Without that variable there is one process.
"""

import logging
import re
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.encoding import escape_uri_path
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

from governance.core.logs import fresh_id, working_for
from governance.core.web.client import client_address

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


# What answered is nobody's business: probes come every few seconds, and a page has many files.
QUIET = frozenset({"health/live", "health/ready", "metrics", "static"})
BELIEVED = re.compile(r"[A-Za-z0-9._-]{8,64}")
logger = logging.getLogger(__name__)


def requests_seen(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, the outermost: whatever is answered has an id, is counted and has a line in the log."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        name = _id_of(request)
        with working_for(name):
            response = get_response(request)
            seconds = time.perf_counter() - began
            route = route_of(request)
            method = request.method if request.method in METHODS else "other"
            COUNT.labels(method, route, response.status_code).inc()
            SECONDS.labels(route).observe(seconds)
            if route not in QUIET or response.status_code >= 400:
                _write(request, response, seconds)
        response["X-Request-ID"] = name
        response["X-App-Env"] = settings.APP_ENV
        response["X-App-Release"] = settings.APP_RELEASE
        return response

    return middleware


def _id_of(request: HttpRequest) -> str:
    """What a trusted proxy calls the request; of anybody else such a name is not believed."""
    said = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXIES else ""
    return said if BELIEVED.fullmatch(said) else fresh_id()


def _write(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """Without the query: what somebody looks for is theirs."""
    person = getattr(request, "_cached_user", None)  # not asked for here: that would be a query
    path = escape_uri_path(request.path)  # a line break in it would begin a line of its own
    logger.log(
        logging.WARNING if response.status_code >= 400 else logging.INFO,
        "%s %s %s",
        request.method,
        path,
        response.status_code,
        extra={
            "method": request.method,
            "path": path,
            "status": response.status_code,
            "ms": round(seconds * 1000),
            "client": client_address(request),
            "person": str(person.pk) if person and person.pk else None,
        },
    )


def route_of(request: HttpRequest) -> str:
    """The pattern of the address, so that there are as many as the program has, whatever is asked for."""
    match = request.resolver_match
    if match is not None:
        return match.route
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"
