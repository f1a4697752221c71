"""Which language a page is in: the person's own choice, else what this browser chose, else French.

What a browser announces is not asked: the console's people read French, and a borrowed computer that
prefers English is no choice of theirs.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from governance.core.identity.acting import acting_as_user
from governance.core.identity.models import User
from governance.core.web.errors import posted


def language_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """After the authentication: the person is loaded on every page anyway, so this costs no query."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with translation.override(_chosen(request)):
            request.LANGUAGE_CODE = translation.get_language()
            response = get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
        patch_vary_headers(response, ("Cookie",))
        return response

    return middleware


@login_not_required
@posted
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember `language` for this browser and, once signed in, for the person; back to `next`."""
    language = request.POST.get("language", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = reverse("home")
    response = HttpResponseRedirect(back)
    response.status_code = 303
    if language not in _known():
        return response
    user = request.user
    if isinstance(user, User):
        with acting_as_user(user.pk):
            User.objects.filter(pk=user.pk).update(language=language)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    return response


def _known() -> set[str]:
    return {code for code, _name in settings.LANGUAGES}


def _of_the_person(request: HttpRequest) -> str:
    try:
        user = request.user
        return user.language if isinstance(user, User) and user.is_authenticated else ""
    except (OperationalError, InterfaceError):
        return ""  # the probes must answer while the database is away, and so must the page that says it


def _chosen(request: HttpRequest) -> str:
    for one in (_of_the_person(request), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")):
        if one in _known():
            return str(one)
    return settings.LANGUAGE_CODE
