"""Error pages: each says what happened and the way back; none shows what the server knows."""

import logging
import secrets
import sys
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string

from governance.core.database.outages import outage_kind
from governance.core.identity.roles import Role, roles_with
from governance.core.web.http import RoleNotAllowed

P = ParamSpec("P")
logger = logging.getLogger(__name__)

RETRY_AFTER = 60  # seconds, after which a database that was away is asked again


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    roles: list[Role] = []
    if isinstance(exception, RoleNotAllowed):
        roles = roles_with(exception.permission)
    return render(
        request, "403.html", {"roles_allowed": [role.label for role in roles]}, status=403
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    request.is_csrf_refused = True  # type: ignore[attr-defined]  # for whoever notes refusals
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database cannot serve. What the page calls it, the log calls it, too.

    Django calls this while it handles the exception. The traceback of a 500 follows in the log; an outage
    is this one line (governance/core/database/outages.py), however many requests it ends.
    """
    reference = secrets.token_hex(4).upper()
    error = sys.exc_info()[1]
    outage = outage_kind(error)
    status = 503 if outage else 500
    words = " ".join(str(error).split())[:300]
    logger.error(
        f"the console's database cannot serve: {words}" if outage else "error page shown",
        extra={"reference": reference, "path": request.path},
    )
    context = {
        "reference": reference,
        "outage": outage,
        "again_url": request.get_full_path() if request.method == "GET" else "",
    }
    # Without the request: whoever reads, menu and messages are questions to the database.
    response = HttpResponse(render_to_string(f"{status}.html", context), status=status)
    if outage:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


def method_not_allowed(request: HttpRequest, *, allowed: str) -> HttpResponse:
    response = render(request, "405.html", status=405)
    response["Allow"] = allowed
    return response


def posted(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Answer anything but POST with the 405 page, before anybody asks who may."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method != "POST":
            return method_not_allowed(request, allowed="POST")
        return view(request, *args, **kwargs)

    return guarded
