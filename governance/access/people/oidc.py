"""Signing in by an OpenID Connect provider that the environment names: whom it means, with which roles.

The library talks to the provider; from its answer on everything is here, because accounts are read by the
machine or their own person alone.
"""

import logging
import re
from hashlib import sha256
from typing import Any, cast

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.openid_connect import views as library
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from requests import RequestException

from governance.access.people.services import LastAdministrator, person_invite, role_set
from governance.core.identity.acting import acting_as_system
from governance.core.identity.backend import Backend
from governance.core.identity.models import SourceRole, User

PROVIDER = "oidc"
IDENTITY = "oidc"  # of the machine that opens accounts and gives roles as the provider's claim says
logger = logging.getLogger(__name__)


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the library ships no types
    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The one of the environment; the library's table of providers stays empty."""
        if not settings.OIDC_ISSUER or provider not in (None, "openid_connect", PROVIDER):
            return []
        return [
            SocialApp(
                provider="openid_connect",
                provider_id=PROVIDER,
                name=settings.OIDC_NAME,
                client_id=settings.OIDC_CLIENT_ID,
                secret=settings.OIDC_CLIENT_SECRET,
                settings={"server_url": settings.OIDC_ISSUER, "oauth_pkce_enabled": True},
            )
        ]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Ends here, one way or the other: the library's own search sees no account."""
        person = _person(str(sociallogin.account.uid), _claims(sociallogin.account.extra_data))
        if person is None:
            raise ImmediateHttpResponse(
                render(request, "socialaccount/no_account.html", status=403)
            )
        if request.user.is_authenticated:
            logout(request)
        person.backend = f"{Backend.__module__}.{Backend.__qualname__}"
        record_authentication(request, person, "socialaccount", provider=PROVIDER)
        login = Login(user=person, redirect_url=sociallogin.get_redirect_url(request))
        raise ImmediateHttpResponse(perform_login(request, login))


def _open(request: HttpRequest, view: Any) -> HttpResponse:
    if not settings.OIDC_ISSUER:
        raise Http404
    try:
        return cast(HttpResponse, view(request, PROVIDER))
    except RequestException:
        logger.exception("the OpenID Connect provider did not answer")
        return render(request, "socialaccount/authentication_error.html", status=503)


@login_not_required
def oidc_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider. A link: the Content-Security-Policy lets forms lead to the console alone."""
    return _open(request, library.login)


@login_not_required
def oidc_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _open(request, library.callback)


def _claims(said: dict[str, Any]) -> dict[str, Any]:
    """What the provider says of the person, by userinfo and by the token; the former wins."""
    return {**(said.get("id_token") or {}), **(said.get("userinfo") or {})}


def roles_meant(claims: dict[str, Any]) -> dict[str, str]:
    """By source, the role that settings.OIDC_ROLES gives for the claim; the first line of the table wins."""
    groups = claims.get(settings.OIDC_ROLES_CLAIM) or []
    held = {groups} if isinstance(groups, str) else {str(one) for one in groups}
    meant: dict[str, str] = {}
    for group, role, source in settings.OIDC_ROLES:
        if group in held:
            meant.setdefault(source, role)
    return meant


def _person(subject: str, claims: dict[str, Any]) -> User | None:
    """Whose account: bound before, of the same verified address, or opened for a role of the table."""
    email = str(claims.get("email") or "")
    meant = roles_meant(claims)
    with acting_as_system(IDENTITY):
        uid = _uid(subject)
        bound = SocialAccount.objects.filter(provider=PROVIDER, uid=uid).first()
        if bound:
            person = User.objects.get(pk=bound.user_id)
        else:
            found = None
            if email and claims.get("email_verified") is True:
                found = User.objects.filter(email__iexact=email).first()
            if found is None and meant:
                found = _opened(subject, claims)
            if found is None:
                return None
            person = found
            SocialAccount.objects.create(provider=PROVIDER, uid=uid, user=person, extra_data={})
        if person.is_active:
            _roles_follow(person, meant)
    return person


def _uid(subject: str) -> str:
    """A subject is somebody at one provider alone: another one's "1" is another person."""
    return sha256(f"{settings.OIDC_ISSUER}\n{subject}".encode()).hexdigest()


def _opened(subject: str, claims: dict[str, Any]) -> User:
    wanted = re.sub(r"[^\w.@+-]", "", str(claims.get("preferred_username") or "")) or subject
    name = wanted[:150]
    if User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name)).exists():
        name = f"{wanted[:110]}.{subject[:39]}"  # somebody else's already, who is not this person
    is_theirs = claims.get("email_verified") is True
    person_id = person_invite(
        username=name,
        first_name=str(claims.get("given_name") or "")[:150],
        last_name=str(claims.get("family_name") or "")[:150],
        email=str(claims.get("email") or "") if is_theirs else "",
        roles={},
    )
    return User.objects.get(pk=person_id)


def _roles_follow(person: User, meant: dict[str, str]) -> None:
    """On the sources of the table the claim alone counts; on others what was given stays."""
    held = dict(SourceRole.objects.filter(user=person).values_list("source", "role"))
    for source in {source for _group, _role, source in settings.OIDC_ROLES}:
        role = meant.get(source, "")
        if held.get(source, "") == role:
            continue
        try:
            role_set(person_id=person.pk, source=source, role=role)
        except LastAdministrator:
            logger.warning("the last administrator keeps the role that the claim does not give")
