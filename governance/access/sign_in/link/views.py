"""Where links lead that were handed out: a first password, another one, "it was not me"."""

from functools import wraps
from typing import Any, cast

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.debug import sensitive_post_parameters

from governance.access.limits.answer import View, limited
from governance.access.sign_in.attempts import attempt_count, link_limits
from governance.access.sign_in.devices import devices_forgotten
from governance.access.sign_in.forms import ChoosePasswordForm
from governance.access.sign_in.link.links import link_of, link_use
from governance.access.sign_in.sessions import sessions_end
from governance.core.identity.acting import acting_as_user
from governance.core.identity.backend import Backend
from governance.core.identity.models import User
from governance.core.web.client import client_address


def void(request: HttpRequest) -> HttpResponse:
    """Only void links are counted: whoever tries many stops nobody who has a genuine one."""
    attempt_count(link_limits(address=client_address(request)))
    return render(request, "account/link_void.html", status=404)


def open_to_strangers(view: View) -> View:
    @login_not_required
    @limited
    @sensitive_post_parameters()
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    return guarded


@open_to_strangers
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """Choose a password and be signed in; a second factor is asked for as at any sign-in."""
    found = link_of(secret)
    person = Backend().get_user(found[0]) if found and found[1] in ("invite", "reset") else None
    if person is None:
        return void(request)
    form = ChoosePasswordForm(person, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        context = {"form": form, "person": person, "purpose": found and found[1]}
        with translation.override(spoken(request, person)):
            return render(request, "account/link.html", context, status=status)
    if request.user.is_authenticated:
        request.session.flush()  # somebody else's, or an older one
    with acting_as_user(person.pk):
        if not link_use(secret):
            return void(request)
        sessions_end(person_id=person.pk, reason="password")
        form.save()
        return let_in(request, person)


@open_to_strangers
def disown(request: HttpRequest, secret: str) -> HttpResponse:
    """The mail about a device never seen: "it was not me" ends all sessions, without a sign-in."""
    found = link_of(secret)
    if found is None or found[1] != "disown" or found[0] is None:
        return void(request)
    if request.method != "POST":
        return render(request, "account/disown.html", {"secret": secret})
    with acting_as_user(found[0]):
        if not link_use(secret):
            return void(request)
        devices_forgotten()
        sessions_end(person_id=found[0], reason="disowned")
        User.objects.filter(pk=found[0]).update(device_notice_at=None)
    return HttpResponseRedirect(reverse("disowned"))


@open_to_strangers
def disowned(request: HttpRequest) -> HttpResponse:
    return render(request, "account/disowned.html")


def spoken(request: HttpRequest, person: User) -> str:
    """What was chosen in this browser, else the language in which the person was invited."""
    is_chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    return (not is_chosen and person.language) or translation.get_language()


def let_in(request: HttpRequest, person: User) -> HttpResponse:
    person.backend = f"{Backend.__module__}.{Backend.__qualname__}"
    return cast(HttpResponse, perform_login(request, Login(user=person)))
