"""Makes and reads the links by which a message offers to acknowledge; they name who, what, and which version.

A link signs nobody in and does nothing when it is opened: whoever opens it is asked to sign in as ever, and
presses the button.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeGuard
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.urls import reverse

from alerts.models import Alert, Status
from governance.core.identity.models import SourceRole
from governance.core.identity.roles import Permission, roles_with

VALID = timedelta(days=3)
SALT = "governance.notifications.acting"


class LinkVoid(ValueError):
    """Not ours, changed on the way, or too old."""


@dataclass(frozen=True)
class Offer:
    """What a link offers: to this person, on this alert as this version showed it."""

    id: UUID
    person: UUID
    alert: UUID
    version: int


def may_acknowledge(person: UUID | None, alert: Alert) -> TypeGuard[UUID]:
    """Whether a link would lead somewhere: the alert is open, and the person may act by the own role."""
    if person is None or alert.status != Status.OPEN:
        return False
    held = SourceRole.objects.filter(user_id=person, source=alert.concerns)
    return held.filter(role__in=roles_with(Permission.ACT)).exists()


def acknowledge_link(person: UUID, alert: Alert) -> str:
    """The whole address, new at each call."""
    return f"{settings.CONSOLE_URL}{reverse('message_act', args=[token(person, alert)])}"


def token(person: UUID, alert: Alert) -> str:
    said = [uuid4().hex, person.hex, alert.pk.hex, alert.version]
    return signing.dumps(said, salt=SALT, compress=False)


def offer_read(text: str) -> Offer:
    """Raises LinkVoid."""
    try:
        number, person, alert, version = signing.loads(text, salt=SALT, max_age=VALID)
        return Offer(UUID(number), UUID(person), UUID(alert), int(version))
    except (signing.BadSignature, ValueError, TypeError, AttributeError) as error:
        raise LinkVoid from error
