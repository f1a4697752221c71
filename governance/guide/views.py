"""`/governance/aide`, the three sentences' one POST, and `/governance/ui` on a developer's machine."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.core.identity.acting import acting_as_user
from governance.core.identity.models import SourceRole, User
from governance.core.identity.roles import Role
from governance.core.web.errors import posted
from governance.guide.components import components, markup, rendered
from governance.guide.examples import examples
from governance.guide.pages import INDEX, VISIT, help_page
from governance.guide.tokens import colours, lengths, pairs


@require_safe
def help_index(request: HttpRequest) -> HttpResponse:
    return render(request, "guide/help.html", _help(request, INDEX))


@require_safe
def visit(request: HttpRequest) -> HttpResponse:
    """Two minutes through the pages, for newcomers."""
    return render(request, "guide/help.html", _help(request, VISIT))


@require_safe
def help_role(request: HttpRequest, role: str) -> HttpResponse:
    if role not in Role.values:
        raise Http404
    return render(request, "guide/help.html", _help(request, role))


@posted
def tour(request: HttpRequest) -> HttpResponse:
    """Put the home page's three sentences away for good, or ask for them again (`again`)."""
    at = None if request.POST.get("again") else timezone.now()
    person = cast(User, request.user).pk
    with acting_as_user(person):
        User.objects.filter(pk=person).update(tour_dismissed_at=at)
    response = HttpResponseRedirect(reverse("home"))
    response.status_code = 303
    return response


@require_safe
def living_page(request: HttpRequest) -> HttpResponse:
    """Each component in each of its states; nothing of this exists outside of a developer's machine."""
    if not settings.LOCAL:
        raise Http404
    shown = examples()
    parts = [
        {
            "name": name,
            "text": component.text,
            "parameters": component.parameters,
            "examples": [
                {
                    "caption": example.caption,
                    "markup": markup(name, example),
                    "here": (
                        here := rendered(name, example, key=f"{name}-{number}", request=request)
                    ),
                    # Two landmarks of one name would mislead whoever goes from one to the next, and
                    # a field with an error would draw the focus as the page opens.
                    "is_inert": any(one in here for one in ("<aside", "<nav", "aria-invalid")),
                    "there": rendered(name, example, key=f"{name}-{number}-b", request=request),
                }
                for number, example in enumerate(shown.get(name, []), 1)
            ],
        }
        for name, component in components().items()
    ]
    context = {
        "components": parts,
        "colours": colours().values(),
        "pairs": pairs(),
        "lengths": lengths(),
    }
    return render(request, "guide/ui.html", context)


def _help(request: HttpRequest, name: str) -> dict[str, Any]:
    person = cast(User, request.user).pk
    with acting_as_user(person):
        held = set(SourceRole.objects.filter(user=person).values_list("role", flat=True))
    # One's own first: nobody should have to look for it.
    roles = sorted(Role, key=lambda role: role.value not in held)
    return {
        "page": help_page(name),
        "is_index": name == INDEX,
        "roles": [
            {
                "label": role.label,
                "url": reverse("help_role", args=[role.value]),
                "is_own": role.value in held,
                "is_current": role.value == name,
            }
            for role in roles
        ],
    }
