"""Error pages: each says what happened and the way back; none shows what the server knows."""

import logging
import secrets
import sys
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string

from governance.http import RoleNotAllowed
from governance.roles import Role, roles_with

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
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database is away. What the page calls it, the log calls it, too.

    Django calls this while it handles the exception; the traceback follows in the log as ever.
    """
    reference = secrets.token_hex(4).upper()
    is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if is_away else 500
    logger.error("error page shown", extra={"reference": reference, "path": request.path})
    context = {
        "reference": reference,
        "again_url": request.get_full_path() if request.method == "GET" else "",
    }
    # Without the request: whoever reads, menu and messages are questions to the database.
    response = HttpResponse(render_to_string(f"{status}.html", context), status=status)
    if is_away:
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
