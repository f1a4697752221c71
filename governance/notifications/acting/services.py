"""Acting by a link, once; callers are inside `acting_as_user`."""

from django.db import IntegrityError, transaction

from alerts.models import Alert
from alerts.services import alert_acknowledge
from governance.notifications.acting.links import Offer
from governance.notifications.acting.models import MessageLink


class AlreadyUsed(ValueError):
    """Somebody pressed the button of this link before."""


def link_is_used(offer: Offer) -> bool:
    return MessageLink.objects.filter(pk=offer.id).exists()


def acknowledge_by_link(offer: Offer, *, note: str) -> Alert:
    """As `alert_acknowledge`, with what it raises; an action that was refused leaves the link as it was.

    Raises AlreadyUsed.
    """
    with transaction.atomic():
        try:
            with transaction.atomic():
                MessageLink.objects.create(pk=offer.id, alert_id=offer.alert)
        except IntegrityError as error:
            raise AlreadyUsed from error
        return alert_acknowledge(alert_id=offer.alert, version=offer.version, note=note)
