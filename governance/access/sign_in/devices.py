"""Browsers from which a person signed in before, and what is told of one that was never seen."""

import hashlib
import logging
import re
import secrets
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation

from governance.access.models import PersonDevice
from governance.access.sign_in.agents import agent_words
from governance.access.sign_in.link.links import link_make
from governance.access.sign_in.mail import mail_send
from governance.access.sign_in.sessions import agent_of
from governance.core.identity.acting import acting_as_user
from governance.core.identity.models import User
from governance.core.web.client import client_address

AGE = 400 * 24 * 3600  # seconds: as long as browsers keep a cookie
TRUSTED_AFTER, ASKED_FOR = timedelta(days=1), timedelta(days=7)
ANSWERED = "device_notice_answered"  # in a session: the notice that it shows no more (base.html)
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # as secrets makes it of 32 bytes
logger = logging.getLogger(__name__)


def device_noted(request: HttpRequest, user: User, response: HttpResponse) -> None:
    """Know this browser again, and tell the person when it is new; nothing at the very first sign-in."""
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    if not TOKEN.fullmatch(token):  # it is sent back, and no header takes just anything
        token = secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).digest()
    here = {"address": client_address(request), "agent": agent_of(request)}
    secret = ""
    with acting_as_user(user.pk):
        is_known = PersonDevice.objects.filter(digest=digest).update(last_at=Now(), **here)
        if not is_known:
            PersonDevice.objects.create(user_id=user.pk, digest=digest, **here)
            if user.last_login is not None:  # as it was before this sign-in
                User.objects.filter(pk=user.pk).update(device_notice_at=Now())
                secret = link_make(purpose="disown", person_id=user.pk)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        token,
        max_age=AGE,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    if secret and settings.SENDS_MAIL and user.email:
        _tell(request, user, secret, here)


def _tell(request: HttpRequest, user: User, secret: str, here: dict[str, str]) -> None:
    url = request.build_absolute_uri(reverse("disown", args=[secret]))
    with translation.override(user.language or settings.LANGUAGE_CODE):
        context = {"username": user.username, "url": url, "at": timezone.localtime(), **here}
        context["agent"] = agent_words(here["agent"])
        try:
            mail_send("account/email/new_device", user.email or "", context)
        except (OSError, SMTPException):
            logger.exception("mail was not sent")  # the next page says it all the same


def devices_known() -> list[PersonDevice]:
    """Of the acting person, the latest first."""
    return list(PersonDevice.objects.order_by("-last_at", "id"))


def devices_forgotten() -> None:
    """Whoever it was is told again: none of the acting person's devices is known any more."""
    PersonDevice.objects.all().delete()


def notice_answered(request: HttpRequest, user: User) -> None:
    """It was the person, says this session, which shows the notice no more; callers act as them.

    For the others only a device known for a day before speaks, lest who came with a stolen password answers
    for the owner; or any, when the owner had a week to look.
    """
    at = user.device_notice_at
    if at is None:
        return
    request.session[ANSWERED] = at.isoformat()
    digest = hashlib.sha256(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "").encode()).digest()
    is_known = PersonDevice.objects.filter(digest=digest, first_at__lt=at - TRUSTED_AFTER).exists()
    if is_known or at < timezone.now() - ASKED_FOR:
        notice_over(user)


def notice_over(user: User) -> None:
    """No device asks any more; callers act as the person."""
    User.objects.filter(pk=user.pk).update(device_notice_at=None)
