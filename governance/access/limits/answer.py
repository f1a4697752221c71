"""The answer 429: which limit, and when there will be room again."""

import math
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation

from governance.access.journal.codes import is_code
from governance.access.journal.suspicion import Kind, suspect
from governance.access.limits.tries import TooManyAttempts

View = Callable[..., HttpResponse]


def too_many(request: HttpRequest, seconds: float, why: str, *, most: int = 0) -> HttpResponse:
    """`why`: `attempts`, `codes`, `address`, `source` or `writes`.

    Without the request in its context: whoever reads, menu and messages are questions to the database.
    """
    wait = max(math.ceil(seconds), 1)
    context = {
        "why": why,
        "most": most,
        "seconds": wait,
        "minutes": math.ceil(wait / 60),
        "at": timezone.now() + timedelta(seconds=wait),
        "again_url": request.get_full_path() if request.method == "GET" else "",
    }
    language = getattr(request, "LANGUAGE_CODE", None)
    if language is None:  # before anybody asked who reads
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if language not in dict(settings.LANGUAGES):
        language = settings.LANGUAGE_CODE
    with translation.override(language):
        response = HttpResponse(render_to_string("429.html", context), status=429)
    response["Retry-After"] = str(wait)
    return response


def limited(view: View) -> View:
    """Answer 429 where a limit of tries is reached; it says when to come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except TooManyAttempts as refused:
            suspect(request, Kind.LOCKED)
            return too_many(request, refused.seconds, "codes" if is_code(request) else "attempts")

    return guarded
