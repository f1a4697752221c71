"""Sending again what was given up, with a reason; and saying beforehand what stands in its way."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.core.identity.people import people
from governance.notifications.channels import mail
from governance.notifications.channels.secrets import NoKey, secret_read
from governance.notifications.models import Delivery, DeliveryState, Family

LIMIT = 1000  # messages in one go
NOTE_LIMIT = 500  # as in delivery_changed.sql


@dataclass(frozen=True)
class Verdict:
    """What a replay of one message would meet; empty: nothing that could be known beforehand."""

    delivery: Delivery
    obstacle: str


def deliveries_replay(*, ids: Iterable[UUID], note: str) -> int:
    """Put the given-up ones of these back into the outbox, under their old keys; how many those were.

    Inside `acting_as_user`; row security and a trigger decide which the person may.
    """
    with transaction.atomic():
        dead = Delivery.objects.filter(pk__in=list(ids)[:LIMIT], state=DeliveryState.DEAD)
        count = dead.update(rounds=F("rounds") + 1, replay_note=note.strip())
        if count:
            with connection.cursor() as cursor:
                cursor.execute("SELECT notification_wake(%s)", [timezone.now()])
    return count


def replay_tried_dry(deliveries: Iterable[Delivery]) -> list[Verdict]:
    """What stands in the way of each, as far as it can be seen from here. Sends and writes nothing."""
    asked = list(deliveries)
    known = people({one.person_id for one in asked if one.person_id})
    verdicts = []
    for one in asked:
        person = known.get(one.person_id) if one.person_id else None
        verdicts.append(
            Verdict(
                one, _obstacle(one, gone=bool(one.person_id) and not (person and person.is_active))
            )
        )
    return verdicts


def _obstacle(delivery: Delivery, *, gone: bool) -> str:
    channel = delivery.channel
    if not channel.is_on:
        return _("le canal est éteint")
    if gone:
        return _("le compte est fermé")
    if channel.family == Family.MAIL:
        return "" if mail.is_possible() else _("aucun serveur de courrier n’est configuré")
    try:
        secret_read(channel.secret)
    except NoKey:
        return _("aucune clé ne lit le secret du canal")
    return ""
