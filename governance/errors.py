"""Error pages: each says what happened and the way back; none shows what the server knows."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from governance.http import RoleNotAllowed
from governance.roles import Role, roles_with

P = ParamSpec("P")


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
