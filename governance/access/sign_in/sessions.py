"""The sessions of a person: where each began, how to end it, and why it was ended."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.access.models import PersonSession
from governance.core.identity.acting import acting_as_user
from governance.core.identity.models import User
from governance.core.identity.sessions import session_name
from governance.core.web.client import client_address

# What sessions_end.sql and account_closed.sql keep, and what the sign-in page says of it.
REASONS: dict[str, Promise] = {
    "closed": _("Votre compte a été fermé par un administrateur."),
    "ended": _("Un administrateur a mis fin à vos sessions."),
    "elsewhere": _("Vous avez mis fin à cette session depuis un autre appareil."),
    "password": _("Votre mot de passe a changé depuis cette session."),
    "factor": _("Votre double authentification a changé depuis cette session."),
    "disowned": _(
        "Une connexion à votre compte a été signalée comme n’étant pas la vôtre : toutes vos sessions ont"
        " pris fin. Choisissez un autre mot de passe."
    ),
}
OVER = _("Votre session a pris fin. Reconnectez-vous pour continuer.")


def session_noted(sender: object, request: HttpRequest, user: User, **kwargs: object) -> None:
    """Keep where a session began. A receiver of Django's user_logged_in."""
    if request.session.session_key is None:
        return
    with acting_as_user(user.pk):
        PersonSession.objects.bulk_create(
            [
                PersonSession(
                    name=session_name(request.session.session_key),
                    user_id=user.pk,
                    address=client_address(request),
                    agent=agent_of(request),
                )
            ],
            ignore_conflicts=True,  # who signs in again within a session goes on with it
        )


def agent_of(request: HttpRequest) -> str:
    """What the browser calls itself, without what no database takes."""
    return request.headers.get("User-Agent", "").replace("\x00", "")[:300]


def sessions_going_on() -> list[PersonSession]:
    """Of the acting person, the newest first."""
    return list(PersonSession.objects.filter(ended_at=None).order_by("-since", "name"))


def sessions_end(*, person_id: UUID, reason: str, only: str = "", all_but: str = "") -> int:
    """End sessions by name; gives how many. Raises django.db.ProgrammingError for whoever may not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sessions_end(%s, %s, %s, %s)",
            [person_id, reason, only or None, all_but or None],
        )
        (count,) = cursor.fetchone()
    return int(count)


def name_of_this(request: HttpRequest) -> str:
    """The session that a request brings, as the database knows it."""
    return session_name(str(request.session.session_key))


def reason_of_end(request: HttpRequest) -> Any:
    """Why the session whose key a stranger's request brings is none any more; None when it brings none."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    if SESSION_KEY in request.session:  # the session is there, its account is closed
        request.session.flush()
        return REASONS["closed"]
    if request.session.session_key is not None:
        return None  # a stranger's own, who never signed in
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_over(%s)", [session_name(key)])
        (reason,) = cursor.fetchone()
    return REASONS.get(reason, OVER)
