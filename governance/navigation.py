"""The frame around every page: menu, release, demonstration notice; the menu follows the role table."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from governance.http import access_of_actor
from governance.roles import Permission
from governance.sql import acting_as_user

MENU = [
    ("home", _("Accueil"), Permission.VIEW),
    ("integrity", _("Intégrité"), Permission.VIEW),
]


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Context of `base.html`. The menu is lazy: a page that shows none pays nothing for it."""
    return {
        "app_env": settings.APP_ENV,
        "app_release": settings.APP_RELEASE,
        "is_demo": settings.LOCAL,
        "nav": SimpleLazyObject(lambda: _menu(request)),
    }


def _menu(request: HttpRequest) -> list[dict[str, Any]]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    access = getattr(request, "access", None)
    if access is None:  # a page without `requires`: an error page, or allauth's
        with acting_as_user(user.pk):
            access = access_of_actor()
    entries = []
    for name, label, permission in MENU:
        if access.may(permission):
            url = reverse(name)
            entries.append({"label": label, "url": url, "current": request.path == url})
    return entries
