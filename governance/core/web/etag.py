"""When a page is still what its reader's browser has: decided from the console's state, before any work."""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import condition

V = TypeVar("V", bound=Callable[..., Any])


def page_tag(request: HttpRequest, *_args: object, **_kwargs: object) -> str | None:
    """The ETag of a page that `requires` guards: equal tags, equal pages.

    Everything a page is made of is in it: the state that the ledger covers, who reads, what that person may
    do where, the address, the language, the theme, the release, the browser's CSRF secret (its forms carry
    it) and the minute, because ages and the freshness of sources move without the ledger.
    None, so that the page is made anew, while a message waits to be shown on it.
    """
    if len(get_messages(request)):
        return None
    access = request.access  # type: ignore[attr-defined]  # `requires` is around
    parts = (
        access.state,
        request.user.pk,
        sorted((name.value, sorted(held)) for name, held in access.sources.items()),
        request.get_full_path(),
        bool(getattr(request, "htmx", False)),
        get_language(),
        request.COOKIES.get("theme", ""),
        getattr(request.user, "tour_dismissed_at", None),
        settings.APP_RELEASE,
        request.META.get("CSRF_COOKIE", ""),
        int(timezone.now().timestamp()) // 60,
    )
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def unchanged_is_304(view: V) -> V:
    """Answer 304 to a client that names the tag of what it has. Innermost: inside `requires`."""
    return condition(etag_func=page_tag)(view)
