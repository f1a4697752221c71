"""The frame around every page: menu, release, demonstration notice; the menu follows the role table."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from governance import demo
from governance.http import access_of_actor
from governance.models import SourceRole
from governance.roles import Permission, Role
from governance.sql import acting_as_user

# (name of the address, label, what opens it, addresses below it)
MENU = [
    ("home", _("Accueil"), Permission.VIEW, ()),
    ("integrity", _("Intégrité"), Permission.VIEW, ("/governance/alerts/",)),
]


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Context of `base.html`. The menu is lazy: a page that shows none pays nothing for it."""
    return {
        "app_env": settings.APP_ENV,
        "app_release": settings.APP_RELEASE,
        "is_demo": settings.LOCAL,
        "nav": SimpleLazyObject(lambda: _menu(request)),
        "role_label": SimpleLazyObject(lambda: _role_label(request)),
        **(_demonstration() if settings.LOCAL else {}),
    }


def _demonstration() -> dict[str, Any]:
    """What the sign-in page says of the demonstration accounts."""
    accounts = [{"username": role.value, "role_label": role.label} for role in Role]
    return {"demo_accounts": accounts, "demo_password": demo.PASSWORD}


def _role_label(request: HttpRequest) -> str:
    """The person's roles in words, `Directeur · depot`; several sources of one role share a word."""
    by_role: dict[str, list[str]] = {}
    for held in SourceRole.objects.filter(user=request.user.pk).order_by("role", "source"):
        by_role.setdefault(str(Role(held.role).label), []).append(held.source)
    return " ; ".join(f"{role} · {', '.join(sources)}" for role, sources in by_role.items())


def _menu(request: HttpRequest) -> list[dict[str, Any]]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    access = getattr(request, "access", None)
    if access is None:  # a page without `requires`: an error page, or allauth's
        with acting_as_user(user.pk):
            access = access_of_actor()
    entries = []
    for name, label, permission, below in MENU:
        if access.may(permission):
            url = reverse(name)
            current = request.path == url or request.path.startswith(tuple(below))
            entries.append({"label": label, "url": url, "current": current})
    return entries
