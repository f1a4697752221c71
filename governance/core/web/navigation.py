"""The frame around every page: menu, release, demonstration notice; the menu follows the role table."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils.functional import SimpleLazyObject

from governance.core.cache.per_state import once_per_state
from governance.core.capability import MenuEntry, PageWarning, registry
from governance.core.identity import demonstration
from governance.core.identity.acting import acting_as_user
from governance.core.identity.models import SourceRole
from governance.core.identity.roles import Permission, Role
from governance.core.identity.sources import source_name
from governance.core.web.http import Access, access_of_actor

T = TypeVar("T")


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Context of `base.html`. The menu is lazy: a page that shows none pays nothing for it."""
    nav = SimpleLazyObject(lambda: _menu(request))
    roles = SimpleLazyObject(
        lambda: _as_reader(request, lambda _access: _roles_of(request.user.pk), [])
    )
    return {
        "here": request.get_full_path() if request.method == "GET" else "",
        "app_env": settings.APP_ENV,
        "app_release": settings.APP_RELEASE,
        "is_demo": settings.DEMONSTRATION,
        "sends_mail": settings.SENDS_MAIL,
        "oidc_name": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        "nav": nav,
        "page_warnings": SimpleLazyObject(lambda: _warnings(request)),
        "role_label": SimpleLazyObject(lambda: _role_label(roles)),
        "role_short": SimpleLazyObject(lambda: _role_short(roles)),
        **(_demonstration() if settings.DEMONSTRATION else {}),
    }


def _demonstration() -> dict[str, Any]:
    """What the sign-in page says of the demonstration accounts."""
    accounts = [{"username": role.value, "role_label": role.label} for role in Role]
    return {"demo_accounts": accounts, "demo_password": demonstration.PASSWORD}


def _role_label(roles: Iterable[tuple[str, str]]) -> str:
    """The person's roles in words, `Directeur · depot`; several sources of one role share a word."""
    by_role: dict[str, list[str]] = {}
    for role, source in roles:
        by_role.setdefault(str(Role(role).label), []).append(source)
    return " ; ".join(
        f"{role} · {', '.join(map(source_name, sources))}" for role, sources in by_role.items()
    )


def _role_short(roles: Iterable[tuple[str, str]]) -> str:
    return ", ".join(dict.fromkeys(str(Role(role).label) for role, _source in roles))


@once_per_state
def _roles_of(user: UUID | None) -> list[tuple[str, str]]:
    held = SourceRole.objects.filter(user=user).order_by("role", "source")
    return list(held.values_list("role", "source"))


@cache
def _address(name: str) -> tuple[str, Permission]:
    """Where a menu entry leads, and what its view requires."""
    url = reverse(name)
    return url, cast(Any, resolve(url).func).permission


def _menu(request: HttpRequest) -> list[dict[str, Any]]:
    return _as_reader(request, lambda access: _entries(request, access), [])


def _entries(request: HttpRequest, access: Access) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    here = _entry_of(request.path)
    for entry in registry().menu:
        url, permission = _address(entry.address)
        if access.may(permission):
            tab = {"label": entry.label, "url": url, "current": entry is here}
            groups.setdefault(str(entry.group or entry.label), []).append(tab)
    return [
        {
            "label": name if len(tabs) > 1 else tabs[0]["label"],
            "url": tabs[0]["url"],
            "current": any(tab["current"] for tab in tabs),
            "tabs": tabs if len(tabs) > 1 else [],
        }
        for name, tabs in groups.items()
    ]


def _entry_of(path: str) -> MenuEntry | None:
    """The entry whose page it is; else the one that says the most of what the page is below of."""
    menu = registry().menu
    for entry in menu:
        if _address(entry.address)[0] == path:
            return entry
    below = [(len(one), entry) for entry in menu for one in entry.below if path.startswith(one)]
    return max(below, key=lambda found: found[0], default=(0, None))[1]


def _warnings(request: HttpRequest) -> list[PageWarning]:
    def ask(access: Access) -> list[PageWarning]:
        return [warning for warns in registry().page_warnings for warning in warns(access)]

    return _as_reader(request, ask, [])


def _as_reader(request: HttpRequest, ask: Callable[[Access], list[T]], nothing: list[T]) -> list[T]:
    """`ask` in the name of whoever reads the page, `nothing` for a stranger."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return nothing
    access = getattr(request, "access", None)
    if access is not None:
        return ask(access)
    with acting_as_user(user.pk):  # a page without `requires`: an error page, or allauth's
        return ask(access_of_actor())
