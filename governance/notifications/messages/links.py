"""Where a message leads: the alert's page, by an address that tells which message was opened."""

from django.conf import settings
from django.urls import reverse

from alerts.models import Alert
from governance.notifications.models import Delivery

OPENED = "message"  # the parameter that names the message


def alert_link(delivery: Delivery, alert: Alert) -> str:
    """Signs nobody in and decides nothing; to a person it names the message, so that opening is known."""
    address = f"{settings.CONSOLE_URL}{reverse('alert', args=[alert.pk])}"
    return f"{address}?{OPENED}={delivery.pk}" if delivery.person_id else address
