"""What a request has shown that the journal shall know; knows no table.

Whoever refuses a request says why here; the middleware beside this file writes it down once it is answered.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """Of what is noted. Worst last: of two reasons for one request the later one is kept."""

    MALFORMED = "malformed", _("Adresses inventées en série")
    UNAUTHENTICATED = "unauthenticated", _("Non identifié (401)")
    FORBIDDEN = "forbidden", _("Refusé par le rôle (403)")
    CSRF = "csrf", _("Formulaire étranger ou périmé")
    TOO_MANY = "too_many", _("Trop de demandes (429)")
    SIGN_IN = "sign_in", _("Connexion échouée")
    MFA = "mfa", _("Double authentification fausse")
    LOCKED = "locked", _("Essais épuisés")
    DATABASE = "database", _("Refusé par la base")


@dataclass(frozen=True)
class Suspicion:
    """Why, and whose account it was about where that is known before anybody signed in.

    `times`: how many requests this one stands for.
    """

    kind: Kind
    person: UUID | None = None
    times: int = 1


def suspect(
    request: HttpRequest, kind: Kind, *, person: UUID | None = None, times: int = 1
) -> None:
    """Say of a request that the journal shall know it."""
    known = suspicion_of(request)
    if known is None or list(Kind).index(kind) >= list(Kind).index(known.kind):
        person = person or (known.person if known else None)
        request.suspicion = Suspicion(kind, person, times)  # type: ignore[attr-defined]


def unsuspect(request: HttpRequest) -> None:
    """It turned out to be good."""
    request.suspicion = None  # type: ignore[attr-defined]


def suspicion_of(request: HttpRequest) -> Suspicion | None:
    found: Suspicion | None = getattr(request, "suspicion", None)
    return found
